"""An operator's tenants: the tabs of the panel, their order, their silence."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from impl.actions.operators import Tab, tabs_of
from impl.actions.reach import check_signed_in, membership_in, wanted_tenants
from impl.callers import OperatorCaller, PortalCaller
from impl.model import Member
from impl.problems import FieldError, InvalidFields, NotFound, Text
from impl.store.port import Tx
from impl.world import World

NOT_A_PERMUTATION = FieldError(
    "/order",
    Text("Bütün projelerinizin kimliği birer kez yazılmalı.", "Must hold the id of each of your tenants once."),
)


async def list_tabs(world: World, caller: OperatorCaller | PortalCaller) -> list[Tab]:
    """The operator's tenants, in tab order."""

    async def work(tx: Tx) -> list[Tab]:
        return await tabs_of(tx, caller.operator.id)

    return await world.store.transact(work)


async def order_tabs(world: World, caller: OperatorCaller, tenant_ids: list[int]) -> list[Tab]:
    """Put the tabs in this order. Raises InvalidFields unless it is a permutation of the operator's tenants.

    Raises InvalidToken too.
    """

    async def work(tx: Tx) -> list[Tab]:
        await check_signed_in(tx, caller)
        memberships = {m.tenant_id: m for m in await tx.memberships(caller.operator.id)}
        if sorted(tenant_ids) != sorted(memberships):
            raise InvalidFields([NOT_A_PERMUTATION])
        for position, tenant_id in enumerate(tenant_ids):
            await tx.put_membership(replace(memberships[tenant_id], position=position))
        return await tabs_of(tx, caller.operator.id)

    return await world.store.transact(work)


async def mute_tab(world: World, caller: OperatorCaller, tenant_id: int, muted: bool) -> Tab:
    """Silence a tab, or let it sound again. Raises InvalidToken, NotFound."""

    async def work(tx: Tx) -> Tab:
        membership = await membership_in(tx, caller, tenant_id)
        tenant = await tx.tenant(tenant_id)
        if tenant is None:
            raise NotFound
        changed = replace(membership, muted=muted)
        await tx.put_membership(changed)
        return tenant, changed

    return await world.store.transact(work)


async def list_members(
    world: World, caller: OperatorCaller, tenant_id: int, after: int, limit: int
) -> tuple[Sequence[Member], bool]:
    """The tenant's operators with a larger id than `after`, by id; answers too whether there are more.

    Raises NotFound for a tenant that is not the operator's.
    """
    wanted_tenants(caller, tenant_id)

    async def work(tx: Tx) -> Sequence[Member]:
        return await tx.members(tenant_id, after, limit + 1)

    members = await world.store.transact(work)
    return members[:limit], len(members) > limit
