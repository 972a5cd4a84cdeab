"""The portal's sessions, opened projects and webhook endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from impl.model import OpenedProject, PortalSession, WebhookEndpoint
from impl.store.memory.tables import Tables


class Portal(Tables):
    """An operator's opened projects stand in the order of their opening."""

    def __init__(self) -> None:
        super().__init__()
        self.portal_sessions: dict[bytes, PortalSession] = {}
        self.projects_by_operator: dict[int, tuple[OpenedProject, ...]] = {}
        self.webhooks: dict[int, WebhookEndpoint] = {}

    # Sessions

    async def portal_session(self, digest: bytes) -> PortalSession | None:
        return self.portal_sessions.get(digest)

    async def portal_session_for_update(self, digest: bytes) -> PortalSession | None:
        return self.portal_sessions.get(digest)

    async def put_portal_session(self, session: PortalSession) -> None:
        self._set(self.portal_sessions, session.digest, session)

    async def delete_portal_session(self, digest: bytes) -> None:
        self._remove(self.portal_sessions, digest)

    async def delete_expired_portal_sessions(self, now: datetime) -> None:
        for digest in [session.digest for session in self.portal_sessions.values() if session.expires_at <= now]:
            self._remove(self.portal_sessions, digest)

    # Opened projects

    async def opened_projects(self, operator_id: int) -> Sequence[OpenedProject]:
        return self.projects_by_operator.get(operator_id, ())

    async def add_opened_project(self, opened: OpenedProject) -> None:
        known = self.projects_by_operator.get(opened.operator_id, ())
        self._set(self.projects_by_operator, opened.operator_id, (*known, opened))

    async def delete_opened_projects(self, until: datetime) -> None:
        for operator_id, known in list(self.projects_by_operator.items()):
            kept = tuple([opened for opened in known if opened.opened_at > until])
            if not kept:
                self._remove(self.projects_by_operator, operator_id)
            elif len(kept) < len(known):
                self._set(self.projects_by_operator, operator_id, kept)

    # Webhook endpoints

    async def webhook(self, tenant_id: int) -> WebhookEndpoint | None:
        return self.webhooks.get(tenant_id)

    async def webhook_for_update(self, tenant_id: int) -> WebhookEndpoint | None:
        return self.webhooks.get(tenant_id)

    async def put_webhook(self, endpoint: WebhookEndpoint) -> None:
        self._set(self.webhooks, endpoint.tenant_id, endpoint)
