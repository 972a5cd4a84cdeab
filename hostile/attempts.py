"""What an attempt is: bytes to send, and what must come back at least."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

from hostile.answers import Answer
from hostile.calls import Call, Credentials
from impl.contract.document import Node


class Framing(Enum):
    """How much of HTTP the attempt keeps, and so what is accepted."""

    WHOLE = "one answer for each request, judged in full"
    BROKEN = (
        "broken HTTP: an answer, which may be the plain 400 or 431 of the HTTP layer, if the application saw nothing"
    )
    CUT = "a request that never ends (our side is closed before): an answer, or the connection closed properly"


Parts = bytes | tuple[bytes, ...]
Check = Callable[[Sequence[Answer]], list[str]]
"""What is wrong with an attempt's answers beyond what is judged of every answer, a sentence each."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing to try. `build` makes the bytes; several parts are sent one after the other, slowly."""

    category: str
    what: str
    build: Callable[[], Parts]
    methods: tuple[bytes, ...]
    """Of each request in it: so many answers must come."""
    framing: Framing = Framing.WHOLE
    half_close: bool = False
    """End our side after the last byte."""
    check: Check | None = None
    """What the contract says must come."""
    before: tuple[Call, ...] = ()
    """What must have happened: with any, the attempt gets a fresh world, and leaves none."""
    deaf: bool = False
    """Read nothing before all is sent, as simple clients do."""


@dataclass(frozen=True, slots=True)
class Source:
    """What attempts are made from."""

    document: Node
    calls: Sequence[Call]
    random: Random
    credentials: Credentials

    def some(self, number: int) -> list[Call]:
        """A few of the calls."""
        return self.random.sample(list(self.calls), min(number, len(self.calls)))

    def with_json(self) -> list[Call]:
        """Those with a JSON body."""
        return [call for call in self.calls if call.media_type == "application/json"]

    def uploads(self) -> list[Call]:
        """Those with a multipart body."""
        return [call for call in self.calls if call.media_type.startswith("multipart/")]

    def one(self, operation: str) -> Call:
        """The first call of an operation."""
        return next(call for call in self.calls if call.operation == operation)


Category = Callable[[Source], Iterator[Attempt]]

_TARGET: Final = re.compile(rb"(?i:/|https?://[a-z0-9.]+(:[0-9]{1,4})?/)[\x21-\x7e]{0,65000}")


def framing_of(target: bytes) -> Framing:
    """Whether it is a request target at all (RFC 9112, 3.2), and one that the HTTP layer can hold (64 KiB)."""
    return Framing.WHOLE if _TARGET.fullmatch(target) else Framing.BROKEN
