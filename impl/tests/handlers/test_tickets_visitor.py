"""Tickets as visitors see them: opening, listing, reading, replying, and who they are nobody else's business of."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from impl.model import TicketCreated, Visitor
from impl.store.port import Tx
from impl.tests.client import DEMO_KEY, ESNAF_KEY, LONELY_KEY, Client, Reply
from impl.tests.handlers.tickets import (
    CREATE,
    FILES,
    VISITOR,
    all_of,
    answer,
    ask,
    create,
    ids,
    mine,
    opened,
    put,
    read,
    show,
    texts,
)


def visitor(client: Client, visitor_id: str, tenant_id: int = 1) -> Visitor | None:
    async def work(tx: Tx) -> Visitor | None:
        return await tx.visitor(tenant_id, visitor_id)

    found: Visitor | None = client.change(work)
    return found


# Opening


def test_a_new_ticket_is_open_and_told(client: Client) -> None:
    reply = create(client, ad="Ahmet Y.", email="a@example.com", konu="İade", oncelik="acil")
    assert reply.status == 201
    assert "sonraki_imlec" not in reply.data
    assert reply.data["ticket"] == {
        "id": 1,
        "musteri_id": 1,
        "durum": "acik",
        "oncelik": "acil",
        "konu": "İade",
        "mesaj": "Faturam nerede?",
        "dosyalar": [],
        "ziyaretci_id": VISITOR,
        "ziyaretci_adi": "Ahmet Y.",
        "yanit_sayisi": 0,
        "olusturuldu": "2026-04-12T14:30:00+03:00",
        "guncellendi": "2026-04-12T14:30:00+03:00",
        "yanitlar": [],
    }
    assert client.events() == [TicketCreated(1, 1, VISITOR, "Ahmet Y.", "İade", "urgent")]


def test_name_and_email_stand_on_the_ticket_and_never_change_the_profile(client: Client, token: str) -> None:
    number = opened(client, ad="Sahte", email="sahte@example.com")
    shown = show(client, token, number).data["ticket"]
    assert (shown["ziyaretci_adi"], shown["ziyaretci_email"]) == ("Sahte", "sahte@example.com")
    profile = client.context(VISITOR, token).data["musteri"]
    assert (profile["ad"], profile["soyad"], profile["email"]) == ("Ahmet", "Yilmaz", "ahmet@example.com")


def test_without_name_and_email_those_of_the_profile_stand_there(client: Client, token: str) -> None:
    shown = show(client, token, opened(client)).data["ticket"]
    assert (shown["ziyaretci_adi"], shown["ziyaretci_email"]) == ("Ahmet Yilmaz", "ahmet@example.com")


def test_a_visitor_who_was_never_seen_becomes_one_and_has_no_name(client: Client, token: str) -> None:
    shown = show(client, token, opened(client, "yeni")).data["ticket"]
    assert (shown["ziyaretci_adi"], shown["ziyaretci_email"]) == (None, None)
    found = visitor(client, "yeni")
    assert found is not None
    assert found.last_seen_at == client.clock.timestamp()


def test_opening_and_replying_is_being_seen(client: Client) -> None:
    for call in (create, lambda c: ask(c, 1)):
        client.clock.advance(seconds=1)
        assert call(client).status == 201
        found = visitor(client, VISITOR)
        assert found is not None
        assert found.last_seen_at == client.clock.timestamp()


def test_a_visitor_has_as_many_tickets_as_they_open(client: Client) -> None:
    assert [opened(client) for _ in range(3)] == [1, 2, 3]
    assert len(client.events()) == 3


def test_the_visitor_s_own_files_are_attached_in_their_order(client: Client) -> None:
    for file_id in FILES:
        client.put_file(file_id, 1, VISITOR)
    files = create(client, dosyalar=list(FILES)).data["ticket"]["dosyalar"]
    assert [file["dosya_id"] for file in files] == list(FILES)
    assert files[0]["url"] == f"/storage/dosyalar/{FILES[0]}"
    assert read(client, 1).data["ticket"]["dosyalar"] == files


@pytest.mark.parametrize("owner", [(2, VISITOR), (1, "user_42"), (1, None), None])
def test_a_file_of_anybody_else_is_not_found_and_nothing_is_written(
    client: Client, owner: tuple[int, str | None] | None
) -> None:
    number = opened(client)
    client.put_file(FILES[0], 1, VISITOR)
    if owner:
        client.put_file(FILES[1], *owner)
    client.clock.advance(seconds=5)
    assert create(client, dosyalar=list(FILES)).code == "bulunamadi"
    assert create(client, "yeni", dosyalar=list(FILES)).code == "bulunamadi"
    assert ask(client, number, dosyalar=list(FILES)).code == "bulunamadi"
    assert ids(mine(client)) == [number]
    assert texts(read(client, number)) == []
    assert visitor(client, "yeni") is None
    assert len(client.events()) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ziyaretci_id", "a|b"),
        ("konu", ""),
        ("konu", " "),
        ("konu", "iki\nsatır"),
        ("konu", "x" * 201),
        ("mesaj", " "),
        ("mesaj", "x" * 4001),
        ("mesaj", None),
        ("ad", " "),
        ("email", "ahmet"),
        ("oncelik", "high"),
        ("oncelik", None),
        ("dosyalar", "a" * 22),
        ("dosyalar", [FILES[0], FILES[0]]),
        ("dosyalar", [f"{number:022}" for number in range(11)]),
        ("dosyalar", None),
    ],
)
def test_a_ticket_with_a_bad_field_names_it_and_opens_nothing(client: Client, field: str, value: Any) -> None:
    assert create(client, **{field: value}).fields == [f"/{field}"]
    assert (ids(mine(client)), client.events()) == ([], [])


def test_a_bad_file_id_is_named_with_its_place(client: Client) -> None:
    assert create(client, dosyalar=[FILES[0], "kisa"]).fields == ["/dosyalar/1"]


def test_missing_fields_are_named(client: Client) -> None:
    reply = client.call("POST", CREATE, key=DEMO_KEY, body={})
    assert sorted(reply.fields) == ["/konu", "/mesaj", "/ziyaretci_id"]


# Who may


def test_every_call_asks_for_the_key(client: Client) -> None:
    calls = [("POST", CREATE), ("GET", "/api/v1/widget/ticket/list"), ("GET", "/api/v1/widget/ticket/1")]
    calls.append(("POST", "/api/v1/widget/ticket/1/reply"))
    assert {client.call(method, path).code for method, path in calls} == {"anahtar_gecersiz"}


def test_the_ticket_of_another_visitor_or_tenant_cannot_be_told_from_none(client: Client, token: str) -> None:
    number = opened(client)
    put(client, token, number, "kapali")
    for who, ticket_id, key in (
        ("user_42", number, DEMO_KEY),
        (VISITOR, number, LONELY_KEY),
        (VISITOR, number, ESNAF_KEY),
        ("hic", number, DEMO_KEY),
        (VISITOR, 4242, DEMO_KEY),
    ):
        replies = [read(client, ticket_id, who, key), ask(client, ticket_id, who, key)]
        bodies = [reply.value | {"istek_id": ""} for reply in replies]
        assert [reply.code for reply in replies] == ["bulunamadi"] * 2
        assert bodies[0] == bodies[1]
        assert ids(mine(client, who, key)) == ([number] if (who, key) == (VISITOR, DEMO_KEY) else [])


@pytest.mark.parametrize("ticket_id", ["0", "-1", "abc", str(2**63)])
def test_what_is_no_id_is_not_found(client: Client, ticket_id: Any) -> None:
    assert read(client, ticket_id).code == "bulunamadi"
    assert ask(client, ticket_id).code == "bulunamadi"


def test_a_bad_field_is_told_before_a_missing_ticket(client: Client) -> None:
    assert ask(client, 4242, mesaj=" ").fields == ["/mesaj"]
    assert read(client, 4242, limit=0).fields == ["/limit"]


def test_in_secure_mode_every_call_needs_the_visitor_s_token(client: Client) -> None:
    token = client.call("POST", "/api/v1/widget/init", key=DEMO_KEY, body={"ziyaretci_id": "yeni"}).data[
        "ziyaretci_token"
    ]
    number = opened(client, "yeni")
    client.change_tenant(1, secure_mode=True)
    for sent in (None, token[::-1]):
        refused = [call(client, "yeni", visitor_token=sent) for call in (create, mine)]
        refused += [call(client, number, "yeni", visitor_token=sent) for call in (read, ask)]
        assert [reply.code for reply in refused] == ["ziyaretci_token_gerekli"] * 4
    assert create(client, "hic").code == "ziyaretci_token_gerekli"
    assert visitor(client, "hic") is None
    assert ids(mine(client, "yeni", visitor_token=token)) == [number]
    assert read(client, number, "yeni", visitor_token=token).status == 200
    assert ask(client, number, "yeni", visitor_token=token).status == 201
    assert create(client, "yeni", visitor_token=token).status == 201


def test_a_tenant_whose_trial_is_over_opens_nothing_but_reads(client: Client, token: str) -> None:
    number = opened(client)
    client.change_tenant(1, trial_ends_at=client.clock.now())
    assert create(client).code == "deneme_suresi_doldu"
    assert ask(client, number).code == "deneme_suresi_doldu"
    assert (ids(mine(client)), read(client, number).status) == ([number], 200)
    assert answer(client, token, number).status == 201
    assert put(client, token, number, "cozuldu").status == 200


# Replying


def test_a_reply_of_the_visitor_is_added_and_opens_the_ticket_again(client: Client, token: str) -> None:
    client.put_file(FILES[0], 1, VISITOR)
    number = opened(client)
    answer(client, token, number)
    client.clock.advance(minutes=5)
    reply = ask(client, number, mesaj="Olmadı", dosyalar=[FILES[0]])
    assert (reply.status, reply.data["durum"]) == (201, "acik")
    said = reply.data["yanit"]
    assert [file["dosya_id"] for file in said.pop("dosyalar")] == [FILES[0]]
    assert said == {
        "id": 2,
        "ticket_id": number,
        "gonderen": "ziyaretci",
        "gonderen_adi": "Ahmet Yilmaz",
        "mesaj": "Olmadı",
        "zaman": "2026-04-12T14:35:00+03:00",
    }
    shown = read(client, number).data["ticket"]
    assert (shown["durum"], shown["yanit_sayisi"], shown["guncellendi"]) == ("acik", 2, "2026-04-12T14:35:00+03:00")
    assert shown["olusturuldu"] == "2026-04-12T14:30:00+03:00"
    assert len(client.events()) == 1


def test_a_closed_ticket_takes_no_reply_but_is_read(client: Client, token: str) -> None:
    number = opened(client)
    put(client, token, number, "kapali")
    client.clock.advance(seconds=9)
    before = read(client, number).data
    assert (ask(client, number).status, ask(client, number).code) == (409, "ticket_kapali")
    assert read(client, number).data == before


def test_a_missing_file_is_told_before_the_closed_ticket(client: Client, token: str) -> None:
    number = opened(client)
    put(client, token, number, "kapali")
    assert ask(client, number, dosyalar=[FILES[0]]).status == 404
    assert answer(client, token, number, dosyalar=[FILES[0]]).status == 404


def test_replies_at_once_of_both_sides_leave_no_gap(crowd: Client) -> None:
    token = crowd.login()
    number = opened(crowd)

    async def all_at_once() -> list[Reply]:
        ours, theirs = f"/api/v1/widget/ticket/{number}/reply", f"/api/v1/operator/ticket/{number}/reply"
        return await asyncio.gather(
            *[
                crowd.send("POST", ours, key=DEMO_KEY, body={"ziyaretci_id": VISITOR, "mesaj": f"z{n}"})
                for n in range(8)
            ],
            *[crowd.send("POST", theirs, token=token, body={"mesaj": f"o{n}"}) for n in range(8)],
        )

    replies = crowd.run(all_at_once())
    assert {reply.status for reply in replies} == {201}
    shown = read(crowd, number)
    assert shown.data["ticket"]["yanit_sayisi"] == 16
    assert sorted(texts(shown)) == sorted([f"{side}{n}" for side in "zo" for n in range(8)])
    in_order = sorted(replies, key=lambda reply: int(reply.data["yanit"]["id"]))
    assert texts(shown) == [reply.data["yanit"]["mesaj"] for reply in in_order]
    assert shown.data["ticket"]["durum"] == in_order[-1].data["durum"]


def test_of_a_reply_and_a_closing_at_once_none_is_half_done(crowd: Client) -> None:
    token = crowd.login()
    number = opened(crowd)

    async def at_once() -> list[Reply]:
        path = f"/api/v1/widget/ticket/{number}/reply"
        closing = crowd.send("PUT", f"/api/v1/operator/ticket/{number}/status", token=token, body={"durum": "kapali"})
        body = {"ziyaretci_id": VISITOR, "mesaj": "bir"}
        return await asyncio.gather(
            *[crowd.send("POST", path, key=DEMO_KEY, body=body) for _ in range(2)],
            closing,
            *[crowd.send("POST", path, key=DEMO_KEY, body=body) for _ in range(2)],
        )

    statuses = [reply.status for reply in crowd.run(at_once())]
    shown = read(crowd, number).data["ticket"]
    assert shown["yanit_sayisi"] == statuses.count(201) == len(shown["yanitlar"])
    assert shown["durum"] == "kapali"
    assert statuses.count(409) == 4 - statuses.count(201)


# Reading


def test_the_list_shows_what_was_updated_last_first_and_no_texts(client: Client, token: str) -> None:
    numbers = [opened(client, konu=f"{n}") for n in range(4)]
    assert ids(mine(client)) == numbers[::-1]
    client.clock.advance(seconds=1)
    answer(client, token, numbers[1])
    page = mine(client)
    assert ids(page) == [2, 4, 3, 1]
    assert page.data["sonraki_imlec"] is None
    assert set(page.data["ticketlar"][0]) == {
        "id",
        "musteri_id",
        "durum",
        "oncelik",
        "konu",
        "ziyaretci_id",
        "ziyaretci_adi",
        "yanit_sayisi",
        "olusturuldu",
        "guncellendi",
    }
    assert (page.data["ticketlar"][0]["durum"], page.data["ticketlar"][0]["yanit_sayisi"]) == ("yanitlandi", 1)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_the_list_follow_each_other_without_gap_or_repeat(client: Client, limit: int) -> None:
    numbers = []
    for n in range(7):
        numbers.append(opened(client))
        client.clock.advance(seconds=n % 2)
    seen: list[int] = []
    page = mine(client, limit=limit)
    for _ in range(8):
        seen += ids(page)
        if page.data["sonraki_imlec"] is None:
            break
        assert len(ids(page)) == limit
        page = mine(client, limit=limit, imlec=page.data["sonraki_imlec"])
    assert seen == numbers[::-1]


def test_without_a_limit_twenty_come(client: Client) -> None:
    numbers = [opened(client) for _ in range(21)]
    page = mine(client)
    assert ids(page) == numbers[:0:-1]
    assert ids(mine(client, imlec=page.data["sonraki_imlec"])) == [numbers[0]]


def test_a_ticket_updated_between_two_pages_loses_none_of_those_behind(client: Client) -> None:
    numbers = [opened(client) for _ in range(5)]
    first = mine(client, limit=2)
    client.clock.advance(seconds=1)
    ask(client, numbers[3])
    ask(client, numbers[1])
    assert ids(mine(client, limit=9, imlec=first.data["sonraki_imlec"])) == [numbers[2], numbers[0]]
    assert ids(mine(client, limit=2)) == [numbers[3], numbers[1]]


def test_replies_are_read_oldest_first_in_pages(client: Client) -> None:
    number = opened(client)
    for n in range(1, 6):
        ask(client, number, mesaj=f"{n}")
    assert texts(read(client, number)) == ["1", "2", "3", "4", "5"]
    page = read(client, number, limit=2)
    assert (texts(page), page.data["ticket"]["yanit_sayisi"]) == (["1", "2"], 5)
    page = read(client, number, limit=2, imlec=page.data["sonraki_imlec"])
    ask(client, number, mesaj="6")
    assert texts(page) == ["3", "4"]
    page = read(client, number, limit=2, imlec=page.data["sonraki_imlec"])
    assert (texts(page), page.data["sonraki_imlec"]) == (["5", "6"], None)


def test_an_unanswered_ticket_has_no_further_replies(client: Client) -> None:
    page = read(client, opened(client))
    assert (texts(page), page.data["sonraki_imlec"]) == ([], None)


@pytest.mark.parametrize("cursor", ["", "x", "0" * 25, "0" * 27, "0" * 25 + "A", "0" * 10 + "8" + "0" * 15])
def test_a_cursor_of_another_form_is_refused(client: Client, token: str, cursor: str) -> None:
    number = opened(client)
    calls = [mine(client, imlec=cursor), read(client, number, imlec=cursor)]
    calls += [all_of(client, token, imlec=cursor), show(client, token, number, imlec=cursor)]
    assert [reply.fields for reply in calls] == [["/imlec"]] * 4


@pytest.mark.parametrize("cursor", ["0" * 26, "f" * 10 + "7" + "f" * 15])
def test_any_cursor_of_the_form_is_a_place_in_the_list(client: Client, token: str, cursor: str) -> None:
    number = opened(client)
    ask(client, number)
    at_start, at_end = ([number], []) if cursor.startswith("f") else ([], ["Ek bilgi"])
    assert ids(mine(client, imlec=cursor)) == ids(all_of(client, token, imlec=cursor)) == at_start
    assert texts(read(client, number, imlec=cursor)) == texts(show(client, token, number, imlec=cursor)) == at_end
