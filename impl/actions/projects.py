"""Projects of the portal's users: which they have, and opening one."""

from __future__ import annotations

from msgspec import Struct

from impl.actions.operators import tabs_of
from impl.actions.sessions import activate
from impl.callers import PortalCaller
from impl.model import Membership, OpenedProject, Tenant
from impl.problems import ProjectLimit
from impl.rules.projects import (
    PROJECTS,
    TRIAL,
    WINDOW,
    api_key,
    is_trial_over,
    projects_left,
    seconds_to_wait,
)
from impl.store.port import Tx
from impl.world import World


class Project(Struct, frozen=True):
    """A tenant of a portal user's."""

    tenant: Tenant
    membership: Membership
    trial_over: bool


async def list_projects(world: World, caller: PortalCaller) -> tuple[list[Project], int]:
    """The caller's projects in tab order, and how many more they may open now."""
    now = world.clock.now()

    async def work(tx: Tx) -> tuple[list[Project], int]:
        tabs = await tabs_of(tx, caller.operator.id)
        left = projects_left(await tx.opened_projects(caller.operator.id), now)
        return [Project(tenant, membership, is_trial_over(tenant, now)) for tenant, membership in tabs], left

    return await world.store.transact(work)


async def open_project(world: World, caller: PortalCaller, name: str, color: str) -> Project:
    """Open a tenant on trial, with the caller as its owner, and make it their active one.

    Of many at once no more come through than the limit allows. Raises ProjectLimit, NotSignedIn.
    """

    async def work(tx: Tx) -> Project:
        now, operator_id = world.clock.now(), caller.operator.id
        wait = seconds_to_wait(await tx.opened_projects(operator_id), now)
        if wait:
            window = int(WINDOW.total_seconds())
            raise ProjectLimit(policy="projects", quota=PROJECTS, window=window, seconds=wait)
        tenant = Tenant(
            id=world.ids.next("tenant"),
            name=name,
            api_key=await _free_key(world, tx),
            api_secret=world.ids.secret().text,
            logo_url=None,
            color=color,
            trial_ends_at=now + TRIAL,
        )
        position = max([tab.position for tab in await tx.memberships(operator_id)], default=-1) + 1
        membership = Membership(operator_id, tenant.id, position, "owner")
        await tx.put_tenant(tenant)
        await tx.put_membership(membership)
        await tx.add_opened_project(OpenedProject(operator_id, tenant.id, now))
        await activate(tx, caller, tenant.id)
        return Project(tenant, membership, trial_over=False)

    return await world.store.transact(work)


async def _free_key(world: World, tx: Tx) -> str:
    while True:
        key = api_key(world.ids.secret().digest)
        if not await tx.is_api_key_taken(key):
            return key


async def forget_opened(world: World) -> None:
    """Delete what no longer counts for anybody's limit."""
    until = world.clock.now() - WINDOW

    async def work(tx: Tx) -> None:
        await tx.delete_opened_projects(until)

    await world.store.transact(work)
