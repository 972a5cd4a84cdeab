"""What a counterpart does, as values: who it is, and rules of what happens (`when`) and what it does then (`do`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Literal

from mocks.counterparts.sides import Side
from mocks.counterparts.words import Words

Kind = Literal["start", "every", "waiting", "handed", "accepted", "first", "message", "idle", "closed", "ticket"]


@dataclass(frozen=True)
class Pause:
    """Seconds of the mock's clock: always as many, or between two numbers by chance."""

    least: float
    most: float

    def draw(self, random: Random) -> float:
        """How long this time."""
        return self.least if self.least == self.most else random.uniform(self.least, self.most)


AT_ONCE: Final = Pause(0.0, 0.0)


@dataclass(frozen=True)
class When:
    """What happens."""

    kind: Kind
    words: tuple[Words, ...] = ()
    """One of these must be in what the other side said; none: anything."""
    pause: Pause = AT_ONCE
    """Of `idle` and `every`: how long."""

    def fits(self, kinds: Collection[Kind], text: str) -> bool:
        """Whether this is it; a `first` message is a `message` too."""
        return self.kind in kinds and (not self.words or any(words.found_in(text) for words in self.words))


@dataclass(frozen=True)
class Act:
    """One thing that a counterpart does, `wait` after the one before it."""

    verb: str
    value: Any
    wait: Pause


@dataclass(frozen=True)
class Rule:
    """What is done when something happens: `acts`, one after the other."""

    when: When
    acts: tuple[Act, ...]
    chance: float = 1.0
    times: int | None = None
    """How often in one chat (ticket, start) at most; None: always."""


@dataclass(frozen=True)
class Persona:
    """A simulated visitor of the tenant with that key; `profile` is what its site tells about it (customer-info)."""

    key: str
    visitor_id: str
    profile: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Tells it from all others."""
        return f"{self.key}:{self.visitor_id}"


@dataclass(frozen=True)
class Script:
    """All of it. Of what happens, the first rule that fits is followed, and no other."""

    side: Side
    rules: tuple[Rule, ...]
    source: Mapping[str, Any]
    """As it was written."""
    operators: tuple[str, ...] | None = None
    """Emails of the simulated operators; None: everybody whom the sandbox has."""
    visitors: tuple[Persona, ...] = ()
    at_once: int = 0
    """How many chats simulated visitors have open at most."""
    seed: int | None = None
    """None: the mock's."""
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)
    """Where it was YAML: the line (from 1) of each part, by its JSON Pointer."""
