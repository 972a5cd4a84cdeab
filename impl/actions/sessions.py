"""Sessions of the portal: signing in and out, and the project that somebody works on."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from impl.actions.operators import Tab, admit, first_tenant_id, tabs_of
from impl.callers import PortalCaller
from impl.model import Membership, Operator, PortalSession
from impl.problems import NoProjectChosen, NotFound, NotPermitted, NotSignedIn
from impl.rules.hashing import digest
from impl.rules.portal_cookie import SESSION_LIFE
from impl.rules.roles import may_manage
from impl.store.port import Tx
from impl.world import World


class PortalSignIn(Struct, frozen=True):
    """A successful sign-in; `secret`, the cookie's value, is known only now."""

    operator: Operator
    active_tenant_id: int | None
    secret: str


async def sign_in(world: World, email: str, password: str, client: str, cookie: str | None) -> PortalSignIn:
    """Check a password as `operators.sign_in` does, and open a session; that of the present cookie ends.

    Raises LoginFailed, TooManyRequests.
    """

    async def open_session(tx: Tx, operator: Operator) -> PortalSignIn:
        if cookie is not None:
            await tx.delete_portal_session(digest(cookie))
        secret = world.ids.secret()
        active = first_tenant_id(operator, await tabs_of(tx, operator.id))
        expires_at = world.clock.now() + SESSION_LIFE
        await tx.put_portal_session(PortalSession(secret.digest, operator.id, active, expires_at))
        return PortalSignIn(operator, active, secret.text)

    return await admit(world, email, password, client, open_session)


async def find_session(world: World, cookie: str | None) -> PortalCaller | None:
    """Whose live session the cookie's value names, if any."""
    if not cookie:
        return None
    sent, now = digest(cookie), world.clock.now()

    async def work(tx: Tx) -> PortalCaller | None:
        session = await tx.portal_session(sent)
        if session is None or session.expires_at <= now:
            return None
        operator = await tx.operator(session.operator_id)
        if operator is None:
            return None
        active = session.active_tenant_id
        membership = None if active is None else await tx.membership(operator.id, active)
        if membership is None:
            return PortalCaller(operator, sent, None, None)
        return PortalCaller(operator, sent, membership.tenant_id, membership.role)

    return await world.store.transact(work)


async def sign_out(world: World, caller: PortalCaller) -> None:
    """End the caller's session."""

    async def work(tx: Tx) -> None:
        await tx.delete_portal_session(caller.session_digest)

    await world.store.transact(work)


async def choose_project(world: World, caller: PortalCaller, tenant_id: int) -> Tab:
    """Work on another of the caller's tenants. Raises NotFound."""

    async def work(tx: Tx) -> Tab:
        membership = await tx.membership(caller.operator.id, tenant_id)
        tenant = await tx.tenant(tenant_id)
        if membership is None or tenant is None:
            raise NotFound
        await activate(tx, caller, tenant_id)
        return tenant, membership

    return await world.store.transact(work)


async def activate(tx: Tx, caller: PortalCaller, tenant_id: int) -> None:
    """Make the tenant the session's active one, and the operator's primary one. Raises NotSignedIn."""
    session = await tx.portal_session_for_update(caller.session_digest)  # as it is now: signing out may have come first
    operator = await tx.operator(caller.operator.id)
    if session is None or operator is None:
        raise NotSignedIn
    await tx.put_portal_session(replace(session, active_tenant_id=tenant_id))
    await tx.put_operator(replace(operator, primary_tenant_id=tenant_id))


async def active_membership(tx: Tx, caller: PortalCaller) -> Membership:
    """What the caller is in the tenant that they work on, as of now. Raises NotSignedIn, NoProjectChosen."""
    if await tx.portal_session(caller.session_digest) is None:  # the body may have come long after the headers
        raise NotSignedIn
    tenant_id = caller.active_tenant_id
    membership = None if tenant_id is None else await tx.membership(caller.operator.id, tenant_id)
    if membership is None:
        raise NoProjectChosen
    return membership


async def managed_tenant_id(tx: Tx, caller: PortalCaller) -> int:
    """The tenant that the caller works on, and manages. Raises NotSignedIn, NoProjectChosen, NotPermitted."""
    membership = await active_membership(tx, caller)
    if not may_manage(membership.role):
        raise NotPermitted
    return membership.tenant_id
