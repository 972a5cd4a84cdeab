"""Tickets as operators see them: one list over their tenants, replies, states, and what is told of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from impl.model import TicketSolved
from impl.tests.client import DEMO_KEY, ESNAF_KEY, LONELY_KEY, Client, Reply
from impl.tests.handlers.tickets import (
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


def solved(client: Client) -> list[TicketSolved]:
    """The events of solved tickets."""
    return [event for event in client.events() if isinstance(event, TicketSolved)]


# The list


def test_tickets_of_all_the_operator_s_tenants_come_updated_last_first(client: Client, token: str) -> None:
    first = opened(client)
    second = opened(client, key=ESNAF_KEY)
    opened(client, key=LONELY_KEY)
    client.clock.advance(seconds=1)
    ask(client, first)
    page = all_of(client, token)
    assert ids(page) == [first, second]
    assert [ticket["musteri_id"] for ticket in page.data["ticketlar"]] == [1, 2]
    assert page.data["sonraki_imlec"] is None


def test_a_record_of_the_list_shows_name_email_and_operator(client: Client, token: str) -> None:
    number = opened(client, oncelik="dusuk")
    answer(client, token, number)
    assert all_of(client, token).data["ticketlar"] == [
        {
            "id": number,
            "musteri_id": 1,
            "durum": "yanitlandi",
            "oncelik": "dusuk",
            "konu": "Fatura",
            "ziyaretci_id": VISITOR,
            "ziyaretci_adi": "Ahmet Yilmaz",
            "ziyaretci_email": "ahmet@example.com",
            "operator_id": 7,
            "operator_adi": "Örnek Operatör",
            "yanit_sayisi": 1,
            "olusturuldu": "2026-04-12T14:30:00+03:00",
            "guncellendi": "2026-04-12T14:30:00+03:00",
            "cozum": None,
        }
    ]


def test_muted_tenants_are_in_the_list(client: Client, token: str) -> None:
    number = opened(client)
    client.call("PUT", "/api/v1/operator/tenants/1/sessize", token=token, body={"sessize": True})
    assert ids(all_of(client, token)) == [number]


def test_state_priority_and_tenant_choose(client: Client, token: str) -> None:
    urgent = opened(client, oncelik="acil")
    done = opened(client, oncelik="acil")
    other = opened(client, key=ESNAF_KEY)
    put(client, token, done, "cozuldu")
    assert ids(all_of(client, token, durum="acik")) == [other, urgent]
    assert ids(all_of(client, token, oncelik="acil")) == [done, urgent]
    assert ids(all_of(client, token, durum="cozuldu", oncelik="acil")) == [done]
    assert ids(all_of(client, token, musteri_id=2)) == [other]
    assert ids(all_of(client, token, musteri_id=2, oncelik="acil")) == []
    assert ids(all_of(client, token, durum="kapali")) == []
    assert ids(all_of(client, token)) == [other, done, urgent]


def test_a_tenant_that_is_not_the_operator_s_is_not_found(client: Client, token: str) -> None:
    opened(client, key=LONELY_KEY)
    assert all_of(client, token, musteri_id=3).code == "bulunamadi"
    assert all_of(client, token, musteri_id=4242).code == "bulunamadi"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"durum": "open"}, "/durum"),
        ({"durum": ""}, "/durum"),
        ({"oncelik": "high"}, "/oncelik"),
        ({"musteri_id": 0}, "/musteri_id"),
        ({"limit": 101}, "/limit"),
        ({"musteri_id": 3, "limit": 0}, "/limit"),
    ],
)
def test_a_filter_out_of_its_range_is_named(client: Client, token: str, query: dict[str, Any], field: str) -> None:
    assert all_of(client, token, **query).fields == [field]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_follow_each_other_without_gap_or_repeat(client: Client, token: str, limit: int) -> None:
    numbers = []
    for n in range(9):
        numbers.append(opened(client, key=(DEMO_KEY, ESNAF_KEY)[n % 2]))
        client.clock.advance(seconds=n % 3 // 2)
    seen: list[int] = []
    page = all_of(client, token, limit=limit)
    for _ in range(10):
        seen += ids(page)
        if page.data["sonraki_imlec"] is None:
            break
        assert len(ids(page)) == limit
        page = all_of(client, token, limit=limit, imlec=page.data["sonraki_imlec"])
    assert seen == numbers[::-1]


def test_a_ticket_updated_between_two_pages_loses_none_of_those_behind(client: Client, token: str) -> None:
    numbers = [opened(client) for _ in range(5)]
    first = all_of(client, token, limit=2)
    client.clock.advance(seconds=1)
    answer(client, token, numbers[1])
    assert ids(all_of(client, token, imlec=first.data["sonraki_imlec"])) == [numbers[2], numbers[0]]
    assert ids(all_of(client, token, limit=1)) == [numbers[1]]


# One ticket


def test_an_operator_reads_the_ticket_with_its_replies(client: Client, token: str) -> None:
    number = opened(client)
    answer(client, token, number, mesaj="bir")
    ask(client, number, mesaj="iki")
    shown = show(client, token, number)
    assert texts(shown) == ["bir", "iki"]
    assert [said["gonderen"] for said in shown.data["ticket"]["yanitlar"]] == ["operator", "ziyaretci"]
    assert shown.data["sonraki_imlec"] is None
    page = show(client, token, number, limit=1)
    assert texts(show(client, token, number, imlec=page.data["sonraki_imlec"])) == ["iki"]


def test_a_ticket_of_another_tenant_cannot_be_told_from_none(client: Client, token: str) -> None:
    number = opened(client, key=LONELY_KEY)
    before = read(client, number, key=LONELY_KEY).data
    for ticket_id in (number, 4242):
        calls = [show(client, token, ticket_id), answer(client, token, ticket_id)]
        calls.append(put(client, token, ticket_id, "cozuldu"))
        assert [reply.code for reply in calls] == ["bulunamadi"] * 3
    assert read(client, number, key=LONELY_KEY).data == before
    assert solved(client) == []


def test_every_call_asks_for_the_token(client: Client) -> None:
    opened(client)
    calls = [
        ("GET", "/api/v1/operator/tickets"),
        ("GET", "/api/v1/operator/ticket/1"),
        ("POST", "/api/v1/operator/ticket/1/reply"),
        ("PUT", "/api/v1/operator/ticket/1/status"),
    ]
    assert {client.call(method, path, key=DEMO_KEY).code for method, path in calls} == {"token_gecersiz"}


def test_a_bad_field_is_told_before_a_missing_ticket(client: Client, token: str) -> None:
    assert answer(client, token, 4242, mesaj="").fields == ["/mesaj"]
    assert put(client, token, 4242, "acikk").fields == ["/durum"]
    assert show(client, token, 4242, limit=0).fields == ["/limit"]


# Replying


def test_an_operator_s_reply_answers_the_ticket(client: Client, token: str) -> None:
    number = opened(client)
    client.put_file(FILES[0], 1, None)
    client.clock.advance(minutes=1)
    reply = answer(client, token, number, dosyalar=[FILES[0]])
    assert (reply.status, reply.data["durum"]) == (201, "yanitlandi")
    said = reply.data["yanit"]
    assert (said["gonderen"], said["gonderen_adi"], said["zaman"]) == (
        "operator",
        "Örnek Operatör",
        "2026-04-12T14:31:00+03:00",
    )
    assert [file["dosya_id"] for file in said["dosyalar"]] == [FILES[0]]
    assert read(client, number).data["ticket"]["yanitlar"] == [said]
    shown = show(client, token, number).data["ticket"]
    assert (shown["durum"], shown["operator_id"], shown["guncellendi"]) == ("yanitlandi", 7, said["zaman"])
    assert len(client.events()) == 1


def test_the_operator_of_a_ticket_is_the_last_who_did_something(client: Client, token: str, colleague: str) -> None:
    number = opened(client)
    answer(client, token, number)
    answer(client, colleague, number)
    assert show(client, token, number).data["ticket"]["operator_id"] == 8
    put(client, token, number, "kapali")
    assert show(client, token, number).data["ticket"]["operator_adi"] == "Örnek Operatör"
    put(client, colleague, number, "kapali")
    assert show(client, token, number).data["ticket"]["operator_id"] == 7
    put(client, colleague, number, "acik")
    ask(client, number)
    assert show(client, token, number).data["ticket"]["operator_id"] == 8


@pytest.mark.parametrize("owner", [(1, VISITOR), (2, None), None])
def test_a_file_that_no_operator_of_the_tenant_uploaded_is_not_found(
    client: Client, token: str, owner: tuple[int, str | None] | None
) -> None:
    number = opened(client)
    if owner:
        client.put_file(FILES[0], *owner)
    client.clock.advance(seconds=5)
    before = show(client, token, number).data
    assert answer(client, token, number, dosyalar=[FILES[0]]).code == "bulunamadi"
    assert show(client, token, number).data == before


def test_a_closed_ticket_takes_no_reply_and_stays_as_it_is(client: Client, token: str, colleague: str) -> None:
    number = opened(client)
    put(client, token, number, "kapali")
    client.clock.advance(seconds=5)
    before = show(client, token, number).data
    refused = answer(client, colleague, number)
    assert (refused.status, refused.code) == (409, "ticket_kapali")
    assert show(client, token, number).data == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("mesaj", " "), ("mesaj", "x" * 4001), ("dosyalar", ["kisa"]), ("dosyalar", [FILES[0]] * 2)],
)
def test_a_reply_with_a_bad_field_names_it(client: Client, token: str, field: str, value: Any) -> None:
    number = opened(client)
    (named,) = answer(client, token, number, **{field: value}).fields
    assert named.startswith(f"/{field}")
    assert ask(client, number, **{field: value}).fields == [named]
    assert texts(show(client, token, number)) == []


# States


def test_a_solved_ticket_says_when_and_is_told(client: Client, token: str) -> None:
    number = opened(client)
    client.clock.advance(hours=1, seconds=1)
    reply = put(client, token, number, "cozuldu")
    assert reply.status == 200
    ticket = reply.data["ticket"]
    assert (ticket["durum"], ticket["operator_id"]) == ("cozuldu", 7)
    assert ticket["cozum"] == ticket["guncellendi"] == "2026-04-12T15:30:01+03:00"
    assert solved(client) == [TicketSolved(1, number, "Fatura", 7, 3601)]
    assert all_of(client, token).data["ticketlar"] == [ticket]


@pytest.mark.parametrize("state", ["acik", "cozuldu", "kapali"])
def test_the_same_state_again_changes_nothing(client: Client, token: str, colleague: str, state: str) -> None:
    number = opened(client)
    put(client, token, number, state)
    events = client.events()
    before = show(client, token, number).data
    client.clock.advance(seconds=5)
    reply = put(client, colleague, number, state)
    assert reply.status == 200
    assert reply.data["ticket"]["guncellendi"] == "2026-04-12T14:30:00+03:00"
    assert show(client, token, number).data == before
    assert client.events() == events


@pytest.mark.parametrize("before", ["acik", "yanitlandi", "cozuldu", "kapali"])
@pytest.mark.parametrize("after", ["acik", "cozuldu", "kapali"])
def test_any_state_becomes_open_solved_or_closed(client: Client, token: str, before: str, after: str) -> None:
    number = opened(client)
    if before == "yanitlandi":
        answer(client, token, number)
    elif before != "acik":
        put(client, token, number, before)
    told = len(solved(client))
    client.clock.advance(seconds=5)
    ticket = put(client, token, number, after).data["ticket"]
    assert ticket["durum"] == after
    assert len(solved(client)) - told == (after == "cozuldu" and before != "cozuldu")
    assert (ticket["guncellendi"] == ticket["olusturuldu"]) == (before == after)
    assert ids(all_of(client, token, durum=after)) == [number]
    assert mine(client).data["ticketlar"][0]["durum"] == after


@pytest.mark.parametrize("state", ["yanitlandi", "open", "", None, 1])
def test_answered_is_only_reached_by_a_reply(client: Client, token: str, state: Any) -> None:
    number = opened(client)
    assert put(client, token, number, state).fields == ["/durum"]
    assert show(client, token, number).data["ticket"]["durum"] == "acik"


def test_a_ticket_solved_again_is_told_again_from_its_creation(client: Client, token: str) -> None:
    number = opened(client)
    for _ in range(2):
        client.clock.advance(seconds=10)
        put(client, token, number, "cozuldu")
        assert ask(client, number).data["durum"] == "acik"
    assert [event.seconds for event in solved(client)] == [10, 20]


def test_the_time_of_the_solution_goes_when_the_ticket_opens_and_stays_when_it_closes(
    client: Client, token: str
) -> None:
    number = opened(client)

    def solution() -> Any:
        return show(client, token, number).data["ticket"]["cozum"]

    put(client, token, number, "cozuldu")
    ask(client, number)
    assert solution() is None
    put(client, token, number, "cozuldu")
    answer(client, token, number)
    assert solution() is None
    put(client, token, number, "cozuldu")
    client.clock.advance(seconds=5)
    put(client, token, number, "kapali")
    assert solution() == "2026-04-12T14:30:00+03:00"
    put(client, token, number, "acik")
    assert solution() is None
    put(client, token, number, "kapali")
    assert solution() is None


def test_of_solutions_at_once_one_is_told(crowd: Client) -> None:
    token = crowd.login()
    number = opened(crowd)

    async def at_once() -> list[Reply]:
        path = f"/api/v1/operator/ticket/{number}/status"
        return await asyncio.gather(
            *[crowd.send("PUT", path, token=token, body={"durum": "cozuldu"}) for _ in range(5)]
        )

    assert {reply.status for reply in crowd.run(at_once())} == {200}
    assert len(solved(crowd)) == 1


# Context


def test_the_context_shows_the_visitor_s_twenty_tickets_updated_last(client: Client, token: str) -> None:
    numbers = [opened(client) for _ in range(22)]
    opened(client, "user_42")
    client.clock.advance(seconds=1)
    put(client, token, numbers[0], "cozuldu")
    shown = client.context(VISITOR, token).data["ticketlar"]
    assert [ticket["id"] for ticket in shown] == [numbers[0], *numbers[:2:-1]]
    assert shown[0] == all_of(client, token).data["ticketlar"][0]


def test_the_context_shows_the_tickets_of_the_chosen_tenant_only(client: Client, token: str) -> None:
    here = opened(client)
    there = create(client, key=ESNAF_KEY).data["ticket"]["id"]
    for tenant_id, number in ((1, here), (2, there)):
        shown = client.context(VISITOR, token, musteri_id=tenant_id).data["ticketlar"]
        assert [ticket["id"] for ticket in shown] == [number]
