"""Idempotency keys: a request that is sent again is done once, and answered as the first time.

Source: the contract, "Envelope": per caller, visitor and operation, 24 hours, 2xx only; the same key and body answers
the first result again, another body is refused, one that still runs too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from impl.actions.visitors import check_token
from impl.attempt import Attempt
from impl.callers import OperatorCaller, WidgetCaller
from impl.model import Attempted
from impl.problems import KeyReused, StillRunning
from impl.store.port import Tx
from impl.world import World

LIFE: Final = timedelta(hours=24)
LEASE: Final = timedelta(minutes=1)
"""What is not answered after this long never will be: its process ended. It may be tried again."""

Run = Callable[[], Awaitable[tuple[int, bytes]]]


async def once(world: World, attempt: Attempt, run: Run) -> tuple[int, bytes]:
    """Status and body: of the first attempt, if this is one again.

    Raises KeyReused, StillRunning, and what `run` raises: then nothing is kept, and the next attempt is a first one.
    """
    attempt_id = id_of(attempt)

    async def begin(tx: Tx) -> Attempted:
        now = world.clock.now()
        known = await tx.attempted(attempt_id)
        if known is not None and now - known.begun_at < (LEASE if known.status is None else LIFE):
            if known.fingerprint != attempt.fingerprint:
                raise KeyReused
            if known.status is None:
                raise StillRunning
            if await _may_know(tx, attempt, known):
                return known
        begun = _begun(world, attempt, attempt_id)
        await tx.put_attempted(begun)
        return begun

    begun = await world.store.transact(begin)
    if begun.status is not None:
        return begun.status, begun.body

    async def end(tx: Tx, answer: tuple[int, bytes] | None) -> None:
        known = await tx.attempted(attempt_id)
        if known is None or known.number != begun.number:  # erased, or begun again by another who waited too long
            return
        if answer is None:
            await tx.delete_attempted(attempt_id)
        else:
            await tx.put_attempted(replace(begun, status=answer[0], body=answer[1]))

    try:
        answer = await run()
    except BaseException:
        await world.store.transact(lambda tx: end(tx, None))
        raise
    await world.store.transact(lambda tx: end(tx, answer))
    return answer


async def _may_know(tx: Tx, attempt: Attempt, known: Attempted) -> bool:
    """Whether the caller still reaches what they reached the first time. Raises VisitorTokenNeeded."""
    match attempt.caller:
        case WidgetCaller(tenant=tenant):
            if attempt.visitor_id is not None:
                check_token(tenant, await tx.visitor(tenant.id, attempt.visitor_id), attempt.visitor_token)
        case OperatorCaller(tenant_ids=tenant_ids):
            return set(known.tenant_ids) <= set(tenant_ids)
    return True


def _begun(world: World, attempt: Attempt, attempt_id: bytes) -> Attempted:
    tenant_ids: tuple[int, ...] = ()
    visitor_id = None
    match attempt.caller:
        case WidgetCaller(tenant=tenant):
            tenant_ids, visitor_id = (tenant.id,), attempt.visitor_id
        case OperatorCaller(tenant_ids=reached):
            tenant_ids = reached
    number = world.ids.next("attempt")
    return Attempted(attempt_id, attempt.fingerprint, world.clock.now(), number, tenant_ids, visitor_id)


def id_of(attempt: Attempt) -> bytes:
    """SHA-256 of caller, visitor, operation and key; in secure mode of the visitor's token too, which proves them."""
    match attempt.caller:
        case WidgetCaller(tenant=tenant):
            caller = f"tenant {tenant.id} {attempt.visitor_token if tenant.secure_mode else ''}"
        case OperatorCaller(operator=operator):
            caller = f"operator {operator.id}"
        case _:
            caller = ""
    parts = (caller, attempt.visitor_id or "", attempt.operation, attempt.key)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()


async def forget_attempts(world: World) -> None:
    """Delete the attempts that no longer count."""
    before = world.clock.now() - LIFE
    await world.store.transact(lambda tx: tx.delete_attempts(before))
