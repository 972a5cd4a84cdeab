"""The life of chats: what visitors of several sites and operators of several tenants say to one another."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from contract_tests.client import Answer
from contract_tests.machine.cast import Visitor
from contract_tests.machine.life import Run, chosen, in_between, step
from contract_tests.machine.model import NOT_THERE, Refusal, Reply, Sayer
from contract_tests.machine.queue import ANY, TEXTS, QueueLife, message_faults

CLIENT_IDS = st.sampled_from([None, "m-1", "m-1", "m-2"])
FILES = st.sampled_from(["none", "none", "own", "other"])
STATES = st.sampled_from([None, "bekliyor", "aktif"])


class ChatLife(QueueLife):
    """Chats in which messages are written and read, and that are rated in the end."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.files: dict[str, str] = {}

    # Steps

    @rule(number=ANY, text=TEXTS, client_id=CLIENT_IDS, attached=FILES)
    @step
    def say(self, number: int, text: str, client_id: str | None, attached: str) -> None:
        chat = self.chat(number)
        visitor = chat.visitor
        file, owned = self.file_for(visitor, attached)
        self.begin(f"visitor {visitor.told} says “{text}” in chat {chat.number}{_as(client_id)}{_with(file, owned)}")
        body = _body(text, client_id, file)
        answer = self.tell(visitor, "chat/message", oturum_id=chat.id, **body)
        became = NOT_THERE if file and not owned else chat.say(visitor, text, client_id, file)
        if file and not owned and client_id and (visitor, client_id) in chat.known:
            became = chat.say(visitor, text, client_id)  # it is a message again: its file does not matter
        self.said(became, answer)

    @rule(number=ANY, who=ANY, text=TEXTS, client_id=CLIENT_IDS)
    @step
    def write(self, number: int, who: int, text: str, client_id: str | None) -> None:
        chat = self.chat(number)
        staff = self.member(chat, who)
        self.begin(f"{staff.told} writes “{text}” in chat {chat.number}{_as(client_id)}")
        answer = self.ask(staff, "POST", f"chat/{chat.id}/message", body=_body(text, client_id, None))
        self.said(chat.say(staff, text, client_id), answer)

    @rule(number=ANY, text=TEXTS, client_id=CLIENT_IDS)
    @step
    def reply(self, number: int, text: str, client_id: str | None) -> None:
        """Whoever has the chat writes."""
        chat = self.chat(number)
        staff = chat.owner or self.somebody(0)
        self.begin(f"{staff.told} replies “{text}” in chat {chat.number}{_as(client_id)}")
        answer = self.ask(staff, "POST", f"chat/{chat.id}/message", body=_body(text, client_id, None))
        self.said(chat.say(staff, text, client_id), answer)

    def said(self, became: Reply | Refusal, answer: Answer) -> None:
        """A message was answered as it became one."""
        refused = self.refused(became, answer, 201 if isinstance(became, Reply) and became.new else 200)
        if isinstance(became, Reply) and not refused:
            self.must(became.said.faults(answer.data["mesaj"]), answer)

    @rule(number=ANY, rating=st.integers(1, 5), comment=st.sampled_from([None, "Hızlıydı", "Çok iyi 👏"]))
    @step
    def rate(self, number: int, rating: int, comment: str | None) -> None:
        closed = [chat for chat in self.chats if chat.state == "kapandi"]
        chat = self.touched = chosen((number < 5 and closed) or self.chats, number, newest_first=True)
        body = {"oturum_id": chat.id, "puan": rating} | ({"yorum": comment} if comment else {})
        self.begin(f"visitor {chat.visitor.told} rates chat {chat.number} with {rating}")
        answer = self.tell(chat.visitor, "chat/rate", **body)
        self.changed(chat, chat.rate(chat.visitor, rating, comment), answer)

    @precondition(in_between)
    @rule(number=ANY, who=ANY, after=st.integers(0, 6), limit=st.integers(1, 4))
    @step
    def poll(self, number: int, who: int, after: int, limit: int) -> None:
        chat = self.chat(number)
        reader: Sayer = chat.visitor if who == 0 else self.somebody(who - 1)
        told = f"visitor {reader.told}" if isinstance(reader, Visitor) else reader.told
        self.begin(f"{told} reads chat {chat.number} from sira {after} on, {limit} at most")
        answer = self.read(chat, reader, son_sira=after, limit=limit)
        if not self.refused(None if chat.reached_by(reader) else NOT_THERE, answer, 200):
            self.must(message_faults(chat, answer, after, limit), answer)

    @precondition(in_between)
    @rule(number=ANY, who=ANY, what=st.sampled_from(["reads", "writes in", "closes", "rates"]))
    @step
    def intrude(self, number: int, who: int, what: str) -> None:
        """A visitor tries what only another one may."""
        chat = self.chat(number)
        others = [visitor for visitor in self.visitors if visitor != chat.visitor]
        visitor = others[who % len(others)]
        self.begin(f"visitor {visitor.told} {what} chat {chat.number}, of visitor {chat.visitor.told}")
        if what == "reads":
            answer = self.read(chat, visitor)
        else:
            path, more = {"writes in": ("message", {"mesaj": "Ben de"}), "closes": ("end", {})}.get(
                what, ("rate", {"puan": 1})
            )
            answer = self.tell(visitor, f"chat/{path}", oturum_id=chat.id, **more)
        self.refused(NOT_THERE, answer)

    @precondition(in_between)
    @rule(who=ANY, state=STATES)
    @step
    def look(self, who: int, state: str | None) -> None:
        staff = self.somebody(who)
        self.begin(f"{staff.told} looks at the queue{f' of those that are {state}' if state else ''}")
        self.queue_holds(staff, state)

    # Files

    def file_for(self, visitor: Visitor, attached: str) -> tuple[str | None, bool]:
        """A file of the visitor's own, or of the other one at that site, and whether it is theirs; or None."""
        owners = [one for one in self.visitors[:2] if (one == visitor) == (attached == "own")]
        if attached == "none" or visitor not in self.visitors[:2]:
            return None, True
        owner = owners[0]
        if owner.id not in self.files:
            told = self.client.upload(owner.id, "not.txt", f"Not: {owner.told}".encode())
            self.files[owner.id] = told.data["dosya"]["dosya_id"]
        return self.files[owner.id], owner == visitor


def _body(text: str, client_id: str | None, file: str | None) -> dict[str, Any]:
    body = {"mesaj": text, "istemci_mesaj_id": client_id, "dosya_id": file}
    return {name: value for name, value in body.items() if value is not None}


def _as(client_id: str | None) -> str:
    return f" as {client_id}" if client_id else ""


def _with(file: str | None, owned: bool) -> str:
    return "" if file is None else f" with a file {'of their own' if owned else 'of another visitor'}"
