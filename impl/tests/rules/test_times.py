"""Instants: RFC 3339, Istanbul where nothing else is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.times import ISTANBUL, end_of_day, read_instant

PLUS_3 = timezone(timedelta(hours=3))
TEXTS_LIKE_TIMES = st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?)?")


def test_date_ends_at_24_00_in_istanbul() -> None:
    assert read_instant("2026-04-12") == datetime(2026, 4, 12, 21, 0, tzinfo=UTC)


def test_date_ends_at_24_00_over_the_ends_of_months_and_years() -> None:
    assert end_of_day(date(2026, 12, 31)) == datetime(2027, 1, 1, tzinfo=PLUS_3)
    assert end_of_day(date(2028, 2, 28)) == datetime(2028, 2, 29, tzinfo=PLUS_3)


def test_last_day_of_the_calendar_has_an_end() -> None:
    assert end_of_day(date.max).replace(tzinfo=None) == datetime.max  # noqa: DTZ901


def test_date_time_without_offset_is_istanbuls() -> None:
    assert read_instant("2026-04-12T14:30:00") == datetime(2026, 4, 12, 11, 30, tzinfo=UTC)


def test_istanbul_had_summer_time_before_2016() -> None:
    """A date-time without offset follows the rule of its day: +02:00 in January 2015, +03:00 in July."""
    assert read_instant("2015-01-15T12:00:00") == datetime(2015, 1, 15, 10, 0, tzinfo=UTC)
    assert read_instant("2015-07-15T12:00:00") == datetime(2015, 7, 15, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-04-12T14:30:00+03:00", "2026-04-12T11:30:00Z", "2026-04-12T01:30:00-10:00"])
def test_offset_is_heeded(text: str) -> None:
    assert read_instant(text) == datetime(2026, 4, 12, 14, 30, tzinfo=PLUS_3)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-04-31T10:00:00",
        "2026-04-12T25:00:00",
        "2026-04-12T10:60:00Z",
        "2026-04-12T10:00:00+25:00",
        "0000-01-01",
        "12.04.2026",
        "yarın",
        "T",
        "",
    ],
)
def test_what_no_calendar_has_is_none(text: str) -> None:
    assert read_instant(text) is None


@given(instant=st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - zones are drawn
def test_every_instant_is_read_back_from_its_iso_text(instant: datetime) -> None:
    fixed = instant.replace(tzinfo=timezone(instant.utcoffset() or timedelta()))
    assert read_instant(fixed.isoformat()) == fixed


@given(day=st.dates(max_value=date(9999, 12, 30)))
def test_date_covers_its_whole_day_and_nothing_of_the_next(day: date) -> None:
    end = read_instant(day.isoformat())
    assert end is not None
    assert end.tzinfo is ISTANBUL
    assert end.replace(tzinfo=None) == datetime.combine(day, datetime.min.time()) + timedelta(days=1)


@given(text=st.text(max_size=40) | TEXTS_LIKE_TIMES)
def test_any_text_is_an_aware_instant_or_none(text: str) -> None:
    instant = read_instant(text)
    assert instant is None or instant.utcoffset() is not None
