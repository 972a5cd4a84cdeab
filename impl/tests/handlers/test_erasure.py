"""`erase_visitor`: everything of a visitor in one tenant goes, and nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from impl.due import run_due
from impl.model import ChatClosed, Role
from impl.tests.client import DEMO_KEY, ESNAF_KEY, Client, Reply
from impl.tests.handlers.test_browser import ERROR, PAGE, picture, tell
from impl.tests.handlers.test_customer_info import NOW
from impl.tests.handlers.test_files import FailingFiles, disk, operator_upload, stored, tables, upload

__all__ = ["disk"]


@pytest.fixture
def owner(client: Client) -> str:
    """Operator 8, owner of tenant 1, signed in."""
    return client.login("destek@example.com")


def erase(client: Client, token: str, visitor: str = "abc123", tenant: int = 1) -> Reply:
    path = f"/api/v1/operator/context/{visitor}?musteri_id={tenant}"
    return client.call("DELETE", path, token=token)


def counts(reply: Reply) -> tuple[int, int, int]:
    """How many chats, tickets and files were deleted."""
    done = reply.data["silme"]
    return done["oturum_sayisi"], done["ticket_sayisi"], done["dosya_sayisi"]


def leave_traces(client: Client, visitor: str, key: str = DEMO_KEY) -> tuple[dict[str, Any], list[str]]:
    """A closed and an open chat with a file, a page, an error, a screenshot; the open chat and the files' addresses."""
    first = client.start_chat(visitor, "Merhaba", key)
    client.end(visitor, first["id"], key)
    chat = client.start_chat(visitor, "Yine ben", key)
    file = upload(client, visitor=visitor, key=key).data["dosya"]
    client.say(visitor, chat["id"], "Ekte", key, dosya_id=file["dosya_id"])
    tell(client, "page-info", PAGE, visitor, key)
    tell(client, "error-log", ERROR, visitor, key)
    shot = tell(client, "screenshot", picture(), visitor, key).data["ekran_goruntusu"]
    return chat, [file["url"], shot["url"]]


def everything_of(client: Client, tenant_id: int, visitor_id: str) -> list[str]:
    """The tables that hold something of the visitor."""
    person = (tenant_id, visitor_id)
    found = []
    for name, table in vars(tables(client)).items():
        rows = table.values() if isinstance(table, dict) else table
        mine = any((getattr(row, "tenant_id", 0), getattr(row, "visitor_id", "")) == person for row in rows)
        if mine or (isinstance(table, dict) and person in table):
            found.append(name)
    return found


def test_everything_of_the_visitor_is_gone(client: Client, owner: str, token: str) -> None:
    chat, urls = leave_traces(client, "abc123")
    assert set(everything_of(client, 1, "abc123")) >= {"visitors", "chats", "files", "views", "errors", "shots"}
    assert counts(erase(client, owner)) == (2, 0, 2)
    assert everything_of(client, 1, "abc123") == []
    assert not [m for messages in tables(client).messages.values() for m in messages if m.chat_id == chat["id"]]
    assert client.context("abc123", token).status == 404
    assert client.read("abc123", chat["id"]).status == 404
    assert client.call("GET", f"/api/v1/operator/chat/{chat['id']}/messages", token=token).status == 404
    assert [client.call("GET", url).status for url in urls] == [404, 404]
    assert [stored(client, url.rpartition("/")[2]) for url in urls] == [None, None]
    assert not tables(client).doomed
    assert chat["id"] not in [shown["id"] for shown in client.queue(token)["oturumlar"]]
    assert erase(client, owner).status == 404


def test_others_keep_everything(client: Client, owner: str, token: str) -> None:
    """Another visitor of the tenant, and the same id in another tenant."""
    leave_traces(client, "abc123")
    kept = [leave_traces(client, "user_42"), leave_traces(client, "abc123", ESNAF_KEY)]
    before = [client.context("user_42", token).data, client.context("abc123", token, musteri_id=2).data]
    erase(client, owner)
    assert [client.context("user_42", token).data, client.context("abc123", token, musteri_id=2).data] == before
    assert [client.call("GET", url).status for _, urls in kept for url in urls] == [200] * 4


def test_open_chat_is_closed_first_and_its_end_is_told(client: Client, owner: str) -> None:
    chat = client.start_chat("abc123", "Merhaba")
    client.clock.advance(seconds=90)
    opened = client.events()
    assert counts(erase(client, owner)) == (1, 0, 0)
    assert client.events() == [*opened, ChatClosed(1, chat["id"], "Ahmet Yilmaz", "operator", None, 90, 2)]


def test_closed_chats_are_told_of_no_more(client: Client, owner: str) -> None:
    chat = client.start_chat("abc123")
    client.end("abc123", chat["id"])
    before = client.events()
    assert counts(erase(client, owner)) == (1, 0, 0)
    assert client.events() == before


def test_an_active_chat_leaves_its_operator(client: Client, owner: str, token: str) -> None:
    client.add_member(7, 1, chat_limit=1)
    client.accept(client.start_chat("abc123")["id"], token)
    erase(client, owner)
    assert client.accept(client.start_chat("user_42")["id"], token).status == 200


def test_whoever_waits_for_the_chat_learns_that_it_is_gone(client: Client, owner: str, token: str) -> None:
    chat = client.start_chat("abc123")
    path = f"/api/v1/operator/chat/{chat['id']}/messages?bekle=20"

    async def scene() -> list[int]:
        polls = [
            asyncio.create_task(client.poll("abc123", chat["id"], bekle=20)),
            asyncio.create_task(client.send("GET", path, token=token)),
        ]
        await asyncio.sleep(0.02)
        done = await client.send("DELETE", "/api/v1/operator/context/abc123?musteri_id=1", token=owner)
        async with asyncio.timeout(5):
            return [done.status, *[reply.status for reply in await asyncio.gather(*polls)]]

    assert client.run(scene()) == [200, 404, 404]


