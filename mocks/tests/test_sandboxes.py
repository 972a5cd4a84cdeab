"""Each sandbox has its own state, clock and ids; there are so many, and those that nobody uses go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from mocks import sandboxes
from mocks.tests.whole import Whole, whole_mock


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


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "\xfc", "../a"])
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
