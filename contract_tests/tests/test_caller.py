"""What the caller makes of answers: judged wherever the server is, each 429 too, and nothing that it cannot read."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from contract_tests.catalogue import CATALOGUE
from contract_tests.checks import Judge
from contract_tests.client import Client
from contract_tests.document import Document
from contract_tests.findings import Broken, NotJudged
from contract_tests.in_process import our_server
from contract_tests.judging import judge_place
from contract_tests.mutants.planting import Patch
from contract_tests.order import Order
from contract_tests.target import Target, Tenant
from contract_tests.tests.bad_servers import Behaviour, answers, listening, says
from contract_tests.transport import Exchange
from contract_tests.workers import Place

PATH = Path(__file__).parents[2] / "openapi.yaml"
DOCUMENT = Document(PATH)
JSON = "application/json"
PROBLEM = "application/problem+json"


@contextmanager
def calling(behave: Behaviour, path: str = "") -> Iterator[tuple[Client, list[Broken], list[Exchange]]]:
    """A client of a server that behaves so, the rules it breaks, and what was asked."""
    broken: list[Broken] = []
    heard: list[Exchange] = []
    with listening(behave) as url:
        target = Target(url + path, tenant=Tenant("CM", "gizli-anahtar-2026"))
        client = Client(target, DOCUMENT, tell=heard.append)
        client.found = broken.append
        try:
            yield client, broken, heard
        finally:
            client.close()


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The one after the other; the last again and again."""
    left = list(behaviours)

    def behave(connection: socket.socket) -> object:
        return (left.pop(0) if len(left) > 1 else left[0])(connection)

    return behave


def rules(broken: list[Broken]) -> set[str]:
    """Which they are."""
    return {one.finding.rule for one in broken}


@pytest.mark.parametrize("path", ["", "/destek"])
def test_answers_are_judged_also_where_the_url_has_a_path(path: str) -> None:
    with calling(answers(200, JSON, b'{"x": "gizli-anahtar-2026"}', "X-Request-Id: 1"), path) as (client, broken, _):
        client.init("v")
    assert rules(broken) == {"answer.secret"}
    with calling(answers(200, JSON, b"{}", "X-Request-Id: 1"), path) as (client, broken, _):
        client.init("v")
    assert rules(broken) == {"answer.schema"}
    absent = answers(404, PROBLEM, b"{}", "X-Request-Id: 1")
    with calling(absent, path) as (client, broken, _), pytest.raises(NotJudged):
        client.init("v")
    assert rules(broken) == {"operation.there"}


def test_half_of_a_surrogate_pair_is_told_as_the_answers_fault() -> None:
    body = rb'{"basarili": true, "data": {"\ud800": "\udc00"}}'
    with calling(answers(200, JSON, body, "X-Request-Id: 1")) as (client, broken, heard):
        client.init("v")
    assert rules(broken) == {"answer.schema"}
    assert [one.broken for one in heard] == ["answer.schema"]


@pytest.mark.parametrize("wait", ["0", "zwei", "", "-1", "0" * 5000, formatdate(0, usegmt=True)])
def test_refusals_that_are_waited_out_are_told_and_judged(wait: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    busy = answers(429, PROBLEM, b"{}", f"Retry-After: {wait}", "X-Request-Id: 1")
    with calling(in_turn(busy, answers(200, JSON, b"{}", "X-Request-Id: 1"))) as (client, _, heard):
        client.init("v")
    assert [one.status for one in heard] == [429, 200]
    assert heard[0].broken == "answer.schema"


def test_digits_that_are_no_number_are_no_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    busy = says(b"HTTP/1.1 429 x\r\nRetry-After: \xb2\r\nContent-Length: 0\r\n\r\n")
    with calling(busy) as (client, _, _), pytest.raises(NotJudged, match="goes on refusing"):
        client.init("v")
    assert set(slept) == {1}


def test_a_date_to_wait_for_is_read() -> None:
    date, until = formatdate(1_000_000, usegmt=True), formatdate(1_000_900, usegmt=True)
    busy = answers(429, PROBLEM, b"{}", f"Retry-After: {until}", f"Date: {date}", "X-Request-Id: 1")
    with calling(busy) as (client, _, _), pytest.raises(NotJudged, match="wait 900 s"):
        client.init("v")


def test_calls_together_leave_no_connection_open() -> None:
    ended: list[bool] = []

    def behave(connection: socket.socket) -> bool:
        answers(200, JSON, b"{}", "X-Request-Id: 1")(connection)
        ended.append(connection.recv(1, socket.MSG_PEEK) == b"")
        return True

    with calling(behave) as (client, _, _):
        judge = Judge(CATALOGUE["rating.once"], client, Order())
        judge.together(*[lambda: client.init("v")] * 3)
        for _ in range(100):
            if len(ended) == 3:
                break
            time.sleep(0.02)
        assert ended == [True] * 3


def balanced(app: Any) -> Any:
    """Our application behind a balancer that keeps its visitors at one server by a cookie."""

    async def changed(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                line = (b"set-cookie", b"AWSALB=yapiskan; Path=/")
                message = {**message, "headers": [line, *message["headers"], line]}
            await send(message)

        await app({**scope, "extensions": {}} if scope["type"] == "http" else scope, receive, sent)

    return changed


def test_a_balancers_cookies_are_no_sessions() -> None:
    import impl.app

    patch = Patch()
    original = impl.app.Application.__init__

    def build(application: Any, *args: Any, **kwargs: Any) -> None:
        original(application, *args, **kwargs)
        application.asgi = balanced(application.asgi)

    patch.set(impl.app.Application, "__init__", build)
    names = tuple(name for name in CATALOGUE if name.startswith("session.") and not CATALOGUE[name].needs & {"clock"})
    try:
        with our_server(PATH) as target:
            story = judge_place(Place(PATH, replace(target, clock=None)), DOCUMENT, Order(rules=names))
    finally:
        patch.undo()
    assert [(one.rule.id, one.outcome, one.findings) for one in story.chapters() if one.outcome == "broken"] == []
    assert {one.rule.id for one in story.chapters() if one.outcome == "passed"} >= {"session.cookie", "session.alike"}
