"""What falls due: operators who went away, chats that everybody forgot."""

from __future__ import annotations

import asyncio

import pytest

from impl import due
from impl.due import run_due
from impl.model import ChatClosed, OperatorWentOffline
from impl.store.memory import MemoryStore
from impl.tests.client import DEMO_KEY, ESNAF_KEY, Client
from impl.tests.store.yielding import YieldingStore


def status(client: Client, token: str, state: str) -> str:
    """Set the operator's state; the answer's."""
    reply = client.call("PUT", "/api/v1/operator/status", token=token, body={"durum": state})
    return str(reply.data["durum"])


def state(client: Client, token: str) -> str:
    """The operator's state as the panel reads it."""
    return str(client.call("GET", "/api/v1/operator/status", token=token).data["durum"])


def online(client: Client, key: str = DEMO_KEY) -> bool:
    """What the widget draws."""
    body = {"ziyaretci_id": "abc123"}
    return bool(client.call("POST", "/api/v1/widget/init", key=key, body=body).data["cevrimici"])


# States


def test_operator_who_is_online_shows_in_the_widgets_of_all_their_tenants(client: Client, token: str) -> None:
    assert (state(client, token), online(client), online(client, ESNAF_KEY)) == ("cevrimdisi", False, False)
    assert status(client, token, "cevrimici") == "cevrimici"
    assert (state(client, token), online(client), online(client, ESNAF_KEY)) == ("cevrimici", True, True)
    assert status(client, token, "mesgul") == "mesgul"
    assert (state(client, token), online(client)) == ("mesgul", False)
    assert client.events() == []


def test_going_offline_returns_chats_and_tells_each_tenant_once(client: Client, token: str) -> None:
    status(client, token, "cevrimici")
    client.call("POST", "/api/v1/operator/chat/42/accept", token=token)
    status(client, token, "cevrimdisi")
    status(client, token, "cevrimdisi")
    queue = client.call("GET", "/api/v1/operator/chats", token=token).data["oturumlar"]
    assert [(chat["id"], chat["durum"], chat["operator_id"]) for chat in queue] == [(42, "bekliyor", None)]
    assert client.events() == [
        OperatorWentOffline(2, 7, "Örnek Operatör", "manual"),
        OperatorWentOffline(1, 7, "Örnek Operatör", "manual"),
    ]


@pytest.mark.parametrize("value", ["online", "", None, 1, "CEVRIMICI"])
def test_state_that_is_none_is_a_field_error(client: Client, token: str, value: object) -> None:
    reply = client.call("PUT", "/api/v1/operator/status", token=token, body={"durum": value})
    assert reply.fields == ["/durum"]


# Time-out


def test_operator_is_there_for_120_seconds_after_a_call_and_gone_at_121(client: Client, token: str) -> None:
    status(client, token, "cevrimici")
    client.clock.advance(seconds=120)
    assert client.run(run_due(client.world)) == 0
    assert online(client)
    client.clock.advance(seconds=1)
    assert client.run(run_due(client.world)) == 1
    assert not online(client)
    assert [event.reason for event in client.events()] == ["timeout", "timeout"]
    assert client.run(run_due(client.world)) == 0


def test_every_call_counts_even_those_that_the_store_is_not_told(client: Client, token: str) -> None:
    """`last_seen_at` is written every 30 s at most; a call 20 s after it still holds the operator for two minutes."""
    status(client, token, "cevrimici")
    client.clock.advance(seconds=20)
    state(client, token)
    client.clock.advance(seconds=120)
    assert client.run(run_due(client.world)) == 0
    client.clock.advance(seconds=1)
    assert client.run(run_due(client.world)) == 1


def test_timed_out_operators_chats_wait_again_and_wake_their_visitors(client: Client, token: str) -> None:
    status(client, token, "cevrimici")
    client.call("POST", "/api/v1/operator/chat/42/accept", token=token)

    async def scene() -> tuple[object, int]:
        path = "/api/v1/widget/chat/messages?ziyaretci_id=ahmet.yilmaz&oturum_id=42&son_sira=1&bekle=20"
        poll = asyncio.create_task(client.send("GET", path, key=ESNAF_KEY))
        await asyncio.sleep(0.02)
        client.clock.advance(seconds=121)
        done = await run_due(client.world)
        return (await poll).data["durum"], done

    assert client.run(scene()) == ("bekliyor", 1)


# Forgotten chats


def test_chat_without_a_call_for_24_hours_is_closed_by_the_system(client: Client, token: str) -> None:
    client.clock.advance(hours=24, seconds=-1)
    assert client.run(run_due(client.world)) == 0
    client.clock.advance(seconds=1)
    assert client.run(run_due(client.world)) == 1
    (event,) = client.events()
    assert event == ChatClosed(2, 42, "Ahmet Yilmaz", "system", None, 86_400, 2)
    messages = client.call("GET", "/api/v1/operator/chat/42/messages", token=token).data
    assert messages["durum"] == "kapandi"
    assert messages["mesajlar"][-1]["gonderen"] == "sistem"
    assert client.run(run_due(client.world)) == 0


def test_visitor_who_only_reads_keeps_the_chat_open(client: Client) -> None:
    client.clock.advance(hours=23)
    client.call("GET", "/api/v1/widget/chat/messages?ziyaretci_id=ahmet.yilmaz&oturum_id=42", key=ESNAF_KEY)
    client.clock.advance(hours=2)
    assert client.run(run_due(client.world)) == 0


