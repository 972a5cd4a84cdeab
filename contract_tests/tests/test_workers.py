"""Judging by several processes finds what one finds, and no two things at once that must be alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.document import Document
from contract_tests.events import Asked, Event, Verdict
from contract_tests.findings import NO_TIME, CannotRun
from contract_tests.in_process import our_server
from contract_tests.judging import judge_place
from contract_tests.mutants import planted
from contract_tests.order import Order
from contract_tests.run import plan
from contract_tests.target import Target
from contract_tests.workers import Place, judge_side_by_side

PATH = Path(__file__).parents[2] / "openapi.yaml"
DOCUMENT = Document(PATH)
RULES = ("hmac.tolerance", "status.offline", "origin.exact", "tabs.order", "rating.once", "search.folding")


@contextmanager
def shared() -> Iterator[Target]:
    """Our own server, as other processes see it."""
    with our_server(PATH) as target:
        yield replace(target, clock=None)


@pytest.fixture(scope="module")
def ours() -> Iterator[Target]:
    """One for all."""
    with shared() as target:
        yield target


def side_by_side(place: Place, order: Order) -> tuple[list[Verdict], list[Event]]:
    """The verdicts of two workers, and what else they told."""
    heard: list[Event] = []
    verdicts = list(judge_side_by_side(place, order, plan(order, DOCUMENT), 2, heard.append))
    return verdicts, heard


@pytest.mark.parametrize("own", [True, False])
def test_two_workers_judge_every_rule_once(ours: Target, own: bool) -> None:
    verdicts, _ = side_by_side(Place(PATH, None if own else ours), Order(rules=RULES))
    assert sorted(verdict.rule.id for verdict in verdicts) == sorted(RULES)
    assert {(verdict.outcome, verdict.reason, verdict.findings) for verdict in verdicts} == {("passed", "", ())}


def test_what_must_be_alone_comes_last_at_a_shared_server(ours: Target) -> None:
    verdicts, _ = side_by_side(Place(PATH, ours), Order(rules=RULES))
    alone = [verdict.rule.alone for verdict in verdicts]
    assert any(alone)
    assert alone == sorted(alone)


def test_exchanges_of_all_workers_are_told(ours: Target) -> None:
    verdicts, heard = side_by_side(Place(PATH, ours), Order(rules=RULES, bodies=True))
    asked = [event for event in heard if isinstance(event, Asked)]
    assert {event.rule for event in asked} >= set(RULES)
    assert len(asked) >= sum(sum(statuses.values()) for v in verdicts for statuses in v.called.values())


def test_workers_find_what_is_broken_and_stop() -> None:
    with planted("tolerance-of-301"), shared() as target:
        order = Order(rules=("hmac.tolerance", *RULES), until_broken=True)
        verdicts, _ = side_by_side(Place(PATH, target), order)
    assert "hmac.tolerance" in {finding.rule for verdict in verdicts for finding in verdict.findings}
    assert len(verdicts) < len(RULES)


def test_nothing_new_begins_when_the_time_is_over(ours: Target) -> None:
    verdicts, _ = side_by_side(Place(PATH, ours), Order(rules=RULES, max_time=0.0001))
    assert {(verdict.outcome, verdict.reason) for verdict in verdicts} == {("skipped", NO_TIME)}


def test_a_server_that_is_gone_ends_it() -> None:
    with shared() as target:
        pass
    began = time.monotonic()
    with pytest.raises(CannotRun, match="no answer from"):
        side_by_side(Place(PATH, target), Order(rules=RULES))
    assert time.monotonic() - began < 30


def test_a_server_that_goes_away_cuts_the_story_off() -> None:
    """What was found until then is told."""
    going = threading.Event()

    class Leaving:
        def take(self, event: Event) -> None:
            if isinstance(event, Verdict):
                going.set()

    server = our_server(PATH)
    target = server.__enter__()
    ended = threading.Thread(target=lambda: (going.wait(30), server.__exit__(None, None, None)))
    ended.start()
    story = judge_place(Place(PATH, target), DOCUMENT, Order(profile="full"), 1, [Leaving()])
    ended.join()
    assert story.cut_off.startswith("no answer from http://127.0.0.1")
    assert story.verdicts
