"""Days left of a trial: where they are known from, rounded up, never below 0."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.model import Profile
from impl.rules.times import ISTANBUL
from impl.rules.trial import days_left

NOW: Final = datetime(2026, 4, 12, 14, 30, tzinfo=ISTANBUL)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=5,
)


def until(text: str, now: datetime = NOW) -> int | None:
    """Days left until a `trial_bitis`."""
    return days_left(Profile(trial_end=text), now)


def counted(days: int, later: timedelta = timedelta()) -> int | None:
    """Days left of a `trial_kalan_gun` that came so long ago."""
    return days_left(Profile(trial_days=days, trial_days_received_at=NOW - later), NOW)


def in_extra(extra: dict[str, Any], **top: Any) -> int | None:
    """Days left with an `ekstra` that came just now."""
    return days_left(Profile(extra=extra, extra_received_at=NOW, **top), NOW)


def test_nothing_known_is_none() -> None:
    assert days_left(Profile(), NOW) is None


def test_date_ends_at_24_00_in_istanbul() -> None:
    """At 23:59:59 of its day a part of a day is left, a second later nothing."""
    assert until("2026-04-12", datetime(2026, 4, 12, 23, 59, 59, tzinfo=ISTANBUL)) == 1
    assert until("2026-04-12", datetime(2026, 4, 13, 0, 0, 0, tzinfo=ISTANBUL)) == 0
    assert until("2026-04-12", datetime(2026, 4, 12, 20, 59, 59, tzinfo=UTC)) == 1
    assert until("2026-04-12", datetime(2026, 4, 12, 21, 0, 0, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("end", "days"),
    [
        ("2026-04-15T14:30:00", 3),
        ("2026-04-15T14:30:00+03:00", 3),
        ("2026-04-15T11:30:00Z", 3),
        ("2026-04-15T14:30:01", 4),
        ("2026-04-15T14:29:59", 3),
        ("2026-04-12T14:30:01", 1),
        ("2026-04-12T14:30:00", 0),
        ("2026-04-12T14:29:59", 0),
        ("2020-01-01", 0),
        ("2026-04-14", 3),
        ("2026-04-15", 4),
    ],
)
def test_days_until_an_end_are_rounded_up(end: str, days: int) -> None:
    assert until(end) == days


def test_days_are_counted_from_their_receipt() -> None:
    assert counted(2) == 2
    assert counted(2, timedelta(hours=23, minutes=59, seconds=59)) == 2
    assert counted(2, timedelta(days=1)) == 1
    assert counted(2, timedelta(days=1, seconds=1)) == 1
    assert counted(2, timedelta(days=2)) == 0
    assert counted(2, timedelta(days=400)) == 0


@pytest.mark.parametrize("days", [0, -1, -36_500])
def test_no_days_left_is_over(days: int) -> None:
    assert counted(days) == 0


def test_end_wins_over_days() -> None:
    profile = Profile(trial_end="2026-04-22T14:30:00", trial_days=2, trial_days_received_at=NOW)
    assert days_left(profile, NOW) == 10


def test_top_level_wins_over_extra() -> None:
    extra = {"trial_bitis": "2026-04-22T14:30:00", "trial_kalan_gun": 7}
    assert in_extra(extra, trial_days=2, trial_days_received_at=NOW) == 2
    assert in_extra(extra, trial_end="2026-04-15T14:30:00") == 3


def test_extra_counts_without_a_top_level() -> None:
    assert in_extra({"trial_bitis": "2026-04-22T14:30:00", "trial_kalan_gun": 7}) == 10
    assert in_extra({"trial_kalan_gun": 7}) == 7


def test_days_in_extra_are_counted_from_the_receipt_of_extra() -> None:
    profile = Profile(extra={"trial_kalan_gun": 7}, extra_received_at=NOW - timedelta(days=3))
    assert days_left(profile, NOW) == 4


@pytest.mark.parametrize(
    "extra",
    [
        {"trial_kalan_gun": True},
        {"trial_kalan_gun": "7"},
        {"trial_kalan_gun": None},
        {"trial_kalan_gun": 10**400},
        {"trial_kalan_gun": float("nan")},
        {"trial_kalan_gun": [7]},
        {"trial_bitis": 20260415},
        {"trial_bitis": "2026-02-30"},
        {"trial_bitis": "yakında"},
        {"trial_bitis": {}},
    ],
    ids=str,
)
def test_unusable_value_in_extra_is_not_known(extra: dict[str, Any]) -> None:
    assert in_extra(extra) is None


def test_unusable_end_leaves_the_days_to_count() -> None:
    assert in_extra({"trial_bitis": "yakında", "trial_kalan_gun": 7}) == 7


@given(seconds=st.integers(-(10**8), 10**8))
def test_days_are_the_ceiling_of_the_seconds_left_and_never_negative(seconds: int) -> None:
    end = (NOW.astimezone(UTC) + timedelta(seconds=seconds)).isoformat()
    assert until(end) == max(0, ceil(Fraction(seconds, 86_400)))


@given(days=st.integers(-36_500, 36_500), later=st.integers(0, 10**9))
def test_counted_days_are_the_ceiling_of_what_is_left(days: int, later: int) -> None:
    assert counted(days, timedelta(seconds=later)) == max(0, ceil(days - Fraction(later, 86_400)))


@given(
    end=json_values | st.datetimes(timezones=st.none() | st.timezones()).map(datetime.isoformat),
    days=json_values,
)
def test_any_json_in_extra_is_a_number_of_days_or_none(end: object, days: object) -> None:
    left = in_extra({"trial_bitis": end, "trial_kalan_gun": days})
    assert left is None or left >= 0
