"""What a machine finds is told as the steps that led there; where nothing is wrong, it ends with its time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.document import Document
from contract_tests.in_process import our_server
from contract_tests.machine.cast import Site, Staff, Visitor
from contract_tests.machine.model import CLOSED, NOT_THERE, NOT_YOURS, RATED, STILL_OPEN, TAKEN, Chat, Ticket
from contract_tests.mutants import planted
from contract_tests.order import Order
from contract_tests.run import Bench, Job, judge
from contract_tests.target import Login, Target, Tenant

PATH = Path(__file__).parents[2] / "openapi.yaml"
DOCUMENT = Document(PATH)
SITE = Site(Tenant("CM_A", "x"), 1, "the tenant")
VISITOR = Visitor("a", SITE, "A")
FIRST, SECOND, OUTSIDER = (
    Staff(Login(name, "x"), number, name, frozenset({tenant}), limited=False, told=name)
    for name, number, tenant in (("first", 7, 1), ("second", 8, 1), ("outsider", 9, 3))
)


@pytest.fixture(scope="module")
def ours() -> Iterator[Target]:
    """Our own server."""
    with our_server(PATH) as target:
        yield target


@pytest.mark.parametrize(
    ("name", "rule", "step"),
    [
        ("solution-stays", "life.ticket", "1. visitor A creates a ticket"),
        ("operator-closes-silently", "life.chat", "1. visitor A opens a chat"),
    ],
)
def test_steps_are_told(name: str, rule: str, step: str) -> None:
    with planted(name), our_server(PATH) as target:
        verdicts = list(judge(target, DOCUMENT, Order(rules=(rule,), until_broken=True)))
    (found,) = [finding for verdict in verdicts for finding in verdict.findings]
    assert found.rule == rule
    assert "after these steps:" in found.seen
    assert step in found.seen
    assert found.curl.startswith("curl ")


def test_what_breaks_another_rule_is_told_as_that() -> None:
    with planted("no-tenant-in-queue"), our_server(PATH) as target:
        verdicts = list(judge(target, DOCUMENT, Order(rules=("life.chat",), until_broken=True)))
    assert {finding.rule for verdict in verdicts for finding in verdict.findings} == {"answer.schema"}


def test_machine_ends_with_its_time(ours: Target) -> None:
    order, began = Order(rules=("life.chat",), profile="full"), time.monotonic()
    bench = Bench(ours, DOCUMENT, order, lambda event: None)
    try:
        verdict = bench.do(Job("life.chat"), time.monotonic() + 1)
    finally:
        bench.close()
    assert not verdict.findings
    assert time.monotonic() - began < 8


def test_chat_is_the_owners_until_it_is_closed() -> None:
    chat = Chat(1, 1, VISITOR)
    assert chat.say(FIRST, "a", None) == NOT_YOURS
    assert chat.accept(OUTSIDER) == NOT_THERE
    assert chat.accept(FIRST) is None
    assert chat.accept(SECOND) == TAKEN
    assert chat.rate(VISITOR, 5, None) == STILL_OPEN
    assert chat.transfer(SECOND, SECOND) is None
    assert chat.say(FIRST, "a", None) == NOT_YOURS
    assert chat.close(VISITOR) is None
    assert chat.close(SECOND) == CLOSED
    assert [said.sender for said in chat.said] == ["sistem"]
    assert chat.rate(VISITOR, 5, None) is None
    assert chat.rate(VISITOR, 4, None) == RATED


def test_chats_of_who_is_gone_wait_again() -> None:
    chat = Chat(1, 1, VISITOR)
    chat.accept(FIRST)
    chat.lose(SECOND)
    assert (chat.state, chat.owner) == ("aktif", FIRST)
    chat.lose(FIRST)
    assert (chat.state, chat.owner) == ("bekliyor", None)


def test_solution_of_a_ticket_stays_when_it_is_closed_and_goes_when_it_is_opened() -> None:
    ticket = Ticket(1, 1, VISITOR, "a", "a", "normal")
    assert ticket.put(FIRST, "cozuldu") is None
    assert ticket.put(SECOND, "kapali") is None
    assert (ticket.solved, ticket.by) == (True, SECOND)
    assert ticket.put(SECOND, "acik") is None
    assert not ticket.solved
