"""What a counterpart means to do, and what it remembers of each chat, ticket or person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Literal

from mocks.counterparts.script import Act, Kind

ThreadKind = Literal["chat", "ticket", "operator", "visitor", "every"]


@dataclass(eq=False)
class Thread:
    """Of one chat, ticket, operator or visitor: what went before. One thing at a time is planned in it."""

    kind: ThreadKind
    id: int = 0
    """The chat's, ticket's or operator's; of an `every` its rule's place in the script."""
    name: str = ""
    """The visitor's."""
    plan: Plan | None = None
    seen: object = None
    """The row as it was when it was last looked at."""
    mine: bool = False
    """Whether the counterpart takes part in it."""
    person: int = 0
    """The operator whose chat (ticket) it is."""
    waited: bool = False
    """Whether it was planned who takes the chat that waits."""
    begun: bool = False
    """Whether the chat was accepted, or the ticket seen."""
    closed: bool = False
    """Whether it was seen that it is over."""
    answered: int = 0
    """Up to which message (reply) the other side's words were dealt with."""
    read: int = 0
    """Up to which message it was looked whether somebody else writes in the counterpart's name."""
    idle_since: int = -1
    """After which message it was last planned what happens when nobody says anything."""
    uses: Counter[int] = field(default_factory=Counter)
    """How often each rule was followed in it."""
    said: set[str] = field(default_factory=set)
    """Texts that were used: others are preferred."""

    @property
    def key(self) -> str:
        """`chat:42`, `ticket:3`, `operator:7`, `visitor:CM_DEMO_2026:abc123`, `every:0`."""
        return f"{self.kind}:{self.name or self.id}"


@dataclass(frozen=True)
class Occasion:
    """Something that happened in a thread."""

    kinds: tuple[Kind, ...]
    thread: Thread
    key: str
    """Tells it from all others in the thread; chance depends on it, and on nothing that happened elsewhere."""
    text: str = ""
    """What the other side said."""
    upto: int = 0
    """The last message (reply) of that."""

    @property
    def kind(self) -> Kind:
        """The most general of its kinds."""
        return self.kinds[-1]


@dataclass(eq=False)
class Plan:
    """The acts of a rule, of which those from `step` on are to be done."""

    occasion: Occasion
    rule: int
    """Its place in the script; -1: another one's."""
    acts: tuple[Act, ...]
    random: Random
    due: float
    """Unix seconds of the sandbox's clock."""
    step: int = 0
    dropped: bool = False

    @property
    def act(self) -> Act:
        """The next one."""
        return self.acts[self.step]


class Schedule:
    """Plans by the time of their next act; those of the same time in the order in which they came."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Plan]] = []
        self._count = 0

    def add(self, plan: Plan) -> None:
        """Keep it until it is due."""
        self._count += 1
        heappush(self._heap, (plan.due, self._count, plan))

    def first(self) -> Plan | None:
        """The one that is due first."""
        while self._heap and self._heap[0][2].dropped:
            heappop(self._heap)
        return self._heap[0][2] if self._heap else None

    def take(self) -> Plan:
        """The same, which is no longer kept."""
        return heappop(self._heap)[2]

    def __len__(self) -> int:
        return sum(not plan.dropped for _, _, plan in self._heap)

    def clear(self) -> None:
        """Forget all of them."""
        for _, _, plan in self._heap:
            plan.dropped = True
        self._heap.clear()
