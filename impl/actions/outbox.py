"""Telling a tenant's webhook: an event is written in the transaction of the change that it tells."""

from __future__ import annotations

from impl.model import Delivery, Event, OutboxRow
from impl.rules.webhooks import KEPT, kind_of, message_id
from impl.store.port import Tx
from impl.world import World


async def tell(world: World, tx: Tx, event: Event) -> None:
    """Write the event as of now, and a delivery of it where the tenant has an endpoint that wants its kind.

    Whoever sends it is woken once the transaction is committed.
    """
    now, row_id = world.clock.now(), world.ids.next("outbox")
    await tx.add_to_outbox(OutboxRow(row_id, now, event))
    endpoint = await tx.webhook(event.tenant_id)
    if endpoint is None or not endpoint.enabled:
        return
    kind = kind_of(event)
    if kind in endpoint.events:
        webhook_id = message_id(world.ids.secret().text)
        await tx.put_delivery(
            Delivery(world.ids.next("delivery"), event.tenant_id, webhook_id, kind, row_id, now, next_attempt_at=now)
        )
        await wake_sender(world, tx)


async def wake_sender(world: World, tx: Tx) -> None:
    """Once the transaction is committed, there is something to send."""
    if world.sender is not None:
        await tx.after_commit(world.sender.wake)


async def forget_old(world: World) -> None:
    """Delete events and deliveries that are kept no longer."""
    before = world.clock.now() - KEPT

    async def work(tx: Tx) -> None:
        await tx.delete_deliveries(before)
        await tx.delete_from_outbox(before)

    await world.store.transact(work)
