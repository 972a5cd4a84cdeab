"""Makes an event happen, by the operations that people would call: what is missing for it is made by others of them.

Everything that was chosen is looked at before the first call, so that nothing is half done for a mistake.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NamedTuple

from impl.model import Chat, Operator, Ticket
from impl.problems import FieldError, InvalidFields, Text
from impl.wire.webhooks import EVENT_KINDS_READ
from mocks.calling import OperatorCalls, VisitorCalls
from mocks.inbox import Happening
from mocks.scene import (
    Given,
    Scene,
    Subject,
    anybody,
    member_for,
    named_operator,
    named_taker,
    new_visitor,
    taker_for,
    tenant_of,
    unfit_chat,
    unknown_id,
)

NAME: Final = "Ayşe Demir"
TEXT: Final = "Merhaba, yardımcı olur musunuz?"
SUBJECT: Final = "Siparişim gelmedi"
RATING: Final = 5


class Caused(NamedTuple):
    """All events that the steps caused, in their order."""

    wanted: list[Happening]
    """The event that was asked for, once in each tenant that is told of it."""
    others: list[Happening]


async def trigger(scene: Scene, event: str, given: Given) -> Caused:
    """Make the event happen, as it was chosen. Raises InvalidFields for a choice that cannot be, StepRefused."""
    inbox = scene.sandbox.inbox
    inbox.collect()
    before = inbox.last_id
    subject = await SCENES[event](scene, given)
    caused = Caused([], [])
    for one in inbox.after(before):
        if _is_about(one, subject) and one.kind == EVENT_KINDS_READ[event]:
            caused.wanted.append(one)
        elif any(_is_about(one, other) for other in (subject, *scene.ended)):
            caused.others.append(one)
    return caused


def _is_about(happening: Happening, subject: Subject) -> bool:
    """Others may do things meanwhile, of which nothing is told here."""
    attribute, value = subject
    return getattr(happening.row.event, attribute, None) == value


# Chats


class _Visit:
    """Whose chat or ticket is made, checked as far as it can be before."""

    def __init__(self, scene: Scene, given: Given) -> None:
        self.scene = scene
        self.tenant = tenant_of(scene, given)
        known = given.get("ziyaretci")
        self.visitor_id = new_visitor(scene, self.tenant.id) if known is None else str(known)
        self.caller = VisitorCalls(self.tenant.api_key, self.visitor_id)
        name = given.get("ad", NAME if known is None else None)
        self.who = {"ziyaretci_id": self.visitor_id} | ({} if name is None else {"ad": name})

    async def meet(self) -> None:
        """Where visitors must prove themselves, a new one starts the widget first."""
        if self.tenant.secure_mode and (self.tenant.id, self.visitor_id) not in self.scene.tables.visitors:
            await self.scene.call("widget_init", self.caller, {"ziyaretci_id": self.visitor_id})


def _new_chat(scene: Scene, given: Given) -> Callable[[], Awaitable[Chat]]:
    """Opens a chat; one that the visitor has open is closed first. Raises InvalidFields."""
    visit = _Visit(scene, given)
    body = visit.who | {"mesaj": given.get("mesaj", TEXT)}
    scene.check("StartChatRequest", body, {"ziyaretci_id": "ziyaretci"})

    async def work() -> Chat:
        opened = scene.tables.open_chat_ids.get((visit.tenant.id, visit.visitor_id))
        if opened is not None:
            scene.ended.append(("chat_id", opened))
            await _end(scene, scene.tables.chats[opened])
        await visit.meet()
        data = await scene.call("start_chat", visit.caller, body)
        return scene.tables.chats[data["oturum"]["id"]]

    return work


async def _open(scene: Scene, given: Given) -> Subject:
    return "chat_id", (await _new_chat(scene, given)()).id


def _the_chat(scene: Scene, given: Given) -> Chat | None:
    """The chat that was named. Raises InvalidFields."""
    chat_id = given.get("oturum")
    if chat_id is None:
        return None
    chat = scene.tables.chats.get(chat_id)
    if chat is None:
        raise unknown_id("oturum", chat_id, scene.tables.chats)
    return chat


def _chat(scene: Scene, given: Given) -> tuple[int, Callable[[], Awaitable[Chat]]]:
    """The tenant of the chat that was named or is to be opened, and what gives it. Raises InvalidFields."""
    known = _the_chat(scene, given)
    if known is None:
        return tenant_of(scene, given).id, _new_chat(scene, given)

    async def as_it_is() -> Chat:
        return scene.tables.chats[known.id]

    return known.tenant_id, as_it_is


async def _close(scene: Scene, given: Given) -> Subject:
    known = _the_chat(scene, given)
    if known is not None and known.state == "closed":
        raise unfit_chat(
            "oturum", Text(f"Sohbet {known.id} zaten kapalı.", f"Chat {known.id} is closed already."), scene.tables
        )
    tenant_id, make = _chat(scene, given)
    by = given.get("kapatan", "operator" if "operator" in given else "ziyaretci")
    operator = (taker_for if by == "operator" else named_taker)(scene, given, tenant_id, known)
    chat = await make()
    await _close_by(scene, chat, operator, by)
    return "chat_id", chat.id


async def _close_by(scene: Scene, chat: Chat, operator: Operator | None, by: str) -> None:
    """The operator, if there is one, takes the chat first."""
    if operator is not None and chat.operator_id != operator.id:
        await _hand_over(scene, chat, operator)
    if operator is not None and by == "operator":
        await scene.call("close_chat", OperatorCalls(operator.email), id=chat.id)
    else:
        await _end(scene, chat)


async def _hand_over(scene: Scene, chat: Chat, operator: Operator) -> None:
    holder = scene.tables.operators.get(chat.operator_id or 0)
    if holder is None:
        await scene.call("accept_chat", OperatorCalls(operator.email), id=chat.id)
    else:
        await scene.call("transfer_chat", OperatorCalls(holder.email), {"operator_id": operator.id}, id=chat.id)


async def _end(scene: Scene, chat: Chat) -> None:
    visitor = VisitorCalls(scene.tables.tenants[chat.tenant_id].api_key, chat.visitor_id)
    await scene.call("end_chat", visitor, {"ziyaretci_id": chat.visitor_id, "oturum_id": chat.id})


async def _rate(scene: Scene, given: Given) -> Subject:
    known = _the_chat(scene, given)
    if known is not None and known.rating is not None:
        raise unfit_chat(
            "oturum", Text(f"Sohbet {known.id} zaten puanlandı.", f"Chat {known.id} is rated already."), scene.tables
        )
    if known is not None and known.state == "closed" and "operator" in given:
        closed = Text("Sohbet kapalı; artık kimse alamaz.", "The chat is closed; nobody can take it any more.")
        raise InvalidFields([FieldError("/operator", closed)])
    rating = {"puan": given.get("puan", RATING)} | ({"yorum": given["yorum"]} if "yorum" in given else {})
    placeholder = {"ziyaretci_id": "a", "oturum_id": 1}
    scene.check("RateChatRequest", rating | placeholder, {})
    tenant_id, make = _chat(scene, given)
    operator = named_taker(scene, given, tenant_id, known)
    chat = await make()
    if chat.state != "closed":
        await _close_by(scene, chat, operator, "ziyaretci")
    visitor = VisitorCalls(scene.tables.tenants[tenant_id].api_key, chat.visitor_id)
    await scene.call("rate_chat", visitor, rating | {"ziyaretci_id": chat.visitor_id, "oturum_id": chat.id})
    return "chat_id", chat.id


# Tickets


def _new_ticket(scene: Scene, given: Given) -> Callable[[], Awaitable[Ticket]]:
    """Opens a ticket. Raises InvalidFields."""
    visit = _Visit(scene, given)
    priority = {"oncelik": given["oncelik"]} if "oncelik" in given else {}
    body = visit.who | {"konu": given.get("konu", SUBJECT), "mesaj": given.get("mesaj", TEXT)} | priority
    scene.check("CreateTicketRequest", body, {"ziyaretci_id": "ziyaretci"})

    async def work() -> Ticket:
        await visit.meet()
        data = await scene.call("create_ticket", visit.caller, body)
        return scene.tables.tickets[data["ticket"]["id"]]

    return work


async def _create_ticket(scene: Scene, given: Given) -> Subject:
    return "ticket_id", (await _new_ticket(scene, given)()).id


def _the_ticket(scene: Scene, given: Given) -> Ticket | None:
    """The ticket that was named. Raises InvalidFields."""
    ticket_id = given.get("ticket")
    if ticket_id is None:
        return None
    ticket = scene.tables.tickets.get(ticket_id)
    if ticket is None:
        raise unknown_id("ticket", ticket_id, scene.tables.tickets)
    return ticket


async def _solve(scene: Scene, given: Given) -> Subject:
    known = _the_ticket(scene, given)
    if known is None:
        make = _new_ticket(scene, given)
        operator = member_for(scene, given, tenant_of(scene, given).id, None)
        ticket = await make()
    else:
        ticket, operator = known, member_for(scene, given, known.tenant_id, known)
    if ticket.state == "solved":
        await _set_ticket(scene, operator, ticket, "acik")
    await _set_ticket(scene, operator, ticket, "cozuldu")
    return "ticket_id", ticket.id


async def _set_ticket(scene: Scene, operator: Operator, ticket: Ticket, state: str) -> None:
    await scene.call("set_ticket_status", OperatorCalls(operator.email), {"durum": state}, id=ticket.id)


# Operators


async def _go_offline(scene: Scene, given: Given) -> Subject:
    operator = named_operator(scene, given) or anybody(scene.tables)
    reason, email = given.get("neden", "manuel"), OperatorCalls(operator.email)
    if reason == "cikis":
        _check_last_session(scene, operator)
    if operator.state == "offline":
        await scene.call("set_operator_status", email, {"durum": "cevrimici"})
    if reason == "cikis":
        await scene.call("logout", email)
    else:
        await scene.call("set_operator_status", email, {"durum": "cevrimdisi"})
    return "operator_id", operator.id


def _check_last_session(scene: Scene, operator: Operator) -> None:
    tables, now = scene.tables, scene.sandbox.clock.now()
    tokens = [tables.tokens[token_id] for token_id in tables.token_ids_by_operator.get(operator.id, ())]
    if live := sum(token.expires_at > now for token in tokens):
        raise InvalidFields(
            [
                FieldError(
                    "/neden",
                    Text(
                        f"Operatörün {live} açık oturumu daha var; ancak sonuncusu kapanınca çevrimdışı olur. "
                        "`manuel` seçin.",
                        f"The operator has {live} other session{'' if live == 1 else 's'} open, and goes offline only "
                        "when the last one ends. Choose `manuel`.",
                    ),
                )
            ]
        )


SCENES: Final[Mapping[str, Callable[[Scene, Given], Awaitable[Subject]]]] = {
    "yeni_chat": _open,
    "yeni_ticket": _create_ticket,
    "chat_kapandi": _close,
    "ticket_cozuldu": _solve,
    "memnuniyet_puan": _rate,
    "operator_cevrimdisi": _go_offline,
}
