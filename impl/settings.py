"""What the server is told from outside, read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the contract lies, where state and files live, whether the demo is loaded, and how browsers get here."""

    document: Path
    store: str = "memory://"
    demo: bool = False
    public_url: str | None = None
    """Where browsers reach the server, as an origin (`https://destek.example.com`); None: as each request says."""
    files: str = "memory://"
    """`memory://`, or the path of a folder, which is made when it is missing."""
    webhooks_anywhere: bool = False
    """Whether webhooks may go by http and to addresses that are not public; for development."""
