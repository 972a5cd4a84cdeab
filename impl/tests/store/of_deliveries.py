"""What the store's tests know of deliveries and the outbox."""

from __future__ import annotations

from typing import Any, Final

from impl.model import Delivery
from impl.tests.store.rows import at


def delivery(delivery_id: int, created: int = 0, tenant_id: int = 1, **more: Any) -> Delivery:
    values = {"next_attempt_at": at(created)} | more
    return Delivery(delivery_id, tenant_id, f"msg_{delivery_id}", "chat_opened", delivery_id, at(created), **values)


VERBS: Final[dict[str, str]] = {"Delivery": "put_delivery"}
"""The verb that writes each kind of row."""

READS: Final[dict[str, tuple[Any, object]]] = {
    "delivery_for_update": (lambda tx: tx.delivery_for_update(1), None),
    "deliveries": (lambda tx: tx.deliveries(1, at(0), None, 10), []),
    "claim_deliveries": (lambda tx: tx.claim_deliveries(at(9), at(69), 10, 10, {}), []),
    "outbox_row": (lambda tx: tx.outbox_row(1), None),
}
"""Each getter, and what it answers while the store is empty."""

FILLED: Final[tuple[Any, ...]] = (delivery(1), delivery(2, 10), delivery(3, 10, tenant_id=2))
"""Rows that stand there before each write below."""

WRITES: Final[dict[str, Any]] = {
    "new delivery": lambda tx: tx.put_delivery(delivery(4, 20)),
    "new delivery in between": lambda tx: tx.put_delivery(delivery(4, 5)),
    "first delivery of a tenant": lambda tx: tx.put_delivery(delivery(4, 5, tenant_id=3)),
    "delivery that is finished": lambda tx: tx.put_delivery(delivery(1, state="failed", next_attempt_at=None)),
    "delivery that waits longer": lambda tx: tx.put_delivery(delivery(1, next_attempt_at=at(20))),
    "only delivery of a tenant that waits longer": lambda tx: tx.put_delivery(
        delivery(3, 10, tenant_id=2, next_attempt_at=at(20))
    ),
    "claimed deliveries": lambda tx: tx.claim_deliveries(at(10), at(70), 10, 10, {}),
    "some old deliveries": lambda tx: tx.delete_deliveries(at(10)),
    "all deliveries": lambda tx: tx.delete_deliveries(at(99)),
    "old outbox rows": lambda tx: tx.delete_from_outbox(at(1)),
}
"""Writes that change the state, to be done and undone."""
