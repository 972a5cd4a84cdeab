"""Simulated operators: they take chats that wait, answer, hand over, close, and answer tickets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from random import Random
from typing import Any, Final

from impl.model import Chat, Message, Operator, Sender, Ticket
from impl.store.memory.chats import LARGEST_ID
from mocks.calling import OperatorCalls
from mocks.counterparts.counterpart import Impossible
from mocks.counterparts.made_files import form
from mocks.counterparts.plans import Occasion, Plan, Thread, ThreadKind
from mocks.counterparts.script import Rule, Script
from mocks.counterparts.sides import Side
from mocks.counterparts.talk import MARK, Talk
from mocks.counterparts.words import fill, subject_of

CALLS_EVERY: Final = timedelta(seconds=30)
"""How often they call at least, as a panel does."""


class SimulatedOperators(Talk):
    """They leave alone what somebody else accepted or answered, whoever that is signed in as."""

    side: Side = "operator"
    other: Sender = "visitor"

    def begin(self) -> Iterator[Occasion]:
        yield from self._start({operator.id for operator in self.operators()})

    def go_on(self, before: Script) -> Iterator[Occasion]:
        here = {operator.id for operator in self._of(before)}
        yield from self._start({operator.id for operator in self.operators()} - here)

    def _start(self, operator_ids: Collection[int]) -> Iterator[Occasion]:
        """They come, and take on the chats of theirs for which nobody else is there: a state that was loaded."""
        for operator_id in sorted(operator_ids):
            yield Occasion(("start",), self.thread("operator", operator_id), "start")
        for chat_id in self.tables.open_chat_ids.values():
            chat = self.tables.chats[chat_id]
            theirs = chat.operator_id or 0
            if chat.state == "active" and theirs in operator_ids and not self._is_signed_in(theirs):
                self._take(self.thread("chat", chat.id), chat, begun=True)

    def operators(self) -> list[Operator]:
        """The simulated ones that there are in the sandbox."""
        return self._of(self.script)

    def _of(self, script: Script) -> list[Operator]:
        if script.operators is None:
            return list(self.tables.operators.values())
        ids = [self.tables.operator_ids_by_email.get(email.casefold()) for email in script.operators]
        return [self.tables.operators[operator_id] for operator_id in ids if operator_id is not None]

    def callers(self) -> Collection[int]:
        return [operator.id for operator in self.operators() if operator.state != "offline"]

    async def stay(self) -> None:
        now, presence = self.sandbox.clock.now(), self.sandbox.world.presence
        for operator in self.operators():
            called = presence.last_call(operator.id)
            if operator.state != "offline" and (called is None or now - called > CALLS_EVERY):
                await self.call("get_operator_status", OperatorCalls(operator.email))

    async def leave(self) -> None:
        for operator in self.operators():
            if operator.state != "offline" and not self._is_signed_in(operator.id):
                await self.call("set_operator_status", OperatorCalls(operator.email), body={"durum": "cevrimdisi"})

    def somebody(self, random: Random) -> Thread | None:
        free = [operator.id for operator in self.operators() if operator.state != "offline"]
        threads = [self.thread("operator", operator_id) for operator_id in free]
        idle = [thread for thread in threads if thread.plan is None]
        return random.choice(idle) if idle else None

    # What there is to do

    def look(self) -> None:
        tables = self.tables
        tenants = {tenant_id for operator in self.operators() for tenant_id in self._tenant_ids(operator.id)}
        looked_at = 0
        for tenant_id in sorted(tenants):
            for place in tables.open_queues.get(tenant_id, ()):
                self._look_at_chat(tables.chats[place & LARGEST_ID])
                looked_at += 1
            for place in tables.places_of_tenant.get((tenant_id, "open", None), ()):
                self._look_at_ticket(tables.tickets[place & LARGEST_ID])
        if len(self.threads["chat"]) > looked_at:
            self._forget("chat", [key for key in self.threads["chat"] if not self._is_open(key)])
        self._forget("ticket", [key for key, thread in self.threads["ticket"].items() if self._is_done(thread)])

    def _is_done(self, thread: Thread) -> bool:
        ticket = self.tables.tickets.get(thread.id)
        return thread.plan is None and (ticket is None or ticket.state != "open")

    def _is_open(self, chat_id: int | str) -> bool:
        chat = self.tables.chats.get(int(chat_id))
        return chat is not None and chat.state != "closed"

    def _forget(self, kind: ThreadKind, keys: Iterable[int | str]) -> None:
        for key in keys:
            self.drop(self.threads[kind].pop(key))

    def _look_at_chat(self, chat: Chat) -> None:
        thread = self.threads["chat"].get(chat.id)
        if thread is None:
            thread = self.thread("chat", chat.id)
        elif thread.seen is chat and (thread.waited or chat.state != "waiting"):
            return  # as nearly always
        if chat.state == "waiting":
            self._look_at_waiting(chat, thread)
        else:
            self._look_at_active(chat, thread)
        thread.seen = chat

    def _look_at_waiting(self, chat: Chat, thread: Thread) -> None:
        if thread.person:  # it was given back
            self.drop(thread)
            thread.mine = thread.waited = False
            thread.person = 0
        if not thread.waited and self._free(chat.tenant_id):
            thread.waited = True
            said = self.said(chat, 0)
            self.meet(Occasion(("waiting",), thread, f"waiting:{chat.last_sequence}", said))

    def _look_at_active(self, chat: Chat, thread: Thread) -> None:
        before, operator_id = thread.person, chat.operator_id or 0
        if before != operator_id:
            thread.person, thread.mine = operator_id, False
            self.drop(thread)
            if before and self._is_simulated(operator_id) and not self._is_signed_in(operator_id):
                self._take(thread, chat)
        if not thread.mine:
            return
        messages = self.tables.messages[chat.id]
        mine = [_is_mine(message) for message in messages[thread.read :] if message.sender == "operator"]
        thread.read = len(messages)
        if all(mine):
            self.look_at_talk(chat, thread)
        else:  # somebody answers in the operator's name
            thread.mine = False
            self.drop(thread)

    def _take(self, thread: Thread, chat: Chat, *, begun: bool = False) -> None:
        """From now on it is the counterpart's: what came before an operator's last message is answered."""
        messages = self.tables.messages[chat.id]
        answered = [message.sequence for message in messages if message.sender == "operator"]
        thread.mine, thread.begun, thread.person = True, begun, chat.operator_id or 0
        thread.read, thread.answered = len(messages), max(answered, default=0)
        thread.idle_since = -1

    def _is_simulated(self, operator_id: int) -> bool:
        return any(operator.id == operator_id for operator in self.operators())

    def _is_signed_in(self, operator_id: int) -> bool:
        return bool(self.tables.token_ids_by_operator.get(operator_id))

    def _tenant_ids(self, operator_id: int) -> set[int]:
        return {membership.tenant_id for membership in self.tables.memberships_by_operator.get(operator_id, ())}

    def _free(self, tenant_id: int, but: int = 0) -> list[Operator]:
        """Those who could take a chat of the tenant; first those as whom nobody is signed in, who have least to do."""
        free = [
            operator
            for operator in self.operators()
            if operator.state == "online" and operator.id != but and self._has_room(operator.id, tenant_id)
        ]
        chats = self.tables.chat_ids_by_operator
        return sorted(free, key=lambda one: (self._is_signed_in(one.id), len(chats.get(one.id, ()))))

    def _has_room(self, operator_id: int, tenant_id: int) -> bool:
        for membership in self.tables.memberships_by_operator.get(operator_id, ()):
            if membership.tenant_id == tenant_id:
                active = self.tables.active_counts.get((operator_id, tenant_id), 0)
                return membership.chat_limit is None or active < membership.chat_limit
        return False

    def _look_at_ticket(self, ticket: Ticket) -> None:
        thread = self.thread("ticket", ticket.id)
        if thread.seen is ticket:
            return
        thread.seen, upto = ticket, ticket.reply_count + 1
        replies = self.tables.replies[ticket.id]
        if upto <= thread.answered or (replies and replies[-1].sender == "operator"):
            return
        if thread.plan is None and not self._free(ticket.tenant_id):
            thread.seen = None  # it waits until somebody is there
            return
        if thread.plan is None or thread.plan.occasion.upto != upto:
            self.drop(thread)
            text = replies[-1].text if replies else f"{ticket.subject}\n{ticket.text}"
            if not self.meet(Occasion(("ticket",), thread, f"ticket:{upto}", text, upto)):
                thread.answered = upto

    # What they do

    def possible(self, rule: Rule, occasion: Occasion) -> bool:
        thread = occasion.thread
        if not any(act.verb == "transfer" for act in rule.acts) or thread.kind != "chat":
            return True
        chat = self.tables.chats[thread.id]
        wanted = next(act.value for act in rule.acts if act.verb == "transfer")
        return self._colleague(chat, thread.person, wanted) is not None

    def _colleague(self, chat: Chat, person: int, email: str | None) -> Operator | None:
        free = self._free(chat.tenant_id, but=person)
        return next((one for one in free if email is None or one.email.casefold() == email.casefold()), None)

    async def act(self, plan: Plan, verb: str, value: Any) -> None:
        thread = plan.occasion.thread
        if thread.kind == "operator":
            operator = self.tables.operators[thread.id]
            await self.call("set_operator_status", OperatorCalls(operator.email), body={"durum": value})
        elif thread.kind == "ticket":
            await self._work_on_ticket(plan, verb, value)
        elif verb == "accept":
            await self._accept(plan)
        else:
            await self._talk(plan, verb, value)

    async def _accept(self, plan: Plan) -> None:
        thread = plan.occasion.thread
        chat = self.chat_of(thread)
        free = self._free(chat.tenant_id)
        if chat.state != "waiting" or not free:
            thread.waited = bool(free)
            raise Impossible("it does not wait any more" if free else "nobody has room")
        await self.call("accept_chat", OperatorCalls(free[0].email), path={"id": chat.id})
        self._take(thread, self.chat_of(thread), begun=plan.step + 1 < len(plan.acts))

    async def _talk(self, plan: Plan, verb: str, value: Any) -> None:
        thread = plan.occasion.thread
        chat = self.chat_of(thread)
        if not thread.mine or chat.operator_id != thread.person:
            raise Impossible("it is no longer theirs")
        self.answering(plan)
        me, path = OperatorCalls(self.tables.operators[thread.person].email), {"id": chat.id}
        if verb == "close":
            await self.call("close_chat", me, path=path)
        elif verb == "transfer":
            colleague = self._colleague(chat, thread.person, value)
            if colleague is None:
                raise Impossible("there is no colleague who has room")
            await self.call("transfer_chat", me, path=path, body={"operator_id": colleague.id})
            self._take(thread, self.chat_of(thread))
        else:
            said = await self._said_by(me, chat, plan, verb, value)
            await self.call("send_operator_message", me, path=path, body=said | {"istemci_mesaj_id": self.mark(plan)})

    async def _said_by(
        self, me: OperatorCalls, chat: Chat, plan: Plan, verb: str, value: tuple[str, ...]
    ) -> dict[str, str]:
        """What a message says: a text, a canned one, or a file."""
        text = self.chosen(plan, value)
        if verb == "reply":
            return {"mesaj": fill(text, self.values(plan))}
        if verb == "file":
            body, media_type = form(text, {"musteri_id": str(chat.tenant_id)})
            kept = await self.call("upload_operator_file", me, body=body, headers={"content-type": media_type})
            return {"dosya_id": kept["dosya"]["dosya_id"]}
        query = {"musteri_id": chat.tenant_id, "limit": 100}
        listed = (await self.call("list_canned_responses", me, query=query))["hazir_yanitlar"]
        known = {response["kisayol"]: response["metin"] for response in listed}
        if text not in known:
            raise Impossible(f"the tenant has no canned response `{text}`; there are {', '.join(known) or 'none'}")
        return {"mesaj": known[text]}

    async def _work_on_ticket(self, plan: Plan, verb: str, value: Any) -> None:
        thread = plan.occasion.thread
        ticket = self.tables.tickets.get(thread.id)
        if ticket is None or ticket.state == "closed":
            raise Impossible("it is closed")
        if plan.step and ticket.operator_id != thread.person:
            raise Impossible("somebody else works on it")
        if not plan.step:
            free = self._free(ticket.tenant_id)
            if not free or ticket.reply_count + 1 != plan.occasion.upto:
                raise Impossible("somebody answered it, or nobody is there")
            thread.person = free[0].id
        self.answering(plan)
        me, path = OperatorCalls(self.tables.operators[thread.person].email), {"id": ticket.id}
        if verb == "solve":
            await self.call("set_ticket_status", me, path=path, body={"durum": "cozuldu"})
        else:
            text = fill(self.chosen(plan, value), self.values(plan))
            await self.call("reply_operator_ticket", me, path=path, body={"mesaj": text})

    def values(self, plan: Plan) -> dict[str, str]:
        thread = plan.occasion.thread
        row: Chat | Ticket | None = self.tables.chats.get(thread.id)
        if thread.kind == "ticket":
            row = self.tables.tickets.get(thread.id)
        if row is None:
            return {}
        subject = row.subject if isinstance(row, Ticket) else subject_of(plan.occasion.text)
        colleague = self._colleague(row, thread.person, None) if isinstance(row, Chat) else None
        return {
            "ad": (row.visitor_name or "").partition(" ")[0],
            "operator": self.tables.operators[thread.person].name,
            "firma": self.tables.tenants[row.tenant_id].name,
            "konu": subject,
            "meslektas": colleague.name if colleague else "",
        }


def _is_mine(message: Message) -> bool:
    return (message.client_id or "").startswith(MARK)
