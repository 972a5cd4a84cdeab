"""The portal's sessions, opened projects, webhook endpoints and deliveries."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from impl.model import Delivery, OpenedProject, PortalSession, WebhookEndpoint
from impl.store.memory.tables import Tables

Moment = tuple[datetime, int]
"""When a delivery was created, and its id."""


class Portal(Tables):
    """Deliveries stand in the order of their creation, for each tenant and for all."""

    def __init__(self) -> None:
        super().__init__()
        self.portal_sessions: dict[bytes, PortalSession] = {}
        self.projects_by_operator: dict[int, tuple[OpenedProject, ...]] = {}
        self.webhooks: dict[int, WebhookEndpoint] = {}
        self.deliveries_by_id: dict[int, Delivery] = {}
        self.deliveries_by_tenant: dict[int, list[Moment]] = {}
        self.all_deliveries: list[Moment] = []

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

    # Deliveries

    async def delivery_for_update(self, delivery_id: int) -> Delivery | None:
        return self.deliveries_by_id.get(delivery_id)

    async def put_delivery(self, delivery: Delivery) -> None:
        if delivery.id not in self.deliveries_by_id:
            if delivery.tenant_id not in self.deliveries_by_tenant:
                self._set(self.deliveries_by_tenant, delivery.tenant_id, [])
            moment = (delivery.created_at, delivery.id)
            for moments in (self.all_deliveries, self.deliveries_by_tenant[delivery.tenant_id]):
                insort(moments, moment)
                self._undo_by(partial(moments.remove, moment))
        self._set(self.deliveries_by_id, delivery.id, delivery)

    async def deliveries(
        self, tenant_id: int, since: datetime, before: Moment | None, limit: int
    ) -> Sequence[Delivery]:
        moments = self.deliveries_by_tenant.get(tenant_id, [])
        end = len(moments) if before is None else bisect_left(moments, before)
        start = max(bisect_left(moments, (since, 0)), end - limit)
        return [self.deliveries_by_id[delivery_id] for _, delivery_id in reversed(moments[start:end])]

    async def delete_deliveries(self, before: datetime) -> None:
        old = self.all_deliveries[: bisect_left(self.all_deliveries, (before, 0))]
        if not old:
            return
        tenants = {self.deliveries_by_id[delivery_id].tenant_id for _, delivery_id in old}
        for tenant_id in tenants:
            moments = self.deliveries_by_tenant[tenant_id]
            self._drop_first(moments, bisect_left(moments, (before, 0)))
            if not moments:
                self._remove(self.deliveries_by_tenant, tenant_id)
        self._drop_first(self.all_deliveries, len(old))
        for _, delivery_id in old:
            self._remove(self.deliveries_by_id, delivery_id)

    def _drop_first(self, moments: list[Moment], count: int) -> None:
        gone = moments[:count]
        del moments[:count]
        self._undo_by(lambda: moments.__setitem__(slice(0, 0), gone))
