"""Instants: RFC 3339 in the time of Europe/Istanbul.

Source: the contract ("Envelope, errors, times"): a date-time without an offset is Istanbul's.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ISTANBUL: Final = ZoneInfo("Europe/Istanbul")

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)  # seconds may be missing, as in the contract's `trial_bitis`


def read_instant(text: str) -> datetime | None:
    """An RFC 3339 date or date-time as an aware instant, or None for what no calendar has.

    A date stands for its end, 24:00 in Istanbul: `2026-04-12` is over at `2026-04-13T00:00:00+03:00`.
    """
    if not _RFC_3339.fullmatch(text):
        return None
    try:
        if "T" not in text:
            return end_of_day(date.fromisoformat(text))
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=ISTANBUL)


def end_of_day(day: date) -> datetime:
    """24:00 of that day in Istanbul (of the calendar's last day: its last microsecond)."""
    if day == date.max:
        return datetime.combine(day, time.max, ISTANBUL)
    return datetime.combine(day + timedelta(days=1), time.min, ISTANBUL)
