"""What is to be judged, and how thoroughly."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["reference", "contract"]
Profile = Literal["quick", "full"]

EXAMPLES: Final[dict[Profile, int]] = {"quick": 30, "full": 200}
"""How many values a check generates."""


@dataclass(frozen=True)
class Order:
    """What is to be judged."""

    seed: int = 0
    rules: Collection[str] = ()
    """Their ids; none means all."""
    operations: Collection[str] = ()
    """Only what is said of these operationIds; none means all."""
    profile: Profile = "quick"
    level: Level = "contract"
    until_broken: bool = False
    """Stop at the first that is broken."""
    max_time: float | None = None
    """Seconds after which nothing new is begun."""
    bodies: bool = False
    """Whether each exchange is told whole."""

    @property
    def examples(self) -> int:
        """How many values a check generates."""
        return EXAMPLES[self.profile]
