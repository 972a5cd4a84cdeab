"""Who calls: one function for each security scheme of `openapi.yaml`.

Each takes the world, the headers and whether the operation creates something, and answers the caller or raises a
problem. `SCHEMES` is what the contract is compiled with: an operation that names another scheme stops the server at
start.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from impl.actions.sessions import find_session
from impl.callers import Caller, OperatorCaller, PortalCaller, WidgetCaller
from impl.contract.call import Headers, cookie_of, text
from impl.model import AccessToken
from impl.problems import InvalidKey, InvalidToken, NotPermitted, NotSignedIn, OriginNotAllowed, TrialOver
from impl.rules import portal_cookie
from impl.rules.hashing import digest
from impl.rules.origins import may_call
from impl.rules.projects import is_trial_over
from impl.rules.roles import may_manage
from impl.store.port import Tx
from impl.world import World

Authenticate = Callable[[World, Headers, bool], Awaitable[Caller]]

SEEN_EVERY: Final = timedelta(seconds=30)
"""An operator's `last_seen_at` is written at most this often."""

_BEARER = re.compile(rb"(?i:bearer) +([1-9][0-9]{0,17})\|([A-Za-z0-9_-]{1,200})")


async def widget_key(world: World, headers: Headers, creates: bool) -> WidgetCaller:
    """The tenant of `X-API-Key`, called from an origin that it allows.

    Raises InvalidKey, OriginNotAllowed and, where the operation creates something, TrialOver.
    """
    key = headers.get(b"x-api-key")
    tenant = await world.store.tenant_by_key(key.decode("latin-1")) if key else None
    if tenant is None:
        raise InvalidKey
    allowed = tenant.allowed_origins
    if allowed:
        origin = text(headers, b"origin")
        if origin not in allowed and not may_call(allowed, origin, text(headers, b"referer")):
            raise OriginNotAllowed
    if creates and tenant.trial_ends_at and is_trial_over(tenant, world.clock.now()):
        raise TrialOver
    return WidgetCaller(tenant)


async def operator_token(world: World, headers: Headers, creates: bool) -> OperatorCaller:
    """The operator of `Authorization: Bearer {id}|{secret}`. Raises InvalidToken."""
    found = _BEARER.fullmatch(headers.get(b"authorization", b""))
    if not found:
        raise InvalidToken
    token_id, sent = int(found[1]), digest(found[2].decode())
    now = world.clock.now()

    async def work(tx: Tx) -> OperatorCaller:
        token = await tx.token(token_id)
        if token is None or not _is_live(token, sent, now):
            raise InvalidToken
        operator = await tx.operator(token.operator_id)
        if operator is None:
            raise InvalidToken
        if operator.last_seen_at is None or not timedelta(0) <= now - operator.last_seen_at < SEEN_EVERY:
            operator = replace(operator, last_seen_at=now)
            await tx.put_operator(operator)
        memberships = await tx.memberships(operator.id)
        return OperatorCaller(operator, token.id, tuple([m.tenant_id for m in memberships]))

    caller = await world.store.transact(work)
    world.presence.saw(caller.operator.id, now)
    return caller


def _is_live(token: AccessToken, sent: bytes, now: datetime) -> bool:
    return hmac.compare_digest(token.digest, sent) and token.expires_at > now


async def portal_session(world: World, headers: Headers, creates: bool) -> PortalCaller:
    """The operator of the session in the cookie `cozum_portal`. Raises DoubledHeader, NotSignedIn."""
    caller = await find_session(world, cookie_of(headers, portal_cookie.NAME))
    if caller is None:
        raise NotSignedIn
    return caller


async def portal_manager(world: World, headers: Headers, creates: bool) -> PortalCaller:
    """As `portal_session`; the operator manages the tenant that they work on, if they have chosen one.

    Asked before the body is read; the action asks again, in its own transaction. Raises NotPermitted too.
    """
    caller = await portal_session(world, headers, creates)
    if caller.role is not None and not may_manage(caller.role):
        raise NotPermitted
    return caller


async def anyone(world: World, headers: Headers, creates: bool) -> None:
    """For operations that say `security: []`."""


SCHEMES: Final[Mapping[str, Authenticate]] = {
    "widgetKey": widget_key,
    "operatorToken": operator_token,
    "portalSession": portal_session,
    "portalManager": portal_manager,
}
