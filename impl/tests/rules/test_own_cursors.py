"""Cursors of lists with an order of their own: every text of the document's pattern is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from impl.contract.document import load
from impl.rules.cursors import read_canned_cursor, read_search_cursor, write_canned_cursor, write_search_cursor
from impl.tests.client import DOCUMENT

PATTERNS = {
    name: load(DOCUMENT)["components"]["parameters"][name]["schema"] for name in ("SearchCursor", "CannedCursor")
}

instants = st.integers(0, 253_402_214_399).map(lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(0, seconds))
ids = st.integers(1, 2**63 - 1)


def is_of(name: str, text: str) -> bool:
    schema = PATTERNS[name]
    return re.search(schema["pattern"], text) is not None and schema["minLength"] <= len(text) <= schema["maxLength"]


@given(st.integers(0, 200), instants, ids)
def test_search_cursor_is_read_back(count: int, instant: datetime, row_id: int) -> None:
    text = write_search_cursor(count, instant, row_id)
    assert is_of("SearchCursor", text)
    assert read_search_cursor(text) == (count, instant, row_id)


@given(st.from_regex(PATTERNS["SearchCursor"]["pattern"].replace("$", r"\Z")))
def test_every_text_of_the_search_form_is_read(text: str) -> None:
    count, _, row_id = read_search_cursor(text)
    assert 0 <= count < 256
    assert 0 <= row_id < 2**63


@given(st.from_regex(r"\A[a-z0-9-]{1,32}\Z"), ids)
def test_canned_cursor_is_read_back(shortcut: str, row_id: int) -> None:
    text = write_canned_cursor(shortcut, row_id)
    assert is_of("CannedCursor", text)
    assert read_canned_cursor(text) == (shortcut, row_id)


@given(st.from_regex(PATTERNS["CannedCursor"]["pattern"].replace("$", r"\Z")))
def test_every_text_of_the_canned_form_is_read(text: str) -> None:
    assert write_canned_cursor(*read_canned_cursor(text)) == text
