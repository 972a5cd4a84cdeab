"""Deliveries on their way: claimed under a lease, sent by somebody else, and what came of it.

No transaction is open while one is sent. Who dies after claiming leaves a lease that runs out: the delivery is sent
again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from impl.model import Delivery, DisabledReason, OutboxRow, WebhookEndpoint
from impl.rules.retries import (
    ENDPOINT_CLOSED,
    EVENT_GONE,
    LIMIT_SECONDS,
    Outcome,
    error_text,
    has_failed_too_long,
    meaning,
    next_attempt_at,
)
from impl.store.port import Tx
from impl.world import World

LEASE: Final = timedelta(seconds=4 * LIMIT_SECONDS)
"""Much longer than an attempt takes."""


class Attempt(Struct, frozen=True):
    """A delivery that is ours to send, with the endpoint and the event as they are now."""

    delivery: Delivery
    endpoint: WebhookEndpoint
    row: OutboxRow


class Claimed(Struct, frozen=True):
    """What is to be attempted, and how many deliveries were claimed in all: the rest is given up."""

    attempts: Sequence[Attempt]
    count: int


async def claim(world: World, now: datetime, limit: int, limit_of_one: int, under_way: Mapping[int, int]) -> Claimed:
    """Lease what is due, as `Tx.claim_deliveries` says, and give up what nobody listens for any more."""

    async def work(tx: Tx) -> Claimed:
        claimed = await tx.claim_deliveries(now, now + LEASE, limit, limit_of_one, under_way)
        attempts = [await _attempt(tx, delivery) for delivery in claimed]
        return Claimed([attempt for attempt in attempts if attempt], len(claimed))

    return await world.store.transact(work)


async def _attempt(tx: Tx, delivery: Delivery) -> Attempt | None:
    """What is to be sent and where to; None, and the delivery is given up, when there is no such thing."""
    endpoint, row = await tx.webhook(delivery.tenant_id), await tx.outbox_row(delivery.outbox_id)
    if endpoint is not None and endpoint.enabled and row is not None:
        return Attempt(delivery, endpoint, row)
    reason = ENDPOINT_CLOSED if row is not None else EVENT_GONE
    await tx.put_delivery(replace(delivery, state="failed", next_attempt_at=None, leased_until=None, last_error=reason))
    return None


async def record(world: World, attempt: Attempt, outcome: Outcome, chance: float) -> None:
    """Write down how the attempt ended, when the next one is, and what it says of the endpoint.

    Nothing is written when the delivery is gone or somebody else recorded this attempt: its lease had run out.
    """
    now = world.clock.now()

    async def work(tx: Tx) -> None:
        delivery = await tx.delivery_for_update(attempt.delivery.id)
        if delivery is None or delivery.state != "waiting" or delivery.attempts != attempt.delivery.attempts:
            return
        disabled = await _judge_endpoint(tx, attempt.endpoint, outcome, now)
        await tx.put_delivery(_after(delivery, outcome, now, chance, is_last=disabled))

    await world.store.transact(work)


def _after(delivery: Delivery, outcome: Outcome, now: datetime, chance: float, *, is_last: bool) -> Delivery:
    attempts, done = delivery.attempts + 1, meaning(outcome) == "delivered"
    again = None if done or is_last else next_attempt_at(attempts, outcome.retry_after, now, chance)
    return replace(
        delivery,
        state="delivered" if done else "failed" if again is None else "waiting",
        attempts=attempts,
        next_attempt_at=again,
        leased_until=None,
        last_status=outcome.status,
        last_error=error_text(outcome),
        last_attempt_at=now,
    )


async def _judge_endpoint(tx: Tx, sent_to: WebhookEndpoint, outcome: Outcome, now: datetime) -> bool:
    """Remember since when the endpoint fails, and disable it when it is gone; answers whether it is disabled.

    What an address answered says nothing of the one that was set meanwhile.
    """
    found, known = meaning(outcome), await tx.webhook(sent_to.tenant_id)
    if known is None or not known.enabled:
        return True
    since = None if found == "delivered" else known.failing_since or now
    reason: DisabledReason | None = (
        "gone" if found == "gone" else "failing" if has_failed_too_long(since, now) else None
    )
    if since == known.failing_since and reason is None:
        return False
    known = await tx.webhook_for_update(sent_to.tenant_id)
    if known is None or not known.enabled or known.updated_at != sent_to.updated_at or known.url != sent_to.url:
        return False
    await tx.put_webhook(replace(known, failing_since=since, enabled=reason is None, disabled_reason=reason))
    return reason is not None
