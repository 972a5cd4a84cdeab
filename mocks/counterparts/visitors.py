"""Simulated visitors: they look at pages, open chats and tickets, answer operators, send files and rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any, Final

from impl.model import Chat, Sender, Tenant, Ticket
from impl.rules.identity import sign
from impl.store.memory.chats import LARGEST_ID
from mocks.calling import NOTHING, VisitorCalls
from mocks.counterparts.acts_reader import NewTicket
from mocks.counterparts.counterpart import Impossible
from mocks.counterparts.made_files import form
from mocks.counterparts.plans import Occasion, Plan, Thread
from mocks.counterparts.script import Persona, Script
from mocks.counterparts.sides import Side
from mocks.counterparts.talk import Talk
from mocks.counterparts.words import fill, subject_of

MOST_TICKETS: Final = 20
"""Of each visitor, the last ones, at whose answers they look."""


class SimulatedVisitors(Talk):
    """Each has one chat at a time, and all of them together not more than the script's `at_once`."""

    side: Side = "visitor"
    other: Sender = "operator"

    def begin(self) -> Iterator[Occasion]:
        self._tokens: dict[str, str] = {}
        yield from self._start(self.script.visitors)

    def go_on(self, before: Script) -> Iterator[Occasion]:
        self._forget_who_is_gone()
        here = {persona.name for persona in before.visitors}
        yield from self._start([persona for persona in self.script.visitors if persona.name not in here])

    def _start(self, people: Iterable[Persona]) -> Iterator[Occasion]:
        """One of them comes at once."""
        thread = self._one_of(people, self.chance("start"))
        if thread is not None:
            yield Occasion(("start",), thread, "start")

    def somebody(self, random: Random) -> Thread | None:
        return self._one_of(self.script.visitors, random)

    def _one_of(self, people: Iterable[Persona], random: Random) -> Thread | None:
        """Somebody of these who is not here yet; None: nobody, or there are enough."""
        if sum(map(self._busy, self.script.visitors)) >= self.script.at_once:
            return None
        free = [one for one in people if not self._busy(one) and one.key in self.tables.tenant_ids_by_key]
        return self.thread("visitor", name=random.choice(free).name) if free else None

    def _forget_who_is_gone(self) -> None:
        """Those whom the script no longer has say nothing more."""
        for threads in (self.threads["visitor"], self.threads["chat"], self.threads["ticket"]):
            for key, thread in list(threads.items()):
                try:
                    self._persona_of(thread)
                except Impossible:
                    self.drop(thread)
                    del threads[key]

    def _busy(self, persona: Persona) -> bool:
        tenant_id = self.tables.tenant_ids_by_key.get(persona.key, 0)
        planned = self.threads["visitor"].get(persona.name)
        return (tenant_id, persona.visitor_id) in self.tables.open_chat_ids or (
            planned is not None and planned.plan is not None
        )

    # What there is to do

    def look(self) -> None:
        for persona in self.script.visitors:
            tenant_id = self.tables.tenant_ids_by_key.get(persona.key, 0)
            visitor = (tenant_id, persona.visitor_id)
            chat_id = self.tables.open_chat_ids.get(visitor)
            if chat_id is not None:
                self.thread("chat", chat_id)
            for place in self.tables.places_of_visitor.get(visitor, [])[-MOST_TICKETS:]:
                self._look_at_ticket(self.tables.tickets[place & LARGEST_ID])
        for thread in list(self.threads["chat"].values()):
            self._look_at_chat(thread)

    def _look_at_chat(self, thread: Thread) -> None:
        chat = self.tables.chats.get(thread.id)
        if chat is None or (chat.state == "closed" and thread.closed and thread.plan is None):
            self.drop(thread)
            del self.threads["chat"][thread.id]
        elif thread.seen is not chat:
            thread.seen = chat
            if chat.state == "closed":
                self._look_at_closed(chat, thread)
            elif chat.state == "active":
                self.look_at_talk(chat, thread)
            elif thread.plan is None and thread.idle_since != chat.last_sequence:
                thread.idle_since = chat.last_sequence
                self.meet(Occasion(("idle",), thread, f"idle:{chat.last_sequence}"))

    def _look_at_closed(self, chat: Chat, thread: Thread) -> None:
        if not thread.closed:
            thread.closed = True
            self.drop(thread)
            self.meet(Occasion(("closed",), thread, "closed", self.said(chat, 0)))

    def _look_at_ticket(self, ticket: Ticket) -> None:
        thread = self.thread("ticket", ticket.id)
        if thread.seen is ticket:
            return
        thread.seen, upto = ticket, ticket.reply_count
        replies = self.tables.replies[ticket.id]
        if ticket.state != "closed" and upto > thread.answered and replies[-1].sender == "operator":
            self.drop(thread)
            thread.answered = upto
            self.meet(Occasion(("ticket",), thread, f"ticket:{upto}", replies[-1].text, upto))

    async def stay(self) -> None:
        pass

    async def leave(self) -> None:
        pass

    # What they do

    async def act(self, plan: Plan, verb: str, value: Any) -> None:
        persona = self._persona_of(plan.occasion.thread)
        me = await self._here(persona, plan)
        match verb:
            case "profile":
                await self._introduce(persona)
            case "page":
                await self._call(me, "add_page_view", persona, {"sayfa_url": self.chosen(plan, value)})
            case "ticket":
                await self._open_ticket(me, persona, plan, value)
            case "open":
                await self._open_chat(me, persona, plan, value)
            case "reply" if plan.occasion.thread.kind == "ticket":
                text = fill(self.chosen(plan, value), self.values(plan))
                await self._call(me, "reply_ticket", persona, {"mesaj": text}, plan.occasion.thread.id)
            case _:
                await self._talk(me, persona, plan, verb, value)

    async def _talk(self, me: VisitorCalls, persona: Persona, plan: Plan, verb: str, value: Any) -> None:
        chat = self.chat_of(plan.occasion.thread)
        self.answering(plan)
        match verb:
            case "close":
                await self._call(me, "end_chat", persona, {"oturum_id": chat.id})
            case "rate":
                comment = {"yorum": self.chosen(plan, value.comments)} if value.comments else {}
                rating: dict[str, object] = {"puan": plan.random.randint(value.least, value.most)}
                await self._call(me, "rate_chat", persona, {"oturum_id": chat.id} | rating | comment)
            case _:
                text = self.chosen(plan, value)
                if verb == "file":
                    said = {"dosya_id": await self._upload(me, persona, text)}
                else:
                    said = {"mesaj": fill(text, self.values(plan))}
                said |= {"oturum_id": chat.id, "istemci_mesaj_id": self.mark(plan)}
                await self._call(me, "send_visitor_message", persona, said)

    async def _call(
        self, me: VisitorCalls, operation: str, persona: Persona, body: Mapping[str, object] = NOTHING, record: int = 0
    ) -> Any:
        path = {"id": record} if record else NOTHING
        return await self.call(operation, me, path=path, body={"ziyaretci_id": persona.visitor_id, **body})

    async def _here(self, persona: Persona, plan: Plan) -> VisitorCalls:
        """Who calls; at the beginning of a visit the widget is opened. Raises Impossible."""
        if persona.key not in self.tables.tenant_ids_by_key:
            raise Impossible(f"there is no tenant with the key {persona.key}")
        if not plan.step and plan.occasion.kind in ("start", "every"):
            me = VisitorCalls(persona.key, persona.visitor_id, self._tokens.get(persona.name))
            self._keep_token(persona, await self._call(me, "widget_init", persona))
        return VisitorCalls(persona.key, persona.visitor_id, self._tokens.get(persona.name))

    def _keep_token(self, persona: Persona, told: Mapping[str, Any]) -> None:
        if told.get("ziyaretci_token"):
            self._tokens[persona.name] = told["ziyaretci_token"]

    async def _introduce(self, persona: Persona) -> None:
        """The site vouches for its visitor, as its server does."""
        tenant, now = self._tenant(persona), int(self.sandbox.clock.timestamp())
        email = persona.profile.get("email")
        proof = {"timestamp": now, "signature": sign(tenant.api_secret, persona.visitor_id, email, now)}
        site = VisitorCalls(persona.key, persona.visitor_id)
        self._keep_token(persona, await self._call(site, "set_customer_info", persona, {**persona.profile, **proof}))

    async def _open_chat(self, me: VisitorCalls, persona: Persona, plan: Plan, texts: tuple[str, ...]) -> None:
        """The rest of the plan goes on in the chat."""
        said = _named(persona) | {"mesaj": fill(self.chosen(plan, texts), {})}
        chat_id = (await self._call(me, "start_chat", persona, said))["oturum"]["id"]
        thread = self.thread("chat", chat_id)
        self.drop(thread)
        plan.occasion.thread.plan = None
        plan.occasion, thread.plan = replace(plan.occasion, thread=thread), plan

    async def _open_ticket(self, me: VisitorCalls, persona: Persona, plan: Plan, ticket: NewTicket) -> None:
        subject = self.chosen(plan, ticket.subjects)
        text = ticket.texts[ticket.subjects.index(subject) % len(ticket.texts)]
        told = _named(persona) | {"konu": subject, "mesaj": text, "oncelik": ticket.priority}
        await self._call(me, "create_ticket", persona, told)

    async def _upload(self, me: VisitorCalls, persona: Persona, name: str) -> Any:
        body, media_type = form(name, {"ziyaretci_id": persona.visitor_id})
        kept = await self.call("upload_file", me, body=body, headers={"content-type": media_type})
        return kept["dosya"]["dosya_id"]

    def values(self, plan: Plan) -> dict[str, str]:
        thread = plan.occasion.thread
        persona = self._persona_of(thread)
        chat = self.tables.chats.get(thread.id) if thread.kind == "chat" else None
        return {
            "ad": str(persona.profile.get("ad") or ""),
            "operator": (chat.operator_name if chat else None) or "",
            "firma": self._tenant(persona).name,
            "konu": subject_of(plan.occasion.text),
        }

    def _tenant(self, persona: Persona) -> Tenant:
        return self.tables.tenants[self.tables.tenant_ids_by_key[persona.key]]

    def _persona_of(self, thread: Thread) -> Persona:
        """Raises Impossible for one whom the script no longer has."""
        name = thread.name
        if thread.kind != "visitor":
            row: Any = (self.tables.chats if thread.kind == "chat" else self.tables.tickets).get(thread.id)
            tenant = self.tables.tenants.get(row.tenant_id) if row else None
            name = f"{tenant.api_key}:{row.visitor_id}" if tenant else ""
        for persona in self.script.visitors:
            if name == persona.name:
                return persona
        raise Impossible("the script no longer has this visitor")


def _named(persona: Persona) -> dict[str, str]:
    """What a visitor writes into the form before the chat."""
    names = [persona.profile.get("ad"), persona.profile.get("soyad")]
    told = {"ad": " ".join(filter(None, names)), "email": persona.profile.get("email")}
    return {name: value for name, value in told.items() if value}
