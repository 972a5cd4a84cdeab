"""What a person reads: progress, the table of operations, what is broken, the last line."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, TextIO

from contract_tests.catalogue import Column
from contract_tests.document import Document
from contract_tests.events import Began, Event, Outcome, Verdict
from contract_tests.findings import Finding
from contract_tests.story import Chapter, Story

DOTS: Final[dict[Outcome, str]] = {"passed": ".", "broken": "X", "skipped": "s"}
WORDS: Final[dict[Outcome, str]] = {"passed": "holds", "broken": "BROKEN", "skipped": "skipped"}
COLUMNS: Final[tuple[Column, ...]] = ("schema", "rules", "auth", "isolation")
WIDTH: Final = 100
SLOW: Final = 0.25
"""Seconds for an answer from which on it is told."""


class Progress:
    """A character a verdict, as it comes."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._count = 0

    def take(self, event: Event) -> None:
        """Print it."""
        if isinstance(event, Began) and event.an_answer > SLOW:
            hint = "--workers and --max-time make it shorter"
            self._out.write(f"The server takes {event.an_answer:.1f} s for an answer: this will take long. {hint}.\n")
        if not isinstance(event, Verdict):
            return
        self._count += 1
        end = "\n" if self._count % WIDTH == 0 else ""
        self._out.write(("X" if event.findings else DOTS[event.outcome]) + end)
        self._out.flush()


def told(story: Story, document: Document, *, quiet: bool = False, require_all: bool = False) -> Iterator[str]:
    """The lines at the end; with `require_all` what was not judged is told in any case."""
    chapters = story.chapters()
    if not quiet:
        yield ""
        yield from operations(story, document, chapters)
    if not quiet or require_all:
        yield from map(shown, not_judged(chapters))
    yield from map(shown, findings(chapters))
    yield ("" if quiet else "\n") + summary(story, chapters)


def shown(line: str) -> str:
    """What a server says neither moves the terminal nor commands the CI that reads along."""
    start = len(line) - len(line.lstrip("\n"))
    text = "".join(letter if letter.isprintable() else _escaped(letter) for letter in line[start:])
    return line[:start] + text.replace("##[", "#\\x23[")


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def operations(story: Story, document: Document, chapters: Sequence[Chapter]) -> Iterator[str]:
    """A line an operation: how many rules of each column hold, and the statuses that were seen."""
    statuses = story.statuses()
    width = max((len(operation.id) for operation in document.operations), default=0)
    yield f"  {'operation':{width}}  {'  '.join(f'{name:>9}' for name in COLUMNS)}  statuses"
    for operation in document.operations:
        if operation.id not in statuses:
            continue
        cells = [_cell(story.cell(operation.id, column, chapters)) for column in COLUMNS]
        seen = ", ".join(f"{status}×{count}" for status, count in sorted(statuses[operation.id].items()))
        yield f"  {operation.id:{width}}  {'  '.join(f'{cell:>9}' for cell in cells)}  {seen}"
    never = [operation.id for operation in document.operations if operation.id not in statuses]
    if never:
        yield f"  never called: {', '.join(never)}"


def _cell(counts: Counter[Outcome]) -> str:
    judged = counts["passed"] + counts["broken"]
    if counts["broken"]:
        return f"{counts['broken']}/{judged} BAD"
    return f"{judged} ok" if judged else "skipped" if counts["skipped"] else "-"


def not_judged(chapters: Sequence[Chapter]) -> Iterator[str]:
    """What never applied, and why."""
    skipped = [chapter for chapter in chapters if chapter.outcome == "skipped" or chapter.reasons]
    if skipped:
        yield "\n  not judged:"
    for chapter in skipped:
        part = "" if chapter.outcome == "skipped" else "in part: "
        yield f"  {chapter.rule.id}: {chapter.rule.sentence} ({part}{'; '.join(chapter.reasons)})"


def findings(chapters: Sequence[Chapter]) -> Iterator[str]:
    """What is broken: the sentence, what was expected and seen, and one curl line that shows it."""
    for chapter in chapters:
        if chapter.findings:
            yield f"\n{WORDS['broken']} {chapter.rule.id}: {chapter.rule.sentence}"
        for finding, operations in _alike(chapter):
            yield f"  operation  {operations}"
            yield f"  expected   {finding.expected}"
            yield f"  seen       {finding.seen}"
            if finding.curl:
                yield f"  {finding.curl}"


def _alike(chapter: Chapter) -> Iterator[tuple[Finding, str]]:
    """The first of those that say the same, with the operations of all of them."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in chapter.findings:
        groups[finding.expected, finding.seen].append(finding)
    for alike in groups.values():
        operations = [finding.operation for finding in alike if finding.operation] or chapter.rule.operations
        yield alike[0], ", ".join(operations)


def summary(story: Story, chapters: Sequence[Chapter]) -> str:
    """The last line."""
    counts = Counter(chapter.outcome for chapter in chapters)
    held = f"{counts['passed']} rule{' holds' if counts['passed'] == 1 else 's hold'}"
    return (
        f"{held}, {counts['broken']} broken, {counts['skipped']} skipped"
        f" ({story.requests} requests, {story.seconds:.1f} s, --seed {story.order.seed})"
    )
