"""When the next attempt is, what an answer means, when an endpoint is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.retries import (
    JITTER,
    LONGEST_ASKED,
    SCHEDULE,
    Outcome,
    asked_wait,
    error_text,
    has_failed_too_long,
    meaning,
    next_attempt_at,
)

NOON = datetime(2026, 4, 12, 11, 30, tzinfo=UTC)
MIDDLE = 0.5
"""The chance that makes no jitter."""


def wait(attempts: int, retry_after: str | None = None, chance: float = MIDDLE) -> float:
    """Seconds until the attempt after so many."""
    at = next_attempt_at(attempts, retry_after, NOON, chance)
    assert at is not None
    return (at - NOON).total_seconds()


def test_ten_attempts_are_spread_over_75_hours() -> None:
    waits = [wait(attempts) for attempts in range(1, 10)]
    assert waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert 75 <= sum(waits) / 3600 < 76
    assert next_attempt_at(10, None, NOON, MIDDLE) is None
    assert next_attempt_at(11, "5", NOON, MIDDLE) is None


@given(attempts=st.integers(1, 9), chance=st.floats(0, 1, exclude_max=True))
def test_jitter_is_a_tenth_to_either_side_and_seconds_are_whole(attempts: int, chance: float) -> None:
    usual, seconds = SCHEDULE[attempts].total_seconds(), wait(attempts, chance=chance)
    assert seconds == int(seconds)
    assert usual * (1 - JITTER) <= seconds < usual * (1 + JITTER) + 1


def test_no_attempt_comes_before_its_time() -> None:
    assert [wait(1, chance=chance) for chance in (0.0, MIDDLE, 0.999)] == [5, 5, 6]
    asked = format_datetime(NOON + timedelta(minutes=10), usegmt=True)
    at = next_attempt_at(2, asked, NOON + timedelta(milliseconds=600), MIDDLE)
    assert at is not None
    assert at >= NOON + timedelta(minutes=10)


def test_jitter_reaches_both_sides() -> None:
    assert [wait(2, chance=chance) for chance in (0.0, 0.999)] == [270, 330]


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 300),
        ("299", 300),
        ("301", 301),
        (" 600 ", 600),
        ("0000000600", 600),
        ("86400", 86_400),
        ("86401", 86_400),
        ("9" * 5000, 86_400),
        (format_datetime(NOON + timedelta(minutes=10), usegmt=True), 600),
        ("Sunday, 12-Apr-26 11:40:00 GMT", 600),
        (format_datetime(NOON - timedelta(minutes=10), usegmt=True), 300),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
    ],
)
def test_retry_after_puts_off_up_to_a_day(asked: str, seconds: int) -> None:
    assert wait(2, asked) == seconds


@pytest.mark.parametrize("asked", ["", "-5", "+5", "1.5", "soon", "٣٠٠٠", "²", "Sun, 99 Foo 2026", "12 Apr", "0x10"])
def test_retry_after_that_means_nothing_asks_for_nothing(asked: str) -> None:
    assert asked_wait(asked, NOON) == timedelta()


@given(st.text())
def test_no_retry_after_makes_it_fail(text: str) -> None:
    assert timedelta() <= asked_wait(text, NOON) <= LONGEST_ASKED


@pytest.mark.parametrize(
    ("status", "means"),
    [
        *((status, "delivered") for status in (200, 201, 202, 204, 299)),
        *((status, "failed") for status in (100, 199, 300, 301, 307, 400, 401, 404, 409, 411, 429, 500, 503, 599)),
        (410, "gone"),
    ],
)
def test_only_2xx_is_success_and_only_410_is_the_end(status: int, means: str) -> None:
    assert meaning(Outcome(status)) == means


def test_no_answer_is_a_failure() -> None:
    assert meaning(Outcome(reason="timeout")) == "failed"


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Outcome(204), None),
        (Outcome(500), "Sunucu 500 döndü"),
        (Outcome(302), "Sunucu 302 döndü; yönlendirmeler izlenmez"),
        (Outcome(410), "Sunucu 410 döndü; adres kapatıldı"),
        (Outcome(reason="timeout"), "15 saniyede yanıt gelmedi"),
        (Outcome(reason="not_public"), "Adres herkese açık değil"),
    ],
)
def test_why_it_failed_is_told_in_turkish(outcome: Outcome, text: str | None) -> None:
    assert error_text(outcome) == text


def test_endpoint_has_failed_too_long_after_5_days() -> None:
    assert not has_failed_too_long(None, NOON)
    assert not has_failed_too_long(NOON, NOON + timedelta(days=5, seconds=-1))
    assert has_failed_too_long(NOON, NOON + timedelta(days=5))
