"""How often something may happen in any span of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta


def counting(times: Sequence[datetime], now: datetime, span: timedelta) -> list[datetime]:
    """Those that still count. What lies in the future, for the clock was set back, counts no more."""
    return [at for at in times if timedelta(0) <= now - at < span]


def seconds_to_wait(times: Sequence[datetime], now: datetime, most: int, span: timedelta) -> int:
    """Whole seconds until it may happen once more, `most` times in a span; 0: now. `times`: oldest first."""
    recent = counting(times, now, span)
    return int((recent[-most] + span - now).total_seconds()) if len(recent) >= most else 0
