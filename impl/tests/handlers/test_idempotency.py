"""`Idempotency-Key`: what is sent again is done once, and answered as the first time."""

from __future__ import annotations

import asyncio

import pytest

from impl.actions import once as keys
from impl.attempt import Attempt
from impl.due import run_due
from impl.problems import StillRunning
from impl.store.memory import MemoryStore
from impl.tests.client import DEMO_KEY, ESNAF_KEY, Client, Reply

START = "/api/v1/widget/chat/start"
SAY = "/api/v1/widget/chat/message"


def start(client: Client, visitor: str = "abc123", text: str = "Merhaba", visitor_token: str | None = None) -> Reply:
    body = {"ziyaretci_id": visitor, "mesaj": text}
    headers = {"Idempotency-Key": "k-1"}
    return client.call("POST", START, key=DEMO_KEY, body=body, headers=headers, visitor_token=visitor_token)


def say(client: Client, token: str, key: str, text: str = "Merhaba", chat_id: int = 42) -> Reply:
    path = f"/api/v1/operator/chat/{chat_id}/message"
    return client.call("POST", path, token=token, body={"mesaj": text}, headers={"Idempotency-Key": key})


def sequence(client: Client, visitor: str, chat_id: int) -> list[int]:
    return [message["sira"] for message in client.read(visitor, chat_id).data["mesajlar"]]


def test_the_same_request_again_is_answered_as_the_first_time(client: Client) -> None:
    first, again = start(client), start(client)
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    assert sequence(client, "abc123", first.data["oturum"]["id"]) == [1]


def test_without_the_key_it_is_done_again(client: Client) -> None:
    chat = start(client).data["oturum"]
    assert client.start_chat("abc123", "Merhaba")["id"] == chat["id"]
    assert sequence(client, "abc123", chat["id"]) == [1, 2]


def test_the_key_with_another_body_is_refused(client: Client) -> None:
    chat = start(client).data["oturum"]
    other = start(client, text="Başka bir şey")
    assert (other.status, other.code) == (422, "anahtar_cakismasi")
    assert sequence(client, "abc123", chat["id"]) == [1]


def test_another_visitor_or_tenant_or_operation_may_use_the_same_key(client: Client) -> None:
    chats = [start(client), start(client, visitor="user_42")]
    other_tenant = client.call(
        "POST",
        START,
        key=ESNAF_KEY,
        headers={"Idempotency-Key": "k-1", "Origin": "https://pratikesnaf.com"},
        body={"ziyaretci_id": "abc123", "mesaj": "Merhaba"},
    )
    assert len({reply.data["oturum"]["id"] for reply in (*chats, other_tenant)}) == 3
    body = {"ziyaretci_id": "abc123", "oturum_id": chats[0].data["oturum"]["id"], "mesaj": "Merhaba"}
    said = client.call("POST", SAY, key=DEMO_KEY, body=body, headers={"Idempotency-Key": "k-1"})
    assert said.data["mesaj"]["sira"] == 2


def test_two_operators_may_use_the_same_key(client: Client, token: str, colleague: str) -> None:
    client.accept(42, token)
    assert say(client, token, "k").data["mesaj"]["sira"] == 2
    client.transfer(42, token, 8)
    assert say(client, colleague, "k").data["mesaj"]["sira"] == 3


def test_the_same_key_at_another_path_is_another_request(client: Client, token: str) -> None:
    client.accept(42, token)
    other = client.start_chat("x1")["id"]
    client.accept(other, token)
    assert say(client, token, "k").status == 201
    assert say(client, token, "k", chat_id=other).code == "anahtar_cakismasi"


def test_what_was_refused_is_tried_anew(client: Client, token: str) -> None:
    assert say(client, token, "k").code == "oturum_sizde_degil"
    client.accept(42, token)
    assert say(client, token, "k").status == 201


def test_the_first_answer_is_kept_after_the_state_has_changed(client: Client) -> None:
    first = start(client)
    client.end("abc123", first.data["oturum"]["id"])
    assert start(client).body == first.body


def test_a_key_is_remembered_for_24_hours(client: Client) -> None:
    first = start(client)
    client.end("abc123", first.data["oturum"]["id"])
    client.clock.advance(hours=24, seconds=-1)
    client.run(run_due(client.world))
    assert start(client).body == first.body
    client.clock.advance(seconds=1)
    assert start(client).data["oturum"]["id"] != first.data["oturum"]["id"]


def test_old_keys_are_forgotten(client: Client) -> None:
    start(client)
    client.clock.advance(hours=24)
    client.run(run_due(client.world))
    assert len(client.store.tables.attempts) == 1  # type: ignore[attr-defined]
    client.clock.advance(seconds=1)
    client.run(run_due(client.world))
    assert len(client.store.tables.attempts) == 0  # type: ignore[attr-defined]


