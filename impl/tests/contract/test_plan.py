"""Binding operations to handlers and security: what does not fit stops the start, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from impl.contract.document import DocumentError, Node
from impl.contract.plan import Handler
from impl.tests.contract.small import WORLD, bind, call, document, operation, takes
from impl.world import World

SCHEMES: Node = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "token": {"type": "http", "scheme": "bearer"},
}


class Thing(msgspec.Struct, frozen=True):
    a: int


THING: Node = {
    "type": "object",
    "required": ["a"],
    "properties": {"a": {"type": "integer", "maximum": 9, "minimum": 0}},
}


async def _key_holder(world: World, headers: Mapping[bytes, bytes], creates: bool) -> str:
    return headers.get(b"x-api-key", b"nobody").decode() + (" who creates" if creates else "")


async def _answer_nothing(world: World) -> dict[str, Any]:
    return {}


async def _answer_ids(world: World, record_id: int, limit: int) -> dict[str, Any]:
    return {"record_id": record_id, "limit": limit}


async def _answer_everything(world: World, caller: str, client: str, body: Thing) -> tuple[int, dict[str, Any]]:
    return 201, {"same world": world is WORLD, "caller": caller, "client": client, "a": body.a}


async def _answer_body(world: World, body: Thing) -> Thing:
    return body


async def _answer_colour(world: World, colour: str) -> dict[str, Any]:
    return {}


def _refusal(node: Node, handler: Handler | None = None) -> str:
    with pytest.raises(DocumentError) as caught:
        bind(
            document({"POST /things/{id}": node}, securitySchemes=SCHEMES),
            {"save_thing": handler} if handler else {},
            {"key": _key_holder},
            {"id": "record_id"},
        )
    message = str(caught.value)
    assert "\n" not in message
    return message


ID: Node = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}


def test_an_operation_whose_scheme_nobody_checks_stops_the_start() -> None:
    node = operation("save_thing", parameters=[ID], security=[{"token": []}])
    assert _refusal(node) == "save_thing: nothing checks the security scheme token"


def test_an_operation_whose_scheme_the_document_does_not_have_stops_the_start() -> None:
    node = operation("save_thing", parameters=[ID], security=[{"ghost": []}])
    assert _refusal(node) == "save_thing: nothing checks the security scheme ghost"


def test_an_operation_without_security_stops_the_start() -> None:
    node = operation("save_thing", parameters=[ID])
    del node["security"]
    assert _refusal(node) == "save_thing: no security, not even `security: []`"


@pytest.mark.parametrize(
    "security",
    [[{"key": [], "token": []}], [{"key": []}, {"token": []}], [{"key": []}, {}], [{}]],
    ids=["both", "either", "one or none", "none"],
)
def test_an_operation_with_another_number_of_schemes_than_one_stops_the_start(security: list[Node]) -> None:
    node = operation("save_thing", parameters=[ID], security=security)
    assert _refusal(node) == "save_thing: its security is not exactly one scheme"


def test_the_security_of_the_document_is_inherited() -> None:
    node = operation("read_thing")
    del node["security"]
    whole = document({"GET /things": node}, securitySchemes=SCHEMES) | {"security": [{"key": []}]}

    async def who(world: World, caller: str) -> str:
        return caller

    bound = bind(whole, {"read_thing": who}, {"key": _key_holder})
    assert call(bound.asgi, "GET", "/things", headers=[("x-api-key", "k")]).json == "k"


def test_a_handler_with_an_argument_that_the_document_cannot_fill_stops_the_start() -> None:
    message = _refusal(operation("save_thing", parameters=[ID]), _answer_colour)
    assert message == "save_thing: its handler takes colour, the document has no such parameter"


def test_a_handler_for_json_stops_the_start_where_the_document_has_another_body() -> None:
    node = operation("save_thing", parameters=[ID], requestBody=takes({}, "text/plain"))
    assert _refusal(node, _answer_body) == "save_thing: its handler takes JSON, the document does not"


def test_a_handler_for_json_stops_the_start_where_the_document_has_no_body() -> None:
    node = operation("save_thing", parameters=[ID])
    assert _refusal(node, _answer_body) == "save_thing: its handler takes JSON, the document does not"


def test_a_path_parameter_that_is_not_declared_stops_the_start() -> None:
    """Otherwise each of its requests would end in a 500."""
    query = {"name": "id", "in": "query", "schema": {"type": "integer"}}
    for parameters in ([], [query]):
        message = _refusal(operation("save_thing", parameters=parameters))
        assert message == "save_thing: its path has id, its parameters have not"


def test_parameters_of_the_path_item_are_parameters_of_its_operations() -> None:
    node = document({"GET /things/{id}": operation("read_thing")})
    node["paths"]["/things/{id}"]["parameters"] = [{"$ref": "#/components/parameters/Id"}]
    node["components"]["parameters"] = {"Id": ID}

    async def read(world: World, id: int) -> int:  # noqa: A002
        return id

    reply = call(bind(node, {"read_thing": read}).asgi, "GET", "/things/7")
    assert (reply.status, reply.json) == (200, 7)


def test_a_broken_reference_stops_the_start_by_name() -> None:
    node = operation("save_thing", parameters=[{"$ref": "#/components/parameters/Gone"}])
    assert _refusal(node) == "#/components/parameters/Gone: this reference points at nothing"


def test_two_operations_of_one_path_stop_the_start() -> None:
    node = document({"GET /a/{id}": operation("a", parameters=[ID])})
    other = {"name": "number"} | {key: value for key, value in ID.items() if key != "name"}
    node["paths"]["/a/{number}"] = {"put": operation("b", parameters=[other])}
    with pytest.raises(DocumentError, match="other parameter names"):
        bind(node)


def test_a_handler_is_given_what_its_arguments_name() -> None:
    node = operation("save_thing", security=[{"key": []}], requestBody=takes(THING))
    whole = document({"POST /things": node}, securitySchemes=SCHEMES)
    bound = bind(whole, {"save_thing": _answer_everything}, {"key": _key_holder})
    reply = call(bound.asgi, "POST", "/things", body=b'{"a": 1}', headers=[("x-api-key", "k")])
    assert reply.status == 201
    assert reply.json == {"same world": True, "caller": "k", "client": "127.0.0.1", "a": 1}


def test_an_operation_that_can_be_refused_for_an_ended_trial_creates() -> None:
    node = operation("read_thing", security=[{"key": []}])
    node["responses"] = node["responses"] | {"402": {"description": "The trial is over"}}

    async def who(world: World, caller: str) -> str:
        return caller

    bound = bind(document({"GET /things": node}, securitySchemes=SCHEMES), {"read_thing": who}, {"key": _key_holder})
    assert call(bound.asgi, "GET", "/things").json == "nobody who creates"


def test_a_handler_is_not_given_parameters_that_it_does_not_name() -> None:
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20}}
    unused = {"name": "unused", "in": "query", "schema": {"type": "string"}}
    node = document({"GET /things/{id}": operation("read_thing", parameters=[ID, limit, unused])})
    app = bind(node, {"read_thing": _answer_ids}, arguments={"id": "record_id"}).asgi
    assert call(app, "GET", "/things/7?unused=1").json == {"record_id": 7, "limit": 20}


def test_parameters_are_validated_even_where_the_handler_does_not_name_them() -> None:
    unused = {"name": "unused", "in": "query", "schema": {"type": "integer"}}
    node = document({"GET /things": operation("read_thing", parameters=[unused])})
    reply = call(bind(node, {"read_thing": _answer_nothing}).asgi, "GET", "/things?unused=x")
    assert (reply.status, reply.fields) == (422, ["/unused"])


def test_the_plans_stand_in_the_order_of_the_document() -> None:
    node = document({"GET /b": operation("b"), "GET /a": operation("a"), "POST /b": operation("c")})
    plans = bind(node, {"a": _answer_nothing}).plans
    assert sorted((plan.id, plan.method, plan.path, plan.implemented) for plan in plans) == [
        ("a", "GET", "/a", True),
        ("b", "GET", "/b", False),
        ("c", "POST", "/b", False),
    ]


async def _answer_number(world: World, caller: int) -> dict[str, Any]:
    return {}


def test_a_handler_whose_caller_the_security_does_not_find_stops_the_start() -> None:
    node = operation("save_thing", parameters=[ID], security=[{"key": []}])
    message = "save_thing: its security does not find the caller that its handler needs"
    assert _refusal(node, _answer_number) == message


def test_a_body_schema_that_does_not_require_what_the_handler_needs_stops_the_start() -> None:
    lax = THING | {"required": []}
    node = operation("save_thing", parameters=[ID], security=[{"key": []}], requestBody=takes(lax))
    assert "its handler needs a" in _refusal(node, _answer_body)
