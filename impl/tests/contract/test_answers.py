"""Judging answers by the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from impl.contract.answers import Answers
from impl.contract.document import Node
from impl.contract.plan import Plan
from impl.contract.schemas import Schemas
from impl.tests.contract.small import bind, document, operation

PROBLEM: Node = {"type": "object", "required": ["kod"], "properties": {"kod": {"type": "string"}}}
THING: Node = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
RESPONSES: Node = {
    "200": {
        "description": "The thing",
        "headers": {
            "X-Request-Id": {"required": True, "schema": {"type": "string"}},
            "ETag": {"schema": {"type": "string"}},
        },
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}},
            "text/html": {"schema": {"type": "string"}},
        },
    },
    "204": {"description": "Gone"},
    "404": {
        "description": "Missing",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    },
}
JSON = {"content-type": "application/json", "x-request-id": "1"}
PROBLEM_JSON = {"content-type": "application/problem+json"}


def _plan_and_answers() -> tuple[Plan, Answers]:
    node = document(
        {"GET /thing": operation("read_thing", responses=RESPONSES)},
        schemas={"Problem": PROBLEM, "Thing": THING},
    )
    (plan,) = bind(node).plans
    return plan, Answers(Schemas(node))


def _faults(status: int, headers: Mapping[str, str], body: Any) -> list[str]:
    plan, answers = _plan_and_answers()
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    first = answers.faults(plan, status, headers, raw)
    assert answers.faults(plan, status, headers, raw) == first, "the second time it is judged by another validator"
    return first


def test_an_answer_that_keeps_the_contract_has_no_faults() -> None:
    assert _faults(200, JSON, {"id": 1, "more": True}) == []
    assert _faults(200, JSON | {"content-type": "application/json; charset=utf-8"}, {"id": 1}) == []
    assert _faults(200, JSON | {"content-type": "text/html"}, b"<p>") == []
    assert _faults(204, {}, b"") == []
    assert _faults(404, PROBLEM_JSON, {"kod": "x"}) == []


def test_a_status_that_is_not_documented_is_a_fault() -> None:
    assert _faults(418, JSON, {}) == ["status 418 is not documented for read_thing (documented: 200, 204, 404)"]


def test_another_media_type_is_a_fault() -> None:
    assert _faults(200, JSON | {"content-type": "text/plain"}, b"x") == [
        "media type text/plain is not documented (application/json, text/html)"
    ]
    assert _faults(200, {"x-request-id": "1"}, {"id": 1}) == [
        "media type none is not documented (application/json, text/html)"
    ]


def test_a_missing_header_is_a_fault_where_it_is_required() -> None:
    assert _faults(200, {"content-type": "application/json"}, {"id": 1}) == ["the header X-Request-Id is missing"]


def test_a_body_that_breaks_its_schema_is_a_fault() -> None:
    assert _faults(200, JSON, {"id": "x"}) == ['id: "x" is not of type "integer"']
    assert _faults(200, JSON, {}) == ['the body: "id" is a required property']
    assert _faults(404, PROBLEM_JSON, {"kod": 1}) == ['kod: 1 is not of type "string"']


def test_a_body_that_is_not_json_is_a_fault() -> None:
    for body in (b"", b"{", b'{"id": 1} x', b'"\xff"', b"[" * 100_000):
        (fault,) = _faults(200, JSON, body)
        assert fault.startswith("the body is not JSON: "), fault
        assert "\n" not in fault


def test_any_media_type_can_be_documented() -> None:
    file: Node = {"description": "A file", "content": {"text/plain": {}, "*/*": {}}}
    node = document({"GET /file": operation("read_file", responses={"200": file})})
    (plan,) = bind(node).plans
    for media_type in ("text/plain; charset=utf-8", "image/png"):
        assert Answers(Schemas(node)).faults(plan, 200, {"content-type": media_type}, b"\0") == []


def test_a_body_where_none_is_documented_is_a_fault() -> None:
    assert _faults(204, {}, b"x") == ["a body where none is documented"]


def test_every_fault_is_told_and_not_only_the_first() -> None:
    assert len(_faults(200, {"content-type": "application/json"}, {})) == 2


def test_outside_of_the_document_a_refusal_must_be_a_problem() -> None:
    _, answers = _plan_and_answers()
    assert answers.faults(None, 404, PROBLEM_JSON, b'{"kod": "x"}') == []
    assert answers.faults(None, 200, {"content-type": "text/html"}, b"<p>") == []
    assert answers.faults(None, 404, PROBLEM_JSON, b"{}") == ['the body: "kod" is a required property']
    assert answers.faults(None, 404, {"content-type": "text/plain"}, b"Not Found") == [
        "media type text/plain is not documented (application/problem+json)"
    ]


def test_a_document_without_a_problem_schema_leaves_problems_unjudged() -> None:
    answers = Answers(Schemas(document({})))
    assert answers.faults(None, 404, PROBLEM_JSON, b"{}") == []
    assert answers.faults(None, 404, PROBLEM_JSON, b"{") != []
