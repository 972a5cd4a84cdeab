"""The web origins that may call a tenant's widget, as the portal shows and changes them."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from impl.actions.sessions import active_membership, managed_tenant_id
from impl.callers import PortalCaller
from impl.model import Tenant
from impl.problems import FieldError, InvalidFields, NoProjectChosen, NotFound, Text, TooManyOrigins
from impl.rules.origins import listed_origin
from impl.store.port import Tx
from impl.world import World

MOST: Final = 100

NO_ORIGIN = FieldError(
    "/origin",
    Text("Bir köken değil (`https://siteniz.com` gibi olmalı).", "Is no origin (such as `https://example.com`)."),
)


async def read_tenant(world: World, caller: PortalCaller) -> Tenant:
    """The tenant that the caller works on. Raises NoProjectChosen."""

    async def work(tx: Tx) -> Tenant:
        membership = await active_membership(tx, caller)
        tenant = await tx.tenant(membership.tenant_id)
        if tenant is None:
            raise NoProjectChosen
        return tenant

    return await world.store.transact(work)


async def add_origin(world: World, caller: PortalCaller, origin: str) -> tuple[Tenant, bool]:
    """Let one more origin call the widget; answers too whether it is new.

    Raises InvalidFields, NotSignedIn, NoProjectChosen, NotPermitted, TooManyOrigins.
    """

    normal = listed_origin(origin)
    if normal is None:
        raise InvalidFields([NO_ORIGIN])

    async def work(tx: Tx) -> tuple[Tenant, bool]:
        tenant = await _managed(tx, caller)
        if normal in tenant.allowed_origins:
            return tenant, False
        if len(tenant.allowed_origins) >= MOST:
            raise TooManyOrigins(limit=MOST)
        return await _list(tx, tenant, (*tenant.allowed_origins, normal)), True

    return await world.store.transact(work)


async def remove_origin(world: World, caller: PortalCaller, origin: str) -> Tenant:
    """Take an origin off the list; an empty list lets every origin call.

    Raises NoProjectChosen, NotPermitted, NotFound.
    """

    async def work(tx: Tx) -> Tenant:
        tenant = await _managed(tx, caller)
        normal = listed_origin(origin)
        kept = tuple([listed for listed in tenant.allowed_origins if listed != normal])
        if len(kept) == len(tenant.allowed_origins):
            raise NotFound
        return await _list(tx, tenant, kept)

    return await world.store.transact(work)


async def _managed(tx: Tx, caller: PortalCaller) -> Tenant:
    tenant = await tx.tenant_for_update(await managed_tenant_id(tx, caller))
    if tenant is None:
        raise NoProjectChosen
    return tenant


async def _list(tx: Tx, tenant: Tenant, origins: tuple[str, ...]) -> Tenant:
    changed = replace(tenant, allowed_origins=origins)
    await tx.put_tenant(changed)
    return changed
