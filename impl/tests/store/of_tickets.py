"""What the store's tests know of tickets and their replies."""

from __future__ import annotations

from typing import Any, Final

from impl.model import Ticket, TicketReply
from impl.tests.store.rows import at


def ticket(ticket_id: int, visitor_id: str | None = None, tenant_id: int = 1, updated: int = 0, **more: Any) -> Ticket:
    """A ticket of a visitor of its own, updated so many seconds after 14:30."""
    values = {"created_at": at(-100), "updated_at": at(updated)} | more
    return Ticket(ticket_id, tenant_id, visitor_id or f"v{ticket_id}", None, None, "Konu", "Metin", **values)


def reply(ticket_id: int, position: int) -> TicketReply:
    """The text tells the position; sent so many seconds after 14:30."""
    reply_id = ticket_id * 1000 + position
    return TicketReply(reply_id, ticket_id, position, "visitor", None, f"{position}.", at(position))


VERBS: Final[dict[str, str]] = {"Ticket": "put_ticket", "TicketReply": "add_reply"}
"""The verb that writes each kind of row."""

READS: Final[dict[str, tuple[Any, object]]] = {
    "ticket": (lambda tx: tx.ticket(1), None),
    "ticket_for_update": (lambda tx: tx.ticket_for_update(1), None),
    "tickets_of_tenants": (lambda tx: tx.tickets_of_tenants([1, 2], None, None, None, 10), []),
    "tickets_of_visitor": (lambda tx: tx.tickets_of_visitor(1, "abc123", None, 10), []),
    "replies_after": (lambda tx: tx.replies_after(1, 0, 10), []),
}
"""Each getter, and what it answers while the store is empty."""

FILLED: Final[tuple[Any, ...]] = (
    ticket(1, "abc123", updated=5, reply_count=1),
    reply(1, 1),
    ticket(2, "abc123", updated=5, state="solved", solved_at=at(5), priority="urgent"),
    ticket(3, "user_42", tenant_id=2, updated=7),
)
"""Rows that stand there before each write below."""

WRITES: Final[dict[str, Any]] = {
    "new ticket": lambda tx: tx.put_ticket(ticket(4, "yeni", tenant_id=3)),
    "ticket of a visitor who has some": lambda tx: tx.put_ticket(ticket(4, "abc123", updated=6)),
    "ticket updated before others": lambda tx: tx.put_ticket(ticket(4, "abc123", updated=-6)),
    "updated ticket": lambda tx: tx.put_ticket(ticket(1, "abc123", updated=9, reply_count=2)),
    "ticket in another state": lambda tx: tx.put_ticket(ticket(1, "abc123", updated=5, state="closed")),
    "updated ticket in another state": lambda tx: tx.put_ticket(ticket(2, "abc123", updated=9, priority="urgent")),
    "ticket in its place": lambda tx: tx.put_ticket(ticket(1, "abc123", updated=5, operator_id=7)),
    "reply": lambda tx: tx.add_reply(reply(1, 2)),
    "first reply": lambda tx: tx.add_reply(reply(3, 1)),
    "deleted tickets": lambda tx: tx.delete_tickets_of_visitor(1, "abc123"),
}
"""Writes that change the state, to be done and undone."""
