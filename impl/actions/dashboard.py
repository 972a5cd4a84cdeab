"""An operator's tenants in numbers."""

from __future__ import annotations

from impl.actions.operators import tabs_of
from impl.callers import OperatorCaller
from impl.model import Tenant, TenantNumbers
from impl.rules.dashboard import span
from impl.store.port import Tx
from impl.world import World


async def read(world: World, caller: OperatorCaller) -> list[tuple[Tenant, TenantNumbers]]:
    """The operator's tenants with their numbers, in tab order."""
    since, today = span(world.clock.now())

    async def work(tx: Tx) -> list[tuple[Tenant, TenantNumbers]]:
        tenants = [tenant for tenant, _ in await tabs_of(tx, caller.operator.id)]
        numbers = await tx.numbers([tenant.id for tenant in tenants], since, today)
        return list(zip(tenants, numbers, strict=True))

    return await world.store.transact(work)
