"""Cursors: what was written is read back, and nothing else is a cursor."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.cursors import read_cursor, write_cursor

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
instants = st.integers(0, 253_402_300_799 - 86_400).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
ids = st.integers(1, 2**63 - 1)


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(instant=instants, row_id=ids)
def test_cursor_is_read_back_as_it_was_written(instant: datetime, row_id: int) -> None:
    cursor = write_cursor(instant, row_id)
    assert read_cursor(cursor) == (instant, row_id)
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(instant=instants, row_id=ids, position=st.integers(0, 60), letter=st.characters())
def test_changed_cursor_is_none_or_another_whole_cursor(
    instant: datetime, row_id: int, position: int, letter: str
) -> None:
    cursor = write_cursor(instant, row_id)
    changed = cursor[:position] + letter + cursor[position + 1 :]
    read = read_cursor(changed)
    assert read is None or write_cursor(*read) == changed


@given(text=st.text(max_size=60) | st.text(max_size=30).map(encoded))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read = read_cursor(text)
    assert read is None or write_cursor(*read) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "5.",
        ".5",
        "5",
        "5.0",
        "5.-1",
        "-5.1",
        "05.1",
        "5.01",
        " 5.1",
        "5.1 ",
        "+5.1",
        "5.1.1",
        "1_0.1",
        "5.٣",
        f"5.{2**63}",
        "253402300800.1",
        "9" * 5000 + ".1",
    ],
    ids=lambda text: text[:20],
)
def test_pair_that_was_never_written_is_none(text: str) -> None:
    assert read_cursor(encoded(text)) is None


@pytest.mark.parametrize("around", ["{}=", "{}\n", " {}", "{}."])
def test_cursor_with_something_around_it_is_none(around: str) -> None:
    assert read_cursor(around.format(write_cursor(EPOCH, 1))) is None


def test_largest_id_makes_a_cursor() -> None:
    assert read_cursor(write_cursor(EPOCH, 2**63 - 1)) == (EPOCH, 2**63 - 1)
