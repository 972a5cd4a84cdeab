"""What a check can end with, beside that the rule holds."""

from __future__ import annotations


class Broken(Exception):
    """The server broke a rule: what was expected, what was seen, and a curl line that shows it."""

    def __init__(self, rule: str, expected: str, seen: str, curl: str = "", operation: str = "") -> None:
        super().__init__(f"{rule}: expected {expected}; seen {seen}")
        self.rule = rule
        self.expected = expected
        self.seen = seen
        self.curl = curl
        self.operation = operation
        """The operationId of the last request."""


class NotJudged(Exception):
    """The rule could not be judged on this target; the message says why."""


class CannotRun(Exception):
    """There is nothing to judge: no server, or wrong credentials; told in one line."""
