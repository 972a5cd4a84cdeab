"""Campaigns that the widget shows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

from impl.model import Campaign, Tenant
from impl.rules.campaigns import matches, normalised
from impl.store.port import Tx
from impl.world import World

AT_MOST: Final = 100


async def running_on(world: World, tenant: Tenant, page_url: str | None) -> Sequence[Campaign]:
    """The tenant's campaigns that run now, on that page or (None) on any, the last started first."""
    now = world.clock.now()

    async def work(tx: Tx) -> Sequence[Campaign]:
        return await tx.running_campaigns(tenant.id, now)

    running = await world.store.transact(work)
    if page_url is None:
        return running[:AT_MOST]
    page = normalised(page_url)
    return list(islice((campaign for campaign in running if matches(campaign.target, page)), AT_MOST))
