"""Canned responses."""

from __future__ import annotations

from collections.abc import Sequence

from impl.callers import OperatorCaller
from impl.model import CannedResponse
from impl.problems import NotFound
from impl.store.port import Tx
from impl.world import World


async def list_responses(
    world: World, caller: OperatorCaller, tenant_id: int | None, after: tuple[str, int] | None, limit: int
) -> tuple[Sequence[CannedResponse], bool]:
    """Those of the operator's tenants, by shortcut and id; answers too whether there are more.

    Raises NotFound for a tenant that is not the operator's.
    """
    if tenant_id is not None and tenant_id not in caller.tenant_ids:
        raise NotFound
    tenant_ids = caller.tenant_ids if tenant_id is None else (tenant_id,)

    async def work(tx: Tx) -> Sequence[CannedResponse]:
        return await tx.canned_responses(tenant_ids, after, limit + 1)

    responses = await world.store.transact(work)
    return responses[:limit], len(responses) > limit
