"""What a check is: a function that judges one rule by calls to the server.

Importing `contract_tests.rules` gathers them all.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from contract_tests.catalogue import CATALOGUE, Rule
from contract_tests.client import Answer, Client
from contract_tests.document import Document
from contract_tests.findings import Broken, NotJudged
from contract_tests.order import Order
from contract_tests.scratch import keep_scratch_apart

Value = TypeVar("Value")


class Judge:
    """One rule, the server that is judged by it, and a seeded source of examples."""

    def __init__(self, rule: Rule, client: Client, order: Order, part: str = "", deadline: float | None = None) -> None:
        """`part` is one of the check's parts; `deadline`, of `time.monotonic()`, is when nothing new should begin."""
        keep_scratch_apart()
        self.rule = rule
        self.client = client
        self.target = client.target
        self.document = client.document
        self.order = order
        self.part = part
        self.findings: list[Broken] = []
        self._deadline = deadline
        digest = hashlib.sha256(f"{order.seed} {rule.id} {part}".encode()).digest()
        self._seed = int.from_bytes(digest[:6], "big")
        self.random = random.Random(self._seed)  # noqa: S311 - chance that can be repeated is meant

    def draw(self, strategy: SearchStrategy[Value], times: float = 1) -> list[Value]:
        """Generated values, the simplest first; `times` the profile's number."""
        values: list[Value] = []
        self._seed += 1

        @seed(self._seed)
        @settings(
            max_examples=max(1, int(self.order.examples * times)),
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def collect(value: Value) -> None:
            values.append(value)

        collect()
        return sorted(values, key=lambda value: len(repr(value)))

    def broken(self, expected: str, seen: str, answer: Answer) -> Broken:
        """That the rule is broken, as the answer shows."""
        return Broken(self.rule.id, expected, seen, answer.curl, answer.operation)

    def found(self, broken: Broken) -> None:
        """Remember what is broken, of this rule or another one, and go on."""
        self.findings.append(self.client.hiding.broken(broken))

    @property
    def seed(self) -> int:
        """A number that differs by rule and part, the same for the same order."""
        return self._seed

    @property
    def seconds_left(self) -> float:
        """How long this may take."""
        return float("inf") if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def must(self, kept: bool, expected: str, answer: Answer, seen: object = None) -> None:
        """The rule is broken unless kept; without `seen` the whole answer is shown."""
        if not kept:
            raise self.broken(expected, answer.told() if seen is None else str(seen), answer)

    @property
    def whole(self) -> bool:
        """Whether all of the contract is judged, not only what the reference says itself."""
        return self.order.level == "contract"

    def expect(self, answer: Answer, status: int, code: str | None = None) -> Answer:
        """The rule asks for this status, and this `kod`. The reference knows no `kod`, and not which success it is."""
        if self.whole:
            kept = answer.status == status and code in (None, answer.code)
            self.must(kept, f"{status} {code or ''}".strip(), answer)
        elif 200 <= status < 300:
            self.must(200 <= answer.status < 300, "success", answer)
        else:
            self.must(answer.status == status, str(status), answer)
        return answer

    def refused(self, answer: Answer, status: int, code: str) -> Answer:
        """As `expect`, where the reference does not say with which status it is refused."""
        if self.whole:
            return self.expect(answer, status, code)
        self.must(400 <= answer.status < 500, "a refusal", answer)
        return answer

    def together(self, *calls: Callable[[], Answer]) -> list[Answer]:
        """All at once, each over a connection of its own."""

        def asked(call: Callable[[], Answer]) -> Answer:
            try:
                return call()
            finally:
                self.client.hang_up()

        with ThreadPoolExecutor(len(calls)) as pool:
            return [one.result() for one in [pool.submit(asked, call) for call in calls]]

    def advance(self, seconds: float) -> None:
        """Move the server's clock on; operators sign in anew after it. Raises NotJudged where it cannot be moved."""
        if self.target.clock is None:
            raise NotJudged("the server's clock cannot be moved")
        self.target.clock(seconds)
        self.client.forget_tokens()
        self.client.kept.clear()  # sessions may have ended, chats may be closed

    def in_one_second(self, call: Callable[[int], Answer]) -> tuple[int, Answer]:
        """A call that was answered within one second of the server's clock, which it is given."""
        for _ in range(8):
            before = self.client.now()
            answer = call(before)
            if self.client.now() == before:
                return before, answer
        raise NotJudged("the server is too slow for its clock to be known to the second")


Parts = Callable[[Document], Sequence[str]]


@dataclass(frozen=True)
class Check:
    """What judges a rule, whole or in parts that can be judged side by side."""

    function: Callable[[Judge], None]
    parts: Parts | None = None


CHECKS: Final[dict[str, Check]] = {}
"""By the rule's id."""

ON_EVERY_ANSWER: Final = (
    "answer.given",
    "answer.schema",
    "answer.no_500",
    "answer.request_id",
    "answer.secret",
    "answer.works",
)
"""Rules that the client judges by each answer, whichever check asked."""


def check(rule_id: str, parts: Parts | None = None) -> Callable[[Callable[[Judge], None]], Callable[[Judge], None]]:
    """Register the check of a rule. With `parts` it is called once for each of them, which it finds in `judge.part`.

    Raises ValueError for an id that no rule has, or that has a check.
    """

    def register(function: Callable[[Judge], None]) -> Callable[[Judge], None]:
        if rule_id not in CATALOGUE or rule_id in CHECKS:
            raise ValueError(f"{rule_id}: not in the catalogue, or checked twice")
        CHECKS[rule_id] = Check(function, parts)
        return function

    return register


def of_operations(document: Document) -> list[str]:
    """One part for each operation of the document."""
    return [operation.id for operation in document.operations]


def banner_item(context: Any, kind: str) -> Any:
    """An item of the panel's banner, or None."""
    return next((item for item in context["banner"] if item["tip"] == kind), None)
