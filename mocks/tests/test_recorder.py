"""What the recorder keeps is what was read and what went out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from impl.contract.lane import PLAN_KEY
from impl.contract.replies import WHOLE, App, Receive, Send
from impl.tests.client import application
from mocks.journal import KEPT_BODY, Entry, Journal
from mocks.recorder import BATCH_BYTES, UNENDED
from mocks.tests.entries import recorder

Message = Mapping[str, Any]

JSON = (b"content-type", b"application/json")
REQUEST_ID = (b"x-request-id", b"1")
PLAN = next(plan for plan in application().plans if plan.id == "widget_init")


def recorded(app: App, parts: Sequence[bytes] = (b"",), **scope: Any) -> Entry:
    """The one entry that a request makes whose body comes in these parts."""
    journal, sent = Journal(), []
    left = list(parts)

    async def receive() -> Message:
        part = left.pop(0) if left else None
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    async def send(message: Message) -> None:
        sent.append(message)

    base = {"type": "http", "method": "POST", "path": "/ş", "raw_path": b"/%C5%9F", "query_string": b"a=1"}
    recording = recorder(app, journal)
    asyncio.run(recording(base | {"headers": [(b"host", b"x")]} | scope, receive, send))
    (entry,) = journal
    return entry


def answering(*messages: Message, plan: Any = None) -> App:
    """An application that reads the body to its end and sends these messages."""

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        if plan is not None:
            scope[PLAN_KEY] = plan
        for message in messages:
            await send(message)

    return app


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(part: bytes, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": part, "more_body": more}


def test_request_and_answer_are_kept_as_they_passed() -> None:
    entry = recorded(answering(start(404, (b"X-A", b"1")), body(b"o", more=True), body(b"k")), (b"me", b"rhaba"))
    assert (entry.method, entry.path, entry.raw_path, entry.query) == ("POST", "/ş", b"/%C5%9F", b"a=1")
    assert (entry.body, entry.body_size, entry.status, entry.answer, entry.answer_size) == (
        b"merhaba",
        7,
        404,
        b"ok",
        2,
    )
    assert (entry.head, entry.answer_headers()) == (b"host: x\r\n", [("x-a", "1")])
    assert (entry.operation, entry.id) == (None, 1)
    assert entry.faults == ("media type none is not documented (application/problem+json)",)


def test_a_whole_answer_is_kept_and_judged_too() -> None:
    head = b"content-type: application/json\r\nx-request-id: 1\r\n"
    whole = {"type": WHOLE, "status": 200, "head": head, "body": b'{"basarili":true}'}
    entry = recorded(answering(whole, plan=PLAN), extensions={WHOLE: {}})
    assert (entry.operation, entry.status, entry.answer, entry.answer_size) == (
        "widget_init",
        200,
        b'{"basarili":true}',
        17,
    )
    assert entry.answer_headers() == [("content-type", "application/json"), ("x-request-id", "1")]
    assert entry.faults == ('the body: "data" is a required property',)


def test_the_application_is_offered_whole_answers_only_where_the_server_takes_them() -> None:
    seen = []

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        seen.append(sorted(scope["extensions"]))

    recorded(app)
    recorded(app, extensions={"http.response.push": {}})
    recorded(app, extensions={"http.response.push": {}, WHOLE: {}})
    assert seen == [[], [], [WHOLE]]


@pytest.mark.parametrize("part", [1_000, KEPT_BODY - 1, KEPT_BODY, KEPT_BODY + 1, 3 * KEPT_BODY])
@pytest.mark.parametrize("media_type", [b"image/png", b"application/json"])
def test_long_bodies_are_cut_and_their_size_is_kept(part: int, media_type: bytes) -> None:
    asked = [b"a" * part, b"b" * part]
    said = [body(b"c" * part, more=True), body(b"d" * part)]
    entry = recorded(answering(start(200, (b"content-type", media_type)), *said), asked)
    assert entry.body == b"".join(asked)[:KEPT_BODY]
    assert entry.answer == (b"c" * part + b"d" * part)[:KEPT_BODY]
    assert entry.body_size == entry.answer_size == 2 * part


def test_json_is_judged_as_a_whole_though_it_is_kept_in_part() -> None:
    long = b'{"basarili": true, "data": "%b"}' % (b"x" * 2 * KEPT_BODY)
    entry = recorded(answering(start(200, JSON, REQUEST_ID), body(long), plan=PLAN))
    assert len(entry.answer) == KEPT_BODY
    (fault,) = entry.faults
    assert fault.startswith('data: "xxx')
    assert len(fault) <= 500, "a validator's sentence holds the value"


def test_a_request_that_nobody_answers_is_kept_without_status() -> None:
    assert recorded(answering()).status == 0


def test_a_failure_is_passed_on_and_the_request_kept() -> None:
    journal = Journal()

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send(start(200))
        raise ConnectionResetError

    async def quiet(message: Message) -> None:
        pass

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    recording = recorder(broken, journal)
    with pytest.raises(ConnectionResetError):
        asyncio.run(recording(scope, None, quiet))  # type: ignore[arg-type]
    assert [entry.status for entry in journal] == [200]


def test_what_the_operation_does_not_know_stands_beside_the_request() -> None:
    entry = recorded(answering(start(204), body(b""), plan=PLAN), [b'{"ziyaretciid":', b' "a"}'], headers=[JSON])
    told = ["unknown body field 'ziyaretciid'; did you mean ziyaretci_id?", "unknown query parameter 'a'"]
    assert list(entry.notes) == told


def test_an_answer_that_broke_off_is_not_judged_but_noted() -> None:
    begins = answering(start(200, JSON), body(b'{"basarili":', more=True), plan=PLAN)
    entry = recorded(begins, query_string=b"")
    assert (entry.faults, entry.notes) == ((), (UNENDED,))
    whole = recorded(
        answering(start(200, JSON), body(b'{"basarili":', more=True), body(b"}"), plan=PLAN), query_string=b""
    )
    assert whole.faults
    assert whole.notes == ()


def test_of_a_body_of_another_type_no_names_are_told() -> None:
    entry = recorded(answering(start(415), body(b""), plan=PLAN), [b'{"ziyaretciid":"a"}'], query_string=b"")
    assert entry.notes == ()


def test_a_preference_in_the_query_is_nothing_unknown() -> None:
    entry = recorded(answering(start(204), body(b""), plan=PLAN), query_string=b"__code=204&__kod=1")
    assert list(entry.notes) == ["unknown query parameter '__kod'"]


def test_a_batch_is_kept_when_it_is_full_when_its_time_has_come_and_when_somebody_reads() -> None:
    told: list[Any] = []
    journal = Journal()
    recording = recorder(answering(start(204), body(b"")), journal, told.extend, batch=3)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        pass

    async def ask(times: int) -> int:
        for _ in range(times):
            scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
            await recording(scope, receive, send)
        return len(told)

    async def scene() -> None:
        assert await ask(2) == 0
        assert await ask(1) == 3
        assert await ask(1) == 3
        await asyncio.sleep(0.2)
        assert len(told) == 4
        assert await ask(1) == 4
        assert journal.last_id == len(journal) == len(told) == 5

    asyncio.run(scene())


def test_a_batch_of_large_bodies_does_not_wait_to_be_full() -> None:
    told: list[Any] = []
    answer = body(b"x" * (BATCH_BYTES // 2))
    recording = recorder(answering(start(200), answer), Journal(), told.extend, batch=1_000)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        pass

    async def scene() -> list[int]:
        seen = []
        for _ in range(6):
            scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
            await recording(scope, receive, send)
            seen.append(len(told))
        return seen

    assert asyncio.run(scene()) == [0, 0, 3, 3, 3, 6]


def test_a_verdict_is_remembered_only_for_the_same_answer() -> None:
    data = b'{"firma_adi":"a","logo_url":null,"renk_primary":"#000000","cevrimici":false,"aktif_oturum":null}'
    good = b'{"basarili":true,"data":%b}' % data
    line, request_id = b"content-type: application/json\r\ncontent-length: 9", b"\r\nx-request-id: 1\r\n"
    answers = [
        (200, line + request_id, good, 0),
        (200, line + b"\r\n", good, 1),
        (200, line + request_id, good, 0),
        (200, line + request_id, good.replace(b":true", b":0"), 1),
        (418, line + request_id, good, 1),
        (200, b"content-type: text/html\r\ncontent-length: 9" + request_id, good, 1),
    ]
    journal = Journal()
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def scene() -> None:
        async def app(scope: dict[str, Any], receive: Any, send: Send) -> None:
            scope[PLAN_KEY] = PLAN
            status, head, content, _ = answers[len(sent)]
            await send({"type": WHOLE, "status": status, "head": head, "body": content})

        recording = recorder(app, journal)
        for _ in answers:
            scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
            await recording(scope | {"extensions": {WHOLE: {}}}, None, send)  # type: ignore[arg-type]

    asyncio.run(scene())
    assert [bool(entry.faults) for entry in journal] == [bool(expected) for *_, expected in answers]


def test_a_header_that_comes_behind_the_requests_id_is_not_taken_for_there() -> None:
    front = b"content-type: application/problem+json\r\ncontent-length: 2\r\nx-request-id: 1-%d\r\n"
    heads = [front % 1 + b"retry-after: 3\r\n", front % 2, front % 3 + b"retry-after: 4\r\n"]
    journal = Journal()
    left = list(heads)

    async def app(scope: dict[str, Any], receive: Any, send: Send) -> None:
        scope[PLAN_KEY] = PLAN
        await send({"type": WHOLE, "status": 429, "head": left.pop(0), "body": b"{}"})

    async def send(message: Message) -> None:
        pass

    async def scene() -> None:
        recording = recorder(app, journal)
        for _ in heads:
            scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
            await recording(scope | {"extensions": {WHOLE: {}}}, None, send)  # type: ignore[arg-type]

    asyncio.run(scene())
    missing = ["the header Retry-After is missing" in entry.faults for entry in journal]
    assert missing == [False, True, False]
