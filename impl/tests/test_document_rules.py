"""Our own rules for `openapi.yaml`, beyond those of OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest

from cozum.lint import findings
from impl.contract.document import METHODS, Node, follow, inlined, load
from impl.tests.client import DOCUMENT

REFERENCE: Final[dict[str, set[str]]] = {
    "/api/v1/auth/login": {"POST"},
    "/api/v1/auth/logout": {"POST"},
    "/api/v1/widget/init": {"POST"},
    "/api/v1/widget/chat/start": {"POST"},
    "/api/v1/widget/chat/message": {"POST"},
    "/api/v1/widget/chat/messages": {"GET"},
    "/api/v1/widget/chat/end": {"POST"},
    "/api/v1/widget/chat/rate": {"POST"},
    "/api/v1/widget/ticket/create": {"POST"},
    "/api/v1/widget/ticket/list": {"GET"},
    "/api/v1/widget/ticket/{id}": {"GET"},
    "/api/v1/widget/ticket/{id}/reply": {"POST"},
    "/api/v1/widget/upload": {"POST"},
    "/api/v1/widget/kb/search": {"GET"},
    "/api/v1/widget/kb/categories": {"GET"},
    "/api/v1/widget/kb/article/{slug}": {"GET"},
    "/api/v1/widget/campaigns": {"GET"},
    "/api/v1/operator/dashboard": {"GET"},
    "/api/v1/operator/chats": {"GET"},
    "/api/v1/operator/chat/{id}/messages": {"GET"},
    "/api/v1/operator/chat/{id}/message": {"POST"},
    "/api/v1/operator/chat/{id}/transfer": {"POST"},
    "/api/v1/operator/chat/{id}/close": {"POST"},
    "/api/v1/operator/chat/{id}/accept": {"POST"},
    "/api/v1/operator/tickets": {"GET"},
    "/api/v1/operator/ticket/{id}/reply": {"POST"},
    "/api/v1/operator/ticket/{id}/status": {"PUT"},
    "/api/v1/operator/status": {"PUT"},
    "/api/v1/operator/canned-responses": {"GET"},
    "/api/v1/operator/tenants": {"GET"},
    "/api/v1/operator/tenants/sira": {"PUT"},
    "/api/v1/operator/tenants/{musteriId}/sessize": {"PUT"},
    "/api/v1/context/customer-info": {"POST"},
    "/api/v1/context/page-info": {"POST"},
    "/api/v1/context/error-log": {"POST"},
    "/api/v1/context/screenshot": {"POST"},
    "/api/v1/operator/context/{ziyaretci_id}": {"GET"},
    "/portal/projeler": {"GET"},
    "/portal/projeler/sec/{musteriId}": {"POST"},
    "/portal/projelerim": {"GET", "POST"},
    "/portal/projelerim/yeni": {"GET"},
}
"""The paths of the published API reference, with their methods."""

WEBHOOKS: Final = {
    "yeni_chat",
    "yeni_ticket",
    "chat_kapandi",
    "ticket_cozuldu",
    "memnuniyet_puan",
    "operator_cevrimdisi",
}


@cache
def _document() -> Node:
    return load(DOCUMENT)


def _items(section: str) -> Iterator[tuple[str, Node]]:
    """Every operation of a section as `METHOD path`, its references followed except those to schemas."""
    for path, item in _document()[section].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", inlined(_document(), item[method])


OPERATIONS: Final = dict(_items("paths"))
WEBHOOK_OPERATIONS: Final = dict(_items("webhooks"))
ALL: Final = OPERATIONS | WEBHOOK_OPERATIONS

each_operation = pytest.mark.parametrize("place", OPERATIONS)


def test_the_document_is_openapi_31_for_the_server_that_serves_it() -> None:
    assert _document()["openapi"].startswith("3.1.")
    assert [server["url"] for server in _document()["servers"]] == ["/"]


def test_the_document_is_valid_and_so_are_its_examples() -> None:
    assert findings(DOCUMENT) == []


def test_the_reference_has_41_paths_and_all_are_there() -> None:
    assert len(REFERENCE) == 41
    missing = [
        f"{method} {path}"
        for path, methods in REFERENCE.items()
        for method in methods
        if f"{method} {path}" not in OPERATIONS
    ]
    assert not missing


def test_the_webhooks_are_the_six_events() -> None:
    assert set(_document()["webhooks"]) == WEBHOOKS
    assert set(WEBHOOK_OPERATIONS) == {f"POST {name}" for name in WEBHOOKS}


@each_operation
def test_only_what_goes_beyond_the_reference_says_so(place: str) -> None:
    method, _, path = place.partition(" ")
    beyond = method not in REFERENCE.get(path, set())
    assert OPERATIONS[place].get("x-cozum-extension", False) is beyond


def test_every_operation_has_a_snake_case_id_of_its_own() -> None:
    ids = [operation["operationId"] for operation in ALL.values()]
    assert sorted(set(ids)) == sorted(ids)
    assert [id_ for id_ in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)*", id_)] == []


@pytest.mark.parametrize("place", ALL)
def test_every_operation_has_one_tag_a_summary_a_description_and_security(place: str) -> None:
    operation = ALL[place]
    (tag,) = operation["tags"]
    assert tag in {declared["name"] for declared in _document()["tags"]}
    assert operation["summary"].strip()
    assert operation["description"].strip()
    raw = _document()["webhooks" if place in WEBHOOK_OPERATIONS else "paths"]
    method, _, path = place.partition(" ")
    assert "security" in raw[path][method.lower()], "the security of the document would be inherited silently"
    for requirement in operation["security"]:
        assert set(requirement) <= set(_document()["components"]["securitySchemes"])


@each_operation
def test_every_operation_has_every_status_that_it_can_answer(place: str) -> None:
    operation = OPERATIONS[place]
    statuses = set(operation["responses"])
    assert {status for status in statuses if status[0] == "2"} or "303" in statuses
    wanted = {"429", "431", "503"}
    if operation["security"]:
        wanted |= {"400", "401"}
    if operation["security"] == [{"widgetKey": []}]:
        wanted |= {"403"}
    if "requestBody" in operation:
        wanted |= {"400", "413", "415", "422"}
    places = {parameter["in"] for parameter in operation.get("parameters", [])}
    if "query" in places:
        wanted |= {"422"}
    if "path" in places:
        wanted |= {"404"}
    if "Idempotency-Key" in {parameter["name"] for parameter in operation.get("parameters", [])}:
        wanted |= {"409", "422"}
    assert wanted <= statuses, f"missing: {sorted(wanted - statuses)}"


@each_operation
def test_every_answer_has_a_request_id_and_a_refusal_is_a_problem(place: str) -> None:
    for status, response in OPERATIONS[place]["responses"].items():
        assert response["description"].strip(), status
        assert response["headers"]["X-Request-Id"]["required"] is True, status
        if status >= "400":
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}, status


@pytest.mark.parametrize(
    ("status", "header"), [("401", "WWW-Authenticate"), ("429", "Retry-After"), ("503", "Retry-After")]
)
def test_a_refusal_has_the_headers_of_its_status(status: str, header: str) -> None:
    told = [
        place
        for place, operation in OPERATIONS.items()
        if status in operation["responses"] and header not in operation["responses"][status]["headers"]
    ]
    assert not told


@pytest.mark.parametrize("place", ALL)
def test_every_request_and_every_success_has_an_example(place: str) -> None:
    operation = ALL[place]
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [node.get("content", {}) for status, node in operation["responses"].items() if status < "3"]
    for content in contents:
        for media_type, media in content.items():
            if media_type in ("application/json", "multipart/form-data"):
                assert media.get("examples"), media_type
    for parameter in operation.get("parameters", []):
        if parameter.get("required"):
            assert parameter.get("examples"), parameter["name"]


@each_operation
def test_a_path_declares_its_parameters(place: str) -> None:
    declared = {node["name"] for node in OPERATIONS[place].get("parameters", []) if node["in"] == "path"}
    assert set(re.findall(r"\{([^}]+)\}", place)) == declared


# Bounds: what a request may hold at most stands in the schema


def _unbounded(node: Any, where: str, seen: tuple[str, ...] = ()) -> Iterator[str]:
    if "$ref" in node:
        reference = node["$ref"]
        if reference not in seen:
            yield from _unbounded(follow(_document(), reference), where, (*seen, reference))
        return
    kinds = node.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "string" in kinds and not ({"maxLength", "enum", "const"} & set(node)):
        yield f"{where}: a string without maxLength, enum or const"
    if {"integer", "number"} & set(kinds) and not ({"enum", "const"} & set(node)):
        yield from (f"{where}: a number without {bound}" for bound in ("minimum", "maximum") if bound not in node)
        if isinstance(node.get("maximum"), int) and node["maximum"] > 2**63 - 1:
            yield f"{where}: a number beyond 64 bits"
    if "array" in kinds:
        if "maxItems" not in node:
            yield f"{where}: an array without maxItems"
        yield from _unbounded(node["items"], f"{where}[]", seen)
    if "object" in kinds and not node.get("properties") and "maxProperties" not in node:
        yield f"{where}: a free object without maxProperties"
    for key, child in node.get("properties", {}).items():
        yield from _unbounded(child, f"{where}.{key}", seen)
    for keyword in ("anyOf", "oneOf", "allOf"):
        for branch in node.get(keyword, []):
            yield from _unbounded(branch, where, seen)


@pytest.mark.parametrize("place", ALL)
def test_everything_in_a_request_is_bounded(place: str) -> None:
    operation = ALL[place]
    told = [
        line
        for media_type, media in operation.get("requestBody", {}).get("content", {}).items()
        for line in _unbounded(media["schema"], media_type)
    ]
    told += [
        line
        for parameter in operation.get("parameters", [])
        for line in _unbounded(parameter["schema"], parameter["name"])
    ]
    assert not told, "\n".join(told)


def test_everything_in_the_components_is_bounded() -> None:
    told = [line for name, node in _document()["components"]["schemas"].items() for line in _unbounded(node, name)]
    assert not told, "\n".join(told)


def test_the_bounds_are_looked_for_everywhere() -> None:
    """The rule above must be able to fail."""
    free: Node = {
        "type": "object",
        "properties": {
            "text": {"type": ["string", "null"]},
            "number": {"type": "integer", "minimum": 0},
            "list": {"type": "array", "items": {"type": "string"}},
            "free": {"type": "object"},
            "either": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        },
    }
    assert list(_unbounded(free, "x")) == [
        "x.text: a string without maxLength, enum or const",
        "x.number: a number without maximum",
        "x.list: an array without maxItems",
        "x.list[]: a string without maxLength, enum or const",
        "x.free: a free object without maxProperties",
        "x.either: a string without maxLength, enum or const",
    ]


def test_request_bodies_ignore_unknown_fields() -> None:
    told = [
        name
        for name, node in _document()["components"]["schemas"].items()
        if name.endswith("Request") and node.get("additionalProperties", True) is not True
    ]
    assert not told


def test_every_success_is_in_the_envelope() -> None:
    for name, node in _document()["components"]["schemas"].items():
        if name.endswith("Answer"):
            assert {"basarili", "data"} <= set(node["required"]), name
            assert node["properties"]["basarili"]["const"] is True, name
