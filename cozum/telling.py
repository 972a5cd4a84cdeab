"""What `cozum mock` and `cozum proxy` print of each request."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mocks.journal import Entry


def tell(entries: Sequence[Entry]) -> None:
    """A line for each, and below it what the operation does not know; what breaks the contract goes to stderr."""
    with suppress(OSError):  # whoever read this may have gone: `cozum mock | head`
        sys.stdout.write("".join([_line(entry) for entry in entries]))
        sys.stdout.flush()
    tell_only_faults(entries)


def tell_only_faults(entries: Sequence[Entry]) -> None:
    """What breaks the contract, and nothing else."""
    lines = [line for entry in entries if entry.faults or entry.request_faults for line in _faults(entry)]
    if lines:
        with suppress(OSError):
            sys.stderr.write("".join(lines))
            sys.stderr.flush()


def _line(entry: Entry) -> str:
    path = entry.path if entry.path.isascii() and entry.path.isprintable() else ascii(entry.path)[1:-1]
    told = f"{entry.method:7} {path:.200}  {entry.status or 'closed'}  {entry.milliseconds:.1f} ms\n"
    return told if not entry.notes else told + "".join([f"  {note}\n" for note in entry.notes])


def _faults(entry: Entry) -> Iterator[str]:
    for fault in entry.request_faults:
        yield f"  contract broken by the request {entry.method} {entry.path!a}: {fault}\n"
    for fault in entry.faults:
        yield f"  contract broken by {entry.method} {entry.path!a}, {entry.status}: {fault}\n"
