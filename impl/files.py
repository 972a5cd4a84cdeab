"""The bytes of files: in memory or in a folder, kept by obstore.

Whoever sent a file never names it here: its place is made of the SHA-256 of its id, so that no id and no name can be
a path, and ids that differ only in case stay two files on every file system. obstore is imported when the first file
is touched: it costs 20 ms and 7 MiB, and many worlds never have one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, BinaryIO, Final

from impl.rules.hashing import digest

if TYPE_CHECKING:
    from obstore import BytesStream
    from obstore.store import ObjectStore

IN_MEMORY: Final = "memory://"
CHUNK: Final = 65_536


class FilesUnavailable(Exception):
    """The place where the bytes are kept does not work; the cause says why."""


@contextmanager
def _failures() -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as failure:
        raise FilesUnavailable from failure


class Files:
    """Bytes by an id. `place` is `memory://` or the path of a folder, which is made when it is missing."""

    def __init__(self, place: str = IN_MEMORY) -> None:
        self._place = place
        self._store: ObjectStore | None = None
        self._from_the_start: dict[str, bytes] = {}
        self._passing = False

    @classmethod
    def passing(cls, place: str) -> Files:
        """Files in a new folder inside the place, until `close`. Raises OSError."""
        make_folder(place)
        files = cls(mkdtemp(prefix="cozum-", dir=place))
        files._passing = True
        return files

    def close(self) -> None:
        """The end: passing files are gone."""
        if self._passing:
            rmtree(self._place, ignore_errors=True)

    def start_with(self, file_id: str, content: bytes) -> None:
        """Have these bytes from the start: they are written when the first file is touched."""
        self._from_the_start[file_id] = content

    async def put(self, file_id: str, content: bytes | BinaryIO) -> None:
        """Keep the bytes, in place of earlier ones. Raises FilesUnavailable."""
        with _failures():
            await self._write(await self._opened(), file_id, content)

    async def read(self, file_id: str) -> tuple[int, AsyncIterator[bytes]] | None:
        """Size in bytes, and the bytes in pieces of at most 64 KiB; None where there are none.

        Raises FilesUnavailable.
        """
        from obstore import get_async

        with _failures(), suppress(FileNotFoundError):
            found = await get_async(await self._opened(), _path(file_id))
            return found.meta["size"], _in_pieces(found.stream(min_chunk_size=CHUNK))
        return None

    async def delete(self, file_id: str) -> None:
        """Delete the bytes. Nothing happens when there are none. Raises FilesUnavailable."""
        from obstore import delete_async

        with _failures(), suppress(FileNotFoundError):
            await delete_async(await self._opened(), _path(file_id))

    async def _opened(self) -> ObjectStore:
        if self._store is None:
            self._store = _store_at(self._place)
        for file_id, content in list(self._from_the_start.items()):
            await self._write(self._store, file_id, content)
            self._from_the_start.pop(file_id, None)  # not before: whoever reads meanwhile writes it too
        return self._store

    @staticmethod
    async def _write(store: ObjectStore, file_id: str, content: bytes | BinaryIO) -> None:
        from obstore import put_async

        await put_async(store, _path(file_id), content)


def logo_id(tenant_id: int) -> str:
    """Under which a tenant's logo is kept; no uploaded file's id has a colon."""
    return f"logo:{tenant_id}"


def _store_at(place: str) -> ObjectStore:
    from obstore.store import LocalStore, MemoryStore

    if place == IN_MEMORY:
        return MemoryStore()
    make_folder(place)
    return LocalStore(place)


def make_folder(place: str) -> None:
    """The folder, readable by nobody else when it is new. Raises OSError."""
    Path(place).mkdir(mode=0o700, parents=True, exist_ok=True)


def _path(file_id: str) -> str:
    name = digest(file_id).hex()
    return f"{name[:2]}/{name}"


async def _in_pieces(stream: BytesStream) -> AsyncIterator[bytes]:
    async for part in stream:
        whole = memoryview(part)  # not a copy: a slow reader of a file in memory costs only what it is being sent
        for at in range(0, len(whole), CHUNK):
            yield bytes(whole[at : at + CHUNK])
