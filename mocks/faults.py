"""The faults that are planted in the mock: listed, added, removed, and drawn by chance that can be repeated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any, Final

from impl.world import Memo
from mocks.fault import Body, Close, Fault

MOST_FAULTS: Final = 1_000


class NoSuchFault(KeyError):
    """No fault of that id is planted."""


class TooManyFaults(ValueError):
    """MOST_FAULTS are planted already."""


@dataclass
class Planted:
    """A fault in its place."""

    id: int
    fault: Fault
    random: Random
    struck: int = 0

    def describe(self) -> dict[str, Any]:
        """For a list of faults: the fault, its `id`, and how often it has `struck`."""
        return {"id": self.id, **self.fault.describe(), "struck": self.struck}


@dataclass(frozen=True)
class Strike:
    """What happens to one answer."""

    delay: float = 0.0
    """Milliseconds."""
    status: int | None = None
    example: str | None = None
    close: Close | None = None
    body: Body | None = None
    throttle: int | None = None

    def breaks(self) -> bool:
        """Whether the answer will not be one that the document has."""
        return self.close is not None or self.body is not None or self.status is not None


@dataclass
class Faults:
    """Of the same seed, the same requests in the same order meet the same faults."""

    seed: int = 0
    planted: list[Planted] = field(default_factory=list)
    _last: int = 0
    _passing: Memo = field(default_factory=lambda: Memo(1_000))

    def list(self) -> list[dict[str, Any]]:
        """All that are planted, in order, those that are over too."""
        return [planted.describe() for planted in self.planted]

    def add(self, fault: Fault) -> Planted:
        """Plant one more, behind the others. Raises TooManyFaults."""
        if len(self.planted) >= MOST_FAULTS:
            raise TooManyFaults(MOST_FAULTS)
        self._last += 1
        planted = Planted(self._last, fault, Random(f"{self.seed}:{self._last}"))  # noqa: S311 - can be repeated
        self.planted.append(planted)
        return planted

    def remove(self, fault_id: int) -> None:
        """Take that one away. Raises NoSuchFault."""
        for planted in self.planted:
            if planted.id == fault_id:
                self.planted.remove(planted)
                return
        raise NoSuchFault(fault_id)

    def replace(self, faults: Iterable[Fault], seed: int | None = None) -> None:
        """Take all away and plant these; ids and chance begin anew. Raises TooManyFaults."""
        self.planted, self._last, self._passing = [], 0, Memo(1_000)
        self.seed = self.seed if seed is None else seed
        for fault in faults:
            self.add(fault)

    def exchange(self, old: Iterable[Planted], new: Iterable[Fault]) -> Sequence[Planted]:
        """Plant these in the place of those, before all others; answers them.

        Raises TooManyFaults, and changes nothing then.
        """
        gone, faults = {id(planted) for planted in old}, list(new)
        others = [planted for planted in self.planted if id(planted) not in gone]
        if len(others) + len(faults) > MOST_FAULTS:
            raise TooManyFaults(MOST_FAULTS)
        self.planted = []
        added = [self.add(fault) for fault in faults]
        self.planted = [*added, *others]
        return added

    def strike(
        self, operation: str, passing: Iterable[tuple[str, Fault]] = (), others: Faults | None = None
    ) -> Strike | None:
        """What happens to this answer of that operation, or None.

        `passing` are faults that came with the request, each with its text: they go before those that are planted, and
        those before the `others`. Of several that strike, each adds what those before it do not say.
        """
        strikes = [_drawn(fault, random) for fault, random in self._passing_by(passing) if _hits(fault, random)]
        for planted in chain(self.planted, others.planted if others else ()):
            fault = planted.fault
            over = fault.count is not None and planted.struck >= fault.count
            if not over and fault.concerns(operation) and _hits(fault, planted.random):
                planted.struck += 1
                strikes.append(_drawn(fault, planted.random))
        return _together(strikes) if strikes else None

    def _passing_by(self, passing: Iterable[tuple[str, Fault]]) -> Iterable[tuple[Fault, Random]]:
        for text, fault in passing:
            random = self._passing.get(text) or Random(f"{self.seed}:{text}")  # noqa: S311 - can be repeated
            self._passing.put(text, random)
            yield fault, random


def _hits(fault: Fault, random: Random) -> bool:
    return fault.chance >= 1 or random.random() < fault.chance


def _drawn(fault: Fault, random: Random) -> Strike:
    delay = fault.delay.draw(random) if fault.delay else 0.0
    return Strike(delay, fault.status, fault.example, fault.close, fault.body, fault.throttle)


def _together(strikes: list[Strike]) -> Strike:
    """All of them in one; the first that says something of a thing says it."""
    if len(strikes) == 1:
        return strikes[0]

    def first(name: str) -> Any:
        return next((getattr(strike, name) for strike in strikes if getattr(strike, name)), None)

    status = next((strike for strike in strikes if strike.status), Strike())
    return Strike(
        first("delay") or 0.0, status.status, status.example, first("close"), first("body"), first("throttle")
    )
