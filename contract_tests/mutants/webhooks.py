"""Servers whose webhooks tell the wrong thing, or are signed wrongly."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, family, mutant
from impl import wire
from impl.actions import chats, erasure, operators, outbox, tickets
from impl.model import ChatClosed, ChatOpened, ChatRated, Event, OperatorWentOffline, TicketCreated, TicketSolved
from impl.store.memory.portal import Portal
from impl.webhooks import messages, sender

Change = Callable[[Any], Sequence[Event]]


def _tells(patch: Patch, kind: type, change: Change) -> None:
    """Of each such event, these are told."""
    original = outbox.tell

    async def tell(world: Any, tx: Any, event: Any) -> None:
        for told in change(event) if isinstance(event, kind) else (event,):
            await original(world, tx, told)

    for module in (chats, tickets, operators):
        patch.set(module, "tell", tell)


def _changed(patch: Patch, kind: type, **fields: Any) -> None:
    _tells(patch, kind, lambda event: [replace(event, **fields)])


def _body(patch: Patch, change: Callable[[dict[str, Any]], object]) -> None:
    """Each body is changed, then signed."""

    def told(row: Any) -> Any:
        value: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(wire.told(row)))
        change(value)
        return value

    patch.set(messages, "told", told)


def changed_message(patch: Patch, change: Callable[[Any, Any], Any]) -> None:
    """`change(message, attempt)` takes the place of each message."""
    patch.wrap(sender, "message", lambda message, attempt, timestamp: change(message(attempt, timestamp), attempt))


# What is told

for _kind, _rule in (
    (ChatOpened, "yeni_chat"),
    (TicketCreated, "yeni_ticket"),
    (ChatClosed, "chat_kapandi"),
    (TicketSolved, "ticket_cozuldu"),
    (ChatRated, "memnuniyet_puan"),
    (OperatorWentOffline, "operator_cevrimdisi"),
):
    family(
        f"webhook.{_rule}",
        f"webhook-no-{_rule.replace('_', '-')}",
        f"{_rule} is never told.",
        lambda patch, kind=_kind: _tells(patch, kind, lambda event: []),  # type: ignore[misc]
    )


@mutant("webhook.yeni_ticket", "Each ticket is told twice, under two ids.")
def webhook_two_for_a_ticket(patch: Patch) -> None:
    _tells(patch, TicketCreated, lambda event: [event, event])


@mutant("webhook.memnuniyet_puan", "Each rating is told twice, under two ids.")
def webhook_two_for_a_rating(patch: Patch) -> None:
    _tells(patch, ChatRated, lambda event: [event, event])


@mutant("webhook.yeni_chat", "yeni_chat is told again for the chat that is open.")
def webhook_open_chat_again(patch: Patch) -> None:
    async def open_chat(original: Any, world: Any, *args: Any) -> Any:
        chat, message, is_new = await original(world, *args)
        if not is_new:
            event = ChatOpened(chat.tenant_id, chat.id, chat.visitor_id, chat.visitor_name, chat.channel)
            await world.store.transact(lambda tx: outbox.tell(world, tx, event))
        return chat, message, is_new

    patch.wrap(chats, "open_chat", open_chat)


@mutant("webhook.yeni_ticket", "Every ticket is told as urgent.")
def webhook_urgent(patch: Patch) -> None:
    _changed(patch, TicketCreated, priority="urgent")


@mutant("webhook.chat_kapandi", "kapatan is always the visitor.")
def webhook_closed_by_visitor(patch: Patch) -> None:
    _changed(patch, ChatClosed, closed_by="visitor")


@mutant("webhook.chat_kapandi", "The operator of a closed chat is not told.")
def webhook_closed_without_operator(patch: Patch) -> None:
    _changed(patch, ChatClosed, operator_id=None)


@mutant("webhook.chat_kapandi", "mesaj_sayisi leaves the system's message out.")
def webhook_one_message_less(patch: Patch) -> None:
    _tells(patch, ChatClosed, lambda event: [replace(event, messages=event.messages - 1)])


@mutant("webhook.chat_kapandi", "An erasure closes the chat and does not tell it.")
def webhook_silent_erasure(patch: Patch) -> None:
    async def close(world: Any, tx: Any, chat: Any, closed_by: Any) -> Any:
        return chat

    patch.set(erasure, "close_in", close)


@mutant("webhook.chat_kapandi.forgotten", "sure_saniye is in minutes.")
def webhook_minutes(patch: Patch) -> None:
    _tells(patch, ChatClosed, lambda event: [replace(event, seconds=event.seconds // 60)])


@mutant("webhook.chat_kapandi.forgotten", "What the system closes is not told.")
def webhook_forgotten_untold(patch: Patch) -> None:
    _tells(patch, ChatClosed, lambda event: [] if event.closed_by == "system" else [event])


@mutant("webhook.ticket_cozuldu", "A closed ticket is told as solved.")
def webhook_closed_is_solved(patch: Patch) -> None:
    async def set_state(original: Any, world: Any, caller: Any, find: Any, state: Any) -> Any:
        ticket = await original(world, caller, find, state)
        if state == "closed":
            event = TicketSolved(ticket.tenant_id, ticket.id, ticket.subject, caller.operator.id, 0)
            await world.store.transact(lambda tx: outbox.tell(world, tx, event))
        return ticket

    patch.wrap(tickets, "set_state", set_state)


@mutant("webhook.ticket_cozuldu", "A ticket is told as solved only the first time.")
def webhook_solved_once(patch: Patch) -> None:
    known: set[int] = set()

    def first(event: TicketSolved) -> list[Event]:
        seen = event.ticket_id in known
        known.add(event.ticket_id)
        return [] if seen else [event]

    _tells(patch, TicketSolved, first)


@mutant("webhook.memnuniyet_puan", "The comment of a rating is not told.")
def webhook_no_comment(patch: Patch) -> None:
    _changed(patch, ChatRated, comment=None)


@mutant("webhook.operator_cevrimdisi", "Who goes by hand is told as signed out.")
def webhook_wrong_reason(patch: Patch) -> None:
    _changed(patch, OperatorWentOffline, reason="logout")


@mutant("webhook.operator_cevrimdisi", "Who is offline already is told again.")
def webhook_offline_again(patch: Patch) -> None:
    async def go(original: Any, world: Any, tx: Any, operator: Any, reason: Any, **more: Any) -> Any:
        online = replace(operator, state="online") if reason == "manual" else operator
        return await original(world, tx, online, reason, **more)

    patch.wrap(operators, "go_offline", go)


@mutant("webhook.operator_cevrimdisi.timeout", "Who is silent is told as gone by hand.")
def webhook_timeout_by_hand(patch: Patch) -> None:
    _tells(
        patch,
        OperatorWentOffline,
        lambda event: [replace(event, reason="manual" if event.reason == "timeout" else event.reason)],
    )


@mutant("webhook.operator_cevrimdisi.logout", "The last logout tells nothing.")
def webhook_silent_logout(patch: Patch) -> None:
    _tells(patch, OperatorWentOffline, lambda event: [] if event.reason == "logout" else [event])


@mutant("webhook.operator_cevrimdisi.logout", "Every logout tells that the operator is gone.")
def webhook_every_logout(patch: Patch) -> None:
    async def sign_out(original: Any, world: Any, caller: Any) -> Any:
        async def work(tx: Any) -> None:
            operator = await tx.operator(caller.operator.id)
            if operator.state != "offline":
                for membership in await tx.memberships(operator.id):
                    event = OperatorWentOffline(membership.tenant_id, operator.id, operator.name, "logout")
                    await outbox.tell(world, tx, event)

        await world.store.transact(work)
        return await original(world, caller)

    patch.wrap(operators, "sign_out", sign_out)


@mutant("webhook.operator.tenants", "Every tenant of the operator is told of all of them.")
def webhook_told_for_all(patch: Patch) -> None:
    _changed(patch, OperatorWentOffline, tenant_id=1)


@mutant("webhook.tenant", "One tenant's endpoint is told what happens at all of them.")
def webhook_for_everybody(patch: Patch) -> None:
    async def webhook(tx: Any, tenant_id: int) -> Any:
        return tx.webhooks.get(1)

    patch.set(Portal, "webhook", webhook)


def _after_refusal(event: Event) -> Callable[..., Any]:
    async def call(original: Any, world: Any, *args: Any, **more: Any) -> Any:
        try:
            return await original(world, *args, **more)
        except Exception:
            await world.store.transact(lambda tx: outbox.tell(world, tx, event))
            raise

    return call


family(
    "webhook.refused",
    "webhook-refused-rating",
    "A refused rating is told.",
    lambda patch: patch.wrap(chats, "rate", _after_refusal(ChatRated(1, 42, 5, None, None))),
    "rate_chat",
)
family(
    "webhook.refused",
    "webhook-refused-end",
    "A refused end is told.",
    lambda patch: patch.wrap(chats, "close", _after_refusal(ChatClosed(1, 42, None, "visitor", None, 0, 1))),
    "end_chat",
)


@mutant("webhook.once", "A ticket that is sent again under its key is told again.")
def webhook_again_under_a_key(patch: Patch) -> None:
    def change(seen: Any) -> None:
        if seen.path.endswith("ticket/create") and seen.status == 201:
            ticket = msgspec.json.decode(seen.body)["data"]["ticket"]["id"]
            count = known[ticket] = known.get(ticket, 0) + 1
            if count > 1:
                again.append(ticket)

    known: dict[int, int] = {}
    again: list[int] = []
    original = outbox.tell

    async def tell(world: Any, tx: Any, event: Any) -> None:
        while again:
            await original(world, tx, TicketCreated(1, again.pop(), "v", "Deneme", "Deneme", "normal"))
        await original(world, tx, event)

    patch.answers(change)
    for module in (chats, tickets, operators):
        patch.set(module, "tell", tell)


# How it is told


@mutant("webhook.schema", "musteri_id is missing in veri.")
def webhook_without_tenant(patch: Patch) -> None:
    _body(patch, lambda value: value["veri"].pop("musteri_id"))


@mutant("webhook.schema", "zaman has no offset.")
def webhook_without_offset(patch: Patch) -> None:
    _body(patch, lambda value: value.update(zaman=value["zaman"][:19]))


@mutant("webhook.schema", "zaman is an hour late.")
def webhook_late(patch: Patch) -> None:
    _body(patch, lambda value: value.update(zaman=value["zaman"].replace("+03:00", "+02:00")))


@mutant("webhook.schema", "olay is in English.")
def webhook_in_english(patch: Patch) -> None:
    def english(value: dict[str, Any]) -> None:
        value["olay"] = wire.EVENT_KINDS_READ[value["olay"]]

    _body(patch, english)


@mutant("webhook.schema", "A webhook is sent as text.")
def webhook_as_text(patch: Patch) -> None:
    changed_message(
        patch, lambda message, _: message._replace(headers=message.headers | {"content-type": "text/plain"})
    )


@mutant("webhook.schema", "The id's header has another name.")
def webhook_other_header(patch: Patch) -> None:
    def renamed(message: Any, _: Any) -> Any:
        headers = {name.replace("webhook-id", "x-webhook-id"): value for name, value in message.headers.items()}
        return message._replace(headers=headers)

    changed_message(patch, renamed)


def _signs(patch: Patch, make: Callable[[bytes, bytes, bytes], str]) -> None:
    """`make(key, what is signed, body)` takes the signature's place."""

    def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
        return make(b64decode(secret.removeprefix("whsec_")), f"{message_id}.{timestamp}.".encode() + body, body)

    patch.set(messages, "webhook_signature", signature)


def _v1(key: bytes, signed: bytes) -> str:
    return "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@mutant("webhook.signature", "Only the body is signed.")
def webhook_body_only(patch: Patch) -> None:
    _signs(patch, lambda key, signed, body: _v1(key, body))


@mutant("webhook.signature", "The secret is not decoded before it signs.")
def webhook_secret_as_text(patch: Patch) -> None:
    _signs(patch, lambda key, signed, body: _v1(b64encode(key), signed))


@mutant("webhook.signature", "The signature is in hex.")
def webhook_in_hex(patch: Patch) -> None:
    _signs(patch, lambda key, signed, body: "v1," + hmac.new(key, signed, hashlib.sha256).hexdigest())


@mutant("webhook.signature", "The timestamp is in milliseconds.")
def webhook_in_milliseconds(patch: Patch) -> None:
    patch.wrap(sender, "message", lambda message, attempt, timestamp: message(attempt, timestamp * 1000))


@mutant("webhook.signature", "The timestamp is in another time zone.")
def webhook_three_hours_ahead(patch: Patch) -> None:
    patch.wrap(sender, "message", lambda message, attempt, timestamp: message(attempt, timestamp + 10_800))
