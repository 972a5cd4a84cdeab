"""The mock lets answers through as they are, and tells what it saw."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from impl.contract.call import Scope
from impl.contract.lane import PLAN_KEY
from impl.contract.replies import Receive, Send
from impl.tests.client import DEMO_KEY, Client, application
from mocks.app import build_mock
from mocks.journal import Entry, Journal
from mocks.recorder import Recorder
from mocks.tests.entries import recorder

Message = Mapping[str, Any]

JSON = (b"content-type", b"application/json")
REQUEST_ID = (b"x-request-id", b"1")


@dataclass
class Told:
    """What the mock told."""

    lines: list[tuple[str, str, int, list[str]]] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def __call__(self, entries: Sequence[Entry]) -> None:
        self.lines += [(entry.method, entry.path, entry.status, list(entry.faults)) for entry in entries]
        self.milliseconds += [entry.milliseconds for entry in entries]


class Fake:
    """An application that answers what it is told to, as if it were an operation of the document."""

    def __init__(self, messages: Sequence[Message], operation: str | None = "widget_init") -> None:
        self._messages = messages
        self._plans = [plan for plan in application().plans if plan.id == operation]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for plan in self._plans:
            scope[PLAN_KEY] = plan
        for message in self._messages:
            await send(message)


def _answer(status: int, headers: list[tuple[bytes, bytes]], *parts: bytes) -> list[Message]:
    bodies = [{"type": "http.response.body", "body": part, "more_body": True} for part in parts[:-1]]
    last = {"type": "http.response.body", "body": parts[-1]}
    return [{"type": "http.response.start", "status": status, "headers": headers}, *bodies, last]


def _run(app: Any, scope: dict[str, Any], body: bytes = b"") -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def _scope(method: str = "POST", path: str = "/api/v1/widget/init", **more: Any) -> dict[str, Any]:
    headers = [(b"x-api-key", DEMO_KEY.encode()), (b"content-type", b"application/json")]
    base = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b""}
    return base | {"headers": headers, "client": ("127.0.0.1", 1)} | more


def _checked(fake: Fake) -> tuple[Recorder, Told]:
    told = Told()
    return recorder(fake, Journal(), told), told


def _mock(client: Client) -> tuple[Any, Told]:
    told = Told()

    mock = build_mock(application(), told)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await mock(scope | {"cozum.tests.world": client.world}, receive, send)

    return app, told


@pytest.fixture
def client() -> Any:
    made = Client()
    yield made
    made.close()


def test_the_application_answers_through_the_mock_as_without_it(client: Client) -> None:
    body = b'{"ziyaretci_id": "abc123"}'
    mock, told = _mock(client)
    start, content = _run(mock, _scope(), body)
    plain = _run(application().asgi, _scope() | {"cozum.tests.world": client.world}, body)
    assert (start["status"], content) == (200, plain[1])
    named = {name: value for name, value in start["headers"] if name != b"x-request-id"}
    assert named == {name: value for name, value in plain[0]["headers"] if name != b"x-request-id"}
    assert told.lines == [("POST", "/api/v1/widget/init", 200, [])]
    assert 0 < told.milliseconds[0] < 60_000


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/v1/widget/init", 400),
        ("GET", "/api/v1/widget/init", 405),
        ("OPTIONS", "/api/v1/widget/init", 204),
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/operator/chats", 401),
        ("GET", "/docs", 200),
        ("HEAD", "/docs", 200),
        ("GET", "/", 307),
    ],
)
def test_refusals_and_pages_are_told_without_fault(client: Client, method: str, path: str, status: int) -> None:
    mock, told = _mock(client)
    messages = _run(mock, _scope(method, path))
    assert messages[0]["status"] == status
    assert told.lines == [(method, path, status, [])]


@pytest.mark.parametrize(
    ("messages", "fault"),
    [
        (_answer(418, [JSON, REQUEST_ID], b"{}"), "status 418 is not documented for widget_init"),
        (
            _answer(200, [JSON, REQUEST_ID], b'{"basarili": ', b"true}"),
            'the body: "data" is a required property',
        ),
        (_answer(200, [JSON, REQUEST_ID], b"{"), "the body is not JSON"),
        (
            _answer(200, [(b"content-type", b"text/html"), REQUEST_ID], b"<p>"),
            "media type text/html is not documented",
        ),
        (
            _answer(401, [(b"content-type", b"application/problem+json")], b"{}"),
            "the header X-Request-Id is missing",
        ),
    ],
    ids=["status", "schema", "not JSON", "media type", "header"],
)
def test_a_broken_answer_is_told_and_let_through_as_it_is(messages: list[Message], fault: str) -> None:
    mock, told = _checked(Fake(messages))
    assert _run(mock, _scope()) == messages
    ((method, path, status, faults),) = told.lines
    assert (method, path, status) == ("POST", "/api/v1/widget/init", messages[0]["status"])
    assert faults
    assert faults[0].startswith(fault)


def test_outside_of_the_document_a_refusal_must_be_a_problem() -> None:
    messages = _answer(404, [(b"content-type", b"text/plain")], b"Not Found")
    mock, told = _checked(Fake(messages, operation=None))
    assert _run(mock, _scope(path="/nowhere")) == messages
    assert told.lines[0][3] == ["media type text/plain is not documented (application/problem+json)"]


def test_the_body_of_head_is_not_missed() -> None:
    mock, told = _checked(Fake(_answer(200, [JSON, REQUEST_ID], b"")))
    _run(mock, _scope("HEAD"))
    assert told.lines == [("HEAD", "/api/v1/widget/init", 200, [])]


def test_nothing_is_told_of_a_request_that_nobody_answered() -> None:
    mock, told = _checked(Fake([]))
    assert _run(mock, _scope()) == []
    assert told.lines == []


def test_other_scopes_are_passed_on_and_not_told() -> None:
    messages: list[Message] = [{"type": "lifespan.startup.complete"}]
    mock, told = _checked(Fake(messages, operation=None))
    assert _run(mock, {"type": "lifespan"}) == messages
    assert told.lines == []
