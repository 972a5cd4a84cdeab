"""Cursors of lists with an order of their own: fixed forms, so that every text of the form can be read.

The document has the forms as patterns (`SearchCursor`, `CannedCursor`, `Cursor`); here stands what they mean.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from impl.rules.cursors import LATEST
from impl.rules.times import ISTANBUL

_ID: Final = re.compile(r"0{10}([0-7][0-9a-f]{15})")


def write_search_cursor(title_words: int, instant: datetime, row_id: int) -> str:
    """The cursor behind a found article: words in its title (0–255), its last change, its id."""
    return f"{title_words:02x}{int(instant.timestamp()):010x}{row_id:016x}"


def read_search_cursor(text: str) -> tuple[int, datetime, int]:
    """The three of a `SearchCursor`; seconds beyond the calendar are its last day."""
    seconds = min(int(text[2:12], 16), LATEST - 86_400)
    return int(text[:2], 16), datetime.fromtimestamp(seconds, ISTANBUL), int(text[12:], 16)


def write_canned_cursor(shortcut: str, row_id: int) -> str:
    """The cursor behind a canned response."""
    return f"{shortcut}_{row_id:016x}"


def read_canned_cursor(text: str) -> tuple[str, int]:
    """Shortcut and id of a `CannedCursor`."""
    shortcut, _, row_id = text.rpartition("_")
    return shortcut, int(row_id, 16)


def write_id_cursor(row_id: int) -> str:
    """The cursor behind a row of a list that is ordered by id alone: the shared form, with zeros for its seconds."""
    return f"{0:010x}{row_id:016x}"


def read_id_cursor(text: str) -> int | None:
    """The id of a cursor; None for another form."""
    found = _ID.fullmatch(text)
    return int(found[1], 16) if found else None
