"""What is worked out once is kept in a folder that is nobody else's."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from contract_tests.scratch import private_folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folder_is_the_users_own_and_the_same_each_time(temporary: Path) -> None:
    folder = private_folder()
    assert folder.parent == temporary
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert private_folder() == folder


def test_folder_that_others_can_write_is_not_used(temporary: Path) -> None:
    folder = private_folder()
    folder.chmod(0o777)
    assert private_folder() != folder


def test_link_is_not_followed(temporary: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (temporary / f"cozum-hypothesis-{os.getuid()}").symlink_to(elsewhere)
    folder = private_folder()
    assert not folder.is_symlink()
    assert folder.resolve() != elsewhere


def test_importing_changes_nothing() -> None:
    text = (
        "import contract_tests.rules, hypothesis.configuration as c; "
        "assert 'cozum-hypothesis' not in str(c.storage_directory()), c.storage_directory()"
    )
    subprocess.run([sys.executable, "-c", text], check=True, cwd=Path(__file__).parents[2])
