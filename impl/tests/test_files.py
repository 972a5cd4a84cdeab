"""The bytes of files, in memory and in a folder."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile

import pytest

from impl.files import CHUNK, IN_MEMORY, Files, logo_id


@pytest.fixture(params=["memory", "folder"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return IN_MEMORY if request.param == "memory" else str(tmp_path / "new" / "files")


def run(place: str, scene: Callable[[Files], Awaitable[None]]) -> None:
    async def on_files() -> None:
        await scene(Files(place))

    asyncio.run(on_files())


async def whole(files: Files, file_id: str) -> bytes | None:
    """The bytes; looks that their size was told and that the pieces are small."""
    found = await files.read(file_id)
    if found is None:
        return None
    size, chunks = found
    pieces = [chunk async for chunk in chunks]
    assert sum(map(len, pieces)) == size
    assert all(0 < len(piece) <= CHUNK for piece in pieces)
    return b"".join(pieces)


def test_what_was_put_is_read_until_it_is_deleted(place: str) -> None:
    async def scene(files: Files) -> None:
        await files.put("a", b"bir")
        await files.put("b", b"iki")
        await files.put("a", b"yeni")
        assert (await whole(files, "a"), await whole(files, "b")) == (b"yeni", b"iki")
        await files.delete("a")
        await files.delete("a")
        assert (await whole(files, "a"), await whole(files, "b")) == (None, b"iki")

    run(place, scene)


def test_large_content_goes_in_from_a_stream_and_out_in_pieces(place: str) -> None:
    content = bytes(range(256)) * 40_000

    async def scene(files: Files) -> None:
        await files.put("a", BytesIO(content))
        with SpooledTemporaryFile(max_size=1000) as spooled:
            spooled.write(content)
            spooled.seek(0)
            await files.put("b", spooled)  # type: ignore[arg-type]
        assert await whole(files, "a") == content
        assert await whole(files, "b") == content

    run(place, scene)


def test_ids_that_differ_in_case_are_two_files_and_no_id_is_a_path(place: str) -> None:
    async def scene(files: Files) -> None:
        for number, file_id in enumerate(("aB", "Ab", "../x", "/etc/passwd", "", ".", "ş\u0301")):
            await files.put(file_id, str(number).encode())
        assert [await whole(files, file_id) for file_id in ("aB", "Ab", "../x", "", ".")] == [
            b"0",
            b"1",
            b"2",
            b"4",
            b"5",
        ]

    run(place, scene)
    outside = Path(place).parent if place != IN_MEMORY else None
    if outside:
        assert [path.name for path in outside.iterdir()] == ["files"]
        assert all(len(path.name) in (2, 64) for path in Path(place).rglob("*"))
        assert stat.S_IMODE(Path(place).stat().st_mode) == 0o700


def test_folder_is_found_again_by_the_next_process(tmp_path: Path) -> None:
    async def write(files: Files) -> None:
        await files.put("a", b"kalan")

    async def read(files: Files) -> None:
        assert await whole(files, "a") == b"kalan"

    run(str(tmp_path), write)
    run(str(tmp_path), read)


def test_what_files_start_with_is_there_for_all_who_come_first(place: str) -> None:
    async def scene(files: Files) -> None:
        files.start_with(logo_id(2), b"logo")
        found = await asyncio.gather(*(whole(files, logo_id(2)) for _ in range(5)), whole(files, logo_id(3)))
        assert found == [b"logo"] * 5 + [None]

    run(place, scene)


def test_no_upload_can_have_the_id_of_a_logo() -> None:
    """An uploaded file's id is 22 characters of A-Z, a-z, 0-9, _ and -."""
    assert ":" in logo_id(2)


def test_obstore_is_imported_only_when_a_file_is_touched() -> None:
    """It would cost every start 20 ms and 7 MiB."""
    source = "import sys, impl.app; impl.app.Files(); sys.exit('obstore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0
