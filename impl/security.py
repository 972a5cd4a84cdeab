"""Who calls: one function for each security scheme of `openapi.yaml`.

Each takes the call and answers its caller, or raises a problem. `SCHEMES` is what the contract is compiled with: an
operation that names another scheme stops the server at start.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from impl.callers import Caller, OperatorCaller, WidgetCaller
from impl.contract.call import Call
from impl.model import AccessToken, Tenant
from impl.problems import InvalidKey, InvalidToken, NotSignedIn, OriginNotAllowed, TrialOver
from impl.rules.identity import digest
from impl.rules.origins import may_call
from impl.store.port import Tx

Authenticate = Callable[[Call], Awaitable[Caller]]

SEEN_EVERY: Final = timedelta(seconds=30)
"""An operator's `last_seen_at` is written at most this often."""

_KEY = re.compile(rb"CM_[A-Z0-9_]{4,32}")
_BEARER = re.compile(rb"[Bb]earer +([1-9][0-9]{0,18})\|([A-Za-z0-9_-]{1,200})")


async def widget_key(call: Call) -> WidgetCaller:
    """The tenant of `X-API-Key`, called from an origin that it allows.

    Raises InvalidKey, OriginNotAllowed and, where the operation creates something, TrialOver.
    """
    key = call.headers.get(b"x-api-key")
    if key is None or not _KEY.fullmatch(key):
        raise InvalidKey
    api_key = key.decode()

    async def work(tx: Tx) -> Tenant | None:
        return await tx.tenant_by_key(api_key)

    tenant = await call.world.store.transact(work)
    if tenant is None:
        raise InvalidKey
    if tenant.allowed_origins and not may_call(
        tenant.allowed_origins, call.text(b"origin"), call.text(b"referer")
    ):
        raise OriginNotAllowed
    if call.creates and tenant.trial_ends_at and call.world.clock.now() >= tenant.trial_ends_at:
        raise TrialOver
    return WidgetCaller(tenant)


async def operator_token(call: Call) -> OperatorCaller:
    """The operator of `Authorization: Bearer {id}|{secret}`. Raises InvalidToken."""
    found = _BEARER.fullmatch(call.headers.get(b"authorization", b""))
    if not found:
        raise InvalidToken
    token_id, sent = int(found[1]), digest(found[2].decode())
    now = call.world.clock.now()

    async def work(tx: Tx) -> OperatorCaller:
        token = await tx.token(token_id)
        if not _is_live(token, sent, call) or token is None:
            raise InvalidToken
        operator = await tx.operator(token.operator_id)
        if operator is None:
            raise InvalidToken
        if operator.last_seen_at is None or now - operator.last_seen_at >= SEEN_EVERY:
            operator = replace(operator, last_seen_at=now)
            await tx.put_operator(operator)
        memberships = await tx.memberships(operator.id)
        return OperatorCaller(operator, token.id, tuple([m.tenant_id for m in memberships]))

    return await call.world.store.transact(work)


def _is_live(token: AccessToken | None, sent: bytes, call: Call) -> bool:
    kept = token.digest if token else bytes(len(sent))
    same = hmac.compare_digest(kept, sent)
    return same and token is not None and token.expires_at > call.world.clock.now()


async def portal_session(call: Call) -> Caller:
    """Nobody can have a portal session yet: its sign-in has no handler. Raises NotSignedIn."""
    raise NotSignedIn


async def anyone(call: Call) -> None:
    """For operations that say `security: []`."""


SCHEMES: Final[Mapping[str, Authenticate]] = {
    "widgetKey": widget_key,
    "operatorToken": operator_token,
    "portalSession": portal_session,
}
