"""The command `cozum`, and `python -m cozum`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from types import FrameType


def main() -> None:
    """Run the command of `sys.argv`; Ctrl-C and SIGTERM end it with 0, at any moment."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    from cozum.cli import run_command

    run_command()


def _end(number: int, frame: FrameType | None) -> None:
    """End without an exception, which an import under way could swallow. A server ends its requests before this."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
