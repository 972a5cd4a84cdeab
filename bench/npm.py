"""Mock servers of others, from npm, where that is there."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from bench.servers import HOST, ROOT

KEPT: Final = ROOT / "node_modules" / ".bench"
"""Beside what other tools of Node.js leave there; no part of the repository."""
PACKAGES: Final = {"prism": "@stoplight/prism-cli@5.16.0", "mockoon": "@mockoon/cli@9.9.0"}
INSTALL_SECONDS: Final = 300


class LeftOut(Exception):
    """It cannot be measured here; the message says why."""


@cache
def installed(name: str) -> Path:
    """The folder with that package and what it needs. Raises LeftOut."""
    npm, folder, package = shutil.which("npm"), KEPT / name, PACKAGES[name]
    if npm is None:
        raise LeftOut(f"{package}: npm is not there")
    mark = folder / "package"
    if not (mark.is_file() and mark.read_text() == package):
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), package]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_SECONDS)
        except (subprocess.SubprocessError, OSError) as error:
            raise LeftOut(f"{package}: npm could not install it ({type(error).__name__})") from None
        mark.write_text(package)
    return folder / "node_modules" / ".bin"


def prism_command() -> list[str]:
    """Prism, as it starts by default. Raises LeftOut."""
    return [str(installed("prism") / "prism"), "mock", "--host", HOST, str(ROOT / "openapi.yaml")]


def mockoon_command() -> list[str]:
    """Mockoon's command line over the same document. Raises LeftOut."""
    command = [str(installed("mockoon") / "mockoon-cli"), "start", "--data", str(ROOT / "openapi.yaml")]
    return [*command, "--hostname", HOST]
