"""`python -m contract_tests.mutants`: every mutant against the suite, each in a process of its own.

With names: only those. The suite is not told which rule is broken.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Final

from contract_tests.document import Document
from contract_tests.findings import Finding
from contract_tests.in_process import our_server
from contract_tests.mutants import MUTANTS, Mutant, planted
from contract_tests.mutants.control import control
from contract_tests.order import Order
from contract_tests.probe import probe
from contract_tests.run import Job, judge, plan
from cozum.document import find_document

AT_ONCE: Final = (os.cpu_count() or 1) + 1
"""Processes: one more than there are cores, since a mutant of webhooks mostly waits for what does not come."""
MANY: Final = 40
"""Mutants for which it is worth while to look first in which order they are found soonest."""
LONGEST: Final = 120.0
"""Seconds for one mutant."""
CAN_FORK: Final = "fork" in get_all_start_methods()
"""A forked process need not import everything again; we have no threads."""


@dataclass(frozen=True)
class Found:
    """What became of a mutant."""

    finding: Finding | None
    """The first; None: it survived."""
    seconds: float
    trouble: str = ""
    """Why it could not be judged to the end."""


def _in_a_process(connection: Connection, name: str, document: Document, jobs: Sequence[Job]) -> None:
    """Judge it until something is found. That is told at once: whoever hears it need not wait for the tidying up."""
    try:
        with planted(name), our_server(document.path) as target:
            began = time.monotonic()
            for verdict in judge(probe(target, document), document, Order(until_broken=True), jobs):
                if verdict.findings:
                    connection.send(Found(verdict.findings[0], time.monotonic() - began))
                    return
            connection.send(Found(None, time.monotonic() - began))
    except Exception as error:
        connection.send(Found(None, 0.0, f"{type(error).__name__}: {error}"))


def judge_all(mutants: Sequence[Mutant], at_once: int = AT_ONCE) -> Iterator[tuple[Mutant, Found]]:
    """Each as it is done. Raises AssertionError where the right server is accused."""
    document = Document(find_document(None))
    context = get_context("fork") if CAN_FORK else get_context("spawn")
    jobs = plan(Order(), document)
    if len(mutants) >= MANY:
        with ProcessPoolExecutor(1, context) as apart:
            jobs = apart.submit(control, document).result()
    waiting = list(reversed(mutants))
    running: dict[Connection, tuple[BaseProcess, Mutant, float]] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            mutant = waiting.pop()
            ours, theirs = context.Pipe(duplex=False)
            process: BaseProcess = context.Process(target=_in_a_process, args=(theirs, mutant.name, document, jobs))
            process.start()
            theirs.close()
            running[ours] = process, mutant, time.monotonic()
        ready = wait(list(running), timeout=1.0)
        late = [one for one, (_, _, began) in running.items() if time.monotonic() - began > LONGEST]
        for connection in {*(one for one in ready if isinstance(one, Connection)), *late}:
            ended, whose, began = running.pop(connection)
            yield whose, _heard(connection, ended, time.monotonic() - began)


def _heard(connection: Connection, process: BaseProcess, seconds: float) -> Found:
    found = Found(None, seconds, "it takes too long")
    with connection:
        try:
            if connection.poll():
                found = connection.recv()
        except EOFError:
            found = Found(None, seconds, "its process ended")
    process.kill()  # what it leaves behind in threads is not waited for
    process.join()
    return found


def run_all(mutants: Sequence[Mutant]) -> bool:
    """Judge all, print a line each; whether none survived."""
    survivors, began, elsewhere = [], time.monotonic(), 0
    for mutant, found in judge_all(mutants):
        finding = found.finding
        if finding:
            elsewhere += finding.rule != mutant.rule
            line = f"{finding.rule} (by {finding.by})"
        else:
            survivors.append(mutant.name)
            line = f"{mutant.rule}: {mutant.sentence} {found.trouble}".rstrip()
        print(f"{'killed' if finding else 'SURVIVED':8} {found.seconds:5.1f} s  {mutant.name:38} {line}", flush=True)
    print(
        f"\n{len(mutants) - len(survivors)} of {len(mutants)} mutants killed"
        f" ({elsewhere} by another rule than the one they break), {time.monotonic() - began:.0f} s"
    )
    if survivors:
        print(f"survived: {' '.join(sorted(survivors))}")
    return not survivors


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in MUTANTS]
    if unknown:
        sys.exit(f"no mutant {', '.join(unknown)}")
    sys.exit(0 if run_all([MUTANTS[name] for name in sys.argv[1:]] or list(MUTANTS.values())) else 1)
