"""What the machines share: the steps they took, in words, and how a run of many examples ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, ClassVar, Concatenate, Final, ParamSpec, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from contract_tests.checks import Judge
from contract_tests.client import Answer
from contract_tests.findings import WRONG_SHAPE, Broken, CannotRun, NotJudged
from contract_tests.machine.cast import Cast, Staff, gather
from contract_tests.machine.model import Refusal
from contract_tests.order import Profile

STEPS: Final[dict[Profile, int]] = {"quick": 40, "full": 50}
"""Of one example."""
SHRINKING: Final = 5.0
"""Seconds for finding fewer steps that break the rule too."""


class Enough(BaseException):
    """The run ends here; no Exception, so that Hypothesis neither shrinks nor repeats it."""


class Run:
    """All examples of one check: what broke the rule with the fewest steps, or why it ended before."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.client = judge.client
        if "cast" not in self.client.kept:
            self.client.kept["cast"] = gather(self.client)
        self.cast: Cast = self.client.kept["cast"]
        self.shortest: tuple[Sequence[str], Broken] | None = None
        self.ended: Exception | None = None
        self._until: float | None = None

    def go_on(self) -> None:
        """Raises Enough when the time is over."""
        if not self.judge.seconds_left or (self._until is not None and time.monotonic() > self._until):
            raise Enough

    @contextmanager
    def recorded(self, steps: Sequence[str]) -> Iterator[None]:
        """Whatever ends an example inside is kept; only what breaks the rule itself is worth another example."""
        try:
            yield
        except (NotJudged, CannotRun) as error:
            self.ended = error
            raise Enough from None
        except Broken as broken:
            self._keep(broken, steps)
            raise
        except WRONG_SHAPE as error:
            if self.judge.findings:  # that the answer has another shape is told already
                self.ended = error
                raise Enough from None
            seen = f"{type(error).__name__}: {error}"
            misshapen = Broken(self.judge.rule.id, "an answer of the documented shape", seen)
            self._keep(misshapen, steps)
            raise misshapen from None

    def _keep(self, broken: Broken, steps: Sequence[str]) -> None:
        """Raises Enough for another rule than this one, and where the first that is broken ends all."""
        if broken.finding.rule != self.judge.rule.id:
            self.ended = broken
            raise Enough
        if self.shortest is None or len(steps) < len(self.shortest[0]):
            self.shortest = list(steps), broken
        if self._until is None:
            self._until = time.monotonic() + SHRINKING
        if self.judge.order.until_broken:
            raise Enough

    def conclude(self) -> None:
        """Raises what was found."""
        if self.shortest:
            steps, broken = self.shortest
            told = "".join(f"\n    {number}. {step}" for number, step in enumerate(steps, 1))
            finding = broken.finding
            seen = f"{finding.seen}\n  after these steps:{told}"
            raise Broken(finding.rule, finding.expected, seen, finding.curl, finding.operation)
        if self.ended:
            raise self.ended


class Life(RuleBasedStateMachine):
    """One example: who takes part, and what they did."""

    examples: ClassVar[dict[Profile, int]] = {"quick": 12, "full": 140}

    def __init__(self, run: Run) -> None:
        super().__init__()
        run.go_on()
        self.run = run
        self.client = run.client
        self.cast = run.cast
        self.visitors = run.cast.visitors(run.client)
        self.steps: list[str] = []
        self.is_over = False
        """Whether something ended the example before its last step."""

    def teardown(self) -> None:
        """A last look at everything; then leave nothing open."""
        try:
            if not self.is_over:
                self.last_look()
        finally:
            self.leave()

    def last_look(self) -> None:
        """What is not looked at after each step."""

    def leave(self) -> None:
        """Close what was opened."""

    def somebody(self, number: int) -> Staff:
        return chosen(self.cast.staff, number)

    def ask(self, staff: Staff, method: str, path: str, **options: Any) -> Answer:
        return self.client.operator(method, path, staff.login, **options)

    def begin(self, told: str) -> None:
        """The next step, in words."""
        self.steps.append(told)

    def must(self, faults: Sequence[str], answer: Answer, seen: object = None) -> None:
        """The rule is broken if there are faults: what was to be."""
        self.run.judge.must(not faults, ", ".join(faults), answer, seen)

    def refused(self, became: object, answer: Answer, *statuses: int) -> bool:
        """Whether the model refused; the answer must do the same, or else be one of these."""
        self.steps[-1] += f" → {answer.status} {answer.code or ''}".rstrip()
        if isinstance(became, Refusal):
            kept = (answer.status, answer.code) == became
            self.must([] if kept else [f"{became.status} {became.code}"], answer)
            return True
        self.must([] if answer.status in statuses else [" or ".join(map(str, statuses))], answer)
        return False


def in_between(machine: Life) -> bool:
    """When what changes nothing may be tried: not after each step."""
    return len(machine.steps) % 3 == 0


One = TypeVar("One")


def chosen(ones: Sequence[One], number: int, *, newest_first: bool = False) -> One:
    """One of them by a number from 0 to 5: the first two, between whom most happens, more often than the others."""
    place = (0, 1, 0, 1, 2, 3)[number] % len(ones)
    return ones[-1 - place if newest_first else place]


Arguments = ParamSpec("Arguments")
Machine = TypeVar("Machine", bound=Life)


def step(
    function: Callable[Concatenate[Machine, Arguments], None],
) -> Callable[Concatenate[Machine, Arguments], None]:
    """What a machine does against the server: as long as there is time, and what it finds is kept."""

    @wraps(function)
    def taken(machine: Machine, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            machine.run.go_on()
            with machine.run.recorded(machine.steps):
                function(machine, *args, **kwargs)
        except BaseException:
            machine.is_over = True
            raise

    return taken


def run(judge: Judge, kind: type[Life]) -> None:
    """Examples of a machine, as many as the profile asks. Raises Broken with the fewest steps that break the rule."""
    run_of_all, profile = Run(judge), judge.order.profile

    def machine() -> Life:
        return kind(run_of_all)

    chosen: Any = settings(
        max_examples=kind.examples[profile],
        stateful_step_count=STEPS[profile],
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        phases=[Phase.generate] if judge.order.until_broken else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    factory: Any = seed(judge.seed)(machine)
    try:
        run_state_machine_as_test(factory, settings=chosen)
    except Enough:
        pass
    except Exception:
        if run_of_all.shortest is None:
            raise
    run_of_all.conclude()
