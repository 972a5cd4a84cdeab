"""How often somebody may fail to sign in.

Source: the contract's 429 with `Retry-After`; 10 failures in 15 minutes are this project's choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

FAILURES: Final = 10
WINDOW: Final = timedelta(minutes=15)


def recent(failures: Sequence[datetime], now: datetime) -> list[datetime]:
    """Those failures that still count."""
    return [failed_at for failed_at in failures if now - failed_at < WINDOW]


def seconds_to_wait(failures: Sequence[datetime], now: datetime) -> int:
    """Whole seconds until the next try is allowed; 0: now."""
    counting = recent(failures, now)
    if len(counting) < FAILURES:
        return 0
    return int((counting[-FAILURES] + WINDOW - now).total_seconds())
