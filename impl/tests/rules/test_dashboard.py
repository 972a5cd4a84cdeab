"""The dashboard's days and means."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from impl.model import TenantNumbers
from impl.rules.dashboard import mean_rating, mean_reply_seconds, span, total
from impl.rules.times import ISTANBUL


def numbers(rating_sum: int = 0, ratings: int = 0, seconds: int = 0, replies: int = 0) -> TenantNumbers:
    return TenantNumbers(1, 2, 3, 4, rating_sum, ratings, seconds, replies)


def test_thirty_days_are_today_and_the_29_before() -> None:
    assert span(datetime(2026, 4, 12, 0, 0, tzinfo=ISTANBUL)) == (date(2026, 3, 14), date(2026, 4, 12))
    assert span(datetime(2026, 4, 12, 23, 59, 59, tzinfo=ISTANBUL)) == (date(2026, 3, 14), date(2026, 4, 12))


@pytest.mark.parametrize(
    ("rating_sum", "count", "mean"),
    [(0, 0, None), (5, 1, 5.0), (33, 8, 4.13), (14, 3, 4.67), (13, 3, 4.33), (9, 8, 1.13)],
)
def test_mean_rating_is_rounded_half_up(rating_sum: int, count: int, mean: float | None) -> None:
    assert mean_rating(numbers(rating_sum, count)) == mean


@pytest.mark.parametrize(("seconds", "count", "mean"), [(0, 0, None), (0, 3, 0), (5, 2, 3), (7, 5, 1), (8, 5, 2)])
def test_mean_seconds_are_rounded_half_up(seconds: int, count: int, mean: int | None) -> None:
    assert mean_reply_seconds(numbers(0, 0, seconds, count)) == mean


def test_total_adds_up_so_that_means_are_over_all() -> None:
    together = total([numbers(5, 1, 10, 1), numbers(3, 3, 0, 4)])
    assert together == TenantNumbers(2, 4, 6, 8, 8, 4, 10, 5)
    assert (mean_rating(together), mean_reply_seconds(together)) == (2.0, 2)
    assert total([]) == TenantNumbers(0, 0, 0, 0, 0, 0, 0, 0)
