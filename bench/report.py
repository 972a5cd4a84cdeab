"""Tables for people, one object for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from bench.cost import Samples
from bench.limits import Verdict
from bench.startup import MIB, Start

Row = Sequence[str]


def table(head: Row, rows: Sequence[Row]) -> str:
    """Columns as wide as their widest cell; the first two left, figures right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * width for width in widths]
    return "\n".join("  ".join(_cells(row, widths)).rstrip() for row in (head, rule, *rows))


def _cells(row: Row, widths: Sequence[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if place < 2 else cell.rjust(width)


def costs(samples: Samples, base: str) -> str:
    """Operation × server: median, fastest and slowest round, ratio to `base`, bytes per answer."""
    rows = []
    operations = list(dict.fromkeys(operation for operation, _ in samples))
    for (operation, server), taken in sorted(samples.items(), key=lambda item: operations.index(item[0][0])):
        times = [sample.microseconds for sample in taken]
        beside = [sample.microseconds for sample in samples.get((operation, base), [])]
        against = median(a / b for a, b in zip(times, beside, strict=True)) if beside else None
        rows.append(
            (
                operation,
                server,
                f"{median(times):.1f}",
                f"{min(times):.1f}–{max(times):.1f}",
                "–" if against is None else f"{against:.2f}",
                f"{taken[-1].size:.0f}",
            )
        )
    head = ("operation", "server", "µs CPU/request", "min–max", f"× {base}", "bytes/answer")
    return table(head, rows)


def starts(taken: Sequence[Start]) -> str:
    """One line a start."""
    rows = [
        (str(number), "cozum mock", f"{one.seconds:.3f}", f"{one.rss / MIB:.1f}", f"{one.pss / MIB:.1f}")
        for number, one in enumerate(taken, 1)
    ]
    return table(("start", "server", "first answer, s", "idle RSS, MiB", "idle PSS, MiB"), rows)


def judged(verdicts: Sequence[Verdict]) -> str:
    """One line a limit: holds or BROKEN."""
    rows = [
        (
            verdict.what,
            "holds" if verdict.holds else "BROKEN",
            f"{verdict.measured:.2f} {verdict.unit}",
            f"≤ {verdict.limit:g} {verdict.unit}",
        )
        for verdict in verdicts
    ]
    return table(("limit", "verdict", "measured", "allowed"), rows)


def for_machines(
    facts: Mapping[str, str],
    tables: Mapping[str, Samples],
    taken: Sequence[Start],
    verdicts: Sequence[Verdict],
) -> dict[str, object]:
    """Everything measured, every round of it, for `--json`."""
    return {
        "machine": dict(facts),
        "samples": [
            {
                "table": name,
                "operation": operation,
                "server": server,
                "microseconds": [sample.microseconds for sample in rounds],
                "answer_bytes": rounds[-1].size,
            }
            for name, samples in tables.items()
            for (operation, server), rounds in samples.items()
        ],
        "starts": [{"seconds": one.seconds, "rss": one.rss, "pss": one.pss} for one in taken],
        "limits": [
            {
                "what": verdict.what,
                "measured": verdict.measured,
                "limit": verdict.limit,
                "unit": verdict.unit,
                "holds": verdict.holds,
            }
            for verdict in verdicts
        ],
    }
