"""The mock's journal: the last requests and answers, in a ring that never grows beyond its bounds.

What happens for each request is to keep references: nothing is decoded, parsed or copied before somebody reads.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from impl.world import Waker
from mocks.answer import pairs_of

ENTRIES: Final = 5_000
"""How many entries are kept at most."""
BYTES: Final = 32 * 1024 * 1024
"""How much memory they take at most; the oldest go first."""
KEPT_BODY: Final = 16 * 1024
"""Bytes of a body that are kept; the rest is cut off, and its size told."""
MAX_FAULTS: Final = 20
MAX_SENTENCE: Final = 500
"""Characters of a fault or a note that are kept: a validator's sentence can hold the whole value."""

ENTRY_WEIGHT: Final = 1_500
"""What an entry takes beside its bytes, in CPython, rounded up."""

NEWS: Final = 0
"""What waiters of the journal listen to; a waker's other keys are chats, whose ids begin at 1."""


def shortened(sentences: Sequence[str]) -> tuple[str, ...]:
    """As many of the sentences, and as much of each, as the journal keeps."""
    return tuple([sentence[:MAX_SENTENCE] for sentence in sentences[:MAX_FAULTS]]) if sentences else ()


class Entry(Struct, gc=False):
    """A request and its answer. Bodies are cut to KEPT_BODY bytes; sizes are those of the whole."""

    began: float
    """Unix seconds of the machine's clock, not of the mock's."""
    milliseconds: float
    method: str
    path: str
    raw_path: bytes
    query: bytes
    head: bytes
    """Header lines, each with its CRLF: one piece, since what is kept by the thousand should be few objects."""
    body: bytes
    body_size: int
    """Bytes that were read; an application that refuses at once reads none."""
    operation: str | None
    """None: the document has no such path or method."""
    status: int
    """0: nobody answered."""
    answer_head: bytes
    """The same of the answer."""
    answer: bytes
    answer_size: int
    faults: tuple[str, ...] = ()
    """What breaks the contract."""
    notes: tuple[str, ...] = ()
    request_faults: tuple[str, ...] = ()
    """What in the request breaks the contract; the proxy's alone, for the mock itself refuses such requests."""
    id: int = 0
    """Its place among all requests since the start, from 1; the journal gives it."""

    def weight(self) -> int:
        """Bytes of memory that it takes, not less than in truth."""
        size = ENTRY_WEIGHT + len(self.head) + len(self.answer_head) + len(self.query) + len(self.body)
        if self.faults or self.notes or self.request_faults:
            said = (*self.faults, *self.notes, *self.request_faults)
            size += sum([4 * len(text) + 100 for text in said])
        return size + len(self.answer) + 5 * len(self.raw_path)  # a path's text may take four bytes a character

    def answer_headers(self) -> list[tuple[str, str]]:
        """The answer's headers by lower-case name."""
        return pairs_of(self.answer_head)

    def request_headers(self) -> list[tuple[str, str]]:
        """The request's headers by lower-case name."""
        return pairs_of(self.head)


def _nothing() -> None:
    pass


class Journal:
    """A ring of entries, oldest first, and a bell for those who wait for the next."""

    def __init__(
        self,
        operations: Mapping[str, str] | None = None,
        *,
        entries: int = ENTRIES,
        size: int = BYTES,
        waker: Waker | None = None,
    ) -> None:
        """`operations`: `METHOD /path` by operationId. `waker`: closed when the process ends. Raises ValueError."""
        if entries < 1 or size < 1:
            raise ValueError("a journal keeps at least one entry of at least one byte")
        self.operations: Mapping[str, str] = operations or {}
        self.waker = waker or Waker()
        self.before_reading: Callable[[], None] = _nothing
        """Whoever writes in batches brings it up to date here."""
        self.beginning = secrets.token_hex(8)
        """Its own name: one of another name counts anew."""
        self.kept = True
        """Whether what comes is written into it."""
        self._last_id = 0
        self.dropped = 0
        """How many entries went since the start, or since it was cleared, for lack of room."""
        self.size = 0
        """What the entries weigh, in bytes."""
        self._most, self._most_bytes = entries, size
        self._entries: deque[Entry] = deque()

    @property
    def last_id(self) -> int:
        """How many requests there were since the start."""
        self.before_reading()
        return self._last_id

    def __len__(self) -> int:
        self.before_reading()
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Oldest first, as they are now."""
        self.before_reading()
        return iter(tuple(self._entries))

    def add(self, *entries: Entry) -> None:
        """Keep entries under the next ids; the oldest go while there are too many, or too heavy ones."""
        kept = self._entries
        for entry_id, entry in enumerate(entries, self._last_id + 1):
            entry.id = entry_id
            self.size += entry.weight()
        self._last_id += len(entries)
        kept.extend(entries)
        while len(kept) > self._most or self.size > self._most_bytes:
            self.size -= kept.popleft().weight()
            self.dropped += 1
        self.waker.wake(NEWS)

    def after(self, entry_id: int) -> list[Entry]:
        """What came after that entry, oldest first."""
        self.before_reading()
        found = []
        for entry in reversed(self._entries):
            if entry.id <= entry_id:
                break
            found.append(entry)
        return found[::-1]

    def entry(self, entry_id: int) -> Entry | None:
        """The entry of that id, if it is still there."""
        self.before_reading()
        return next((entry for entry in reversed(self._entries) if entry.id == entry_id), None)

    def clear(self, which: Callable[[Entry], bool] | None = None) -> int:
        """Forget all entries, or those of them; ids go on. Answers how many it were."""
        self.before_reading()
        before = len(self._entries)
        kept = [] if which is None else [entry for entry in self._entries if not which(entry)]
        self._entries = deque(kept)
        self.size = sum([entry.weight() for entry in kept])
        if which is None:
            self.dropped = 0
        return before - len(kept)
