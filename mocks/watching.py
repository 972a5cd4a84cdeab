"""Looks at files, and has those read again that changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

EVERY: Final = 0.5
"""Seconds between two looks. A file is read once it is the same in two of them: editors write in pieces."""

Read = Callable[[], Awaitable[str | None]]
"""Reads a file again and lets it hold; answers in a few words what it says now, or None where that is no news.

Raises Broken; then what was read before goes on to hold.
"""
Tell = Callable[[str], None]
Signature = tuple[int, int, int]


class Broken(Exception):
    """A file that cannot hold; the message says where in it, and why."""


@dataclass
class _Watched:
    path: Path
    read: Read
    read_as: Signature | None
    """How it was when it was last read."""
    seen_as: Signature | None
    """How it was at the last look."""
    broken: str | None = None


class Watcher:
    """Reads files again when they change; a broken one is told, and mended it is told too."""

    def __init__(self, tell: Tell, complain: Tell) -> None:
        """Both are given whole sentences: what was read, and what is broken."""
        self._tell = tell
        self._complain = complain
        self._files: list[_Watched] = []

    def add(self, path: Path, read: Read) -> None:
        """Watch a file, which was read just now."""
        signature = signature_of(path)
        self._files.append(_Watched(path, read, signature, signature))

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.look()

    async def look(self) -> None:
        """One look at all files: those that changed before the last one are read."""
        for file in self._files:
            now = signature_of(file.path)
            settled, file.seen_as = now == file.seen_as, now
            if settled and now != file.read_as:
                file.read_as = now
                await self._read(file)

    async def again(self, path: Path) -> None:
        """Read that file again, as if it had changed: something that it depends on has."""
        for file in self._files:
            if file.path == path:
                await self._read(file)

    async def _read(self, file: _Watched) -> None:
        try:
            if file.read_as is None:
                raise Broken(f"{file.path}: there is no such file any more")
            said = await file.read()
        except Broken as broken:
            self._break(file, str(broken))
        except Exception as error:  # whatever is wrong in a file, the mock goes on
            self._break(file, f"{file.path}: {type(error).__name__}: {error}")
        else:
            mended, file.broken = file.broken is not None, None
            if mended or said is not None:
                self._tell(f"{file.path} {'is mended' if mended else 'was read again'}{f': {said}' if said else ''}")

    def _break(self, file: _Watched, why: str) -> None:
        if why != file.broken:
            self._complain(f"{why} (broken; what was read before goes on)")
        file.broken = why


def signature_of(path: Path) -> Signature | None:
    """What changes when the file does; None: there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
