"""The command `cozum`, and `python -m cozum`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command of `sys.argv`; Ctrl-C ends it with 0, at any moment."""
    try:
        from cozum.cli import run_command

        run_command()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
