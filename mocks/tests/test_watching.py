"""Files that change are read again once they have settled; broken and mended ones are told."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from mocks.watching import Broken, Watcher


class Scene:
    """A watched file, what was read of it, and what was said."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read: list[str] = []
        self.told: list[str] = []
        self.watcher = Watcher(lambda text: self.told.append(f"+ {text}"), lambda text: self.told.append(f"- {text}"))
        self.times = 0
        self.write("bir")
        self.watcher.add(path, self._read)

    async def _read(self) -> str | None:
        text = self.path.read_text()
        if text.startswith("?"):
            raise Broken(f"{self.path}:1: what is that")
        if text.startswith("!"):
            raise ZeroDivisionError("by zero")
        self.read.append(text)
        return None if text == "silent" else text

    def write(self, text: str) -> None:
        """Each time at another time, however coarse the clock of the file system is."""
        self.times += 1
        self.path.write_text(text)
        os.utime(self.path, ns=(self.times * 10**9, self.times * 10**9))

    def look(self, times: int = 2) -> list[str]:
        """What is said then."""
        self.told.clear()
        for _ in range(times):
            asyncio.run(self.watcher.look())
        return [text.replace(str(self.path), "FILE") for text in self.told]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path / "file.yaml")


def test_a_file_that_does_not_change_is_not_read(scene: Scene) -> None:
    assert scene.look(5) == []
    assert scene.read == []


def test_a_change_is_read_once_when_it_has_settled(scene: Scene) -> None:
    scene.write("iki")
    assert scene.look(1) == []
    assert scene.look(3) == ["+ FILE was read again: iki"]
    assert scene.read == ["iki"]


def test_a_file_that_is_still_written_is_waited_for(scene: Scene) -> None:
    for text in ("?", "ik", "iki"):
        scene.write(text)
        assert scene.look(1) == []
    assert scene.look(1) == ["+ FILE was read again: iki"]


def test_a_broken_file_is_told_once_and_mended_it_is_told_too(scene: Scene) -> None:
    scene.write("?")
    assert scene.look(4) == ["- FILE:1: what is that (broken; what was read before goes on)"]
    scene.write("??")
    assert scene.look() == []
    scene.write("iki")
    assert scene.look() == ["+ FILE is mended: iki"]
    assert scene.read == ["iki"]


def test_whatever_is_wrong_with_a_file_is_told(scene: Scene) -> None:
    scene.write("!")
    assert scene.look() == ["- FILE: ZeroDivisionError: by zero (broken; what was read before goes on)"]


def test_a_file_that_is_gone_and_comes_back_is_told(scene: Scene) -> None:
    scene.path.unlink()
    assert scene.look() == ["- FILE: there is no such file any more (broken; what was read before goes on)"]
    scene.write("bir")
    assert scene.look() == ["+ FILE is mended: bir"]


def test_a_file_that_another_one_takes_the_place_of_is_read(scene: Scene, tmp_path: Path) -> None:
    """Editors write beside it and rename; size and time may be the same."""
    stat = scene.path.stat()
    (tmp_path / "new").write_text("üç"[:3])
    os.utime(tmp_path / "new", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    (tmp_path / "new").replace(scene.path)
    assert scene.look() == ["+ FILE was read again: üç"]


def test_what_is_no_news_is_not_told(scene: Scene) -> None:
    scene.write("silent")
    assert scene.look() == []
    assert scene.read == ["silent"]


def test_a_file_is_read_again_when_what_it_depends_on_has_changed(scene: Scene) -> None:
    asyncio.run(scene.watcher.again(scene.path))
    assert scene.read == ["bir"]
