"""The operator panel's numbers, canned responses and colleagues."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from impl.store.port import Tx
from impl.tests.client import DEMO_KEY, ESNAF_KEY, NOON, Client, Reply
from impl.tests.store.of_knowledge import canned
from impl.tests.store.rows import operator

NAMES = ("bekleyen", "aktif", "bugun_kapanan", "acik_ticket", "ortalama_puan", "ortalama_ilk_yanit_saniye")


def numbers(client: Client, token: str, tenant_id: int | None = None) -> tuple[Any, ...]:
    """Of a tenant, or of all."""
    data = client.call("GET", "/api/v1/operator/dashboard", token=token).data
    rows = {row["musteri_id"]: row for row in data["musteriler"]}
    row = data["toplam"] if tenant_id is None else rows[tenant_id]
    return tuple(row[name] for name in NAMES)


def rated(client: Client, token: str, visitor: str, rating: int, seconds: float, key: str = DEMO_KEY) -> None:
    """A chat that is answered after so many seconds, ended and rated."""
    chat = client.start_chat(visitor, key=key)["id"]
    client.clock.advance(seconds=seconds)
    assert client.accept(chat, token).status == 200
    assert client.answer(chat, token, "Merhaba").status == 201
    client.end(visitor, chat, key)
    assert client.rate(visitor, chat, rating, key).status == 200


def test_a_chat_is_counted_where_it_stands(client: Client, token: str) -> None:
    chat = client.start_chat("abc123")["id"]
    assert numbers(client, token, 1) == (1, 0, 0, 0, None, None)
    client.clock.advance(seconds=30)
    client.accept(chat, token)
    assert numbers(client, token, 1) == (0, 1, 0, 0, None, None)
    client.answer(chat, token, "Merhaba")
    assert numbers(client, token, 1) == (0, 1, 0, 0, None, 30)
    client.close_chat(chat, token)
    assert numbers(client, token, 1) == (0, 0, 1, 0, None, 30)
    client.rate("abc123", chat, 4)
    assert numbers(client, token, 1) == (0, 0, 1, 0, 4, 30)
    assert numbers(client, token) == (1, 0, 1, 0, 4, 30)


def test_the_first_message_of_an_operator_counts_and_no_later_one(client: Client, token: str, colleague: str) -> None:
    chat = client.start_chat("abc123")["id"]
    client.clock.advance(seconds=10)
    client.accept(chat, token)
    assert client.answer(chat, token, "Bir", istemci_mesaj_id="m1").data["mesaj"]["sira"] == 1
    client.clock.advance(seconds=10)
    client.answer(chat, token, "İki")
    client.answer(chat, token, "Bir", istemci_mesaj_id="m1")
    client.transfer(chat, token, 8)
    client.answer(chat, colleague, "Üç")
    assert numbers(client, token, 1)[-1] == 10
    assert client.say("abc123", chat, "Dört").data["mesaj"]["sira"] == 4


def test_a_refused_message_is_no_first_reply(client: Client, token: str) -> None:
    chat = client.start_chat("abc123")["id"]
    client.accept(chat, token)
    assert client.answer(chat, token, "Bir", dosya_id="Zk3v9QxT7mB2nL5rW8yA1c").status == 404
    assert numbers(client, token, 1)[-1] is None


def test_of_first_messages_at_once_one_counts(crowd: Client) -> None:
    token = crowd.login()
    chat = crowd.start_chat("abc123")["id"]
    crowd.accept(chat, token)

    async def scene() -> list[Reply]:
        path = f"/api/v1/operator/chat/{chat}/message"
        return await asyncio.gather(
            *(crowd.send("POST", path, token=token, body={"mesaj": f"{number}"}) for number in range(5))
        )

    assert sorted(reply.data["mesaj"]["sira"] for reply in crowd.run(scene())) == [1, 2, 3, 4, 5]
    numbers_of_one = crowd.change(lambda tx: tx.numbers([1], NOON.date(), NOON.date()))[0]
    assert (numbers_of_one.replies, numbers_of_one.reply_seconds) == (1, 0)


def test_means_of_all_are_over_all_and_not_means_of_means(client: Client, token: str) -> None:
    rated(client, token, "a", 5, 10)
    rated(client, token, "b", 4, 11)
    rated(client, token, "c", 4, 11)
    rated(client, token, "d", 1, 3, ESNAF_KEY)
    assert numbers(client, token, 1) == (0, 0, 3, 0, 4.33, 11)
    assert numbers(client, token, 2) == (1, 0, 1, 0, 1, 3)
    assert numbers(client, token) == (1, 0, 4, 0, 3.5, 9)


def test_days_begin_at_midnight_in_istanbul_and_thirty_count(client: Client) -> None:
    token = client.login()
    client.clock.advance(hours=9, minutes=29)
    chat = client.start_chat("a")["id"]
    client.accept(chat, token)
    client.answer(chat, token, "Merhaba")
    client.clock.advance(seconds=40)
    client.end("a", chat)
    client.clock.advance(seconds=20)
    assert numbers(client, token, 1) == (0, 0, 0, 0, None, 0)
    client.rate("a", chat, 5)
    client.clock.advance(days=28, hours=23, minutes=59, seconds=59)
    assert numbers(client, token, 1)[-2:] == (5, 0)
    client.clock.advance(seconds=1)
    token = client.login()
    assert numbers(client, token, 1)[-2:] == (5, None)
    client.clock.advance(days=1)
    assert numbers(client, token, 1)[-2:] == (None, None)


def test_tenants_come_in_tab_order(client: Client, token: str) -> None:
    def order() -> list[int]:
        data = client.call("GET", "/api/v1/operator/dashboard", token=token).data
        return [row["musteri_id"] for row in data["musteriler"]]

    assert order() == [2, 1]
    client.call("PUT", "/api/v1/operator/tenants/sira", token=token, body={"order": [1, 2]})
    assert order() == [1, 2]


def test_a_tenant_with_a_new_name_is_shown_with_it(client: Client, token: str) -> None:
    numbers(client, token)
    client.change_tenant(1, name="Yeni Ad")
    data = client.call("GET", "/api/v1/operator/dashboard", token=token).data
    assert [row["firma_adi"] for row in data["musteriler"]] == ["PratikEsnaf.Com", "Yeni Ad"]


def test_an_operator_of_no_tenant_sees_zeros(client: Client) -> None:
    hashed = client.change(lambda tx: tx.operator(7)).password_hash
    newcomer = replace(operator(20, "bos@example.com"), password_hash=hashed)
    client.change(lambda tx: tx.put_operator(newcomer))
    token = client.login("bos@example.com")
    data = client.call("GET", "/api/v1/operator/dashboard", token=token).data
    assert data == {"toplam": dict.fromkeys(NAMES[:4], 0) | dict.fromkeys(NAMES[4:]), "musteriler": []}


@pytest.mark.parametrize("path", ["dashboard", "canned-responses?limit=0", "tenants/3/operators?limit=0"])
def test_a_token_is_needed_first(client: Client, path: str) -> None:
    assert client.call("GET", f"/api/v1/operator/{path}").status == 401


# Canned responses


def responses(client: Client, token: str, **query: Any) -> Any:
    return client.call("GET", f"/api/v1/operator/canned-responses?{urlencode(query)}", token=token)


def write(client: Client, *rows: Any) -> None:
    """Put canned responses there."""

    async def work(tx: Tx) -> None:
        for row in rows:
            await tx.put_canned_response(row)

    client.change(work)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_canned_responses_are_read_in_pages(client: Client, token: str, limit: int) -> None:
    write(client, canned(6, "merhaba"), canned(7, "a-b"), canned(8, "z" * 32, 2))
    read: list[int] = []
    more: dict[str, str] = {}
    while True:
        page = responses(client, token, limit=limit, **more).data
        read += [one["id"] for one in page["hazir_yanitlar"]]
        assert len(read) <= 7
        if page["sonraki_imlec"] is None:
            break
        more = {"imlec": page["sonraki_imlec"]}
    assert read == [7, 3, 1, 4, 6, 2, 8]


def test_canned_responses_of_one_tenant(client: Client, token: str) -> None:
    assert [one["id"] for one in responses(client, token, musteri_id=2).data["hazir_yanitlar"]] == [3, 4]
    assert responses(client, token, musteri_id=3).code == "bulunamadi"
    assert responses(client, token, musteri_id=99).code == "bulunamadi"
    assert responses(client, token, musteri_id=3, limit=0).status == 422


@pytest.mark.parametrize(
    "cursor", ["x", "_" + "0" * 16, "A_" + "0" * 16, "a_" + "8" + "0" * 15, "a" * 33 + "_" + "0" * 16]
)
def test_a_broken_cursor_of_canned_responses_is_refused(client: Client, token: str, cursor: str) -> None:
    assert responses(client, token, imlec=cursor).fields == ["/imlec"]


def test_every_cursor_of_the_form_is_read(client: Client, token: str) -> None:
    shown = responses(client, token, imlec="merhaba_0000000000000001").data["hazir_yanitlar"]
    assert [one["id"] for one in shown] == [4, 2]
    assert responses(client, token, imlec="-_7fffffffffffffff").status == 200


# Colleagues


def colleagues(client: Client, token: str, tenant_id: int = 1, **query: Any) -> Any:
    return client.call("GET", f"/api/v1/operator/tenants/{tenant_id}/operators?{urlencode(query)}", token=token)


def test_colleagues_are_shown_with_what_they_have_to_do(client: Client, token: str) -> None:
    client.add_member(8, 1, chat_limit=4)
    client.change_operator(8, state="busy")
    client.accept(42, token)
    client.accept(client.start_chat("abc123")["id"], token)
    shown = colleagues(client, token).data["operatorler"]
    keys = ("id", "musteri_id", "ad", "durum", "rol", "aktif_sohbet_sayisi", "max_chat_per_tenant")
    assert [tuple(one[key] for key in keys) for one in shown] == [
        (7, 1, "Örnek Operatör", "cevrimdisi", "senior", 1, None),
        (8, 1, "Destek Operatörü", "mesgul", "sahip", 0, 4),
    ]


def test_colleagues_are_read_in_pages(client: Client, token: str) -> None:
    client.add_member(9, 1)
    first = colleagues(client, token, limit=2).data
    assert [one["id"] for one in first["operatorler"]] == [7, 8]
    assert first["sonraki_imlec"] == "0" * 10 + f"{8:016x}"
    rest = colleagues(client, token, imlec=first["sonraki_imlec"]).data
    assert ([one["id"] for one in rest["operatorler"]], rest["sonraki_imlec"]) == ([9], None)


@pytest.mark.parametrize("cursor", ["x", "0" * 25, "0" * 10 + "8" + "0" * 15, "g" * 26])
def test_a_broken_cursor_of_colleagues_is_refused(client: Client, token: str, cursor: str) -> None:
    assert colleagues(client, token, imlec=cursor).fields == ["/imlec"]


@pytest.mark.parametrize("tenant_id", [3, 99])
def test_colleagues_of_a_strange_tenant_are_not_there(client: Client, token: str, tenant_id: int) -> None:
    assert colleagues(client, token, tenant_id).code == "bulunamadi"
    assert colleagues(client, token, tenant_id, limit=0).status == 422
