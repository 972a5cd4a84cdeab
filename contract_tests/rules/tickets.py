"""The life of a ticket."""

from __future__ import annotations

from contract_tests.checks import Judge, check
from contract_tests.client import Answer


def _reply(judge: Judge, visitor: str, ticket: int) -> Answer:
    return judge.client.widget(f"ticket/{ticket}/reply", visitor, mesaj="Ek bilgi")


def _answer(judge: Judge, ticket: int) -> Answer:
    return judge.client.operator("POST", f"ticket/{ticket}/reply", body={"mesaj": "Bakıyoruz"})


def _put(judge: Judge, ticket: int, state: str) -> Answer:
    return judge.client.operator("PUT", f"ticket/{ticket}/status", body={"durum": state})


def _state(judge: Judge, ticket: int) -> Answer:
    return judge.client.operator("GET", f"ticket/{ticket}")


def _new(judge: Judge, visitor: str) -> int:
    return int(judge.client.ticket(visitor).data["ticket"]["id"])


@check("ticket.create")
def ticket_is_open_and_listed(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    first = judge.expect(client.ticket(visitor), 201)
    ticket = first.data["ticket"]
    judge.must((ticket["durum"], ticket["oncelik"]) == ("acik", "normal"), "acik, normal", first)
    second = judge.expect(client.ticket(visitor, oncelik="acil", konu="İkinci"), 201)
    judge.must(second.data["ticket"]["oncelik"] == "acil", "oncelik acil", second)
    query = {"ziyaretci_id": visitor}
    listed = client.call("GET", "/api/v1/widget/ticket/list", query=query, tenant=judge.target.tenant)
    seen = {one["id"]: one["konu"] for one in listed.data["ticketlar"]}
    expected = {ticket["id"]: "Deneme", second.data["ticket"]["id"]: "İkinci"}
    judge.must(seen == expected, str(expected), listed, seen)
    path = f"/api/v1/widget/ticket/{ticket['id']}"
    read = client.call("GET", path, query=query, tenant=judge.target.tenant)
    judge.must(read.data["ticket"]["mesaj"] == "Deneme mesajı", "the ticket's text", read)


@check("ticket.reply.operator")
def operators_reply_answers_the_ticket(judge: Judge) -> None:
    ticket = _new(judge, judge.client.visitor())
    judge.expect(_answer(judge, ticket), 201)
    seen = _state(judge, ticket)
    judge.must(seen.data["ticket"]["durum"] == "yanitlandi", "durum yanitlandi", seen)
    judge.must([r["gonderen"] for r in seen.data["ticket"]["yanitlar"]] == ["operator"], "the reply", seen)


@check("ticket.reply.visitor")
def visitors_reply_opens_the_ticket(judge: Judge) -> None:
    visitor = judge.client.visitor()
    ticket = _new(judge, visitor)
    judge.expect(_answer(judge, ticket), 201)
    judge.expect(_reply(judge, visitor, ticket), 201)
    seen = _state(judge, ticket)
    judge.must(seen.data["ticket"]["durum"] == "acik", "durum acik", seen)
    judge.expect(_put(judge, ticket, "cozuldu"), 200)
    judge.expect(_reply(judge, visitor, ticket), 201)
    seen = _state(judge, ticket)
    judge.must(seen.data["ticket"]["durum"] == "acik", "durum acik after cozuldu", seen)


@check("ticket.closed")
def closed_ticket_takes_no_reply(judge: Judge) -> None:
    visitor = judge.client.visitor()
    ticket = _new(judge, visitor)
    judge.expect(_put(judge, ticket, "kapali"), 200)
    judge.expect(_reply(judge, visitor, ticket), 409, "ticket_kapali")
    judge.expect(_answer(judge, ticket), 409, "ticket_kapali")
    seen = _state(judge, ticket)
    judge.must(seen.data["ticket"]["yanit_sayisi"] == 0, "no reply", seen)


@check("ticket.status")
def states_that_can_be_put(judge: Judge) -> None:
    ticket = _new(judge, judge.client.visitor())
    for state in ("cozuldu", "cozuldu", "kapali", "acik", "acik"):
        answer = judge.expect(_put(judge, ticket, state), 200)
        judge.must(answer.data["ticket"]["durum"] == state, f"durum {state}", answer)
    for wrong in ("yanitlandi", "bekliyor", "", None):
        answer = judge.client.operator("PUT", f"ticket/{ticket}/status", body={"durum": wrong})
        judge.expect(answer, 422, "alan_hatasi")
