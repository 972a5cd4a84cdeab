"""Keyset cursors: where a page of a growing list ended, opaque to the client.

Ten hexadecimal digits of Unix seconds, then sixteen of an id: `0069db8238000000000000002a`. Every text of the
document's pattern for `imlec` is a readable cursor, so that the schema alone says which are not.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from impl.rules.times import ISTANBUL

LATEST: Final = 253_402_214_399
"""9999-12-30T23:59:59Z in Unix seconds: the last that every time zone's calendar has."""
SECONDS_DIGITS: Final = 10


def write_cursor(instant: datetime, row_id: int) -> str:
    """The cursor behind the row with this instant (whole seconds, not before 1970) and id (to 2^63 - 1)."""
    return f"{int(instant.timestamp()):010x}{row_id:016x}"


def read_cursor(cursor: str | None) -> tuple[datetime, int] | None:
    """The instant and id of a cursor, seconds beyond the calendar as its last one; None, the list's start, for None."""
    if cursor is None:
        return None
    seconds, row_id = int(cursor[:SECONDS_DIGITS], 16), int(cursor[SECONDS_DIGITS:], 16)
    return datetime.fromtimestamp(min(seconds, LATEST), ISTANBUL), row_id


def write_position(position: int) -> str:
    """The cursor of a list that is ordered by one integer (to 2^63 - 1): its seconds are zeros."""
    return f"{position:026x}"


def read_position(cursor: str | None) -> int:
    """The integer of such a cursor, whatever its seconds; 0, the list's start, for None."""
    return 0 if cursor is None else int(cursor[SECONDS_DIGITS:], 16)


def write_search_cursor(title_words: int, instant: datetime, row_id: int) -> str:
    """The cursor behind a found article: words in its title (0–255), then as `write_cursor`."""
    return f"{title_words:02x}{write_cursor(instant, row_id)}"


def read_search_cursor(cursor: str) -> tuple[int, datetime, int]:
    """The three of such a cursor."""
    seconds, row_id = int(cursor[2 : 2 + SECONDS_DIGITS], 16), int(cursor[2 + SECONDS_DIGITS :], 16)
    return int(cursor[:2], 16), datetime.fromtimestamp(min(seconds, LATEST), ISTANBUL), row_id


def write_canned_cursor(shortcut: str, row_id: int) -> str:
    """The cursor behind a canned response: its shortcut and its id, `kargo_0000000000000003`."""
    return f"{shortcut}_{row_id:016x}"


def read_canned_cursor(cursor: str) -> tuple[str, int]:
    """Shortcut and id of such a cursor."""
    shortcut, _, row_id = cursor.rpartition("_")
    return shortcut, int(row_id, 16)
