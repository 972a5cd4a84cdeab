"""The way of a request, from its scope to the answer's messages."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from impl.contract.call import MAX_HEADER_BYTES
from impl.contract.document import Node
from impl.contract.lane import PLAN_KEY, Lane
from impl.contract.plan import Handler
from impl.contract.replies import App, Receive, Send
from impl.problems import InvalidToken, NoSuchPath, NotFound
from impl.tests.contract.small import bind, call, document, exchange, operation, request, scope_of, takes
from impl.world import World

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
SECRET = "api_secret in a local variable"


async def _read(world: World) -> dict[str, str]:
    return {"a": "ş"}


class Thing(msgspec.Struct, frozen=True):
    a: int = 0


THING: Node = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 0, "maximum": 9}}}


async def _save(world: World, body: Thing) -> Thing:
    return body


async def _fail(world: World) -> None:
    secret = SECRET
    raise ValueError(f"broken: {secret}")


async def _miss(world: World) -> None:
    raise NotFound


async def _unencodable(world: World) -> object:
    return object()


async def _bearer(world: World, headers: Mapping[bytes, bytes], creates: bool) -> None:
    if headers.get(b"authorization") != b"Bearer good":
        raise InvalidToken


def _app(beside: App | None = None) -> App:
    token: Node = {"security": [{"token": []}]}
    node = document(
        {
            "GET /things": operation("read"),
            "POST /things": operation("save", requestBody=takes(THING)),
            "GET /fails": operation("fails"),
            "GET /misses": operation("misses"),
            "GET /unencodable": operation("unencodable"),
            "POST /later": operation("later", requestBody=takes({"type": "object"}), **token),
            "GET /api/v1/widget/things/{id}": operation("widget_read", parameters=[ID]),
            "POST /api/v1/widget/things/{id}": operation("widget_fails", parameters=[ID]),
        },
        securitySchemes={"token": {"type": "http", "scheme": "bearer"}},
    )
    handlers: dict[str, Handler] = {
        "read": _read,
        "save": _save,
        "fails": _fail,
        "misses": _miss,
        "unencodable": _unencodable,
        "widget_read": _read,
        "widget_fails": _fail,
    }
    more: dict[str, Any] = {"beside": beside} if beside else {}
    return bind(node, handlers, {"token": _bearer}, **more).asgi


def test_an_answer_is_json_with_its_length_and_a_request_id() -> None:
    reply = call(_app(), "GET", "/things")
    assert (reply.status, reply.body) == (200, '{"a":"ş"}'.encode())
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["content-length"] == str(len(reply.body))
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["x-request-id"]


def test_no_two_requests_have_the_same_id() -> None:
    app = _app()
    ids = {call(app, "GET", path).headers["x-request-id"] for path in ["/things"] * 3 + ["/nowhere", "/misses"]}
    assert len(ids) == 5


def test_a_refusal_is_a_problem_with_the_id_of_its_request() -> None:
    reply = call(_app(), "GET", "/misses")
    assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.json["istek_id"] == reply.headers["x-request-id"]
    assert {key: reply.json[key] for key in ("type", "status", "basarili", "kod")} == {
        "type": "tag:cozummerkezi.net,2026:bulunamadi",
        "status": 404,
        "basarili": False,
        "kod": "bulunamadi",
    }
    assert reply.headers["content-length"] == str(len(reply.body))


@pytest.mark.parametrize(
    ("accept", "language", "title"),
    [
        (None, "tr", "Bulunamadı"),
        ("en", "en", "Not found"),
        ("en-GB;q=0.4, tr;q=0.5", "tr", "Bulunamadı"),
        ("de, en;q=0.1", "en", "Not found"),
        ("\xff;;q=x", "tr", "Bulunamadı"),
    ],
)
def test_a_refusal_speaks_the_language_that_is_preferred(accept: str | None, language: str, title: str) -> None:
    reply = call(_app(), "GET", "/misses", headers=[("accept-language", accept)] if accept else [])
    assert (reply.headers["content-language"], reply.json["title"]) == (language, title)


@pytest.mark.parametrize("path", ["/fails", "/unencodable"])
def test_a_handler_that_fails_answers_500_and_leaks_nothing(path: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="cozum"):
        reply = call(_app(), "GET", path)
    assert (reply.status, reply.json["kod"]) == (500, "sunucu_hatasi")
    (record,) = caplog.records
    assert record.getMessage() == f"{path[1:]} failed ({reply.headers['x-request-id']})"
    assert reply.json["istek_id"] == reply.headers["x-request-id"]
    assert record.exc_info is not None
    assert record.exc_info[0] is not None
    for secret in (SECRET, "Traceback", "broken", record.exc_info[0].__name__, "impl"):
        assert secret.encode() not in reply.body


def test_a_failure_of_a_widget_call_is_readable_by_the_page() -> None:
    logging.getLogger("cozum").disabled = True
    try:
        reply = call(_app(), "POST", "/api/v1/widget/things/1")
    finally:
        logging.getLogger("cozum").disabled = False
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (500, "*")


def test_only_widget_calls_are_readable_by_other_origins() -> None:
    app = _app()
    assert call(app, "GET", "/api/v1/widget/things/1").headers["access-control-allow-origin"] == "*"
    assert call(app, "GET", "/api/v1/widget/things/x").headers["access-control-allow-origin"] == "*"
    assert call(app, "GET", "/api/v1/widget/nowhere").headers["access-control-allow-origin"] == "*"
    assert call(app, "PUT", "/api/v1/widget/things/1").headers["access-control-allow-origin"] == "*"
    for path in ("/things", "/misses", "/nowhere"):
        assert "access-control-allow-origin" not in call(app, "GET", path).headers


def test_an_operation_without_handler_authenticates_and_then_answers_501() -> None:
    app = _app()
    assert call(app, "POST", "/later", body=b"{").json["kod"] == "token_gecersiz"
    reply = call(app, "POST", "/later", body=b"{}", headers=[("authorization", "Bearer good")])
    assert (reply.status, reply.json["kod"]) == (501, "henuz_yok")
    assert "`later`" in reply.json["detail"]


def test_a_path_that_is_not_there_is_refused_before_anything_else() -> None:
    reply = call(_app(), "DELETE", "/nowhere", body=b"{", headers=[("authorization", "x"), ("authorization", "y")])
    assert (reply.status, reply.json["kod"]) == (404, "yol_bulunamadi")


def test_a_path_parameter_that_breaks_its_schema_is_a_record_that_is_not_there() -> None:
    assert call(_app(), "GET", "/api/v1/widget/things/x").json["kod"] == "bulunamadi"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get", "X" * 50])
def test_another_method_is_refused_with_those_that_are_there(method: str) -> None:
    reply = call(_app(), method, "/things")
    assert reply.status == 405
    assert reply.headers["allow"] == "GET, POST"
    assert reply.headers["x-request-id"]
    if method == "HEAD":
        assert reply.body == b""
        assert int(reply.headers["content-length"]) > 0
    else:
        assert reply.json["kod"] == "yontem_desteklenmiyor"


def test_a_preflight_of_a_widget_call_is_answered_without_a_key() -> None:
    headers = [("origin", "https://siteniz.com"), ("access-control-request-method", "POST")]
    reply = call(_app(), "OPTIONS", "/api/v1/widget/things/1", headers=headers)
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-allow-methods"] == "GET, POST"
    assert reply.headers["allow"] == "GET, POST, OPTIONS"
    assert "access-control-allow-credentials" not in reply.headers
    allowed = {name.strip().lower() for name in reply.headers["access-control-allow-headers"].split(",")}
    assert {"content-type", "x-api-key", "x-ziyaretci-token", "idempotency-key"} <= allowed
    assert reply.headers["x-request-id"]


def test_a_preflight_of_a_path_that_is_not_there_is_not_answered() -> None:
    assert call(_app(), "OPTIONS", "/api/v1/widget/nowhere").status == 404


def test_a_credential_header_sent_twice_is_refused() -> None:
    reply = call(_app(), "GET", "/things", headers=[("authorization", "a"), ("authorization", "a")])
    assert (reply.status, reply.json["kod"]) == (400, "cift_baslik")
    assert "`authorization`" in reply.json["detail"]


def test_headers_are_limited_in_all() -> None:
    app = _app()
    assert call(app, "GET", "/things", headers=[("x", "y" * (MAX_HEADER_BYTES - 1))]).status == 200
    reply = call(app, "GET", "/things", headers=[("x", "y" * MAX_HEADER_BYTES)])
    assert (reply.status, reply.json["kod"]) == (431, "basliklar_cok_buyuk")


def test_nobody_is_answered_who_went_away() -> None:
    headers = [("content-type", "application/json")]
    assert exchange(_app(), scope_of("POST", "/things", headers), [request(b"{", more=True)]) == []


def test_a_server_without_raw_path_is_served_too() -> None:
    scope = scope_of("GET", "/things")
    del scope["raw_path"]
    assert exchange(_app(), scope, [request(b"")])[0]["status"] == 200


def test_the_plan_is_left_in_the_scope_for_wrappers() -> None:
    found, missing = scope_of("GET", "/things"), scope_of("GET", "/nowhere")
    app = _app()
    exchange(app, found, [request(b"")])
    exchange(app, missing, [request(b"")])
    assert found[PLAN_KEY].id == "read"
    assert PLAN_KEY not in missing


async def _beside(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    if scope.get("path") == "/nowhere":
        raise NoSuchPath
    if scope.get("path") == "/broken":
        raise ValueError(SECRET)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-kind", scope["type"].encode())]})
    await send({"type": "http.response.body", "body": b"beside"})


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/things", "read"),
        ("POST", "/things", "save"),
        ("GET", "/th%69ngs", "read"),
        ("GET", "/api/v1/widget/things/5?a=1", "widget_read"),
        ("DELETE", "/things", None),
        ("GET", "/nowhere", None),
    ],
)
def test_the_operation_of_a_request_is_found_without_serving_it(method: str, path: str, found: str | None) -> None:
    lane = _app()
    assert isinstance(lane, Lane)
    plan = lane.find(scope_of(method, path))
    assert (plan and plan.id) == found


def test_what_the_document_does_not_have_is_the_wrapped_applications() -> None:
    reply = call(_app(_beside), "GET", "/docs")
    assert (reply.status, reply.body, reply.headers["x-kind"]) == (200, b"beside", "http")


def test_every_answer_has_a_request_id_also_those_beside_the_document() -> None:
    assert call(_app(_beside), "GET", "/docs").headers["x-request-id"]
    assert call(_app(_beside), "GET", "/nowhere").headers["x-request-id"]


def test_a_failure_beside_the_document_is_a_500_in_the_envelope(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="cozum"):
        reply = call(_app(_beside), "GET", "/broken")
    assert (reply.status, reply.json["kod"]) == (500, "sunucu_hatasi")
    assert SECRET.encode() not in reply.body
    assert len(caplog.records) == 1


def test_a_websocket_goes_to_the_wrapped_application() -> None:
    messages = exchange(_app(_beside), {"type": "websocket", "path": "/things"}, [])
    assert messages[0]["headers"] == [(b"x-kind", b"websocket")]