def test_files_that_operators_sent_only_to_the_visitor_go_too(client: Client, owner: str, token: str) -> None:
    chats = [client.start_chat(visitor) for visitor in ("abc123", "user_42")]
    letter, prices, unsent = (operator_upload(client, token, tenant=1).data["dosya"] for _ in range(3))
    for chat, files in zip(chats, ([letter, prices], [prices]), strict=True):
        client.accept(chat["id"], token)
        for file in files:
            body = {"dosya_id": file["dosya_id"]}
            assert (
                client.call("POST", f"/api/v1/operator/chat/{chat['id']}/message", token=token, body=body).status == 201
            )
    assert counts(erase(client, owner)) == (1, 0, 1)
    assert [client.call("GET", file["url"]).status for file in (letter, prices, unsent)] == [404, 200, 200]
    assert counts(erase(client, owner, "user_42")) == (1, 0, 1)
    assert [client.call("GET", file["url"]).status for file in (prices, unsent)] == [404, 200]


def test_tickets_are_deleted_and_counted(client: Client, owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    async def delete(tx: object, tenant_id: int, visitor_id: str) -> int:
        asked.append((tenant_id, visitor_id))
        return 3

    monkeypatch.setattr(type(tables(client)), "delete_tickets_of_visitor", delete)
    assert counts(erase(client, owner)) == (0, 3, 0)
    assert asked == [(1, "abc123")]


def test_browser_tokens_are_worth_nothing_any_more(client: Client, owner: str) -> None:
    client.change_tenant(1, secure_mode=True)
    visitor_token = client.customer_info("abc123", signed_at=NOW).data["ziyaretci_token"]
    erase(client, owner)
    reply = tell(client, "page-info", PAGE, visitor_token=visitor_token)
    assert reply.code == "ziyaretci_token_gerekli"


def test_erased_visitor_can_come_again_as_somebody_new(client: Client, owner: str, token: str) -> None:
    erase(client, owner)
    client.start_chat("abc123", "Merhaba")
    data = client.context("abc123", token).data
    assert (data["musteri"]["ad"], data["banner"], len(data["oturumlar"])) == (None, [], 1)


# Who may, and what is refused


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("senior", 403), ("junior", 403)])
def test_owner_and_manager_may(client: Client, token: str, role: Role, status: int) -> None:
    client.add_member(7, 1, role=role)
    assert erase(client, token).status == status


def test_order_of_refusals(client: Client, token: str, owner: str) -> None:
    path = "/api/v1/operator/context/abc123"
    assert client.call("DELETE", f"{path}?musteri_id=x").status == 401
    assert client.call("DELETE", path, token=owner).fields == ["/musteri_id"]
    assert client.call("DELETE", f"{path}?musteri_id=x", token=token).fields == ["/musteri_id"]
    assert erase(client, token, "kimse").code == "yetki_yok"
    assert erase(client, owner, "kimse").code == "bulunamadi"
    assert erase(client, owner, tenant=2).code == "bulunamadi"
    assert erase(client, owner, tenant=99).code == "bulunamadi"
    assert erase(client, owner, ".gizli").status == 404


def test_refused_erasure_changes_nothing(client: Client, token: str, owner: str) -> None:
    leave_traces(client, "abc123")
    before, events = client.context("abc123", token).data, client.events()
    assert [erase(client, token).status, erase(client, owner, tenant=2).status] == [403, 404]
    assert (client.context("abc123", token).data, client.events()) == (before, events)


def test_of_two_at_once_one_erases(crowd: Client) -> None:
    owner = crowd.login("destek@example.com")
    crowd.start_chat("abc123")

    async def scene() -> list[Reply]:
        path = "/api/v1/operator/context/abc123?musteri_id=1"
        return await asyncio.gather(*(crowd.send("DELETE", path, token=owner) for _ in range(3)))

    replies = crowd.run(scene())
    assert sorted(reply.status for reply in replies) == [200, 404, 404]
    assert [type(event) for event in crowd.events()].count(ChatClosed) == 1


def test_messages_sent_meanwhile_are_before_the_erasure_or_find_nothing(crowd: Client) -> None:
    owner = crowd.login("destek@example.com")
    chat = crowd.start_chat("abc123")
    body = {"ziyaretci_id": "abc123", "oturum_id": chat["id"], "mesaj": "Merhaba"}

    async def scene() -> list[int]:
        says = [crowd.send("POST", "/api/v1/widget/chat/message", key=DEMO_KEY, body=body) for _ in range(10)]
        says.insert(5, crowd.send("DELETE", "/api/v1/operator/context/abc123?musteri_id=1", token=owner))
        return [reply.status for reply in await asyncio.gather(*says)]

    assert set(crowd.run(scene())) <= {200, 201, 404}
    assert everything_of(crowd, 1, "abc123") == []
    assert not tables(crowd).messages.get(chat["id"])


def test_bytes_that_could_not_be_deleted_are_deleted_by_what_falls_due(
    client: Client, owner: str, disk: FailingFiles
) -> None:
    _, urls = leave_traces(client, "abc123")
    disk.fails_to = {"delete"}
    assert counts(erase(client, owner)) == (2, 0, 2)
    assert [client.call("GET", url).status for url in urls] == [404, 404]
    assert len(tables(client).doomed) == 2
    disk.fails_to = set()
    client.clock.advance(minutes=1)
    client.run(run_due(client.world))
    assert [stored(client, url.rpartition("/")[2]) for url in urls] == [None, None]
    assert not tables(client).doomed
