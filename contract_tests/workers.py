"""Judges with several processes side by side: one server for all of them, or our own application in each."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from contract_tests.catalogue import CATALOGUE
from contract_tests.document import Document
from contract_tests.events import Asked, Event, Verdict
from contract_tests.findings import NO_TIME, CannotRun
from contract_tests.order import Order
from contract_tests.run import Bench, Job
from contract_tests.target import Target

PATIENCE: Final = 60.0
"""Seconds that a worker may tidy up without a word."""
LONGEST: Final = 600.0
"""Seconds that a worker may take for one job; with a deadline, PATIENCE after it."""


@dataclass(frozen=True)
class Place:
    """Where to judge."""

    document: Path
    target: Target | None
    """None: our own application, one for each worker."""


def judge_side_by_side(
    place: Place, order: Order, jobs: Sequence[Job], workers: int, tell: Callable[[Event], None]
) -> Iterator[Verdict]:
    """Each job's verdict as soon as it is known; `tell` hears of exchanges. Raises CannotRun.

    What must run alone runs last, one after the other, unless each worker has a server of its own.
    """
    if place.target is not None:
        jobs = sorted(jobs, key=lambda job: job.alone)
    crew = _Crew(place, order, min(workers, len(jobs)))
    try:
        yield from crew.work(deque(jobs), tell)
    finally:
        crew.dismiss(tell)


class _Crew:
    """The workers, and who of them is busy."""

    def __init__(self, place: Place, order: Order, size: int) -> None:
        self._shared = place.target is not None
        self._order = order
        self._deadline = None if order.max_time is None else time.monotonic() + order.max_time
        context = get_context("spawn")
        self._processes: list[BaseProcess] = []
        self._idle: list[Connection] = []
        self._busy: dict[Connection, Job] = {}
        self._ends: dict[Connection, float] = {}
        for _ in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, place, order), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
            self._idle.append(ours)

    def work(self, jobs: deque[Job], tell: Callable[[Event], None]) -> Iterator[Verdict]:
        """Hand out jobs until there are none left, or enough is known."""
        enough = False
        while self._busy or (jobs and not enough):
            yield from self._hand_out(jobs if not enough else deque())
            ready = wait(list(self._busy), timeout=1.0) if self._busy else []  # what was left may have been too late
            self._raise_if_late(ready)
            for connection in [one for one in ready if isinstance(one, Connection)]:
                verdict = self._heard(connection, tell)
                if verdict is not None:
                    yield verdict
                    enough = enough or bool(self._order.until_broken and verdict.findings)

    def _raise_if_late(self, ready: Collection[object]) -> None:
        now = time.monotonic()
        late = [job for one, job in self._busy.items() if one not in ready and now > self._ends[one]]
        if late:
            raise CannotRun(f"{late[0].rule} {late[0].part}".rstrip() + " does not come to an end")

    def _hand_out(self, jobs: deque[Job]) -> Iterator[Verdict]:
        while jobs and self._idle and not (self._shared and self._must_wait(jobs[0])):
            left = None if self._deadline is None else self._deadline - time.monotonic()
            job = jobs.popleft()
            if left is not None and left <= 0:
                yield Verdict(CATALOGUE[job.rule], "skipped", job.part, reason=NO_TIME)
                continue
            connection = self._idle.pop()
            self._busy[connection] = job
            self._ends[connection] = time.monotonic() + (LONGEST if left is None else left + PATIENCE)
            with suppress(OSError):  # that it is gone is heard when it is listened to
                connection.send((job, left))

    def _must_wait(self, job: Job) -> bool:
        return bool(self._busy) and (job.alone or any(other.alone for other in self._busy.values()))

    def _heard(self, connection: Connection, tell: Callable[[Event], None]) -> Verdict | None:
        """The verdict, if it is one. Raises CannotRun."""
        try:
            said = connection.recv()
        except (EOFError, OSError):
            job = self._busy.pop(connection)
            connection.close()
            raise CannotRun(f"the process that judged {job.rule} {job.part}".rstrip() + " ended") from None
        if not isinstance(said, CannotRun | Verdict):
            tell(said)
            return None
        self._busy.pop(connection)
        self._idle.append(connection)
        if isinstance(said, CannotRun):
            raise said
        return said

    def dismiss(self, tell: Callable[[Event], None]) -> None:
        """Let them tidy up and end; what they ask meanwhile is told too."""
        left = {*self._idle, *self._busy}
        for connection in left:
            with suppress(OSError):
                connection.send(None)
        while left and (ready := [one for one in wait(list(left), PATIENCE) if isinstance(one, Connection)]):
            for connection in ready:
                try:
                    said = connection.recv()
                except (EOFError, OSError):
                    left.remove(connection)
                    continue
                if isinstance(said, Asked):
                    tell(said)
        for process in self._processes:
            if left:
                process.terminate()
            process.join()
        for connection in (*self._idle, *self._busy):
            connection.close()


def _work(connection: Connection, place: Place, order: Order) -> None:
    """A worker's life: do what comes until None comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    with ExitStack() as stack, suppress(BrokenPipeError, EOFError):
        try:
            bench = stack.enter_context(bench_at(place, order, connection.send))
            while (given := connection.recv()) is not None:
                job, left = given
                connection.send(bench.do(job, None if left is None else time.monotonic() + left))
        except CannotRun as error:
            connection.send(error)
            connection.recv()
    connection.close()


@contextmanager
def bench_at(place: Place, order: Order, tell: Callable[[Any], None]) -> Iterator[Bench]:
    """Where jobs are done at the place; nothing is left open there. Raises CannotRun."""
    with ExitStack() as stack:
        target = place.target
        if target is None:
            from contract_tests.in_process import our_server

            target = stack.enter_context(our_server(place.document))
        bench = Bench(target, Document(place.document, order.level), order, tell)
        stack.callback(bench.close)
        yield bench
