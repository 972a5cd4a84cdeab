"""A judgement as a whole, put together from its events: what reports are written from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from contract_tests.catalogue import CATALOGUE, Column, Rule
from contract_tests.checks import ON_EVERY_ANSWER
from contract_tests.events import Began, Ended, Event, Outcome, Verdict
from contract_tests.findings import Finding
from contract_tests.order import Order


@dataclass(frozen=True)
class Chapter:
    """A rule, with all that was found of it."""

    rule: Rule
    outcome: Outcome
    seconds: float = 0.0
    requests: int = 0
    reasons: tuple[str, ...] = ()
    """Why it, or a part of it, was skipped."""
    findings: tuple[Finding, ...] = ()
    parts: int = 1
    called: frozenset[str] = frozenset()
    """The operations that its check called."""


@dataclass
class Story:
    """What was judged and found."""

    base_url: str = ""
    order: Order = field(default_factory=Order)
    at: float = 0.0
    seconds: float = 0.0
    cut_off: str = ""
    """Why it could not go on, if it could not."""
    verdicts: list[Verdict] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Go on."""
        if isinstance(event, Began):
            self.base_url, self.order, self.at = event.base_url, event.order, event.at
        elif isinstance(event, Verdict):
            self.verdicts.append(event)
        elif isinstance(event, Ended):
            self.seconds, self.cut_off = event.seconds, event.cut_off

    @property
    def holds(self) -> bool:
        """Whether nothing was found to be broken."""
        return not any(verdict.findings for verdict in self.verdicts)

    @property
    def judged(self) -> bool:
        """Whether any rule was judged at all."""
        return any(verdict.outcome != "skipped" or verdict.findings for verdict in self.verdicts)

    @property
    def skipped(self) -> bool:
        """Whether a rule, or a part of one, was not judged."""
        return any(verdict.outcome == "skipped" for verdict in self.verdicts)

    @property
    def requests(self) -> int:
        """How many answers were judged."""
        return sum(verdict.requests for verdict in self.verdicts)

    def statuses(self) -> dict[str, Counter[int]]:
        """How often each operation answered each status."""
        seen: dict[str, Counter[int]] = defaultdict(Counter)
        for verdict in self.verdicts:
            for operation, statuses in verdict.called.items():
                seen[operation].update(statuses)
        return dict(seen)

    def chapters(self) -> list[Chapter]:
        """A chapter a rule, those of every answer first, else as they were judged."""
        by_rule: dict[str, list[Verdict]] = defaultdict(list)
        for verdict in self.verdicts:
            by_rule[verdict.rule.id].append(verdict)
        found: dict[str, list[Finding]] = defaultdict(list)
        for verdict in self.verdicts:
            for finding in verdict.findings:
                found[finding.rule].append(finding)
        order = [rule for rule in CATALOGUE if rule in by_rule or rule in found or self._is_judged_everywhere(rule)]
        return [self._chapter(CATALOGUE[rule], by_rule[rule], _each_once(found[rule])) for rule in order]

    def _is_judged_everywhere(self, rule: str) -> bool:
        if rule not in ON_EVERY_ANSWER or (self.order.rules and rule not in self.order.rules):
            return False
        return self.order.level == "contract" or CATALOGUE[rule].origin == "reference"

    def _chapter(self, rule: Rule, verdicts: Sequence[Verdict], findings: tuple[Finding, ...]) -> Chapter:
        if rule.id in ON_EVERY_ANSWER:
            everywhere = frozenset(self.statuses())
            outcome: Outcome = "broken" if findings else "passed" if self.requests else "skipped"
            reasons = ("judged by what other rules ask",) if outcome == "skipped" else ()
            return Chapter(rule, outcome, 0.0, self.requests, reasons, findings, called=everywhere)
        outcomes = {verdict.outcome for verdict in verdicts}
        return Chapter(
            rule,
            "broken" if findings else "passed" if "passed" in outcomes else "skipped",
            sum(verdict.seconds for verdict in verdicts),
            sum(verdict.requests for verdict in verdicts),
            tuple(sorted({verdict.reason for verdict in verdicts if verdict.reason})),
            findings,
            len(verdicts),
            frozenset(operation for verdict in verdicts for operation in verdict.called),
        )

    def cell(self, operation: str, column: Column, chapters: Iterable[Chapter]) -> Counter[Outcome]:
        """How many rules of a column were judged of an operation, by outcome."""
        return Counter(
            _outcome_for(operation, chapter)
            for chapter in chapters
            if chapter.rule.column == column and _speaks_of(chapter, operation)
        )


def _each_once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """One of each operation: the first; what breaks a rule there breaks it often."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.operation, replace(finding))
    return tuple(first.values())


def _speaks_of(chapter: Chapter, operation: str) -> bool:
    if chapter.outcome == "skipped":
        return operation in chapter.rule.operations
    return operation in chapter.called and (not chapter.rule.operations or operation in chapter.rule.operations)


def _outcome_for(operation: str, chapter: Chapter) -> Outcome:
    if any(finding.operation in ("", operation) for finding in chapter.findings):
        return "broken"
    return "passed" if chapter.outcome == "broken" else chapter.outcome
