"""Downloads, headers of an answer's own, forms, cookies, the portal's proof of its pages, and attempts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
import pytest

from impl.attempt import Attempt
from impl.contract.document import Node
from impl.contract.full_way import Run
from impl.replies import Answered, Download
from impl.tests.contract.small import WORLD, Sent, bind, call, document, exchange, operation, request, scope_of, takes
from impl.uploads import Upload
from impl.world import World

FORM = "application/x-www-form-urlencoded"


async def _chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        if part == b"!":
            raise OSError("the disk is gone")
        yield part


# Downloads, headers


async def _download(world: World) -> Download:
    headers = ((b"content-disposition", b"attachment"), (b"cache-control", b"private"))
    return Download("image/png", 6, _chunks(b"abc", b"def"), headers)


def test_a_download_comes_in_pieces_with_its_own_headers() -> None:
    app = bind(document({"GET /dosya": operation("get")}), {"get": _download}).asgi
    start, *parts = exchange(app, scope_of("GET", "/dosya"), [request(b"")])
    headers = dict(start["headers"])
    assert headers[b"content-type"] == b"image/png"
    assert headers[b"content-length"] == b"6"
    assert headers[b"cache-control"] == b"private"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert [part["body"] for part in parts] == [b"abc", b"def", b""]


def test_a_download_that_breaks_off_is_not_ended(caplog: pytest.LogCaptureFixture) -> None:
    """So that the server closes the connection, and the client sees that bytes are missing."""

    async def breaking(world: World) -> Download:
        return Download("image/png", 6, _chunks(b"abc", b"!"))

    app = bind(document({"GET /dosya": operation("get")}), {"get": breaking}).asgi
    sent = exchange(app, scope_of("GET", "/dosya"), [request(b"")])
    assert [message.get("more_body") for message in sent[1:]] == [True]
    assert "get broke off" in caplog.text


def test_an_answer_can_have_headers_of_its_own() -> None:
    async def sign_in(world: World) -> Answered:
        return Answered(201, {"a": 1}, ((b"set-cookie", b"x=y"), (b"cache-control", b"no-store")))

    reply = call(bind(document({"GET /portal/x": operation("get")}), {"get": sign_in}).asgi, "GET", "/portal/x")
    assert (reply.status, reply.json) == (201, {"a": 1})
    assert reply.headers["set-cookie"] == "x=y"
    assert reply.headers["vary"] == "Accept"


# Forms and the portal


class Named(msgspec.Struct, frozen=True):
    name: str
    colour: str = "mavi"


NAMED: Node = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "minLength": 1}, "colour": {"type": "string"}},
}


async def _save(world: World, body: Named, cookie: str | None, secure: bool, base_url: str) -> dict[str, Any]:
    return {"name": body.name, "colour": body.colour, "cookie": cookie, "secure": secure, "base_url": base_url}


def _portal(body: bytes, content_type: str = FORM, *headers: tuple[str, str], method: str = "POST") -> Sent:
    content = {"application/json": {"schema": NAMED}, FORM: {"schema": NAMED}}
    node = operation("save", requestBody={"required": True, "content": content})
    app = bind(document({f"{method} /portal/x": node}), {"save": _save}).asgi
    given = [("content-type", content_type), ("host", "localhost:8080"), ("sec-fetch-site", "same-origin"), *headers]
    return call(app, method, "/portal/x", body=body, headers=list(dict(given).items()))


def test_a_form_is_read_as_its_json_would_be() -> None:
    reply = _portal(b"name=%C3%87%C4%B1nar+K%C4%B1rtasiye&fazla=1")
    assert (reply.json["name"], reply.json["colour"]) == ("Çınar Kırtasiye", "mavi")


def test_the_same_operation_takes_json_with_a_charset() -> None:
    assert _portal(b'{"name": "x"}', "application/json; charset=utf-8").json["name"] == "x"
    assert _portal(b'{"name": "x"}', "application/json").json["name"] == "x"


@pytest.mark.parametrize("body", [b"name=%ff", b"\xff=1", b"&".join([b"a=1"] * 200)], ids=["escaped", "raw", "many"])
def test_a_broken_form_cannot_be_read(body: bytes) -> None:
    reply = _portal(body)
    assert (reply.status, reply.json["kod"]) == (400, "gecersiz_form")


def test_a_form_is_held_against_the_schema() -> None:
    assert _portal(b"name=").fields == ["/name"]
    assert _portal(b"").fields == ["/name"]


def test_a_field_that_a_form_gives_twice_is_named() -> None:
    assert _portal(b"name=a&name=b").fields == ["/name"]


def test_another_media_type_is_told_both_that_are_taken() -> None:
    reply = _portal(b"name=x", "text/plain")
    assert reply.status == 415
    assert f"application/json, {FORM}" in reply.json["detail"]


def test_a_handler_is_given_what_the_request_says_of_itself() -> None:
    reply = _portal(b"name=x", FORM, ("cookie", "a=b; cozum_portal=geheim ; c=d"))
    assert reply.json == {
        "name": "x",
        "colour": "mavi",
        "cookie": "geheim",
        "secure": False,
        "base_url": "http://localhost:8080",
    }


def test_of_two_session_cookies_a_handler_is_given_none() -> None:
    """A neighbour's site can set a second one: that must not lock anybody out of the sign-in."""
    assert _portal(b"name=x", FORM, ("cookie", "cozum_portal=a; cozum_portal=b")).json["cookie"] is None


