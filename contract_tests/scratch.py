"""Where Hypothesis keeps what it works out once: not in whoever's project we run in, and nobody else's to write."""

from __future__ import annotations

import os
import stat
import tempfile
from functools import cache
from pathlib import Path

from hypothesis.configuration import set_hypothesis_home_dir


@cache
def keep_scratch_apart() -> None:
    """Once a process, before anything is drawn."""
    set_hypothesis_home_dir(private_folder())


def private_folder() -> Path:
    """The user's own, the same in each run (without it the first value takes two seconds); a new one if it is not."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"cozum-hypothesis-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="cozum-hypothesis-"))
    if os.name == "posix" and (not stat.S_ISDIR(found.st_mode) or found.st_uid != user or found.st_mode & 0o077):
        return Path(tempfile.mkdtemp(prefix="cozum-hypothesis-"))
    return folder
