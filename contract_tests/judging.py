"""A whole judgement: where, what, by how many, and who hears of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from contract_tests.document import Document
from contract_tests.events import Began, Ended, Event
from contract_tests.findings import CannotRun
from contract_tests.order import Order
from contract_tests.probe import ROUNDS, probe
from contract_tests.run import Job, judge_jobs, plan
from contract_tests.story import Story
from contract_tests.workers import Place, bench_at, judge_side_by_side

OURS: Final = "our own application, in process"
MOST_WORKERS: Final = 4
MANY: Final = 100
"""Jobs from which on they are worth more than one process."""


class Listener(Protocol):
    """Hears of each event as it comes."""

    def take(self, event: Event) -> None: ...


def judge_place(
    place: Place, document: Document, order: Order, workers: int | None = 1, listeners: Sequence[Listener] = ()
) -> Story:
    """Judge; the story of it, with the reason in `cut_off` where the server was lost on the way.

    `workers` are processes; None: as many as are worth while. Raises CannotRun when there is nothing to judge.
    """
    story, began = Story(), time.monotonic()

    def tell(event: Event) -> None:
        for listener in (story, *listeners):
            listener.take(event)

    jobs = plan(order, document)
    an_answer = 0.0
    if place.target is not None:
        place = Place(place.document, probe(place.target, document))
        an_answer = (time.monotonic() - began) / ROUNDS
    tell(Began(place.target.base_url if place.target else OURS, order, len(jobs), time.time(), an_answer))
    reason = ""
    try:
        _judge(place, order, jobs, _worth_while(len(jobs)) if workers is None else workers, tell)
    except CannotRun as error:
        reason = str(error)
    except KeyboardInterrupt:
        tell(Ended(time.monotonic() - began, "it was interrupted"))
        raise
    tell(Ended(time.monotonic() - began, reason))
    return story


def _worth_while(jobs: int) -> int:
    """A process takes a second to start."""
    return min(os.cpu_count() or 1, MOST_WORKERS) if jobs >= MANY else 1


def _judge(place: Place, order: Order, jobs: Sequence[Job], workers: int, tell: Callable[[Event], None]) -> None:
    if workers > 1:
        for verdict in judge_side_by_side(place, order, jobs, workers, tell):
            tell(verdict)
        return
    with bench_at(place, order, tell) as bench:
        for verdict in judge_jobs(bench, jobs, order):
            tell(verdict)
