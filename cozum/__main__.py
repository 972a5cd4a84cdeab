"""The command `cozum`, and `python -m cozum`."""

from __future__ import annotations

import io
import os
import signal
import sys
from contextlib import suppress
from types import FrameType

SERVERS = ("mock", "serve", "proxy", "listen")
"""Commands that nothing but a signal ends, so that a signal is no failure."""
TIDY = ("test",)
"""Commands that have something to put back when they are interrupted: a second signal ends them at once."""

_asked: set[int] = set()
"""The signals that came."""


def main() -> None:
    """Run the command of `sys.argv`; Ctrl-C and SIGTERM end what goes on until then with 0, at any moment."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    from cozum.cli import run_command

    run_command()


def _end(number: int, frame: FrameType | None) -> None:
    """End without an exception, which an import under way could swallow. A server ends its requests before this."""
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in TIDY and not _asked:
        _asked.add(number)
        raise KeyboardInterrupt
    with suppress(Exception):
        sys.stdout.flush()
    os._exit(0 if command in SERVERS else 128 + number)


if __name__ == "__main__":
    main()
