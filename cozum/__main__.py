"""The command `cozum`, and `python -m cozum`."""

from __future__ import annotations

import sys

from cyclopts import App, CycloptsError

from cozum import __version__
from cozum.errors import UsageError

HELP = """Çözüm Merkezi's live-chat and helpdesk API from one openapi.yaml.

Start here: `cozum mock`, then open http://127.0.0.1:8080/docs.
"""

app = App(name="cozum", help=HELP, version=__version__, help_format="markdown")
app.command("cozum.commands.mock:mock", name="mock")
app.command("cozum.commands.serve:serve", name="serve")
app.command("cozum.commands.lint:lint", name="lint")


def main() -> None:
    """Run the command of `sys.argv`. Ends with 0, with 1 for findings, with 2 for what cannot work."""
    try:
        app(exit_on_error=False, print_error=False)
    except CycloptsError as error:
        _end(str(error).strip().replace("\n", " "))
    except UsageError as error:
        _end(str(error))
    except KeyboardInterrupt:
        sys.exit(0)


def _end(message: str) -> None:
    print(f"cozum: {message}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
