"""Each sandbox has its own state, clock and ids; there are so many, and those that nobody uses go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from impl.model import Delivery, WebhookEndpoint
from mocks import sandboxes
from mocks.calling import Calls, OperatorCalls, VisitorCalls
from mocks.sandbox import Sandbox
from mocks.tests.whole import Whole, whole_mock

DEMO = VisitorCalls("CM_DEMO_2026")
OPERATOR = OperatorCalls("destek@example.com")


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


def _start(mock: Whole, **headers: str) -> int:
    answer = mock.widget("chat/start", {"ziyaretci_id": "yeni", "mesaj": "Merhaba"}, **headers)
    assert answer.status in (200, 201), answer.body
    chat_id: int = answer.json["data"]["oturum"]["id"]
    return chat_id


def test_state_and_ids_are_each_ones_own(mock: Whole) -> None:
    first = _start(mock, x_mock_sandbox="a")
    assert _start(mock, x_mock_sandbox="b") == first, "ids begin anew"
    assert _start(mock) == first
    assert _start(mock, x_mock_sandbox="a") == first, "the same visitor's chat is still open"
    operator = mock.signed_in(x_mock_sandbox="a")
    assert mock.ask("GET", "/api/v1/operator/chats", **operator).status == 200
    there = {"authorization": operator["authorization"], "x_mock_sandbox": "b"}
    assert mock.ask("GET", "/api/v1/operator/chats", **there).status == 401, "the token is another sandbox's"


def test_clocks_are_each_ones_own(mock: Whole) -> None:
    mock.control("POST", "/clock", {"ilerlet": "1h"}, x_mock_sandbox="a")
    assert mock.control("GET", "/clock", x_mock_sandbox="a")["fark_saniye"] > 3_599
    assert mock.control("GET", "/clock", x_mock_sandbox="b")["fark_saniye"] < 1
    assert mock.control("GET", "/clock")["fark_saniye"] < 1


def test_open_ones_are_listed_and_closed(mock: Whole) -> None:
    first = _start(mock, x_mock_sandbox="a")
    assert [one["ad"] for one in mock.control("GET", "/sandboxes")["sandboxlar"]] == ["a"]
    assert mock.ask("DELETE", "/_mock/sandboxes/a").status == 204
    assert mock.control("GET", "/sandboxes")["sandboxlar"] == []
    assert mock.ask("DELETE", "/_mock/sandboxes/a").status == 404
    assert _start(mock, x_mock_sandbox="a") == first, "it began anew"


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "\xfc", "../a", ".", ".."])
def test_a_name_that_is_none_is_refused(mock: Whole, name: str) -> None:
    refused = mock.widget("init", {"ziyaretci_id": "abc123"}, x_mock_sandbox=name)
    assert (refused.status, refused.json["kod"]) == (400, "gecersiz_sandbox")
    assert mock.ask("GET", "/_mock/clock", x_mock_sandbox=name).status == 400


def test_requests_that_come_at_once_meet_the_same_sandbox(mock: Whole) -> None:
    async def both() -> list[int]:
        body = [{"ziyaretci_id": f"v{number}", "mesaj": "a"} for number in range(8)]
        key = {"x_api_key": "CM_DEMO_2026", "x_mock_sandbox": "a"}
        asked = [mock.asked("POST", "/api/v1/widget/chat/start", one, **key) for one in body]
        return [answer.json["data"]["oturum"]["id"] for answer in await asyncio.gather(*asked)]

    ids = mock.run(both())
    assert len(set(ids)) == 8
    assert max(ids) - min(ids) == 7


def test_when_there_is_no_room_the_longest_unused_goes_unless_all_are_in_use(
    mock: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandboxes, "MOST", 2)
    _start(mock, x_mock_sandbox="a")
    _start(mock, x_mock_sandbox="b")
    refused = mock.widget("init", {"ziyaretci_id": "abc123"}, x_mock_sandbox="c")
    assert (refused.status, refused.json["kod"]) == (503, "cok_fazla_sandbox")
    monkeypatch.setattr(sandboxes, "IDLE_WHEN_FULL", 0)
    _start(mock, x_mock_sandbox="c")
    assert [one["ad"] for one in mock.control("GET", "/sandboxes")["sandboxlar"]] == ["b", "c"]


def test_one_that_nobody_uses_goes(mock: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    _start(mock, x_mock_sandbox="a")

    async def look() -> None:
        running = asyncio.create_task(mock.mock.run())
        await asyncio.sleep(0.7)
        assert mock.mock.sandboxes.known("a")
        monkeypatch.setattr(sandboxes, "IDLE", 0)
        for _ in range(400):
            if mock.mock.sandboxes.known("a"):
                await asyncio.sleep(0.05)
        running.cancel()
        assert not mock.mock.sandboxes.known("a")

    mock.run(look())


def test_who_waits_in_a_world_that_ends_waits_no_more(mock: Whole) -> None:
    chat_id = _start(mock)
    poll = f"/api/v1/widget/chat/messages?oturum_id={chat_id}&ziyaretci_id=yeni&son_sira=1&bekle=20"

    async def scene() -> int:
        waiting = asyncio.create_task(mock.asked("GET", poll, x_api_key="CM_DEMO_2026"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await mock.mock.sandboxes.main.begin(mock.mock.sandboxes.make)
        return (await asyncio.wait_for(waiting, 5)).status

    assert mock.run(scene()) == 200


def test_more_at_once_than_there_is_room_for_are_refused(mock: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandboxes, "MOST", 3)

    async def ask() -> list[int]:
        key = {"x_api_key": "CM_DEMO_2026"}
        body = {"ziyaretci_id": "abc123"}
        path = "/api/v1/widget/init"
        asked = [mock.asked("POST", path, body, **key, x_mock_sandbox=f"s{number}") for number in range(8)]
        return [answer.status for answer in await asyncio.gather(*asked)]

    assert sorted(mock.run(ask())) == [200] * 3 + [503] * 5


def test_one_whose_first_requester_left_is_there_for_the_next(mock: Whole) -> None:
    async def leave() -> None:
        opening = asyncio.create_task(mock.mock.sandboxes.of(b"a"))
        await asyncio.sleep(0)
        opening.cancel()
        await asyncio.sleep(0.1)

    mock.run(leave())
    assert [one["ad"] for one in mock.control("GET", "/sandboxes")["sandboxlar"]] == ["a"]


def test_a_receiver_that_never_answers_holds_up_nothing_that_falls_due(mock: Whole) -> None:
    async def scene() -> str:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        slow = await mock.mock.sandboxes.of(b"slow")
        fast = await mock.mock.sandboxes.of(b"fast")
        await _with_endpoint(slow, f"http://127.0.0.1:{port}/")
        running = asyncio.create_task(mock.mock.run())
        calls = Calls(mock.mock.application)
        await calls.call(slow, "start_chat", DEMO, body={"ziyaretci_id": "yeni", "mesaj": "a"})
        await calls.call(fast, "set_operator_status", OPERATOR, body={"durum": "cevrimici"})
        fast.clock.run(1_000)
        slow.clock.run(2)
        for _ in range(60):
            await asyncio.sleep(0.05)
            if fast.store.tables.operators[8].state == "offline":
                break
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await mock.mock.sandboxes.close("slow")
        server.close()
        return fast.store.tables.operators[8].state

    assert mock.run(scene()) == "offline"


async def _with_endpoint(sandbox: Sandbox, url: str) -> None:
    now = sandbox.clock.now()
    endpoint = WebhookEndpoint(1, url, ("chat_opened",), "whsec_Y296dW0=", now, now)
    await sandbox.world.store.transact(lambda tx: tx.put_webhook(endpoint))


def test_what_waits_in_a_snapshot_is_sent_once_the_server_runs(mock: Whole) -> None:
    async def scene() -> tuple[int, int]:
        heard: list[bytes] = []

        async def receiver(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.readline())
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(receiver, "127.0.0.1", 0)
        main = mock.mock.sandboxes.main
        await _with_endpoint(main, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        now = main.clock.now()
        row = next(iter(main.store.tables.outbox))
        waiting = Delivery(1, 1, "msg_1", "chat_opened", row.id, now, next_attempt_at=now)
        await main.world.store.transact(lambda tx: tx.put_delivery(waiting))
        running = asyncio.create_task(mock.mock.run())
        for _ in range(60):
            await asyncio.sleep(0.05)
            if heard:
                break
        await main.begin(mock.mock.sandboxes.make)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        server.close()
        return len(heard), len(main.store.tables.deliveries_by_id)

    assert mock.run(scene()) == (1, 0)
