"""`python -m contract_tests.steady [SEEDS]`: the right server, judged with many seeds in a row: no false alarm.

Seeds are 1, 2, 3 …; with every other one parts are judged in an order by chance: none needs what another left behind.
"""

from __future__ import annotations

import os
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

from contract_tests.document import Document
from contract_tests.findings import Finding
from contract_tests.in_process import our_server
from contract_tests.order import Order
from contract_tests.probe import probe
from contract_tests.run import judge, plan
from cozum.document import find_document

SEEDS: Final = 50


@dataclass(frozen=True)
class Judged:
    """What a seed led to."""

    seed: int
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
    """The reasons."""
    requests: int
    seconds: float


def judge_seed(seed: int) -> Judged:
    """The quick judgement of our own application."""
    document, order, began = Document(find_document(None)), Order(seed), time.monotonic()
    jobs = plan(order, document)
    if seed % 2 == 0:
        random.Random(seed).shuffle(jobs)  # noqa: S311 - chance that can be repeated is meant
    with our_server(document.path) as target:
        verdicts = list(judge(probe(target, document), document, order, jobs))
    return Judged(
        seed,
        tuple(finding for verdict in verdicts for finding in verdict.findings),
        tuple(f"{verdict.rule.id} {verdict.part}: {verdict.reason}" for verdict in verdicts if verdict.reason),
        sum(verdict.requests for verdict in verdicts),
        time.monotonic() - began,
    )


def judge_seeds(count: int) -> bool:
    """Judge all, print a line each; whether nothing was accused or left out."""
    alarms = 0
    with ProcessPoolExecutor(os.cpu_count(), max_tasks_per_child=1) as pool:
        for judged in pool.map(judge_seed, range(1, count + 1)):
            alarms += bool(judged.findings or judged.skipped)
            print(f"seed {judged.seed:4}  {judged.requests} requests  {judged.seconds:.1f} s", flush=True)
            for finding in judged.findings:
                print(f"  ACCUSED {finding.rule}: expected {finding.expected}; seen {finding.seen}\n  {finding.curl}")
            for reason in judged.skipped:
                print(f"  SKIPPED {reason}")
    print(f"{count - alarms} of {count} seeds without a false alarm")
    return not alarms


if __name__ == "__main__":
    sys.exit(0 if judge_seeds(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS) else 1)
