"""Telling a tenant's webhook: an event is written in the transaction of the change that it tells."""

from __future__ import annotations

from impl.model import Event, OutboxRow
from impl.store.port import Tx
from impl.world import World


async def tell(world: World, tx: Tx, event: Event) -> None:
    """Write the event as of now; whoever sends it finds it once the transaction is committed."""
    await tx.add_to_outbox(OutboxRow(world.ids.next("outbox"), world.clock.now(), event))
