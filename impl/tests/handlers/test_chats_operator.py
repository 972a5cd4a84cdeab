"""Chats as operators see them: the queue, messages, accept, transfer, close."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from impl.model import ChatClosed
from impl.tests.client import DEMO_KEY, ESNAF_KEY, Client, Reply

VISITOR = "ahmet.yilmaz"
FILE_ID = "Zk3v9QxT7mB2nL5rW8yA1c"


def ids(page: Any) -> list[int]:
    return [chat["id"] for chat in page["oturumlar"]]


def read(client: Client, chat: int | str, token: str, query: str = "") -> Reply:
    return client.call("GET", f"/api/v1/operator/chat/{chat}/messages{query}", token=token)


def shown(client: Client, token: str, chat: int = 42) -> Any:
    """The chat as the queue shows it now."""
    for state in ("bekliyor", "aktif", "kapandi"):
        for row in client.queue(token, durum=state, limit=100)["oturumlar"]:
            if row["id"] == chat:
                return row
    raise AssertionError(f"chat {chat} is in no queue")


# The queue


def test_the_queue_shows_the_whole_record(client: Client, token: str) -> None:
    assert client.queue(token) == {
        "oturumlar": [
            {
                "id": 42,
                "musteri_id": 2,
                "durum": "bekliyor",
                "ziyaretci_id": "ahmet.yilmaz",
                "ziyaretci_adi": "Ahmet Yilmaz",
                "ziyaretci_email": None,
                "operator_id": None,
                "operator_adi": None,
                "kanal": "web",
                "baslangic": "2026-04-12T14:30:00+03:00",
                "kabul": None,
                "bitis": None,
                "mesaj_sayisi": 1,
                "puan": None,
                "yorum": None,
            }
        ],
        "sonraki_imlec": None,
    }


def open_chats(client: Client) -> list[int]:
    """Chats of tenants 1 and 2 in turn, one each second, after chat 42; their ids, oldest first."""
    chats = [42]
    for number in range(6):
        client.clock.advance(seconds=1)
        chats.append(client.start_chat(f"v{number}", key=(DEMO_KEY, ESNAF_KEY)[number % 2])["id"])
    return chats


def test_the_longest_waiting_comes_first_over_all_tenants(client: Client, token: str) -> None:
    chats = open_chats(client)
    assert ids(client.queue(token)) == chats


def test_chats_of_the_same_second_come_in_the_order_of_their_ids(client: Client, token: str) -> None:
    chats = [42] + [client.start_chat(f"v{number}")["id"] for number in range(3)]
    assert ids(client.queue(token)) == chats


def test_an_operator_sees_only_chats_of_their_tenants(client: Client, stranger: str) -> None:
    open_chats(client)
    assert client.queue(stranger) == {"oturumlar": [], "sonraki_imlec": None}


def test_filters_choose_tenant_and_state(client: Client, token: str) -> None:
    _, first, second, third, *_ = open_chats(client)
    client.accept(first, token)
    client.close_chat(second, token)
    assert second not in ids(client.queue(token))
    assert ids(client.queue(token, durum="aktif")) == [first]
    assert ids(client.queue(token, durum="kapandi")) == [second]
    assert third in ids(client.queue(token, musteri_id=1))
    assert {chat["musteri_id"] for chat in client.queue(token, musteri_id=2)["oturumlar"]} == {2}
    assert ids(client.queue(token, musteri_id=2, durum="aktif")) == []


def test_a_chat_that_went_back_keeps_its_place(client: Client, token: str) -> None:
    chats = open_chats(client)
    client.accept(42, token)
    client.call("POST", "/api/v1/auth/logout", token=token)
    assert ids(client.queue(client.login(), durum="bekliyor")) == chats


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_follow_each_other_without_gap_or_repeat(client: Client, token: str, limit: int) -> None:
    chats = open_chats(client)
    seen: list[int] = []
    cursor: dict[str, str] = {}
    for _ in range(len(chats) + 1):
        page = client.queue(token, limit=limit, **cursor)
        assert len(page["oturumlar"]) <= limit
        seen += ids(page)
        if page["sonraki_imlec"] is None:
            break
        cursor = {"imlec": page["sonraki_imlec"]}
    assert seen == chats


def test_a_page_is_not_moved_by_what_happens_before_it(client: Client, token: str) -> None:
    chats = open_chats(client)
    page = client.queue(token, limit=3)
    client.close_chat(chats[0], token)
    client.start_chat("gec")
    assert ids(client.queue(token, limit=2, imlec=page["sonraki_imlec"])) == chats[3:5]


def test_a_full_last_page_has_no_next_one(client: Client, token: str) -> None:
    assert client.queue(token, limit=1)["sonraki_imlec"] is None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "MTc3NTk5MzQwMC40Mg",
        "0" * 25,
        "0" * 27,
        "0" * 25 + "G",
        "0" * 25 + "A",
        "0" * 10 + "8" + "0" * 15,
        "-" + "0" * 25,
        "0" * 25 + "%0A",
        "%D9%A3" * 26,
        "-" * 200,
        "%C5%9F",
    ],
)
def test_a_cursor_of_another_form_is_refused(client: Client, token: str, cursor: str) -> None:
    reply = client.call("GET", f"/api/v1/operator/chats?imlec={cursor}", token=token)
    assert reply.fields == ["/imlec"]


@pytest.mark.parametrize("cursor", ["0" * 26, "f" * 10 + "7" + "f" * 15, "f" * 10 + "0" * 16])
def test_a_cursor_that_was_never_given_out_is_a_place_in_the_list_all_the_same(
    client: Client, token: str, cursor: str
) -> None:
    assert ids(client.queue(token, imlec=cursor)) == ([42] if cursor.startswith("0") else [])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("durum=acik", "/durum"),
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("limit=1&limit=2", "/limit"),
        ("musteri_id=0", "/musteri_id"),
        ("musteri_id=iki", "/musteri_id"),
        ("durum=%FF", "/durum"),
    ],
)
def test_a_bad_filter_is_named(client: Client, token: str, query: str, field: str) -> None:
    assert client.call("GET", f"/api/v1/operator/chats?{query}", token=token).fields == [field]


@pytest.mark.parametrize("tenant_id", [3, 99, 2**63 - 1])
def test_the_queue_of_a_foreign_tenant_cannot_be_told_from_none(client: Client, token: str, tenant_id: int) -> None:
    reply = client.call("GET", f"/api/v1/operator/chats?musteri_id={tenant_id}", token=token)
    assert reply.code == "bulunamadi"


# accept


def test_accepting_makes_the_chat_the_operator_s(client: Client, token: str) -> None:
    client.clock.advance(seconds=30)
    chat = client.accept(42, token).data["oturum"]
    assert (chat["durum"], chat["operator_id"], chat["operator_adi"]) == ("aktif", 7, "Örnek Operatör")
    assert chat["kabul"] == "2026-04-12T14:30:30+03:00"
    assert shown(client, token) == chat
    assert client.events() == []


def test_the_owner_may_accept_again_and_nothing_changes(client: Client, token: str) -> None:
    first = client.accept(42, token)
    client.clock.advance(seconds=30)
    again = client.accept(42, token)
    assert (again.status, again.data) == (200, first.data)


def test_of_two_operators_at_once_exactly_one_wins(crowd: Client) -> None:
    crowd.add_member(8, 2)
    tokens = [crowd.login(), crowd.login("destek@example.com")]

    async def at_once() -> list[Reply]:
        path = "/api/v1/operator/chat/42/accept"
        return await asyncio.gather(*[crowd.send("POST", path, token=token) for token in tokens])

    won, lost = sorted(crowd.run(at_once()), key=lambda reply: reply.status)
    assert (won.status, lost.code) == (200, "oturum_baskasinda")
    assert shown(crowd, tokens[0])["operator_id"] == won.data["oturum"]["operator_id"]


def test_a_taken_chat_is_refused_and_stays(client: Client, token: str, colleague: str) -> None:
    client.accept(42, token)
    assert client.accept(42, colleague).code == "oturum_baskasinda"
    assert shown(client, token)["operator_id"] == 7


def test_a_closed_chat_cannot_be_accepted(client: Client, token: str) -> None:
    client.end(VISITOR, 42, ESNAF_KEY)
    assert client.accept(42, token).code == "oturum_kapali"


def test_an_operator_at_capacity_accepts_no_more(client: Client, token: str) -> None:
    client.add_member(7, 2, chat_limit=1)
    other = client.start_chat("yeni", key=ESNAF_KEY)["id"]
    assert client.accept(42, token).status == 200
    assert client.accept(other, token).code == "kapasite_dolu"
    assert shown(client, token, other)["durum"] == "bekliyor"
    assert client.accept(42, token).status == 200
    client.close_chat(42, token)
    assert client.accept(other, token).status == 200


def test_the_limit_of_one_tenant_does_not_count_the_chats_of_another(client: Client, token: str) -> None:
    client.add_member(7, 1, chat_limit=1)
    client.accept(42, token)
    assert client.accept(client.start_chat("yeni")["id"], token).status == 200


def test_a_limit_of_none_accepts_nothing(client: Client, token: str) -> None:
    client.add_member(7, 2, chat_limit=0)
    assert client.accept(42, token).code == "kapasite_dolu"


def test_accepting_two_chats_at_once_keeps_the_limit(crowd: Client) -> None:
    token = crowd.login()
    crowd.add_member(7, 2, chat_limit=1)
    other = crowd.start_chat("yeni", key=ESNAF_KEY)["id"]

    async def at_once() -> list[Reply]:
        paths = [f"/api/v1/operator/chat/{chat}/accept" for chat in (42, other)]
        return await asyncio.gather(*[crowd.send("POST", path, token=token) for path in paths])

    assert sorted(reply.status for reply in crowd.run(at_once())) == [200, 409]


# Messages


def test_the_operator_reads_what_the_visitor_reads(client: Client, token: str) -> None:
    client.accept(42, token)
    client.answer(42, token, "Merhaba")
    assert read(client, 42, token).data == client.read(VISITOR, 42, ESNAF_KEY).data
    assert read(client, 42, token, "?son_sira=1&limit=1").data["mesajlar"][0]["mesaj"] == "Merhaba"


def test_reading_needs_no_accepting(client: Client, token: str) -> None:
    assert read(client, 42, token).data["durum"] == "bekliyor"


def test_the_operator_s_message_carries_their_name(client: Client, token: str) -> None:
    client.accept(42, token)
    reply = client.answer(42, token, "Merhaba")
    assert reply.status == 201
    message = reply.data["mesaj"]
    assert (message["sira"], message["gonderen"], message["gonderen_adi"]) == (
        2,
        "operator",
        "Örnek Operatör",
    )
    assert shown(client, token)["mesaj_sayisi"] == 2


def test_nobody_writes_into_a_chat_that_is_not_theirs(client: Client, token: str, colleague: str) -> None:
    assert client.answer(42, token, "Merhaba").code == "oturum_sizde_degil"
    client.accept(42, token)
    assert client.answer(42, colleague, "Merhaba").code == "oturum_sizde_degil"
    assert shown(client, token)["mesaj_sayisi"] == 1


def test_a_closed_chat_takes_no_answer(client: Client, token: str) -> None:
    client.accept(42, token)
    client.close_chat(42, token)
    assert client.answer(42, token, "Merhaba").code == "oturum_kapali"


def test_an_operator_who_left_has_to_accept_again(client: Client, token: str) -> None:
    client.accept(42, token)
    client.call("POST", "/api/v1/auth/logout", token=token)
    assert client.answer(42, client.login(), "Merhaba").code == "oturum_sizde_degil"


def test_the_same_client_id_answers_the_operator_s_first_message_also_after_closing(client: Client, token: str) -> None:
    client.accept(42, token)
    first = client.answer(42, token, "bir", istemci_mesaj_id="m-1")
    again = client.answer(42, token, "iki", istemci_mesaj_id="m-1")
    client.close_chat(42, token)
    late = client.answer(42, token, "bir", istemci_mesaj_id="m-1")
    assert (first.status, again.status, late.status) == (201, 200, 200)
    assert first.data == again.data == late.data


def test_the_same_client_id_of_others_is_another_message(client: Client, token: str, colleague: str) -> None:
    client.accept(42, token)
    client.say(VISITOR, 42, "ziyaretçi", ESNAF_KEY, istemci_mesaj_id="m-1")
    assert client.answer(42, token, "yedi", istemci_mesaj_id="m-1").status == 201
    client.transfer(42, token, 8)
    assert client.answer(42, colleague, "sekiz", istemci_mesaj_id="m-1").status == 201
    texts = [message["mesaj"] for message in read(client, 42, token, "?son_sira=1").data["mesajlar"]]
    assert texts == ["ziyaretçi", "yedi", "sekiz"]


def test_neither_a_text_nor_a_file_is_refused(client: Client, token: str) -> None:
    client.accept(42, token)
    assert client.call("POST", "/api/v1/operator/chat/42/message", token=token, body={}).fields == [""]


@pytest.mark.parametrize(
    ("tenant_id", "visitor", "status"), [(2, None, 201), (1, None, 404), (2, VISITOR, 404), (3, None, 404)]
)
def test_an_operator_sends_only_files_that_operators_of_the_tenant_uploaded(
    client: Client, token: str, tenant_id: int, visitor: str | None, status: int
) -> None:
    client.accept(42, token)
    client.put_file(FILE_ID, tenant_id, visitor)
    body = {"dosya_id": FILE_ID}
    assert client.call("POST", "/api/v1/operator/chat/42/message", token=token, body=body).status == status


def test_the_operator_s_long_poll_is_woken_by_the_visitor(client: Client, token: str) -> None:
    async def work() -> Reply:
        path = "/api/v1/operator/chat/42/messages?son_sira=1&bekle=20"
        waiting = asyncio.create_task(client.send("GET", path, token=token))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        body = {"ziyaretci_id": VISITOR, "oturum_id": 42, "mesaj": "uyan"}
        await client.send("POST", "/api/v1/widget/chat/message", key=ESNAF_KEY, body=body)
        return await asyncio.wait_for(waiting, 5)

    assert [message["mesaj"] for message in client.run(work()).data["mesajlar"]] == ["uyan"]


@pytest.mark.parametrize("query", ["?bekle=26", "?limit=0", "?son_sira=-1"])
def test_a_parameter_out_of_its_range_is_refused(client: Client, token: str, query: str) -> None:
    assert read(client, 42, token, query).code == "alan_hatasi"


# transfer


def test_any_member_hands_a_chat_to_any_member(client: Client, token: str, colleague: str) -> None:
    client.accept(42, token)
    client.clock.advance(seconds=30)
    chat = client.transfer(42, colleague, 8).data["oturum"]
    assert (chat["durum"], chat["operator_id"], chat["operator_adi"]) == ("aktif", 8, "Destek Operatörü")
    assert chat["kabul"] == "2026-04-12T14:30:00+03:00"
    assert shown(client, token) == chat
    assert client.answer(42, token, "Merhaba").code == "oturum_sizde_degil"
    assert client.answer(42, colleague, "Merhaba").status == 201
    assert client.events() == []


def test_handing_over_a_waiting_chat_makes_it_active(client: Client, token: str) -> None:
    chat = client.transfer(42, token, 7).data["oturum"]
    assert (chat["durum"], chat["kabul"]) == ("aktif", "2026-04-12T14:30:00+03:00")


def test_handing_a_chat_to_its_owner_changes_nothing(client: Client, token: str) -> None:
    client.add_member(7, 2, chat_limit=1)
    before = client.accept(42, token).data
    client.clock.advance(seconds=30)
    assert client.transfer(42, token, 7).data == before


@pytest.mark.parametrize("operator_id", [8, 9, 99])
def test_who_is_no_member_gets_no_chat(client: Client, token: str, operator_id: int) -> None:
    assert client.transfer(42, token, operator_id).code == "bulunamadi"
    assert shown(client, token)["durum"] == "bekliyor"


def test_an_operator_at_capacity_gets_no_chat(client: Client, token: str, colleague: str) -> None:
    client.add_member(8, 2, chat_limit=1)
    other = client.start_chat("yeni", key=ESNAF_KEY)["id"]
    client.accept(other, colleague)
    client.accept(42, token)
    assert client.transfer(42, token, 8).code == "kapasite_dolu"
    assert shown(client, token)["operator_id"] == 7


def test_a_closed_chat_is_handed_to_nobody(client: Client, token: str) -> None:
    client.close_chat(42, token)
    assert client.transfer(42, token, 7).code == "oturum_kapali"


@pytest.mark.parametrize("operator_id", [0, "7", None, 7.5, True])
def test_an_operator_is_named_by_an_id(client: Client, token: str, operator_id: Any) -> None:
    assert client.transfer(42, token, operator_id).fields == ["/operator_id"]


# close


def test_any_member_closes_a_chat_and_it_is_told(client: Client, token: str, colleague: str) -> None:
    client.accept(42, token)
    client.answer(42, token, "Merhaba")
    client.clock.advance(minutes=2)
    chat = client.close_chat(42, colleague).data["oturum"]
    assert (chat["durum"], chat["operator_id"], chat["mesaj_sayisi"]) == ("kapandi", 7, 3)
    assert chat["bitis"] == "2026-04-12T14:32:00+03:00"
    last = read(client, 42, token).data["mesajlar"][-1]
    assert (last["sira"], last["gonderen"], last["mesaj"]) == (3, "sistem", "Sohbeti operatör kapattı.")
    assert client.events() == [ChatClosed(2, 42, "Ahmet Yilmaz", "operator", 7, 120, 3)]


def test_closing_twice_is_refused_and_told_once(client: Client, token: str) -> None:
    client.close_chat(42, token)
    assert client.close_chat(42, token).code == "oturum_kapali"
    assert len(client.events()) == 1
    assert shown(client, token)["mesaj_sayisi"] == 2


def test_of_a_visitor_and_an_operator_who_close_at_once_one_does(crowd: Client) -> None:
    token = crowd.login()

    async def at_once() -> tuple[Reply, Reply]:
        body = {"ziyaretci_id": VISITOR, "oturum_id": 42}
        return await asyncio.gather(
            crowd.send("POST", "/api/v1/operator/chat/42/close", token=token),
            crowd.send("POST", "/api/v1/widget/chat/end", key=ESNAF_KEY, body=body),
        )

    assert sorted(reply.status for reply in crowd.run(at_once())) == [200, 409]
    assert shown(crowd, token)["mesaj_sayisi"] == 2


def test_after_a_closing_and_messages_at_once_the_system_has_the_last_word(crowd: Client) -> None:
    token = crowd.login()

    async def at_once() -> list[Reply]:
        body = {"ziyaretci_id": VISITOR, "oturum_id": 42, "mesaj": "selam"}
        path = "/api/v1/widget/chat/message"
        return await asyncio.gather(
            *[crowd.send("POST", path, key=ESNAF_KEY, body=body) for _ in range(3)],
            crowd.send("POST", "/api/v1/operator/chat/42/close", token=token),
            *[crowd.send("POST", path, key=ESNAF_KEY, body=body) for _ in range(3)],
        )

    replies = crowd.run(at_once())
    assert {reply.status for reply in replies} <= {200, 201, 409}
    messages = read(crowd, 42, token).data["mesajlar"]
    assert [message["sira"] for message in messages] == list(range(1, len(messages) + 1))
    assert [message["gonderen"] for message in messages].index("sistem") == len(messages) - 1
    assert shown(crowd, token)["mesaj_sayisi"] == len(messages)


def test_an_operator_who_leaves_while_messages_come_loses_none(crowd: Client) -> None:
    token = crowd.login()
    crowd.accept(42, token)

    async def at_once() -> list[Reply]:
        body = {"ziyaretci_id": VISITOR, "oturum_id": 42, "mesaj": "selam"}
        path = "/api/v1/widget/chat/message"
        return await asyncio.gather(
            *[crowd.send("POST", path, key=ESNAF_KEY, body=body) for _ in range(3)],
            crowd.send("POST", "/api/v1/auth/logout", token=token),
            *[crowd.send("POST", path, key=ESNAF_KEY, body=body) for _ in range(3)],
        )

    assert sorted(reply.status for reply in crowd.run(at_once())) == [200] + [201] * 6
    chat = shown(crowd, crowd.login())
    assert (chat["durum"], chat["operator_id"], chat["mesaj_sayisi"]) == ("bekliyor", None, 7)


# What is not the operator's


@pytest.mark.parametrize("chat", [42, 4242, 0, -1, "abc", "4%32", 2**63, "%D9%A4%D9%A2"])
def test_a_chat_of_others_cannot_be_told_from_none(client: Client, stranger: str, chat: int | str) -> None:
    base = f"/api/v1/operator/chat/{chat}"
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/messages", None),
        ("POST", "/message", {"mesaj": "selam"}),
        ("POST", "/accept", None),
        ("POST", "/transfer", {"operator_id": 9}),
        ("POST", "/close", None),
    ]
    replies = [client.call(method, base + path, token=stranger, body=body) for method, path, body in calls]
    assert [reply.code for reply in replies] == ["bulunamadi"] * len(calls)
    assert client.events() == []


def test_token_revoked_while_its_poll_waits_reads_nothing_more(client: Client, token: str) -> None:
    async def scene() -> tuple[Reply, Reply]:
        poll = asyncio.create_task(
            client.send("GET", "/api/v1/operator/chat/42/messages?son_sira=1&bekle=5", token=token)
        )
        await asyncio.sleep(0.05)
        await client.send("POST", "/api/v1/auth/logout", token=token)
        said = await client.send(
            "POST",
            "/api/v1/widget/chat/message",
            key=ESNAF_KEY,
            body={"ziyaretci_id": "ahmet.yilmaz", "oturum_id": 42, "mesaj": "Orada mısınız?"},
        )
        return await poll, said

    poll, said = client.run(scene())
    assert said.status == 201
    assert poll.code == "token_gecersiz"