def test_an_unsafe_request_from_elsewhere_is_refused() -> None:
    for headers in [("sec-fetch-site", "cross-site")], [("sec-fetch-site", "none")]:
        reply = _portal(b"name=x", FORM, *headers)
        assert (reply.status, reply.json["kod"]) == (403, "kaynak_dogrulanmadi")


def test_the_public_url_is_what_a_request_must_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WORLD, "public_url", "https://destek.example.com")
    content = {"application/json": {"schema": NAMED}}
    node = operation("save", requestBody={"required": True, "content": content})
    app = bind(document({"POST /portal/x": node}), {"save": _save}).asgi

    def sent(origin: str) -> Sent:
        headers = [("host", "10.0.0.1:8080"), ("origin", origin)]
        return call(app, "POST", "/portal/x", body=b'{"name": "x"}', headers=headers)

    reply = sent("https://destek.example.com")
    assert (reply.json["secure"], reply.json["base_url"]) == (True, "https://destek.example.com")
    assert sent("http://10.0.0.1:8080").status == 403


# Attempts


KEY: Node = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
UPLOAD: Node = {
    "type": "object",
    "required": ["dosya"],
    "properties": {"dosya": {"type": "string", "contentMediaType": "x/y", "minLength": 1, "maxLength": 100}},
}


class Uploaded(msgspec.Struct, frozen=True):
    dosya: Upload


def _attempts(path: str, requests: list[tuple[bytes, str]]) -> list[Attempt]:
    """What is attempted by these bodies and media types."""
    seen: list[Attempt] = []

    async def once(world: World, attempt: Attempt, run: Run) -> tuple[int, bytes]:
        seen.append(attempt)
        return await run()

    async def save(world: World, caller: str, body: Named) -> tuple[int, Mapping[str, str]]:
        return 201, {"name": body.name}

    async def upload(world: World, body: Uploaded) -> dict[str, int]:
        return {"size": body.dosya.size}

    async def anna(world: World, headers: Mapping[bytes, bytes], creates: bool) -> str:
        return "anna"

    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}}
    keyed: list[Node] = [{"key": []}]
    node = document(
        {
            "POST /save": operation("save", parameters=[KEY], requestBody=takes(NAMED), security=keyed),
            "POST /upload": operation(
                "upload",
                parameters=[KEY],
                requestBody=takes(UPLOAD, "multipart/form-data"),
                **{"x-cozum-body-limit": 1000},
            ),
        },
        securitySchemes=schemes,
    )
    app = bind(node, {"save": save, "upload": upload}, {"key": anna}, once=once).asgi
    for body, content_type in requests:
        headers = [("content-type", content_type), ("idempotency-key", "k1"), ("x-ziyaretci-token", "t")]
        assert call(app, "POST", path, body=body, headers=headers).status in (200, 201)
    return seen


def test_an_attempt_says_who_tries_what() -> None:
    (attempt,) = _attempts("/save", [(b'{"name": "x"}', "application/json")])
    assert (attempt.caller, attempt.operation, attempt.key, attempt.visitor_token) == ("anna", "save", "k1", "t")


def test_another_body_or_query_is_another_request() -> None:
    bodies = [(b'{"name": "x"}', "application/json"), (b'{"name": "y"}', "application/json")]
    first, second = _attempts("/save", bodies)
    (asked,) = _attempts("/save?a=1", bodies[:1])
    assert len({first.fingerprint, second.fingerprint, asked.fingerprint}) == 3


def test_the_same_file_with_another_boundary_is_the_same_request() -> None:
    def body(boundary: str, content: str, name: str = "a.txt") -> tuple[bytes, str]:
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="dosya"; filename="{name}"\r\n\r\n{content}\r\n'
        return f"{part}--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"

    sent = _attempts("/upload", [body("b1", "x"), body("b2", "x"), body("b1", "y"), body("b1", "x", "b.txt")])
    first, again, other, renamed = [attempt.fingerprint for attempt in sent]
    assert first == again
    assert len({first, other, renamed}) == 3
