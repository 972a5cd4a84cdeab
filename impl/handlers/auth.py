"""Tag `auth`: signing in and out."""

from __future__ import annotations

from impl import wire
from impl.actions import operators
from impl.callers import OperatorCaller
from impl.world import World


async def login(world: World, body: wire.LoginRequest, client: str) -> wire.LoginAnswer:
    """POST /api/v1/auth/login"""
    signed_in = await operators.sign_in(world, body.email, body.password, client)
    operator, token = signed_in.operator, signed_in.token
    return wire.LoginAnswer(
        data=wire.LoginData(
            token=f"{token.id}|{signed_in.secret}",
            token_type="Bearer",
            expires_at=token.expires_at,
            operator=wire.Operator(
                operator.id,
                operator.name,
                operator.email,
                operators.first_tenant_id(operator, signed_in.tabs),
                [wire.TenantTab.of(*tab) for tab in signed_in.tabs],
            ),
        )
    )


async def logout(world: World, caller: OperatorCaller) -> wire.LogoutAnswer:
    """POST /api/v1/auth/logout"""
    state = await operators.sign_out(world, caller)
    return wire.LogoutAnswer(data=wire.LogoutData(wire.OPERATOR_STATES[state]))
