"""Operators: signing in and out, going offline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from impl.actions.outbox import tell
from impl.actions.reach import check_signed_in
from impl.callers import OperatorCaller
from impl.model import (
    AccessToken,
    Membership,
    OfflineReason,
    Operator,
    OperatorState,
    OperatorWentOffline,
    Tenant,
)
from impl.passwords import Busy
from impl.problems import LoginFailed, TooManyRequests, Unavailable
from impl.rules.throttle import FAILURES, WINDOW
from impl.rules.windows import counting, seconds_to_wait
from impl.store.port import Tx
from impl.world import World

TOKEN_LIFE: Final = timedelta(days=30)
TIME_OUT: Final = timedelta(minutes=2)
"""Without a call for longer than this, an operator goes offline."""

Tab = tuple[Tenant, Membership]
Result = TypeVar("Result")


class SignIn(Struct, frozen=True):
    """A successful sign-in; `secret` is known only now."""

    operator: Operator
    token: AccessToken
    secret: str
    tabs: list[Tab]


async def sign_in(world: World, email: str, password: str, client: str) -> SignIn:
    """Check a password and issue a token. Raises LoginFailed, TooManyRequests."""

    async def issue(tx: Tx, operator: Operator) -> SignIn:
        secret = world.ids.secret()
        expires_at = world.clock.now() + TOKEN_LIFE
        token = AccessToken(world.ids.next("token"), operator.id, secret.digest, expires_at)
        await tx.put_token(token)
        return SignIn(operator, token, secret.text, await tabs_of(tx, operator.id))

    return await admit(world, email, password, client, issue)


async def admit(
    world: World, email: str, password: str, client: str, let_in: Callable[[Tx, Operator], Awaitable[Result]]
) -> Result:
    """Check a password and let the operator in. Unknown email and wrong password end alike, in equal time.

    `client` is the caller's address: failures count for the pair of it and the email, at whichever door.
    Raises LoginFailed, TooManyRequests, Unavailable.
    """
    subject = f"{email.casefold()}|{client}"

    async def look_up(tx: Tx) -> Operator | None:
        await _check_throttle(world, tx, subject)
        return await tx.operator_by_email(email)

    operator = await world.store.transact(look_up)
    try:
        right = await world.passwords.check(password, operator.password_hash if operator else None)
    except Busy:
        raise Unavailable from None

    # Asked again after the password: of many tries at once, those beyond the allowed ones learn nothing either.
    async def remember_failure(tx: Tx) -> None:
        await _check_throttle(world, tx, subject)
        now = world.clock.now()
        await tx.put_failed_logins(subject, [*counting(await tx.failed_logins(subject), now, WINDOW), now])

    if operator is None or not right:
        await world.store.transact(remember_failure)
        raise LoginFailed

    async def welcome(tx: Tx) -> Result:
        await _check_throttle(world, tx, subject)
        await tx.put_failed_logins(subject, [])
        return await let_in(tx, operator)

    return await world.store.transact(welcome)


async def _check_throttle(world: World, tx: Tx, subject: str) -> None:
    wait = seconds_to_wait(await tx.failed_logins(subject), world.clock.now(), FAILURES, WINDOW)
    if wait:
        raise TooManyRequests(policy="login", quota=FAILURES, window=int(WINDOW.total_seconds()), seconds=wait)


async def tabs_of(tx: Tx, operator_id: int) -> list[Tab]:
    """The operator's tenants with their memberships, in tab order."""
    return list(await tx.tabs(operator_id))


def first_tenant_id(operator: Operator, tabs: list[Tab]) -> int | None:
    """The operator's primary tenant while they are a member of it, or else their first tab."""
    tenant_ids = [tenant.id for tenant, _ in tabs]
    if operator.primary_tenant_id in tenant_ids:
        return operator.primary_tenant_id
    return tenant_ids[0] if tenant_ids else None


async def sign_out(world: World, caller: OperatorCaller) -> OperatorState:
    """Revoke the caller's token; with the last live one the operator goes offline. Answers the state then."""
    returned: list[int] = []

    async def work(tx: Tx) -> OperatorState:
        returned.clear()
        now = world.clock.now()
        await tx.delete_token(caller.token_id)
        operator = await tx.operator(caller.operator.id) or caller.operator  # as it is now: of two at once one tells
        if any(token.expires_at > now for token in await tx.tokens_of(operator.id)):
            return operator.state
        returned.extend(await go_offline(world, tx, operator, "logout"))
        return "offline"

    state = await world.store.transact(work)
    _wake(world, returned)
    return state


async def set_state(world: World, caller: OperatorCaller, state: OperatorState) -> None:
    """Be online, busy or offline; offline returns the active chats to the queue. The same again tells nobody.

    Raises InvalidToken.
    """
    returned: list[int] = []

    async def work(tx: Tx) -> None:
        returned.clear()
        await check_signed_in(tx, caller)
        operator = await tx.operator(caller.operator.id) or caller.operator
        if state == "offline":
            returned.extend(await go_offline(world, tx, operator, "manual"))
        elif state != operator.state:
            await tx.put_operator(replace(operator, state=state))

    await world.store.transact(work)
    _wake(world, returned)


async def time_out(world: World) -> int:
    """Send operators offline who have not called for `TIME_OUT`; answers how many.

    Who is offline and was handed a chat has as long for their first call; then it returns to the queue, and nobody is
    told.
    """
    since = world.clock.now() - TIME_OUT
    returned: list[int] = []

    async def work(tx: Tx) -> int:
        returned.clear()
        gone = 0
        for operator in await tx.operators_unseen_since(since):
            last_call = world.presence.last_call(operator.id)
            if last_call is None or last_call < since:
                returned.extend(await go_offline(world, tx, operator, "timeout", handed_before=since))
                gone += operator.state != "offline"
        return gone

    gone = await world.store.transact(work)
    _wake(world, returned)
    return gone


async def forget_stale(world: World) -> None:
    """Delete expired tokens and portal sessions, and failed sign-ins that no longer count."""
    now = world.clock.now()

    async def work(tx: Tx) -> None:
        await tx.delete_expired_tokens(now)
        await tx.delete_expired_portal_sessions(now)
        await tx.delete_failed_logins(now - WINDOW)

    await world.store.transact(work)


def _wake(world: World, chat_ids: list[int]) -> None:
    for chat_id in chat_ids:
        world.waker.wake(chat_id)


async def go_offline(
    world: World, tx: Tx, operator: Operator, reason: OfflineReason, *, handed_before: datetime | None = None
) -> list[int]:
    """Set the operator offline and return their active chats to the queue; answers the ids of these.

    One event for each tenant, unless the operator was offline already. `handed_before`: chats that came to them later
    stay.
    """
    returned = []
    for mine in await tx.active_chats(operator.id):
        chat = await tx.chat_for_update(mine.id)
        too_new = handed_before and chat and chat.handed_at and chat.handed_at >= handed_before
        if chat and chat.state == "active" and chat.operator_id == operator.id and not too_new:
            returned.append(chat.id)
            await tx.put_chat(
                replace(chat, state="waiting", operator_id=None, operator_name=None, accepted_at=None, handed_at=None)
            )
    if operator.state != "offline":
        await tx.put_operator(replace(operator, state="offline"))
        for membership in await tx.memberships(operator.id):
            event = OperatorWentOffline(membership.tenant_id, operator.id, operator.name, reason)
            await tell(world, tx, event)
    return returned
