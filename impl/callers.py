"""Who calls, once security has found out."""

from __future__ import annotations

from msgspec import Struct

from impl.model import Operator, Tenant


class WidgetCaller(Struct, frozen=True, gc=False):
    """A page of a tenant's site, by the tenant's public key."""

    tenant: Tenant


class OperatorCaller(Struct, frozen=True, gc=False):
    """A signed-in operator and the tenants that they are a member of, in the order of their tabs."""

    operator: Operator
    token_id: int
    tenant_ids: tuple[int, ...]


Caller = WidgetCaller | OperatorCaller | None
