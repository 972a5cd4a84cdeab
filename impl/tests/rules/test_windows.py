"""So often in a span, then a wait: 10 failed sign-ins in 15 minutes, until the tenth newest is 15 minutes old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from impl.rules import windows
from impl.rules.throttle import FAILURES, WINDOW
from impl.rules.times import ISTANBUL

NOW: Final = datetime(2026, 4, 12, 14, 30, tzinfo=ISTANBUL)

ages = st.lists(st.integers(0, 2000), max_size=30).map(lambda seconds: sorted(seconds, reverse=True))


def ago(*seconds: int) -> list[datetime]:
    """Failures that many seconds ago, oldest first."""
    return [NOW - timedelta(seconds=second) for second in seconds]


def recent(failures: list[datetime], now: datetime) -> list[datetime]:
    return windows.counting(failures, now, WINDOW)


def seconds_to_wait(failures: list[datetime], now: datetime) -> int:
    return windows.seconds_to_wait(failures, now, FAILURES, WINDOW)


def test_what_lies_in_the_future_does_not_count() -> None:
    """The clock was set back: nobody waits for days."""
    assert recent(ago(-1, 0), NOW) == ago(0)
    assert seconds_to_wait(ago(*[-86_400] * 20), NOW) == 0


def test_9_failures_need_no_wait() -> None:
    assert seconds_to_wait(ago(*[0] * 9), NOW) == 0


def test_10_failures_just_now_need_15_minutes() -> None:
    assert seconds_to_wait(ago(*[0] * 10), NOW) == 900


def test_wait_ends_when_the_tenth_newest_is_15_minutes_old() -> None:
    assert seconds_to_wait(ago(899, *[0] * 9), NOW) == 1
    assert seconds_to_wait(ago(900, *[0] * 9), NOW) == 0


def test_wait_counts_from_the_tenth_newest_of_more() -> None:
    assert seconds_to_wait(ago(800, 700, *range(90, 0, -10)), NOW) == 200


def test_899_seconds_ago_counts_and_900_does_not() -> None:
    assert recent(ago(901, 900, 899, 0), NOW) == ago(899, 0)


def test_nobody_waits_without_a_failure() -> None:
    assert recent([], NOW) == []
    assert seconds_to_wait([], NOW) == 0


@given(seconds=ages)
def test_wait_is_the_shortest_after_which_fewer_than_10_count(seconds: list[int]) -> None:
    failures = ago(*seconds)
    wait = seconds_to_wait(failures, NOW)

    def counting(later: int) -> int:
        return sum(second + later < 900 for second in seconds)

    assert counting(wait) < 10
    assert wait == 0 or counting(wait - 1) >= 10
    assert recent(failures, NOW) == [NOW - timedelta(seconds=second) for second in seconds if second < 900]