def test_loop_goes_on_after_a_round_that_failed(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds = []

    async def failing(world: object) -> int:
        rounds.append(world)
        raise RuntimeError("planted")

    async def scene() -> None:
        loop = asyncio.create_task(due.keep_running(client.world))
        await asyncio.sleep(0.1)
        loop.cancel()

    monkeypatch.setattr(due, "EVERY", 0.01)
    monkeypatch.setattr(due, "STEPS", (failing,))
    client.run(scene())
    assert len(rounds) > 1
    assert "planted" in caplog.text


# Rows that nobody needs


def test_expired_tokens_and_old_failures_are_forgotten(client: Client, token: str) -> None:
    client.call("POST", "/api/v1/auth/login", body={"email": "kimse@example.com", "sifre": "x"})
    assert isinstance(client.store, MemoryStore)
    tables = client.store.tables
    client.run(run_due(client.world))
    assert (len(tables.tokens), len(tables.login_failures)) == (1, 1)
    client.clock.advance(minutes=16)
    client.run(run_due(client.world))
    assert (len(tables.tokens), len(tables.login_failures)) == (1, 0)
    client.clock.advance(days=30)
    client.run(run_due(client.world))
    assert len(tables.tokens) == 0


# Chats in use, and chats of operators who are away


@pytest.mark.parametrize("use", ["accept", "transfer", "read", "write"])
def test_chat_that_an_operator_uses_is_not_forgotten(client: Client, token: str, use: str) -> None:
    client.accept(42, token)
    client.clock.advance(hours=23, minutes=59)
    match use:
        case "accept":
            client.change_chat(42, state="waiting", operator_id=None)
            assert client.accept(42, token).status == 200
        case "transfer":
            client.add_member(8, 2)
            assert client.transfer(42, token, 8).status == 200
        case "read":
            assert client.call("GET", "/api/v1/operator/chat/42/messages", token=token).status == 200
        case _:
            assert client.answer(42, token, "Merhaba").status == 201
    client.clock.advance(minutes=2)
    client.run(run_due(client.world))
    assert client.read("ahmet.yilmaz", 42, ESNAF_KEY).data["durum"] != "kapandi"


def test_chats_of_an_absent_operator_wait_again_though_they_were_never_online(client: Client, token: str) -> None:
    """Signing in changes no state: whoever accepts without a word of it is offline, and may go away."""
    client.accept(42, token)
    client.clock.advance(seconds=120)
    client.run(run_due(client.world))
    assert client.queue(client.login("destek@example.com")) is not None
    assert client.read("ahmet.yilmaz", 42, ESNAF_KEY).data["durum"] == "aktif"
    client.clock.advance(seconds=1)
    assert client.run(run_due(client.world)) == 0
    assert client.read("ahmet.yilmaz", 42, ESNAF_KEY).data["durum"] == "bekliyor"
    assert client.events() == []


def test_chat_handed_to_an_absent_colleague_is_theirs_for_two_minutes(client: Client, token: str) -> None:
    client.add_member(8, 2)
    client.transfer(42, token, 8)
    client.clock.advance(seconds=120)
    client.run(run_due(client.world))
    assert client.read("ahmet.yilmaz", 42, ESNAF_KEY).data["durum"] == "aktif"
    client.clock.advance(seconds=1)
    client.run(run_due(client.world))
    assert client.read("ahmet.yilmaz", 42, ESNAF_KEY).data["durum"] == "bekliyor"


def test_chats_that_visitors_read_hold_up_no_forgotten_ones(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impl.actions.chats.AT_ONCE", 2)
    chats = {visitor: client.start_chat(visitor)["id"] for visitor in ("a1", "a2", "a3", "z9")}
    for _ in range(3):
        client.clock.advance(hours=12)
        for visitor in ("a1", "a2", "a3"):
            client.read(visitor, chats[visitor])
        client.run(run_due(client.world))
    states = {visitor: client.read(visitor, chat).data["durum"] for visitor, chat in chats.items()}
    assert states == {"a1": "bekliyor", "a2": "bekliyor", "a3": "bekliyor", "z9": "kapandi"}


@pytest.mark.parametrize("turns", range(0, 40, 2))
def test_visitor_who_comes_back_just_then_finds_the_chat_as_they_leave_it(turns: int) -> None:
    """Whoever is first, nothing fails: not the visitor's call, and not the round."""
    client = Client(YieldingStore())
    other = client.start_chat("user_42")["id"]
    client.clock.advance(hours=25)

    async def scene() -> tuple[int, str]:
        round_ = asyncio.create_task(run_due(client.world))
        for _ in range(turns):
            await asyncio.sleep(0)
        body = {"ziyaretci_id": "ahmet.yilmaz", "oturum_id": 42, "mesaj": "Orada mısınız?"}
        said = await client.send("POST", "/api/v1/widget/chat/message", key=ESNAF_KEY, body=body)
        await round_
        page = await client.poll("ahmet.yilmaz", 42, ESNAF_KEY)
        return said.status, page.data["durum"]

    assert client.run(scene()) in [(201, "bekliyor"), (409, "kapandi")]
    assert client.read("user_42", other).data["durum"] == "kapandi"
    client.close()


def test_step_that_fails_holds_no_other_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(world: object) -> int:
        raise RuntimeError("planted")

    monkeypatch.setattr(due, "STEPS", (failing, *due.STEPS))
    client.clock.advance(hours=25)
    with pytest.raises(ExceptionGroup):
        client.run(run_due(client.world))
    assert client.read("ahmet.yilmaz", 42, ESNAF_KEY).data["durum"] == "kapandi"
