"""What a person reads at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from contract_tests.document import Document
from contract_tests.run import Verdict

MARKS = {"passed": "holds", "broken": "BROKEN", "skipped": "skipped"}


def table(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A line a rule: what was found, how long it took."""
    width = max((len(verdict.rule.id) for verdict in verdicts), default=0)
    for verdict in verdicts:
        what = verdict.reason or ", ".join(verdict.rule.operations) or "every operation"
        yield f"  {MARKS[verdict.outcome]:8} {verdict.rule.id:{width}}  {verdict.requests:5} requests  {what}"


def operations(document: Document, seen: Mapping[str, set[int]]) -> Iterator[str]:
    """A line an operation with the statuses that were seen, and one with those that were never called."""
    called = [operation for operation in document.operations if operation.id in seen]
    for operation in called:
        yield f"  {operation.id:28} {', '.join(map(str, sorted(seen[operation.id])))}"
    never = [operation.id for operation in document.operations if operation.id not in seen]
    if never:
        yield f"  never called: {', '.join(never)}"


def findings(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What is broken: the sentence, what was expected and seen, and one curl line that shows it."""
    for verdict in verdicts:
        broken = verdict.broken
        if broken is not None:
            yield f"\n{verdict.rule.id}: {verdict.rule.sentence}"
            yield f"  operation  {broken.operation or ', '.join(verdict.rule.operations)}"
            yield f"  expected   {broken.expected}"
            yield f"  seen       {broken.seen}"
            if broken.curl:
                yield f"  {broken.curl}"


def summary(verdicts: Sequence[Verdict], seconds: float, seed: int) -> str:
    """The last line."""
    counts = {name: sum(verdict.outcome == name for verdict in verdicts) for name in MARKS}
    requests = max((v.requests for v in verdicts if v.rule.id.startswith("answer.")), default=0)
    return (
        f"{counts['passed']} rules hold, {counts['broken']} broken, {counts['skipped']} skipped"
        f" ({requests or sum(v.requests for v in verdicts)} requests, {seconds:.1f} s, --seed {seed})"
    )
