"""Campaigns and canned responses."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from datetime import datetime

from impl.model import Campaign, CannedResponse
from impl.store.memory.merging import first_of_all
from impl.store.memory.tables import Tables


class Campaigns(Tables):
    """Each tenant's campaigns, the last started first; each tenant's canned responses by shortcut."""

    def __init__(self) -> None:
        super().__init__()
        self.campaigns_by_tenant: dict[int, tuple[Campaign, ...]] = {}
        self.canned: dict[int, CannedResponse] = {}
        self.canned_by_tenant: dict[int, list[tuple[str, int]]] = {}

    async def put_campaign(self, campaign: Campaign) -> None:
        others = [c for c in self.campaigns_by_tenant.get(campaign.tenant_id, ()) if c.id != campaign.id]
        rows = sorted([*others, campaign], key=lambda c: (c.starts_at, c.id), reverse=True)
        self._set(self.campaigns_by_tenant, campaign.tenant_id, tuple(rows))

    async def running_campaigns(self, tenant_id: int, now: datetime) -> Sequence[Campaign]:
        return [
            campaign
            for campaign in self.campaigns_by_tenant.get(tenant_id, ())
            if campaign.active and campaign.starts_at <= now and (campaign.ends_at is None or now < campaign.ends_at)
        ]

    async def put_canned_response(self, response: CannedResponse) -> None:
        old = self.canned.get(response.id)
        if old:
            places, place = self.canned_by_tenant[old.tenant_id], (old.shortcut, old.id)
            places.remove(place)
            self._undo_by(lambda: insort(places, place))
        if response.tenant_id not in self.canned_by_tenant:
            self._set(self.canned_by_tenant, response.tenant_id, [])
        joined, new_place = self.canned_by_tenant[response.tenant_id], (response.shortcut, response.id)
        insort(joined, new_place)
        self._undo_by(lambda: joined.remove(new_place))
        self._set(self.canned, response.id, response)

    async def canned_responses(
        self, tenant_ids: Sequence[int], after: tuple[str, int] | None, limit: int
    ) -> Sequence[CannedResponse]:
        places = first_of_all(map(self.canned_by_tenant.get, tenant_ids), after, limit)
        return [self.canned[response_id] for _, response_id in places]
