"""Chats that open, are accepted, change hands and close, and the queue of those that do not: against the model."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from contract_tests.client import Answer
from contract_tests.machine.cast import Staff, Visitor
from contract_tests.machine.life import Life, Run, chosen, step
from contract_tests.machine.model import Chat, Refusal, Reply, Sayer

ANY = st.integers(0, 5)
"""Which chat, visitor or operator."""
TEXTS = st.sampled_from(["Merhaba", "Orada mısınız?", "Teşekkürler 👋", "Bir dakika lütfen", "Fatura, İĞDIR"])


class QueueLife(Life):
    """Chats from their opening to their closing, and who has them."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.chats: list[Chat] = []
        self.touched: Chat | None = None
        self.is_moved = False
        """Whether the queue may have changed."""

    # Who

    def chat(self, number: int) -> Chat:
        """Any of them at 5, or else one of those that are open; the newest is 0."""
        still_open = [chat for chat in self.chats if chat.state != "kapandi"]
        self.touched = chosen((number < 5 and still_open) or self.chats, number, newest_first=True)
        return self.touched

    def member(self, chat: Chat, number: int) -> Staff:
        """Any operator at 5, or else one for whom it is there."""
        members = [staff for staff in self.cast.staff if chat.reached_by(staff)]
        return chosen((number < 5 and members) or self.cast.staff, number)

    def taker(self, chat: Chat, number: int) -> Staff:
        """As `member`, of those who can take any number of chats."""
        members = [staff for staff in self.cast.takers if chat.reached_by(staff)]
        return chosen((number < 5 and members) or self.cast.takers, number)

    def open_chat_of(self, visitor: Visitor) -> Chat | None:
        return next((chat for chat in self.chats if chat.visitor == visitor and chat.state != "kapandi"), None)

    def tell(self, visitor: Visitor, path: str, **body: Any) -> Answer:
        return self.client.widget(path, visitor.id, visitor.site.tenant, **body)

    def read(self, chat: Chat, who: Sayer, **query: int) -> Answer:
        if isinstance(who, Staff):
            return self.ask(who, "GET", f"chat/{chat.id}/messages", query=query)
        return self.client.read(who.id, chat.id, who.site.tenant, **query)

    # Steps

    @initialize()
    def first_two(self) -> None:
        """So that there is something to do for everybody."""
        self.open_for(self.visitors[0], None)
        self.open_for(self.visitors[1], None)

    @rule(who=ANY, text=st.none() | TEXTS)
    def open(self, who: int, text: str | None) -> None:
        self.open_for(chosen(self.visitors, who), text)

    @step
    def open_for(self, visitor: Visitor, text: str | None) -> None:
        said = f", saying “{text}”" if text else ""
        self.begin(f"visitor {visitor.told} opens a chat{said}")
        body = {"ad": visitor.name} | ({"mesaj": text} if text else {})
        answer = self.client.start_chat(visitor.id, visitor.site.tenant, **body)
        chat = self.open_chat_of(visitor)
        self.refused(None, answer, 200 if chat else 201)
        shown = answer.data["oturum"]
        if chat is None:
            known = [one.id for one in self.chats]
            self.must([f"an id beside {known}"] if shown["id"] in known else [], answer)
            chat = Chat(len(self.chats) + 1, shown["id"], visitor)
            self.chats.append(chat)
            self.steps[-1] += f", chat {chat.number}"
        became = chat.say(visitor, text, None) if text else None
        faults = chat.faults(shown)
        if isinstance(became, Reply):
            faults += became.said.faults(answer.data["mesaj"])
        elif answer.data["mesaj"] is not None:
            faults.append("mesaj None")
        self.must(faults, answer)
        self.touched, self.is_moved = chat, True

    @precondition(lambda machine: machine.cast.takers)
    @rule(number=ANY, who=ANY)
    @step
    def accept(self, number: int, who: int) -> None:
        chat = self.chat(number)
        staff = self.taker(chat, who)
        self.begin(f"{staff.told} accepts chat {chat.number}")
        answer = self.ask(staff, "POST", f"chat/{chat.id}/accept")
        self.changed(chat, chat.accept(staff), answer)

    @precondition(lambda machine: machine.cast.takers)
    @rule(number=ANY, who=ANY, to=ANY)
    @step
    def transfer(self, number: int, who: int, to: int) -> None:
        chat = self.chat(number)
        staff, target = self.member(chat, who), self.taker(chat, to)
        self.begin(f"{staff.told} hands chat {chat.number} to {target.told}")
        answer = self.ask(staff, "POST", f"chat/{chat.id}/transfer", body={"operator_id": target.id})
        self.changed(chat, chat.transfer(staff, target), answer)

    @rule(number=ANY)
    @step
    def end(self, number: int) -> None:
        chat = self.chat(number)
        self.begin(f"visitor {chat.visitor.told} closes chat {chat.number}")
        answer = self.tell(chat.visitor, "chat/end", oturum_id=chat.id)
        self.changed(chat, chat.close(chat.visitor), answer)

    @rule(number=ANY, who=ANY)
    @step
    def close(self, number: int, who: int) -> None:
        chat = self.chat(number)
        staff = self.member(chat, who)
        self.begin(f"{staff.told} closes chat {chat.number}")
        answer = self.ask(staff, "POST", f"chat/{chat.id}/close")
        self.changed(chat, chat.close(staff), answer)

    def changed(self, chat: Chat, became: Refusal | None, answer: Answer) -> None:
        """A change was answered with the chat as it is then."""
        self.is_moved = True
        if not self.refused(became, answer, 200):
            self.must(chat.faults(answer.data["oturum"]), answer)

    # What holds after each step

    @invariant()
    @step
    def both_sides_read_the_same(self) -> None:
        """The visitor reads what the model says; in turns, an operator reads the same, or the widget opens anew."""
        chat, self.touched = self.touched, None
        if chat is None:
            return
        visitors = self.read(chat, chat.visitor, limit=100)
        self.must(message_faults(chat, visitors), visitors)
        staff = next((one for one in self.cast.staff if chat.reached_by(one)), None)
        if staff and len(self.steps) % 2:
            operators = self.read(chat, staff, limit=100)
            faults = [] if operators.data == visitors.data else [f"what the visitor reads: {visitors.data}"]
            self.must(faults, operators)
        else:
            self.widget_opens(chat.visitor)

    def widget_opens(self, visitor: Visitor) -> None:
        """It finds the open chat again."""
        answer = self.client.init(visitor.id, visitor.site.tenant)
        shown, there = answer.data["aktif_oturum"], self.open_chat_of(visitor)
        if there is None or shown is None:
            self.must([] if shown == there else [f"aktif_oturum {there and there.id}"], answer)
        else:
            self.must(there.faults(shown), answer)

    @invariant()
    @step
    def queue_has_the_open_chats(self) -> None:
        if self.is_moved:
            self.is_moved = False
            self.queue_holds(self.cast.staff[0], None)

    def queue_holds(self, staff: Staff, state: str | None) -> None:
        """Of the chats of this example, those that wait, in order; others may be there too."""
        query = {"durum": state} if state else {}
        ours = {chat.id: chat for chat in self.chats}
        seen = [shown for shown in self.client.queue(staff.login, **query) if shown["id"] in ours]
        states = (state,) if state else ("bekliyor", "aktif")
        expected = [chat.id for chat in self.chats if chat.state in states and chat.reached_by(staff)]
        ids = [shown["id"] for shown in seen]
        answer = self.ask(staff, "GET", "chats", query=query) if ids != expected else None
        if answer:
            self.must([f"of chats {sorted(ours)} these in the queue: {expected}"], answer, ids)
        faults = [(fault, shown) for shown in seen for fault in ours[shown["id"]].faults(shown)]
        if faults:
            self.must([faults[0][0]], self.ask(staff, "GET", "chats", query=query), faults[0][1])

    @step
    def last_look(self) -> None:
        """The panel of the first operator who reaches a visitor shows their newest chats, closed ones too."""
        for visitor in {chat.visitor: None for chat in self.chats}:
            staff = next((one for one in self.cast.staff if visitor.site.id in one.tenants), None)
            if staff:
                query = {"musteri_id": visitor.site.id}
                answer = self.ask(staff, "GET", f"context/{quote(visitor.id, safe='')}", query=query)
                newest = {chat.id: chat for chat in [one for one in self.chats if one.visitor == visitor][-20:]}
                shown = {one["id"]: one for one in answer.data["oturumlar"]}
                self.must(
                    [] if shown.keys() == newest.keys() else [f"oturumlar {sorted(newest)}"], answer, sorted(shown)
                )
                self.must([fault for one in shown.values() for fault in newest[one["id"]].faults(one)], answer)

    def leave(self) -> None:
        for chat in self.chats:
            self.client.leave(chat.id, is_open=chat.state != "kapandi")


def message_faults(chat: Chat, answer: Answer, after: int = 0, limit: int = 100) -> list[str]:
    expected = chat.said[after : after + limit]
    seen = answer.data["mesajlar"]
    faults = [] if answer.data["durum"] == chat.state else [f"durum {chat.state}"]
    if [message["sira"] for message in seen] != [said.sequence for said in expected]:
        return [*faults, f"sira {[said.sequence for said in expected]}"]
    return faults + [fault for said, message in zip(expected, seen, strict=True) for fault in said.faults(message)]
