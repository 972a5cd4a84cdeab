"""Canned responses."""

from __future__ import annotations

from collections.abc import Sequence

from impl.actions.reach import wanted_tenants
from impl.callers import OperatorCaller
from impl.model import CannedResponse
from impl.store.port import Tx
from impl.world import World


async def list_responses(
    world: World, caller: OperatorCaller, tenant_id: int | None, after: tuple[str, int] | None, limit: int
) -> tuple[Sequence[CannedResponse], bool]:
    """Those of the operator's tenants, by shortcut and id; answers too whether there are more.

    Raises NotFound for a tenant that is not the operator's.
    """
    tenant_ids = wanted_tenants(caller, tenant_id)

    async def work(tx: Tx) -> Sequence[CannedResponse]:
        return await tx.canned_responses(tenant_ids, after, limit + 1)

    responses = await world.store.transact(work)
    return responses[:limit], len(responses) > limit
