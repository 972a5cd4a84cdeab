"""Who calls, once security has found out."""

from __future__ import annotations

from msgspec import Struct

from impl.model import Operator, Role, Tenant


class WidgetCaller(Struct, frozen=True, gc=False):
    """A page of a tenant's site, by the tenant's public key."""

    tenant: Tenant


class OperatorCaller(Struct, frozen=True, gc=False):
    """A signed-in operator and the tenants that they are a member of, in the order of their tabs."""

    operator: Operator
    token_id: int
    tenant_ids: tuple[int, ...]


class PortalCaller(Struct, frozen=True, gc=False):
    """An operator signed in at the portal, and the tenant that they work on."""

    operator: Operator
    session_digest: bytes
    active_tenant_id: int | None
    """None: none was chosen, or the operator is no longer a member of it."""
    role: Role | None
    """What they are in it."""


Caller = WidgetCaller | OperatorCaller | PortalCaller | None
