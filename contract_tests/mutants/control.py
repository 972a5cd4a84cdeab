"""The right server, judged before the wrong ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from contract_tests.document import Document
from contract_tests.in_process import our_server
from contract_tests.mutants.planting import MUTANTS
from contract_tests.order import Order
from contract_tests.probe import probe
from contract_tests.run import Job, judge, plan


def control(document: Document, seed: int = 0) -> list[Job]:
    """Judge the right server, twice: it holds, and how long each part took tells in which order mutants are judged.

    What finds many mutants in little time comes first; the second time it is judged in that order. Raises
    AssertionError, telling what it is accused of.
    """
    order = Order(seed)
    jobs = plan(order, document)
    took = _seconds(document, order, jobs)
    share = Counter(mutant.rule for mutant in MUTANTS.values())
    parts = Counter(job.rule for job in jobs)
    jobs.sort(key=lambda job: took[job] * parts[job.rule] / max(share[job.rule], 0.1))
    _seconds(document, order, jobs)
    return jobs


def _seconds(document: Document, order: Order, jobs: Sequence[Job]) -> dict[Job, float]:
    took = {}
    with our_server(document.path) as target:
        for verdict in judge(probe(target, document), document, order, jobs):
            if verdict.findings:
                raise AssertionError(f"the right server is accused: {verdict}")
            took[Job(verdict.rule.id, verdict.part)] = verdict.seconds
    return took
