"""Cursors: what was written is read back, and every text of the document's pattern can be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.contract.document import follow, load
from impl.rules.cursors import LATEST, read_cursor, read_position, write_cursor, write_position
from impl.tests.client import DOCUMENT

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST: Final = 2**63 - 1

instants = st.integers(0, LATEST).map(lambda seconds: EPOCH + timedelta(seconds=seconds))
ids = st.integers(1, LARGEST)
texts = st.from_regex(re.compile(r"[0-9a-f]{10}[0-7][0-9a-f]{15}", re.ASCII), fullmatch=True)


def pattern() -> str:
    """The form that `openapi.yaml` gives a cursor."""
    schema = follow(load(DOCUMENT), "#/components/parameters/Cursor")["schema"]
    assert schema["minLength"] == schema["maxLength"] == 26
    return str(schema["pattern"])


def test_the_document_s_pattern_is_the_one_tried_here() -> None:
    assert pattern() == "^[0-9a-f]{10}[0-7][0-9a-f]{15}$"


@given(instant=instants, row_id=ids)
def test_cursor_is_read_back_as_it_was_written(instant: datetime, row_id: int) -> None:
    cursor = write_cursor(instant, row_id)
    assert read_cursor(cursor) == (instant, row_id)
    assert re.fullmatch("[0-9a-f]{10}[0-7][0-9a-f]{15}", cursor)


@given(position=st.integers(0, LARGEST))
def test_position_is_read_back_as_it_was_written(position: int) -> None:
    cursor = write_position(position)
    assert read_position(cursor) == position
    assert re.fullmatch("0{10}[0-7][0-9a-f]{15}", cursor)


@given(text=texts)
def test_every_text_of_the_form_is_a_cursor(text: str) -> None:
    read = read_cursor(text)
    assert read is not None
    instant, row_id = read
    assert instant >= EPOCH
    assert 0 <= row_id <= LARGEST
    assert write_cursor(instant, row_id) == text or int(text[:10], 16) > LATEST
    assert 0 <= read_position(text) <= LARGEST


@given(one=st.tuples(instants, ids), other=st.tuples(instants, ids))
def test_cursors_stand_in_the_order_of_what_they_say(one: tuple[datetime, int], other: tuple[datetime, int]) -> None:
    assert (write_cursor(*one) < write_cursor(*other)) == (one < other)


@pytest.mark.parametrize("seconds", [LATEST + 1, 16**10 - 1])
def test_seconds_beyond_the_calendar_are_its_last_ones(seconds: int) -> None:
    assert read_cursor(f"{seconds:010x}{1:016x}") == (EPOCH + timedelta(seconds=LATEST), 1)


def test_cursor_of_an_instant_is_known() -> None:
    instant = datetime(2026, 4, 12, 11, 30, tzinfo=UTC)
    assert write_cursor(instant, 42) == "0069db8238000000000000002a"
    assert read_cursor("0069db8238000000000000002a") == (instant, 42)


def test_no_cursor_is_the_start_of_the_list() -> None:
    assert (read_cursor(None), read_position(None)) == (None, 0)
