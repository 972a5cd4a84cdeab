"""The ring never grows beyond its bounds, whatever comes, and tells what it holds."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocks.answer import lines_of
from mocks.journal import KEPT_BODY, MAX_FAULTS, MAX_SENTENCE, Entry, Journal, shortened
from mocks.tests.entries import entry

SIZES = st.integers(0, KEPT_BODY)
ENTRIES = st.builds(
    lambda asked, said, target, headers, faults: entry(
        body=bytes(asked),
        answer=bytes(said),
        path="ş" * target,
        raw_path=b"%C5%9F" * target,
        head=b"".join(b"x" * size + b": " + b"y" * size + b"\r\n" for size in headers),
        faults=tuple("f" * size for size in faults),
    ),
    SIZES,
    SIZES,
    st.integers(0, 2_000),
    st.lists(st.integers(0, 500), max_size=20),
    st.lists(st.integers(0, MAX_SENTENCE), max_size=MAX_FAULTS),
)


@given(
    came=st.lists(ENTRIES, max_size=30), entries=st.integers(1, 12), size=st.integers(1, 200_000), cleared=st.booleans()
)
def test_the_ring_keeps_the_newest_within_its_bounds(came: list[Entry], entries: int, size: int, cleared: bool) -> None:
    journal = Journal(entries=entries, size=size)
    for number, one in enumerate(came, 1):
        journal.add(one)
        kept = list(journal)
        assert len(kept) == len(journal) <= entries
        assert sum(other.weight() for other in kept) == journal.size <= size
        assert [other.id for other in kept] == list(range(number - len(kept) + 1, number + 1))
        assert journal.dropped == number - len(kept)
        if len(kept) < entries and number > len(kept):
            assert journal.size + came[number - len(kept) - 1].weight() > size, "what has room stays"
    if cleared:
        journal.clear()
        assert (len(journal), journal.size, journal.last_id) == (0, 0, len(came))


@given(came=st.lists(ENTRIES, max_size=12), odd=st.booleans())
def test_clearing_some_leaves_the_others_as_they_were(came: list[Entry], odd: bool) -> None:
    journal = Journal()
    for one in came:
        journal.add(one)
    assert journal.clear(lambda one: one.id % 2 == odd) == sum(one.id % 2 == odd for one in came)
    assert list(journal) == [one for one in came if one.id % 2 != odd]
    assert journal.size == sum(one.weight() for one in journal)


@pytest.mark.parametrize("headers", [0, 8, 40])
@pytest.mark.parametrize("body", [0, 300, KEPT_BODY])
@pytest.mark.parametrize("path", ["/api", "/" + "ş" * 500, "/" + "😀" * 500])
def test_an_entry_takes_no_more_memory_than_it_weighs(headers: int, body: int, path: str) -> None:
    gc.collect()
    tracemalloc.start()
    try:
        kept = [
            entry(
                path=path[:-1] + chr(ord("a") + number % 20),
                raw_path=path.encode() + b"%d" % number,
                headers=[(b"x-%d-%d" % (number, at), b"v" * 40 + b"%d" % number) for at in range(headers)],
                body=b"b" * body + b"%d" % number,
                answer=b"a" * body + b"%d" % number,
                answer_head=b"content-length: %d\r\n" % number,
            )
            for number in range(200)
        ]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken <= sum(one.weight() for one in kept)


def test_a_bound_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Journal(entries=0)
    with pytest.raises(ValueError, match="at least one"):
        Journal(size=0)


def test_after_tells_what_came_since_oldest_first() -> None:
    journal = Journal(entries=3)
    for _ in range(5):
        journal.add(entry())
    assert [one.id for one in journal.after(0)] == [3, 4, 5]
    assert [one.id for one in journal.after(4)] == [5]
    assert journal.after(5) == journal.after(9) == []
    assert journal.entry(2) is None
    assert getattr(journal.entry(3), "id", None) == 3


def test_headers_are_read_from_lines_and_from_pairs() -> None:
    pairs = [("content-type", "text/plain"), ("x-ad", "\xe9: b")]
    assert entry(answer_head=b"Content-Type: text/plain\r\nX-Ad: \xe9: b\r\n").answer_headers() == pairs
    assert entry(head=lines_of([(b"Content-Type", b"text/plain"), (b"X-Ad", b"\xe9: b")])).request_headers() == pairs


def test_notes_and_faults_are_bounded() -> None:
    assert shortened(["x" * 9_999] * 99) == ("x" * MAX_SENTENCE,) * MAX_FAULTS
