"""What the server is told from outside, read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the contract lies, where the state lives, and whether the demo is loaded into it."""

    document: Path
    store: str = "memory://"
    demo: bool = False
