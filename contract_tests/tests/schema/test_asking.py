"""Requests made of the document reach the handlers, and harm nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.document import Document
from contract_tests.events import Verdict
from contract_tests.in_process import our_server
from contract_tests.mutants import planted
from contract_tests.order import Order
from contract_tests.run import judge
from contract_tests.target import Target

PATH = Path(__file__).parents[3] / "openapi.yaml"
DOCUMENT = Document(PATH)
OPERATIONS = [operation.id for operation in DOCUMENT.operations]
UNREACHED = {"portal_resend_delivery"}
"""What succeeds only when a delivery has ended, hours after it began."""
EVERYBODYS = {"set_operator_status", "order_tenants", "mute_tenant"}


@pytest.fixture(scope="module")
def ours() -> Iterator[Target]:
    """Our own server."""
    with our_server(PATH) as target:
        yield target


def judged(target: Target, rule: str, *operations: str) -> list[Verdict]:
    return list(judge(target, DOCUMENT, Order(rules=[rule], operations=operations)))


def test_every_operation_succeeds_with_its_example(ours: Target) -> None:
    verdicts = {verdict.part: verdict for verdict in judged(ours, "schema.examples")}
    reached = {part for part, one in verdicts.items() if any(status < 300 for status in one.called.get(part, {}))}
    assert reached == set(OPERATIONS) - UNREACHED
    assert not [part for part, one in verdicts.items() if one.outcome == "skipped"]


def test_all_links_that_are_judged_can_be_followed(ours: Target) -> None:
    assert not [one.part for one in judged(ours, "schema.links") if one.outcome != "passed"]


def test_what_is_everybodys_is_left_alone(ours: Target) -> None:
    shared = replace(ours, owned=False)
    for verdict in judged(shared, "schema.examples"):
        portal = verdict.part.startswith("portal_") and verdict.outcome == "skipped"
        assert (verdict.outcome == "skipped") == (verdict.part in EVERYBODYS or portal), verdict.part
        if verdict.outcome == "skipped":
            assert verdict.part not in verdict.called
            assert "--owned" in verdict.reason


def test_nothing_is_left_open(ours: Target) -> None:
    for rule in ("schema.coverage", "schema.links", "schema.walk"):
        judged(ours, rule, "start_chat", "create_ticket", "accept_chat")
    from contract_tests.client import Client

    client = Client(ours, DOCUMENT)
    try:
        assert [chat["ziyaretci_id"] for chat in client.queue()] == ["ahmet.yilmaz"]
        for state in ("acik", "yanitlandi", "cozuldu"):
            assert client.operator("GET", "tickets", query={"durum": state}).data["ticketlar"] == []
    finally:
        client.close()


def test_the_same_seed_asks_the_same(ours: Target) -> None:
    asked = [[verdict.called for verdict in judged(ours, "schema.fuzz", "add_page_view")] for _ in range(2)]
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("schema-send_visitor_message", "data"),
        ("schema-login", "since the document forbids sifre"),
        ("schema-add_page_view", "since the document allows Object with valid 'sayfa_basligi'"),
    ],
)
def test_what_is_wrong_there_is_found(mutant: str, expected: str) -> None:
    operation = mutant.removeprefix("schema-")
    with planted(mutant), our_server(PATH) as target:
        findings = [one for verdict in judged(target, "schema.coverage", operation) for one in verdict.findings]
    assert findings
    assert all(finding.operation == operation for finding in findings)
    assert any(expected in finding.expected + finding.seen for finding in findings)
    assert findings[0].curl.startswith("curl ")


def test_time_that_is_over_is_said(ours: Target) -> None:
    order = Order(rules=["schema.coverage"], operations=["create_ticket"], max_time=0.05)
    (verdict,) = judge(ours, DOCUMENT, order)
    assert verdict.outcome == "skipped"
    assert "--max-time" in verdict.reason
