"""Rows for the stores' tests: only what a test is about is named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from impl.model import (
    AccessToken,
    Chat,
    ChatRated,
    Membership,
    Message,
    Operator,
    OutboxRow,
    Tenant,
    Visitor,
)
from impl.rules.times import ISTANBUL

NOON: Final = datetime(2026, 4, 12, 14, 30, tzinfo=ISTANBUL)


def at(seconds: int) -> datetime:
    """So many seconds after 14:30."""
    return NOON + timedelta(seconds=seconds)


def tenant(tenant_id: int, key: str | None = None, **more: Any) -> Tenant:
    return Tenant(tenant_id, f"Firma {tenant_id}", key or f"CM_KEY_{tenant_id}", "secret", None, "#FF6B35", **more)


def operator(operator_id: int, email: str | None = None, **more: Any) -> Operator:
    return Operator(operator_id, f"Op {operator_id}", email or f"op{operator_id}@example.com", "hash", None, **more)


def membership(operator_id: int, tenant_id: int, position: int = 0, **more: Any) -> Membership:
    return Membership(operator_id, tenant_id, position, "senior", **more)


def token(token_id: int, operator_id: int = 7, digest: bytes = b"digest") -> AccessToken:
    return AccessToken(token_id, operator_id, digest, at(3600))


def visitor(visitor_id: str, tenant_id: int = 1, **more: Any) -> Visitor:
    return Visitor(tenant_id, visitor_id, NOON, NOON.timestamp(), **more)


def chat(chat_id: int, visitor_id: str | None = None, tenant_id: int = 1, opened: int = 0, **more: Any) -> Chat:
    """A chat of a visitor of its own, opened so many seconds after 14:30."""
    times = {"opened_at": at(opened), "last_activity_at": at(opened)} | more
    return Chat(chat_id, tenant_id, visitor_id or f"v{chat_id}", None, None, **times)


def message(chat_id: int, sequence: int, **more: Any) -> Message:
    """The text tells the sequence; sent so many seconds after 14:30."""
    values = {
        "sender": "visitor",
        "sender_name": None,
        "text": f"{sequence}.",
        "sent_at": at(sequence),
    } | more
    return Message(chat_id * 1000 + sequence, chat_id, sequence, **values)


def event(row_id: int) -> OutboxRow:
    return OutboxRow(row_id, NOON, ChatRated(1, 42, 5, None, None))
