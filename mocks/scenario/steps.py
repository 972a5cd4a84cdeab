"""What a scenario is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

DEMO_KEY = "CM_DEMO_2026"
"""Whose visitors are meant where no tenant is named."""


@dataclass(frozen=True)
class Caller:
    """Who calls; templates are not filled in yet."""

    visitor: str | None = None
    tenant: str = DEMO_KEY
    """By API key."""
    operator: str | None = None
    """By email."""


@dataclass(frozen=True)
class Call:
    """A call of an operation."""

    operation: str
    caller: Caller | None
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    save: Mapping[str, str]
    """For later steps, by name: where in the answer the value stands, as `data.oturum.id`."""


@dataclass(frozen=True)
class Setting:
    """Settings that no operation changes: of a tenant, or of an operator in a tenant."""

    tenant: str
    operator: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """What happens, how often, and how much time passes before it each time."""

    pointer: str
    """Where it stands in the file."""
    act: Call | Setting | tuple[Step, ...] | None
    advance: float = 0.0
    """Seconds."""
    rounds: Sequence[Mapping[str, Any]] = field(default_factory=lambda: ({},))
    """One for each time, with the names that it brings; `i` counts them from 1."""

    def seconds(self) -> float:
        """How much time passes in all."""
        inside = sum(step.seconds() for step in self.act) if isinstance(self.act, tuple) else 0.0
        return (self.advance + inside) * len(self.rounds)

    def acts(self) -> int:
        """How much is done in all."""
        inside = sum(step.acts() for step in self.act) if isinstance(self.act, tuple) else 1
        return inside * len(self.rounds)


@dataclass(frozen=True)
class Scenario:
    """A state, as steps from the demo, or from it without visitors and chats."""

    name: str
    description: str
    begins: Literal["demo", "empty"]
    steps: tuple[Step, ...]

    def seconds(self) -> float:
        """How long before now it begins."""
        return sum(step.seconds() for step in self.steps)
