"""What a check can end with, beside that the rule holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WRONG_SHAPE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a check runs into when an answer has another shape."""


NO_TIME: Final = "the time was over (--max-time)"


@dataclass(frozen=True)
class Finding:
    """How a rule is broken: what was expected, what was seen, and a curl line that shows it."""

    rule: str
    expected: str
    seen: str
    curl: str = ""
    operation: str = ""
    """The operationId of the last request."""
    by: str = ""
    """The rule whose check found it."""


class Broken(Exception):
    """The server broke a rule."""

    def __init__(self, rule: str, expected: str, seen: str, curl: str = "", operation: str = "") -> None:
        super().__init__(f"{rule}: expected {expected}; seen {seen}")
        self.finding = Finding(rule, expected, seen, curl, operation)


class NotJudged(Exception):
    """The rule could not be judged on this target; the message says why."""


class CannotRun(Exception):
    """There is nothing to judge: no server, or wrong credentials; told in one line."""
