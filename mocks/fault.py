"""What can go wrong with an answer on its way, as values: late, another status, cut off, spoilt, slow."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from random import Random
from typing import Any, Final, Literal

from mocks.pauses import LONGEST_DELAY

Close = Literal["request", "before", "inside"]
"""Where the connection ends: `request`, nothing was handled; `before`, it was, and its answer is lost; `inside`, half
of the body comes."""
Body = Literal["truncated", "malformed"]
"""What becomes of the body, whose Content-Length is true: half of it, or with an end that is no JSON."""
Distribution = Literal["fixed", "uniform", "normal", "lognormal"]

CLOSES: Final[tuple[Close, ...]] = ("request", "before", "inside")
BODIES: Final[tuple[Body, ...]] = ("truncated", "malformed")
DISTRIBUTIONS: Final[dict[Distribution, tuple[str, ...]]] = {
    "fixed": ("milliseconds",),
    "uniform": ("least", "most"),
    "normal": ("mean", "deviation"),
    "lognormal": ("median", "sigma"),
}
"""Each with what its numbers are; all but sigma are milliseconds."""


@dataclass(frozen=True)
class Delay:
    """Milliseconds, by chance or always the same; never below 0, never more than LONGEST_DELAY."""

    distribution: Distribution
    numbers: tuple[float, ...]

    def draw(self, random: Random) -> float:
        """The next delay."""
        first, second = (*self.numbers, 0.0)[:2]
        match self.distribution:
            case "fixed":
                drawn = first
            case "uniform":
                drawn = random.uniform(first, second)
            case "normal":
                drawn = random.gauss(first, second)
            case "lognormal":
                drawn = first * random.lognormvariate(0, second)
        return min(max(drawn, 0.0), float(LONGEST_DELAY))

    def describe(self) -> object:
        """As it is written in a fault."""
        if self.distribution == "fixed":
            return _plain(self.numbers[0])
        return {self.distribution: [_plain(number) for number in self.numbers]}


@dataclass(frozen=True)
class Fault:
    """What happens to the answers of some operations."""

    operation: str = "*"
    """An operationId, or a pattern of them: `list_*`."""
    chance: float = 1.0
    """How likely it strikes, above 0 to 1."""
    count: int | None = None
    """How often it strikes before it is over; None: always."""
    delay: Delay | None = None
    status: int | None = None
    """The request is not handled; the answer is the documented problem."""
    example: str | None = None
    """Which of the status's examples; None: its first."""
    close: Close | None = None
    body: Body | None = None
    throttle: int | None = None
    """Bytes of the body in a second."""

    def concerns(self, operation: str) -> bool:
        """Whether it can strike that operation."""
        return fnmatchcase(operation, self.operation)

    def describe(self) -> dict[str, Any]:
        """As it is written; read again it is the same."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        told["delay"] = self.delay.describe() if self.delay else None
        return {name: value for name, value in told.items() if value is not None}


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number
