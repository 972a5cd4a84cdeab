"""No operation that takes an id is outside the isolation matrix, and each has a server that forgets whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.catalogue import CATALOGUE
from contract_tests.document import Document
from contract_tests.in_process import our_server
from contract_tests.isolation.house import another_file
from contract_tests.isolation.ids import taking_ids
from contract_tests.isolation.requests import NOBODYS, OPERATOR, PORTAL, WIDGET
from contract_tests.mutants import MUTANTS, planted
from contract_tests.order import Order
from contract_tests.probe import probe
from contract_tests.run import judge
from contract_tests.target import Target

PATH = Path(__file__).parents[2] / "openapi.yaml"
DOCUMENT = Document(PATH)
MATRIX = {**WIDGET, **OPERATOR, **PORTAL}


@pytest.fixture(scope="module")
def ours() -> Iterator[Target]:
    """Our own server."""
    with our_server(PATH) as target:
        yield target


def test_every_operation_that_takes_an_id_is_in_the_matrix() -> None:
    assert set(taking_ids(DOCUMENT)) == {*MATRIX, *NOBODYS}


def test_rules_of_the_matrix_speak_of_its_operations() -> None:
    """The final table shows them under `isolation`."""
    for rule, operations in (("isolation.visitor", WIDGET), ("isolation.operator", OPERATOR)):
        assert set(CATALOGUE[rule].operations) == set(operations)
    for operation, rule in PORTAL.items():
        assert CATALOGUE[rule].operations == (operation,)


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_every_operation_of_the_matrix_has_a_server_that_forgets(operation: str) -> None:
    variants = (f"reach-{operation}", f"reach-{operation}-of-tenant", f"reach-{operation}-unproven")
    assert any(name in MUTANTS for name in variants)


@pytest.mark.parametrize(
    "more",
    [
        {"parameters": [{"name": "kayitId", "in": "path", "required": True, "schema": {"type": "integer"}}]},
        {"parameters": [{"name": "hedef", "in": "query", "schema": {"$ref": "#/components/schemas/Id"}}]},
        {"parameters": [{"name": "oturum_id", "in": "query", "schema": {"type": "integer"}}]},
        {"body": {"type": "object", "properties": {"ticket_id": {"type": "integer"}}}},
        {"body": {"type": "object", "properties": {"ne": {"$ref": "#/components/schemas/FileIds"}}}},
        {"body": {"oneOf": [{"properties": {"icinde": {"properties": {"oturum_ids": {"type": "array"}}}}}]}},
        {"body": {"type": "array", "items": {"$ref": "#/components/schemas/VisitorId"}}},
    ],
)
def test_operation_that_is_added_with_an_id_is_missed(tmp_path: Path, ours: Target, more: dict[str, Any]) -> None:
    document = _with_an_operation(tmp_path, more)
    assert set(taking_ids(document)) - {*MATRIX, *NOBODYS} == {"new_operation"}
    order = Order(rules=("isolation.operator",), operations=("new_operation",))
    verdicts = [verdict for verdict in judge(ours, document, order) if verdict.part == "new_operation"]
    assert [(verdict.outcome, verdict.reason) for verdict in verdicts] == [
        ("skipped", "the matrix does not know how to ask it")
    ]


def test_operation_without_an_id_is_not_missed(tmp_path: Path) -> None:
    more = {"body": {"type": "object", "properties": {"mesaj": {"type": "string"}}}}
    assert set(taking_ids(_with_an_operation(tmp_path, more))) == set(taking_ids(DOCUMENT))


def _with_an_operation(folder: Path, more: dict[str, Any]) -> Document:
    text = yaml.load(PATH.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    node = {"operationId": "new_operation", "security": [{"operatorToken": []}], "responses": {}}
    if "body" in more:
        node["requestBody"] = {"content": {"multipart/form-data": {"schema": more["body"]}}}
    text["paths"]["/api/v1/operator/new/{kayitId}"] = {"post": {**node, "parameters": more.get("parameters", [])}}
    path = folder / "openapi.yaml"
    path.write_text(yaml.dump(text, sort_keys=False))
    return Document(path)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("reach-end_chat", "isolation.visitor"),
        ("reach-set_customer_info-of-tenant", "isolation.tenant"),
        ("reach-get_ticket-unproven", "isolation.secure"),
        ("reach-erase_visitor", "isolation.operator"),
        ("reach-portal_resend_delivery", "isolation.delivery"),
    ],
)
def test_server_that_forgets_is_found_at_that_operation(name: str, rule: str) -> None:
    operation = name.split("-")[1]
    with planted(name), our_server(PATH) as target:
        order = Order(rules=(rule,), operations=(operation,))
        verdicts = list(judge(probe(target, DOCUMENT), DOCUMENT, order))
    found = [finding for verdict in verdicts for finding in verdict.findings]
    assert {(finding.rule, finding.operation) for finding in found} == {(rule, operation)}


def test_what_is_not_offered_is_skipped_by_name(ours: Target) -> None:
    """A server of which one tenant and one operator are known."""
    target = Target(ours.base_url, listed=None, other=None, colleague=None, outsider=None, manager=None)
    rules = tuple(rule for rule in CATALOGUE if rule.startswith("isolation."))
    verdicts = list(judge(target, DOCUMENT, Order(rules=rules)))
    assert {verdict.rule.id for verdict in verdicts if verdict.outcome == "passed"} == {
        "isolation.visitor",
        "isolation.file",
    }
    skipped = {verdict.rule.id: verdict.reason for verdict in verdicts if verdict.outcome == "skipped"}
    assert skipped["isolation.tenant"] == "it needs a second tenant"
    assert skipped["isolation.key"] == "between tenants: it needs a second tenant"
    assert skipped["isolation.secure"] == "it needs a tenant with guvenli_mod"
    assert skipped["isolation.operator"] == "it needs an operator who is no member of the tenant"
    assert not [verdict for verdict in verdicts if verdict.outcome == "broken"]


@pytest.mark.parametrize("file_id", ["Zx9_Zx9_Zx9_Zx9_Zx9_Z0", "0-1-2-3", "a"])
def test_another_file_has_the_same_shape(file_id: str) -> None:
    other = another_file(file_id)
    assert other != file_id
    kinds = [(letter.isdigit(), letter.islower(), letter.isupper()) for letter in file_id]
    assert [(letter.isdigit(), letter.islower(), letter.isupper()) for letter in other] == kinds
