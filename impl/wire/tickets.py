"""Tickets and their replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import UNSET, UnsetType, field

from impl import model
from impl.rules.cursors import write_cursor, write_position
from impl.wire.base import Answer, Shape
from impl.wire.chats import SENDERS
from impl.wire.files import File

TICKET_STATES: Final[Mapping[model.TicketState, str]] = {
    "open": "acik",
    "answered": "yanitlandi",
    "solved": "cozuldu",
    "closed": "kapali",
}
TICKET_STATES_READ: Final[Mapping[str, model.TicketState]] = {wire: state for state, wire in TICKET_STATES.items()}
PRIORITIES: Final[Mapping[model.Priority, str]] = {
    "low": "dusuk",
    "normal": "normal",
    "high": "yuksek",
    "urgent": "acil",
}
PRIORITIES_READ: Final[Mapping[str, model.Priority]] = {wire: priority for priority, wire in PRIORITIES.items()}


class TicketReply(Shape, frozen=True):
    id: int
    ticket_id: int
    sender: str = field(name="gonderen")
    sender_name: str | None = field(name="gonderen_adi")
    text: str = field(name="mesaj")
    files: list[File] = field(name="dosyalar")
    sent_at: datetime = field(name="zaman")

    @classmethod
    def of(cls, reply: model.TicketReply) -> TicketReply:
        return cls(
            reply.id,
            reply.ticket_id,
            SENDERS[reply.sender],
            reply.sender_name,
            reply.text,
            [File.of(file) for file in reply.files],
            reply.sent_at,
        )


class TicketSummary(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    state: str = field(name="durum")
    priority: str = field(name="oncelik")
    subject: str = field(name="konu")
    visitor_id: str = field(name="ziyaretci_id")
    visitor_name: str | None = field(name="ziyaretci_adi")
    reply_count: int = field(name="yanit_sayisi")
    created_at: datetime = field(name="olusturuldu")
    updated_at: datetime = field(name="guncellendi")

    @classmethod
    def of(cls, ticket: model.Ticket) -> TicketSummary:
        return cls(
            ticket.id,
            ticket.tenant_id,
            TICKET_STATES[ticket.state],
            PRIORITIES[ticket.priority],
            ticket.subject,
            ticket.visitor_id,
            ticket.visitor_name,
            ticket.reply_count,
            ticket.created_at,
            ticket.updated_at,
        )


class Ticket(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    state: str = field(name="durum")
    priority: str = field(name="oncelik")
    subject: str = field(name="konu")
    text: str = field(name="mesaj")
    files: list[File] = field(name="dosyalar")
    visitor_id: str = field(name="ziyaretci_id")
    visitor_name: str | None = field(name="ziyaretci_adi")
    reply_count: int = field(name="yanit_sayisi")
    created_at: datetime = field(name="olusturuldu")
    updated_at: datetime = field(name="guncellendi")
    replies: list[TicketReply] = field(name="yanitlar")

    @classmethod
    def of(cls, ticket: model.Ticket, replies: Sequence[model.TicketReply]) -> Ticket:
        return cls(
            ticket.id,
            ticket.tenant_id,
            TICKET_STATES[ticket.state],
            PRIORITIES[ticket.priority],
            ticket.subject,
            ticket.text,
            [File.of(file) for file in ticket.files],
            ticket.visitor_id,
            ticket.visitor_name,
            ticket.reply_count,
            ticket.created_at,
            ticket.updated_at,
            [TicketReply.of(reply) for reply in replies],
        )


class OperatorTicketSummary(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    state: str = field(name="durum")
    priority: str = field(name="oncelik")
    subject: str = field(name="konu")
    visitor_id: str = field(name="ziyaretci_id")
    visitor_name: str | None = field(name="ziyaretci_adi")
    visitor_email: str | None = field(name="ziyaretci_email")
    operator_id: int | None
    operator_name: str | None = field(name="operator_adi")
    reply_count: int = field(name="yanit_sayisi")
    created_at: datetime = field(name="olusturuldu")
    updated_at: datetime = field(name="guncellendi")
    solved_at: datetime | None = field(name="cozum")

    @classmethod
    def of(cls, ticket: model.Ticket) -> OperatorTicketSummary:
        return cls(
            ticket.id,
            ticket.tenant_id,
            TICKET_STATES[ticket.state],
            PRIORITIES[ticket.priority],
            ticket.subject,
            ticket.visitor_id,
            ticket.visitor_name,
            ticket.visitor_email,
            ticket.operator_id,
            ticket.operator_name,
            ticket.reply_count,
            ticket.created_at,
            ticket.updated_at,
            ticket.solved_at,
        )


class OperatorTicket(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    state: str = field(name="durum")
    priority: str = field(name="oncelik")
    subject: str = field(name="konu")
    text: str = field(name="mesaj")
    files: list[File] = field(name="dosyalar")
    visitor_id: str = field(name="ziyaretci_id")
    visitor_name: str | None = field(name="ziyaretci_adi")
    visitor_email: str | None = field(name="ziyaretci_email")
    operator_id: int | None
    operator_name: str | None = field(name="operator_adi")
    reply_count: int = field(name="yanit_sayisi")
    created_at: datetime = field(name="olusturuldu")
    updated_at: datetime = field(name="guncellendi")
    solved_at: datetime | None = field(name="cozum")
    replies: list[TicketReply] = field(name="yanitlar")

    @classmethod
    def of(cls, ticket: model.Ticket, replies: Sequence[model.TicketReply]) -> OperatorTicket:
        return cls(
            ticket.id,
            ticket.tenant_id,
            TICKET_STATES[ticket.state],
            PRIORITIES[ticket.priority],
            ticket.subject,
            ticket.text,
            [File.of(file) for file in ticket.files],
            ticket.visitor_id,
            ticket.visitor_name,
            ticket.visitor_email,
            ticket.operator_id,
            ticket.operator_name,
            ticket.reply_count,
            ticket.created_at,
            ticket.updated_at,
            ticket.solved_at,
            [TicketReply.of(reply) for reply in replies],
        )


class CreateTicketRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    subject: str = field(name="konu")
    text: str = field(name="mesaj")
    name: str | None = field(name="ad", default=None)
    email: str | None = None
    priority: str = field(name="oncelik", default="normal")
    file_ids: list[str] = field(name="dosyalar", default_factory=list)


class VisitorReplyRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    text: str = field(name="mesaj")
    file_ids: list[str] = field(name="dosyalar", default_factory=list)


class OperatorReplyRequest(Shape, frozen=True):
    text: str = field(name="mesaj")
    file_ids: list[str] = field(name="dosyalar", default_factory=list)


class TicketStatusRequest(Shape, frozen=True):
    state: str = field(name="durum")


class TicketData(Shape, frozen=True):
    ticket: Ticket
    next_cursor: str | UnsetType | None = field(name="sonraki_imlec", default=UNSET)


class TicketAnswer(Answer, frozen=True, kw_only=True):
    data: TicketData


class TicketsData(Shape, frozen=True):
    tickets: list[TicketSummary] = field(name="ticketlar")
    next_cursor: str | None = field(name="sonraki_imlec")


class TicketsAnswer(Answer, frozen=True, kw_only=True):
    data: TicketsData


class TicketReplyData(Shape, frozen=True):
    reply: TicketReply = field(name="yanit")
    state: str = field(name="durum")


class TicketReplyAnswer(Answer, frozen=True, kw_only=True):
    data: TicketReplyData

    @classmethod
    def of(cls, reply: model.TicketReply, state: model.TicketState) -> TicketReplyAnswer:
        return cls(data=TicketReplyData(TicketReply.of(reply), TICKET_STATES[state]))


class OperatorTicketsData(Shape, frozen=True):
    tickets: list[OperatorTicketSummary] = field(name="ticketlar")
    next_cursor: str | None = field(name="sonraki_imlec")


class OperatorTicketsAnswer(Answer, frozen=True, kw_only=True):
    data: OperatorTicketsData


class OperatorTicketData(Shape, frozen=True):
    ticket: OperatorTicket
    next_cursor: str | None = field(name="sonraki_imlec")


class OperatorTicketAnswer(Answer, frozen=True, kw_only=True):
    data: OperatorTicketData


class TicketStatusData(Shape, frozen=True):
    ticket: OperatorTicketSummary


class TicketStatusAnswer(Answer, frozen=True, kw_only=True):
    data: TicketStatusData


def behind_tickets(page: Sequence[model.Ticket], more: bool) -> str | None:
    """The cursor of the page that follows, None if nothing does."""
    return write_cursor(page[-1].updated_at, page[-1].id) if more else None


def behind_replies(page: Sequence[model.TicketReply], more: bool) -> str | None:
    """The cursor of the replies that follow, None if none do."""
    return write_position(page[-1].position) if more else None
