"""What an operator may reach: the tenants that they are a member of, as long as their token lives."""

from __future__ import annotations

from collections.abc import Sequence

from impl.callers import OperatorCaller
from impl.model import Membership
from impl.problems import InvalidToken, NotFound
from impl.store.port import Tx


async def check_signed_in(tx: Tx, caller: OperatorCaller) -> None:
    """Ask again: a body can come long after its headers, and a poll waits. Raises InvalidToken."""
    if await tx.token(caller.token_id) is None:
        raise InvalidToken


async def membership_in(tx: Tx, caller: OperatorCaller, tenant_id: int) -> Membership:
    """What the operator is in a tenant, as of now. Raises InvalidToken, NotFound."""
    await check_signed_in(tx, caller)
    membership = await tx.membership(caller.operator.id, tenant_id)
    if membership is None:
        raise NotFound
    return membership


def wanted_tenants(caller: OperatorCaller, tenant_id: int | None) -> Sequence[int]:
    """That one of the operator's tenants or, without one, all of them. Raises NotFound."""
    if tenant_id is None:
        return caller.tenant_ids
    if tenant_id not in caller.tenant_ids:
        raise NotFound
    return (tenant_id,)
