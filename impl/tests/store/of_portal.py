"""What the store's tests know of the portal: sessions, opened projects, webhook endpoints."""

from __future__ import annotations

from typing import Any, Final

from impl.model import OpenedProject, PortalSession, WebhookEndpoint
from impl.tests.store.rows import at


def session(digest: bytes = b"s1", expires: int = 3_600, tenant_id: int | None = 1) -> PortalSession:
    return PortalSession(digest, 7, tenant_id, at(expires))


def opened(tenant_id: int, seconds: int = 0, operator_id: int = 7) -> OpenedProject:
    return OpenedProject(operator_id, tenant_id, at(seconds))


def endpoint(tenant_id: int = 1, **more: Any) -> WebhookEndpoint:
    values: dict[str, Any] = {
        "events": ("chat_opened",),
        "secret": "whsec_x",
        "created_at": at(0),
        "updated_at": at(0),
    } | more
    return WebhookEndpoint(tenant_id, "https://example.com/webhook", **values)


VERBS: Final[dict[str, str]] = {
    "PortalSession": "put_portal_session",
    "OpenedProject": "add_opened_project",
    "WebhookEndpoint": "put_webhook",
}
"""The verb that writes each kind of row."""

READS: Final[dict[str, tuple[Any, object]]] = {
    "portal_session": (lambda tx: tx.portal_session(b"s1"), None),
    "portal_session_for_update": (lambda tx: tx.portal_session_for_update(b"s1"), None),
    "tenant_for_update": (lambda tx: tx.tenant_for_update(1), None),
    "is_api_key_taken": (lambda tx: tx.is_api_key_taken("CM_KEY_1"), False),
    "opened_projects": (lambda tx: tx.opened_projects(7), []),
    "webhook": (lambda tx: tx.webhook(1), None),
    "webhook_for_update": (lambda tx: tx.webhook_for_update(1), None),
}
"""Each getter, and what it answers while the store is empty."""

FILLED: Final[tuple[Any, ...]] = (
    session(),
    opened(4),
    opened(5, 10),
    opened(6, 0, operator_id=8),
    endpoint(),
)
"""Rows that stand there before each write below."""

WRITES: Final[dict[str, Any]] = {
    "new portal session": lambda tx: tx.put_portal_session(session(b"s2")),
    "portal session": lambda tx: tx.put_portal_session(session(tenant_id=2)),
    "deleted portal session": lambda tx: tx.delete_portal_session(b"s1"),
    "expired portal sessions": lambda tx: tx.delete_expired_portal_sessions(at(3_600)),
    "opened project": lambda tx: tx.add_opened_project(opened(9, 20)),
    "first opened project": lambda tx: tx.add_opened_project(opened(9, 20, operator_id=9)),
    "some old opened projects": lambda tx: tx.delete_opened_projects(at(0)),
    "all opened projects": lambda tx: tx.delete_opened_projects(at(99)),
    "new webhook": lambda tx: tx.put_webhook(endpoint(2)),
    "webhook": lambda tx: tx.put_webhook(endpoint(enabled=False)),
}
"""Writes that change the state, to be done and undone."""
