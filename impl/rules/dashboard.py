"""The dashboard's figures: which days count, and means.

Source: the contract (operator/dashboard): days of Istanbul; means over all, not means of means, rounded half up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from impl.model import TenantNumbers

DAYS: Final = 30


def span(now: datetime) -> tuple[date, date]:
    """The first and the last of the days that count: today and the 29 before it. `now` is Istanbul's."""
    today = now.date()
    return today - timedelta(days=DAYS - 1), today


def total(numbers: Sequence[TenantNumbers]) -> TenantNumbers:
    """All tenants together."""
    return TenantNumbers(*map(sum, zip(*numbers, strict=True))) if numbers else TenantNumbers(0, 0, 0, 0, 0, 0, 0, 0)


def mean_rating(numbers: TenantNumbers) -> float | None:
    """To two decimals: 4.125 is 4.13."""
    count = numbers.ratings
    return (200 * numbers.rating_sum + count) // (2 * count) / 100 if count else None


def mean_reply_seconds(numbers: TenantNumbers) -> int | None:
    """In whole seconds: 2.5 is 3."""
    count = numbers.replies
    return (2 * numbers.reply_seconds + count) // (2 * count) if count else None
