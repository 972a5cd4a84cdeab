"""Judges a target in this process: plans the jobs, runs them, and tells what was found as events."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from contract_tests import rules  # noqa: F401 - importing them registers the checks
from contract_tests.catalogue import CAPABILITIES, CATALOGUE, Rule
from contract_tests.checks import CHECKS, ON_EVERY_ANSWER, Judge
from contract_tests.client import Client
from contract_tests.document import Document
from contract_tests.events import Asked, Event, Outcome, Verdict
from contract_tests.findings import NO_TIME, WRONG_SHAPE, Broken, CannotRun, Finding, NotJudged
from contract_tests.order import Order
from contract_tests.target import Target
from contract_tests.transport import Exchange

Tell = Callable[[Event], None]


@dataclass(frozen=True)
class Job:
    """A rule to judge, or one part of it."""

    rule: str
    part: str = ""

    @property
    def alone(self) -> bool:
        """Whether nothing else may run meanwhile."""
        return CATALOGUE[self.rule].alone


def chosen(order: Order, document: Document) -> list[Rule]:
    """The rules to judge, in their order. Raises CannotRun for a rule or an operation that there is not."""
    unknown = sorted(set(order.rules) - CATALOGUE.keys())
    if unknown:
        raise CannotRun(f"no rule {', '.join(unknown)}; `cozum test --list` shows them")
    unknown = sorted(set(order.operations) - {operation.id for operation in document.operations})
    if unknown:
        raise CannotRun(f"no operation {', '.join(unknown)} in the document")
    found = [rule for rule in CATALOGUE.values() if _is_wanted(rule, order)]
    lost = sorted(set(order.rules) - {rule.id for rule in found})
    if lost:
        raise CannotRun(f"{', '.join(lost)}: the reference does not say so itself (--level reference)")
    if order.rules and set(order.rules) <= set(ON_EVERY_ANSWER):
        raise CannotRun(f"{', '.join(order.rules)}: judged by what other rules ask; name one of them too")
    return found


def _is_wanted(rule: Rule, order: Order) -> bool:
    if order.level == "reference" and rule.origin != "reference":
        return False
    if order.rules:
        return rule.id in order.rules
    return not order.operations or not rule.operations or bool(set(order.operations) & set(rule.operations))


def plan(order: Order, document: Document) -> list[Job]:
    """What there is to do; what takes longest comes last. Raises CannotRun."""
    jobs = []
    for rule in chosen(order, document):
        if rule.id in ON_EVERY_ANSWER:
            continue
        parts = CHECKS[rule.id].parts
        jobs += [Job(rule.id, part) for part in (parts(document) if parts else [""]) if _is_asked_for(part, order)]
    return sorted(jobs, key=lambda job: CATALOGUE[job.rule].long)


def _is_asked_for(part: str, order: Order) -> bool:
    return not order.operations or part in ("", *order.operations)


class Bench:
    """Where jobs are done one after the other: one client, one target."""

    def __init__(self, target: Target, document: Document, order: Order, tell: Tell) -> None:
        """`tell` hears of exchanges where the order wants bodies. Raises CannotRun."""
        self._order = order
        self._tell = tell
        self._rule = ""
        self._called: dict[str, Counter[int]] = defaultdict(Counter)
        self._client = Client(target, document, order.seed, tell=self._heard)

    def _heard(self, exchange: Exchange) -> None:
        self._called[exchange.operation][exchange.status] += 1
        if self._order.bodies:
            self._tell(Asked(self._client.hiding.exchange(exchange), self._rule))

    def do(self, job: Job, deadline: float | None = None) -> Verdict:
        """Judge it. Raises CannotRun when the server is gone."""
        rule, client = CATALOGUE[job.rule], self._client
        lacking = sorted(rule.needs - client.target.capabilities())
        if lacking:
            reason = f"it needs {', '.join(CAPABILITIES[name] for name in lacking)}"
            return Verdict(rule, "skipped", job.part, reason=reason)
        self._rule, self._called = rule.id, defaultdict(Counter)
        began, before = time.monotonic(), client.requests
        judge = Judge(rule, client, self._order, job.part, deadline)
        client.found = judge.found
        client.until = float("inf") if deadline is None else deadline
        outcome, reason = _outcome(judge)
        findings = tuple(_told(broken.finding, rule.id) for broken in judge.findings)
        called = {operation: dict(statuses) for operation, statuses in self._called.items()}
        return Verdict(
            rule,
            outcome,
            job.part,
            time.monotonic() - began,
            client.requests - before,
            reason,
            findings,
            called,
        )

    def close(self) -> None:
        """Leave nothing open at the server."""
        self._client.until = float("inf")
        try:
            self._client.tidy()
        except CannotRun:
            return  # it is gone
        finally:
            self._client.close()


def _outcome(judge: Judge) -> tuple[Outcome, str]:
    """What became of the check, and why it was skipped; what it found is in `judge.findings`.

    An answer that breaks a rule of every answer is not told a second time as what the check stumbled over.
    """
    rule, found = judge.rule.id, judge.findings
    try:
        CHECKS[rule].function(judge)
    except Broken as broken:
        if not any(broken.finding.curl == known.finding.curl for known in found):
            judge.found(broken)
    except NotJudged as error:
        return "skipped", str(error)
    except WRONG_SHAPE as error:
        if not found:
            judge.found(Broken(rule, "an answer of the documented shape", f"{type(error).__name__}: {error}"))
    else:
        return ("broken" if any(broken.finding.rule == rule for broken in found) else "passed"), ""
    if any(broken.finding.rule == rule for broken in found):
        return "broken", ""
    return "skipped", f"it ran into {', '.join(sorted({broken.finding.rule for broken in found}))}"


def _told(finding: Finding, by: str) -> Finding:
    return Finding(finding.rule, finding.expected, finding.seen, finding.curl, finding.operation, by)


def judge_jobs(bench: Bench, jobs: Iterable[Job], order: Order) -> Iterator[Verdict]:
    """Each job's verdict as soon as it is known. Raises CannotRun."""
    deadline = None if order.max_time is None else time.monotonic() + order.max_time
    for job in jobs:
        if deadline is not None and time.monotonic() >= deadline:
            yield Verdict(CATALOGUE[job.rule], "skipped", job.part, reason=NO_TIME)
            continue
        verdict = bench.do(job, deadline)
        yield verdict
        if order.until_broken and verdict.findings:
            break


def judge(target: Target, document: Document, order: Order, jobs: Sequence[Job] | None = None) -> Iterator[Verdict]:
    """Each verdict of the whole order, in this process, in the order of `jobs` if they are given. Raises CannotRun."""
    bench = Bench(target, document, order, lambda event: None)
    try:
        yield from judge_jobs(bench, plan(order, document) if jobs is None else jobs, order)
    finally:
        bench.close()
