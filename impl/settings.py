"""What the server is told from outside, read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the contract lies, where the state lives, whether the demo is loaded, and how browsers get here."""

    document: Path
    store: str = "memory://"
    demo: bool = False
    public_url: str | None = None
    """Where browsers reach the server, as an origin (`https://destek.example.com`); None: as each request says."""
