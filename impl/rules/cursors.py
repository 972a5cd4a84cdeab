"""Keyset cursors: where a page of a growing list ended, opaque to the client."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Final

from impl.rules.times import ISTANBUL

LATEST: Final = 253_402_300_799
"""9999-12-31T23:59:59Z, in Unix seconds."""
LARGEST_ID: Final = 2**63 - 1


def write_cursor(instant: datetime, row_id: int) -> str:
    """The cursor behind the row with this instant (whole seconds) and id."""
    return urlsafe_b64encode(f"{int(instant.timestamp())}.{row_id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """The instant and id of a cursor, or None for what `write_cursor` never wrote."""
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
        seconds, _, row_id = decoded.partition(".")
        key = int(seconds), int(row_id)
    except ValueError:
        return None
    if not (0 <= key[0] <= LATEST - 86_400 and 0 < key[1] <= LARGEST_ID):
        return None
    instant = datetime.fromtimestamp(key[0], ISTANBUL)
    return (instant, key[1]) if write_cursor(instant, key[1]) == text else None
