"""The life of tickets: created and replied to by visitors, answered, solved, closed and opened again by operators."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from contract_tests.client import Answer
from contract_tests.machine.cast import Staff, Visitor
from contract_tests.machine.life import Life, Run, chosen, in_between, step
from contract_tests.machine.model import (
    NOT_THERE,
    Attempts,
    Said,
    Sayer,
    Ticket,
)

ANY = st.integers(0, 5)
TEXTS = st.sampled_from(["Yardım eder misiniz?", "Ek bilgi", "İĞDIR 👋"])
SUBJECTS = st.sampled_from(["Fatura", "Şifre", "Kargo"])
PRIORITIES = st.sampled_from([None, "dusuk", "normal", "yuksek", "acil"])
STATES = st.sampled_from(["acik", "cozuldu", "kapali", "cozuldu", "kapali", "acik", "yanitlandi"])
MOST: Final = 4
"""Tickets of an example: the fewer they are, the more happens to each."""
KEYS = st.sampled_from([None, None, "k1", "k2"])


class TicketLife(Life):
    """Tickets of several visitors, and who of the operators did what with them."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.tickets: list[Ticket] = []
        self.touched: Ticket | None = None
        self.attempts = Attempts()
        self.mark = self.visitors[0].id

    # Who

    def ticket(self, number: int) -> Ticket:
        """The newest is 0."""
        self.touched = chosen(self.tickets, number, newest_first=True)
        return self.touched

    def member(self, ticket: Ticket, number: int) -> Staff:
        """Any operator at 5, or else one for whom it is there."""
        members = [staff for staff in self.cast.staff if ticket.reached_by(staff)]
        return chosen((number < 5 and members) or self.cast.staff, number)

    def read(self, who: Sayer, path: str, **query: Any) -> Answer:
        """`ticket/7` or the list, as a visitor or an operator reads it."""
        if isinstance(who, Staff):
            return self.ask(who, "GET", path, query=query)
        tenant = who.site.tenant
        return self.client.call("GET", f"/api/v1/widget/{path}", query={"ziyaretci_id": who.id, **query}, tenant=tenant)

    def send(self, who: Sayer, path: str, body: dict[str, Any], key: str | None) -> Answer:
        """A reply of either side."""
        headers = {"Idempotency-Key": f"{self.mark}-{key}"} if key else {}
        if isinstance(who, Staff):
            return self.ask(who, "POST", path, body=body, headers=headers)
        return self.client.widget(path, who.id, who.site.tenant, **body, headers=headers)

    # Steps

    @initialize()
    def first_two(self) -> None:
        """So that there is something to do for everybody."""
        self.create_for(self.visitors[0], "Fatura", "Yardım eder misiniz?", None, None)
        self.create_for(self.visitors[1], "Fatura", "Yardım eder misiniz?", None, None)

    @precondition(lambda machine: len(machine.tickets) < MOST)
    @rule(who=ANY, subject=SUBJECTS, text=TEXTS, priority=PRIORITIES, key=KEYS)
    def create(self, who: int, subject: str, text: str, priority: str | None, key: str | None) -> None:
        self.create_for(chosen(self.visitors, who), subject, text, priority, key)

    @step
    def create_for(self, visitor: Visitor, subject: str, text: str, priority: str | None, key: str | None) -> None:
        urgency = f", {priority}" if priority else ""
        self.begin(f"visitor {visitor.told} creates a ticket “{subject}: {text}”{urgency}{_under(key)}")
        body = {"ad": visitor.name, "konu": subject, "mesaj": text} | ({"oncelik": priority} if priority else {})
        headers = {"Idempotency-Key": f"{self.mark}-{key}"} if key else {}
        answer = self.client.ticket(visitor.id, visitor.site.tenant, headers=headers, email="a@example.com", **body)
        if self.again(self.attempts.known(visitor, "create", key, body), answer):
            return
        self.refused(None, answer, 201)
        shown = answer.data["ticket"]
        ids = [ticket.id for ticket in self.tickets]
        self.must([f"an id beside {ids}"] if shown["id"] in ids else [], answer)
        ticket = Ticket(len(self.tickets) + 1, shown["id"], visitor, text, subject, priority or "normal")
        self.tickets.append(ticket)
        self.steps[-1] += f", ticket {ticket.number}"
        self.attempts.keep(visitor, "create", key, body, answer.data)
        self.must(ticket.faults(shown), answer)
        self.touched = ticket

    @rule(number=ANY, text=TEXTS, key=KEYS)
    @step
    def reply(self, number: int, text: str, key: str | None) -> None:
        ticket = self.ticket(number)
        self.begin(f"visitor {ticket.visitor.told} replies “{text}” to ticket {ticket.number}{_under(key)}")
        self.replied(ticket, ticket.visitor, text, key)

    @rule(number=ANY, who=ANY, text=TEXTS, key=KEYS)
    @step
    def answer(self, number: int, who: int, text: str, key: str | None) -> None:
        ticket = self.ticket(number)
        staff = self.member(ticket, who)
        self.begin(f"{staff.told} answers “{text}” to ticket {ticket.number}{_under(key)}")
        self.replied(ticket, staff, text, key)

    def replied(self, ticket: Ticket, who: Sayer, text: str, key: str | None) -> None:
        """Either side's reply; the key is one of this ticket's, since the contract does not say whether of others."""
        own_key = key and f"{key}-{ticket.number}"
        answer = self.send(who, f"ticket/{ticket.id}/reply", {"mesaj": text}, own_key)
        if self.again(self.attempts.known(who, "reply", own_key, text), answer):
            return
        became = ticket.reply(who, text)
        if not self.refused(became, answer, 201) and isinstance(became, Said):
            seen = answer.data["yanit"]
            expected = [(became.sender, seen["gonderen"]), (text, seen["mesaj"]), (ticket.state, answer.data["durum"])]
            self.must([str(wanted) for wanted, shown in expected if wanted != shown], answer)
            self.attempts.keep(who, "reply", own_key, text, answer.data)

    def again(self, known: Any, answer: Answer) -> bool:
        """Whether the key was used before; then the answer is the first one again, or a refusal of another body."""
        if known is None:
            return False
        if not self.refused(known, answer, 201):
            self.must([] if answer.data == known else [f"the first answer {known}"], answer)
        return True

    @rule(number=ANY, who=ANY, state=STATES)
    @step
    def put(self, number: int, who: int, state: str) -> None:
        ticket = self.ticket(number)
        staff = self.member(ticket, who)
        self.begin(f"{staff.told} puts ticket {ticket.number} to {state}")
        answer = self.ask(staff, "PUT", f"ticket/{ticket.id}/status", body={"durum": state})
        if not self.refused(ticket.put(staff, state), answer, 200):
            self.must(ticket.faults(answer.data["ticket"]), answer)

    @precondition(in_between)
    @rule(number=ANY, who=ANY, writes=st.booleans())
    @step
    def intrude(self, number: int, who: int, writes: bool) -> None:
        """A visitor tries what only another one may."""
        ticket = self.ticket(number)
        others = [visitor for visitor in self.visitors if visitor != ticket.visitor]
        visitor, path = others[who % len(others)], f"ticket/{ticket.id}"
        what = "replies to" if writes else "reads"
        self.begin(f"visitor {visitor.told} {what} ticket {ticket.number}, of visitor {ticket.visitor.told}")
        answer = self.send(visitor, f"{path}/reply", {"mesaj": "Ben de"}, None) if writes else self.read(visitor, path)
        self.refused(NOT_THERE, answer)

    @precondition(in_between)
    @rule(who=ANY)
    @step
    def list_own(self, who: int) -> None:
        visitor = chosen(self.visitors, who)
        self.begin(f"visitor {visitor.told} lists their tickets")
        answer = self.read(visitor, "ticket/list", limit=100)
        own = {ticket.id: ticket for ticket in self.tickets if ticket.visitor == visitor}
        self.listed(answer, own, answer.data["ticketlar"])

    @precondition(in_between)
    @rule(who=ANY, state=st.none() | STATES, priority=PRIORITIES)
    @step
    def look(self, who: int, state: str | None, priority: str | None) -> None:
        staff = self.somebody(who)
        query = {name: value for name, value in (("durum", state), ("oncelik", priority)) if value}
        self.begin(f"{staff.told} looks at the tickets{''.join(f', {value}' for value in query.values())}")
        answer = self.read(staff, "tickets", limit=100, **query)
        ours = {ticket.id: ticket for ticket in self.tickets}
        wanted = {
            ticket.id: ticket
            for ticket in self.tickets
            if ticket.reached_by(staff) and state in (None, ticket.state) and priority in (None, ticket.priority)
        }
        self.listed(answer, wanted, [shown for shown in answer.data["ticketlar"] if shown["id"] in ours])

    def listed(self, answer: Answer, wanted: dict[int, Ticket], seen: list[Any]) -> None:
        """Of our tickets these, each once, updated last first; a busy server may have more than fit on one page."""
        times = [shown["guncellendi"] for shown in answer.data["ticketlar"]]
        self.must(
            [] if times == sorted(times, reverse=True) else ["guncellendi in order, the last first"], answer, times
        )
        ids = sorted(shown["id"] for shown in seen)
        missing = set(wanted) - set(ids)
        whole = answer.data["sonraki_imlec"] is None or not missing
        kept = set(ids) <= set(wanted) and len(ids) == len(set(ids)) and whole
        self.must([] if kept else [f"of ours the tickets {sorted(wanted)}"], answer, ids)
        faults = [(fault, shown) for shown in seen for fault in wanted[shown["id"]].faults(shown)]
        self.must([faults[0][0]] if faults else [], answer, faults[0][1] if faults else None)

    # What holds after each step

    @invariant()
    @step
    def both_sides_see_the_ticket(self) -> None:
        ticket, self.touched = self.touched, None
        if ticket is not None:
            self.both_see(ticket)

    def both_see(self, ticket: Ticket) -> None:
        readers: list[Sayer] = [ticket.visitor, *[one for one in self.cast.staff if ticket.reached_by(one)][:1]]
        for reader in readers:
            answer = self.read(reader, f"ticket/{ticket.id}", limit=100)
            self.must(ticket.faults(answer.data["ticket"]), answer)

    @step
    def last_look(self) -> None:
        """All of them."""
        for ticket in self.tickets:
            self.both_see(ticket)

    def leave(self) -> None:
        for ticket in self.tickets:
            login = next((staff.login for staff in self.cast.staff if ticket.reached_by(staff)), None)
            self.client.leave_ticket(ticket.id, login, is_open=ticket.state != "kapali")


def _under(key: str | None) -> str:
    return f" under the key {key}" if key else ""