def test_of_many_at_once_one_is_done(crowd: Client) -> None:
    async def all_at_once() -> list[Reply]:
        body = {"ziyaretci_id": "abc123", "mesaj": "Merhaba"}
        headers = {"Idempotency-Key": "k"}
        return await asyncio.gather(
            *[crowd.send("POST", START, key=DEMO_KEY, body=body, headers=headers) for _ in range(8)]
        )

    replies = crowd.run(all_at_once())
    done = [reply for reply in replies if reply.status == 201]
    assert len({reply.body for reply in done}) == 1
    assert {reply.code for reply in replies if reply.status != 201} <= {"istek_suruyor"}
    assert sequence(crowd, "abc123", done[0].data["oturum"]["id"]) == [1]


def test_while_the_first_runs_the_second_is_told_so_and_after_its_lease_it_runs_itself(client: Client) -> None:
    attempt = Attempt(None, None, None, "op", "k", b"f")

    async def both() -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def slow() -> tuple[int, bytes]:
            begun.set()
            await go_on.wait()
            return 201, b"first"

        async def quick() -> tuple[int, bytes]:
            return 201, b"second"

        first = asyncio.create_task(keys.once(client.world, attempt, slow))
        await begun.wait()
        with pytest.raises(StillRunning):
            await keys.once(client.world, attempt, quick)
        client.clock.advance(seconds=59)
        with pytest.raises(StillRunning):
            await keys.once(client.world, attempt, quick)
        client.clock.advance(seconds=1)
        assert await keys.once(client.world, attempt, quick) == (201, b"second")
        go_on.set()
        await first

    client.run(both())


def test_in_secure_mode_the_answer_is_for_the_same_browser_only(client: Client) -> None:
    made = client.call("POST", "/api/v1/widget/init", key=DEMO_KEY, body={"ziyaretci_id": "yeni"})
    token = made.data["ziyaretci_token"]
    client.change_tenant(1, secure_mode=True)
    first = start(client, visitor="yeni", visitor_token=token)
    assert first.status == 201
    assert start(client, visitor="yeni", visitor_token=token).body == first.body
    for other in (None, "x" * 43):
        assert start(client, visitor="yeni", visitor_token=other).code == "ziyaretci_token_gerekli"


@pytest.mark.parametrize("key", ["", "a b", "ş", "x" * 129])
def test_a_key_of_another_form_is_a_field_error(client: Client, key: str) -> None:
    reply = client.call(
        "POST",
        START,
        key=DEMO_KEY,
        body={"ziyaretci_id": "abc123"},
        headers={"Idempotency-Key": key.encode().decode("latin-1")},
    )
    assert (reply.status, reply.fields) == (422, ["/Idempotency-Key"])


def test_the_answers_of_an_erased_visitor_are_erased(client: Client) -> None:
    first = start(client)
    owner = client.login("destek@example.com")
    assert client.call("DELETE", "/api/v1/operator/context/abc123?musteri_id=1", token=owner).status == 200
    again = start(client)
    assert again.data["oturum"]["id"] != first.data["oturum"]["id"]


def test_a_member_who_was_removed_is_not_told_the_first_answer(client: Client, token: str) -> None:
    client.accept(42, token)
    assert say(client, token, "k").status == 201
    assert isinstance(client.store, MemoryStore)
    tables = client.store.tables
    tables.memberships_by_operator[7] = tuple(m for m in tables.memberships_by_operator[7] if m.tenant_id != 2)
    assert say(client, token, "k").code == "bulunamadi"


def test_an_attempt_that_ran_too_long_leaves_the_next_one_alone(client: Client) -> None:
    attempt = Attempt(None, None, None, "op", "k", b"f")
    ran: list[str] = []

    async def scene() -> None:
        fail, go_on = asyncio.Event(), asyncio.Event()

        async def first() -> tuple[int, bytes]:
            await fail.wait()
            raise RuntimeError("planted")

        async def second() -> tuple[int, bytes]:
            ran.append("second")
            await go_on.wait()
            return 201, b"second"

        slow = asyncio.create_task(keys.once(client.world, attempt, first))
        await asyncio.sleep(0)
        client.clock.advance(seconds=60)
        other = asyncio.create_task(keys.once(client.world, attempt, second))
        await asyncio.sleep(0)
        fail.set()
        with pytest.raises(RuntimeError):
            await slow
        with pytest.raises(StillRunning):
            await keys.once(client.world, attempt, second)
        go_on.set()
        assert await other == (201, b"second")
        assert await keys.once(client.world, attempt, second) == (201, b"second")

    client.run(scene())
    assert ran == ["second"]
