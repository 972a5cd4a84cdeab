"""`python -m hostile`: at least 20,000 hostile requests against the mock server; 1 when something failed."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import SystemRandom

from hostile.run import CATEGORIES, GROWTH_LIMIT, MAY_CHANGE, MIB, Failure, Outcome, Run, chosen, warming
from hostile.stand import Stand
from impl.contract.plan import Plan

SHOWN = 3
"""Examples of each kind of failure that are printed."""
EVERY = 1_000
WARMING = 100
"""Attempts of each category that are fired before memory is first measured."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser("python -m hostile", description=__doc__)
    parser.add_argument("--seed", type=int, help="the same seed sends the same bytes (default: another one each time)")
    parser.add_argument("--count", type=int, default=20_000, help="attempts; some are several requests (20000)")
    parser.add_argument("--only", action="append", choices=[*CATEGORIES], help="this category only; may be repeated")
    parser.add_argument("--keep", type=Path, help="write the bytes of each failure into this directory")
    options = parser.parse_args(arguments)
    seed = options.seed if options.seed is not None else SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    start = time.perf_counter()
    with Stand() as stand, Run(stand, seed) as run:
        run.warm_up(list(warming(run.source, min(WARMING, options.count), options.only or ())))
        attempts = chosen(run.source, options.count, options.only or ())
        run.fire(attempts, lambda done: _progress(done, len(attempts), len(run.outcome.failures)), measured=True)
        run.finish()
    print(report(run.outcome, time.perf_counter() - start))
    print("\n".join(not_reached(run.outcome, stand.application.plans)))
    if options.keep:
        _keep(run.outcome.failures, options.keep)
    return 1 if run.outcome.failures or run.outcome.growth > GROWTH_LIMIT else 0


def _progress(done: int, of: int, failed: int) -> None:
    if done % EVERY == 0 or done == of:
        print(f"  {done:,} of {of:,}, {failed:,} failed", flush=True)


def report(outcome: Outcome, seconds: float) -> str:
    """The table, the failures with bytes to send them again, the memory."""
    lines = ["", f"{'category':14} {'requests':>9} {'failed':>7}  statuses"]
    for category, sent in outcome.sent.items():
        failed = sum(failure.attempt.category == category for failure in outcome.failures)
        seen = ", ".join(f"{status} × {times:,}" for status, times in sorted(outcome.statuses[category].items()))
        lines.append(f"{category:14} {sent:>9,} {failed:>7,}  {seen}")
    lines.append(f"{'all':14} {outcome.total:>9,} {len(outcome.failures):>7,}  in {seconds:.0f} s")
    lines.append(f"{outcome.bare:,} of them at the bare application, as `cozum serve` runs it")
    verdict = "" if outcome.growth <= GROWTH_LIMIT else " TOO MUCH"
    before, half, after, resident = (
        number / MIB
        for number in (outcome.held_before, outcome.held_at_half, outcome.held_after, outcome.resident_after)
    )
    lines.append(
        f"memory in use {before:.0f} MiB → {half:.1f} at the half → {after:.1f} MiB, "
        f"at most {GROWTH_LIMIT // MIB} more in the second half{verdict} ({resident:.0f} MiB resident)"
    )
    for table, (operations, reason) in MAY_CHANGE.items():
        lines.append(f"exempt: {', '.join(sorted(operations))} may change {table} when refused: {reason}")
    return "\n".join([*lines, *_told(outcome.failures)])


def not_reached(outcome: Outcome, plans: Sequence[Plan]) -> list[str]:
    """Documented statuses that no attempt has reached, by operation; for information."""
    lines = ["", "documented and not reached:"]
    for plan in plans:
        documented = {int(status) for status in plan.responses if status.isdigit()}
        if missing := sorted(documented - outcome.by_operation[plan.id].keys()):
            lines.append(f"  {plan.id:28} {', '.join(map(str, missing))}")
    return lines


def _told(failures: Sequence[Failure]) -> list[str]:
    kinds: defaultdict[tuple[str, str], list[Failure]] = defaultdict(list)
    for failure in failures:
        kinds[failure.attempt.category, re.sub(r"[0-9a-f]{12}-[0-9a-f]+|\d+", "N", failure.problem)].append(failure)
    lines = []
    for (category, _), examples in sorted(kinds.items(), key=lambda kind: -len(kind[1])):
        lines.append(f"\nFAILED {len(examples)} × {category}: {examples[0].problem}")
        for failure in examples[:SHOWN]:
            lines += [f"  {failure.attempt.what}", f"    {shown(failure.sent)}"]
    return lines


def shown(raw: bytes) -> str:
    """The bytes as a Python expression; what repeats itself is written once."""
    parts, at = [], 0
    for repeated in re.finditer(rb"(.{1,16}?)\1{19,}", raw, re.DOTALL):
        unit = repeated[1]
        parts += [repr(raw[at : repeated.start()]), f"{unit!r} * {len(repeated[0]) // len(unit)}"]
        at = repeated.end()
    text = " + ".join(part for part in [*parts, repr(raw[at:])] if part != "b''")
    return text if len(text) < 2_000 else f"{text[:2_000]} … ({len(raw):,} bytes; --keep writes them)"


def _keep(failures: Sequence[Failure], directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for number, failure in enumerate(failures, start=1):
        name = re.sub(r"\W+", "-", failure.attempt.category)
        (directory / f"{number:04d}-{name}.bin").write_bytes(failure.sent)


if __name__ == "__main__":
    sys.exit(main())
