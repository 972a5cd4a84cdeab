"""A file is there whole or as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cozum.control import NobodyThere
from cozum.errors import UsageError
from cozum.files import write_whole


def _breaking_off() -> Iterator[bytes]:
    yield b"half"
    raise NobodyThere("gone")


def test_what_breaks_off_leaves_what_was_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    with pytest.raises(NobodyThere):
        write_whole(path, _breaking_off())
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"before")
    with pytest.raises(NobodyThere):
        write_whole(path, _breaking_off())
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.har", b"before")]


def test_a_whole_one_takes_the_place_of_what_was_also_behind_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "a.har", tmp_path / "b.har"
    path.write_bytes(b"before")
    link.symlink_to(path)
    assert write_whole(link, [b"a", b"bc"]) == 3
    assert (path.read_bytes(), link.is_symlink()) == (b"abc", True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.har", "b.har"]


def test_what_is_no_file_is_written_to_and_not_replaced() -> None:
    assert write_whole(Path("/dev/null"), [b"abc"]) == 3
    assert Path("/dev/null").is_char_device()
    reader, writer = os.pipe()
    assert write_whole(Path(f"/dev/fd/{writer}"), [b"abc"]) == 3
    os.close(writer)
    assert os.read(reader, 9) == b"abc"
    os.close(reader)


def test_what_cannot_be_written_is_told_with_its_name(tmp_path: Path) -> None:
    for path in (tmp_path / "yok" / "a", tmp_path):
        with pytest.raises(UsageError, match=f"^cannot write {path}: "):
            write_whole(path, [b"a"])
