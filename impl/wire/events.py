"""Events as webhooks tell them: name, time, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import field

from impl import model
from impl.rules.webhooks import kind_of
from impl.wire.base import Shape
from impl.wire.chats import SENDERS
from impl.wire.tickets import PRIORITIES
from impl.wire.webhooks import EVENT_KINDS

OFFLINE_REASONS: Final[Mapping[model.OfflineReason, str]] = {
    "manual": "manuel",
    "logout": "cikis",
    "timeout": "zaman_asimi",
}


class ChatOpenedPayload(Shape, frozen=True):
    chat_id: int = field(name="oturum_id")
    tenant_id: int = field(name="musteri_id")
    visitor_id: str = field(name="ziyaretci_id")
    visitor_name: str | None = field(name="ziyaretci_adi")
    channel: str = field(name="kanal")

    @classmethod
    def of(cls, event: model.ChatOpened) -> ChatOpenedPayload:
        return cls(event.chat_id, event.tenant_id, event.visitor_id, event.visitor_name, event.channel)


class ChatOpenedEvent(Shape, frozen=True):
    name: str = field(name="olay")
    at: datetime = field(name="zaman")
    payload: ChatOpenedPayload = field(name="veri")


class TicketCreatedPayload(Shape, frozen=True):
    ticket_id: int
    tenant_id: int = field(name="musteri_id")
    visitor_id: str = field(name="ziyaretci_id")
    visitor_name: str | None = field(name="ziyaretci_adi")
    subject: str = field(name="konu")
    priority: str = field(name="oncelik")

    @classmethod
    def of(cls, event: model.TicketCreated) -> TicketCreatedPayload:
        return cls(
            event.ticket_id,
            event.tenant_id,
            event.visitor_id,
            event.visitor_name,
            event.subject,
            PRIORITIES[event.priority],
        )


class TicketCreatedEvent(Shape, frozen=True):
    name: str = field(name="olay")
    at: datetime = field(name="zaman")
    payload: TicketCreatedPayload = field(name="veri")


class ChatClosedPayload(Shape, frozen=True):
    chat_id: int = field(name="oturum_id")
    tenant_id: int = field(name="musteri_id")
    visitor_name: str | None = field(name="ziyaretci_adi")
    closed_by: str = field(name="kapatan")
    operator_id: int | None
    seconds: int = field(name="sure_saniye")
    messages: int = field(name="mesaj_sayisi")

    @classmethod
    def of(cls, event: model.ChatClosed) -> ChatClosedPayload:
        return cls(
            event.chat_id,
            event.tenant_id,
            event.visitor_name,
            SENDERS[event.closed_by],
            event.operator_id,
            event.seconds,
            event.messages,
        )


class ChatClosedEvent(Shape, frozen=True):
    name: str = field(name="olay")
    at: datetime = field(name="zaman")
    payload: ChatClosedPayload = field(name="veri")


class TicketSolvedPayload(Shape, frozen=True):
    ticket_id: int
    tenant_id: int = field(name="musteri_id")
    subject: str = field(name="konu")
    operator_id: int
    seconds: int = field(name="cozum_suresi_saniye")

    @classmethod
    def of(cls, event: model.TicketSolved) -> TicketSolvedPayload:
        return cls(event.ticket_id, event.tenant_id, event.subject, event.operator_id, event.seconds)


class TicketSolvedEvent(Shape, frozen=True):
    name: str = field(name="olay")
    at: datetime = field(name="zaman")
    payload: TicketSolvedPayload = field(name="veri")


class ChatRatedPayload(Shape, frozen=True):
    chat_id: int = field(name="oturum_id")
    tenant_id: int = field(name="musteri_id")
    rating: int = field(name="puan")
    comment: str | None = field(name="yorum")
    operator_id: int | None

    @classmethod
    def of(cls, event: model.ChatRated) -> ChatRatedPayload:
        return cls(event.chat_id, event.tenant_id, event.rating, event.comment, event.operator_id)


class ChatRatedEvent(Shape, frozen=True):
    name: str = field(name="olay")
    at: datetime = field(name="zaman")
    payload: ChatRatedPayload = field(name="veri")


class OperatorOfflinePayload(Shape, frozen=True):
    operator_id: int
    tenant_id: int = field(name="musteri_id")
    operator_name: str = field(name="operator_adi")
    reason: str = field(name="neden")

    @classmethod
    def of(cls, event: model.OperatorWentOffline) -> OperatorOfflinePayload:
        return cls(event.operator_id, event.tenant_id, event.operator_name, OFFLINE_REASONS[event.reason])


class OperatorOfflineEvent(Shape, frozen=True):
    name: str = field(name="olay")
    at: datetime = field(name="zaman")
    payload: OperatorOfflinePayload = field(name="veri")


def told(row: model.OutboxRow) -> Shape:
    """The event as it is sent."""
    event, name, at = row.event, EVENT_KINDS[kind_of(row.event)], row.at
    match event:
        case model.ChatOpened():
            return ChatOpenedEvent(name, at, ChatOpenedPayload.of(event))
        case model.TicketCreated():
            return TicketCreatedEvent(name, at, TicketCreatedPayload.of(event))
        case model.ChatClosed():
            return ChatClosedEvent(name, at, ChatClosedPayload.of(event))
        case model.TicketSolved():
            return TicketSolvedEvent(name, at, TicketSolvedPayload.of(event))
        case model.ChatRated():
            return ChatRatedEvent(name, at, ChatRatedPayload.of(event))
        case model.OperatorWentOffline():
            return OperatorOfflineEvent(name, at, OperatorOfflinePayload.of(event))
