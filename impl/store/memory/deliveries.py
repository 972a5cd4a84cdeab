"""Deliveries of webhooks: in the order of their creation, and those that wait in the order of their time."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import takewhile

from msgspec.structs import replace

from impl.model import Delivery
from impl.store.memory.tables import Tables

Moment = tuple[datetime, int]
"""When a delivery was created, or when it can be claimed, and its id."""


class Deliveries(Tables):
    """Each tenant's, and all."""

    def __init__(self) -> None:
        super().__init__()
        self.deliveries_by_id: dict[int, Delivery] = {}
        self.deliveries_by_tenant: dict[int, list[Moment]] = {}
        self.all_deliveries: list[Moment] = []
        self.waiting: dict[int, list[Moment]] = {}

    async def delivery_for_update(self, delivery_id: int) -> Delivery | None:
        return self.deliveries_by_id.get(delivery_id)

    async def put_delivery(self, delivery: Delivery) -> None:
        if delivery.id not in self.deliveries_by_id:
            if delivery.tenant_id not in self.deliveries_by_tenant:
                self._set(self.deliveries_by_tenant, delivery.tenant_id, [])
            moment = (delivery.created_at, delivery.id)
            for moments in (self.all_deliveries, self.deliveries_by_tenant[delivery.tenant_id]):
                insort(moments, moment)
                self._undo_by(partial(moments.remove, moment))
        self._wait(self.deliveries_by_id.get(delivery.id), delivery)
        self._set(self.deliveries_by_id, delivery.id, delivery)

    def _wait(self, old: Delivery | None, new: Delivery | None) -> None:
        """Keep those that wait in the order in which they can be claimed."""
        before, after = _claimable_at(old), _claimable_at(new)
        if before == after:
            return
        if old is not None and before is not None:
            self._stop_waiting(old.tenant_id, (before, old.id))
        if new is not None and after is not None:
            self._start_waiting(new.tenant_id, (after, new.id))

    def _stop_waiting(self, tenant_id: int, moment: Moment) -> None:
        waiting = self.waiting[tenant_id]
        waiting.pop(bisect_left(waiting, moment))
        self._undo_by(lambda: insort(waiting, moment))
        if not waiting:
            self._remove(self.waiting, tenant_id)

    def _start_waiting(self, tenant_id: int, moment: Moment) -> None:
        if tenant_id not in self.waiting:
            self._set(self.waiting, tenant_id, [])
        waiting = self.waiting[tenant_id]
        insort(waiting, moment)
        self._undo_by(lambda: waiting.remove(moment))

    async def claim_deliveries(
        self, now: datetime, until: datetime, limit: int, limit_of_one: int, under_way: Mapping[int, int]
    ) -> Sequence[Delivery]:
        found: list[Moment] = []
        for tenant_id, waiting in self.waiting.items():
            room = max(0, limit_of_one - under_way.get(tenant_id, 0))
            found += takewhile(lambda moment: moment[0] <= now, waiting[:room])
        claimed = [
            replace(self.deliveries_by_id[delivery_id], leased_until=until) for _, delivery_id in sorted(found)[:limit]
        ]
        for delivery in claimed:
            await self.put_delivery(delivery)
        return claimed

    async def deliveries(
        self, tenant_id: int, since: datetime, before: Moment | None, limit: int
    ) -> Sequence[Delivery]:
        moments = self.deliveries_by_tenant.get(tenant_id, [])
        end = len(moments) if before is None else bisect_left(moments, before)
        start = max(bisect_left(moments, (since, 0)), end - limit)
        return [self.deliveries_by_id[delivery_id] for _, delivery_id in reversed(moments[start:end])]

    async def delete_deliveries(self, before: datetime) -> None:
        old = self.all_deliveries[: bisect_left(self.all_deliveries, (before, 0))]
        if not old:
            return
        tenants = {self.deliveries_by_id[delivery_id].tenant_id for _, delivery_id in old}
        for tenant_id in tenants:
            moments = self.deliveries_by_tenant[tenant_id]
            self._drop_first(moments, bisect_left(moments, (before, 0)))
            if not moments:
                self._remove(self.deliveries_by_tenant, tenant_id)
        self._drop_first(self.all_deliveries, len(old))
        for _, delivery_id in old:
            self._wait(self.deliveries_by_id[delivery_id], None)
            self._remove(self.deliveries_by_id, delivery_id)

    def _drop_first(self, moments: list[Moment], count: int) -> None:
        gone = moments[:count]
        del moments[:count]
        self._undo_by(lambda: moments.__setitem__(slice(0, 0), gone))


def _claimable_at(delivery: Delivery | None) -> datetime | None:
    """When its next attempt may be claimed; None: it is finished."""
    if delivery is None or delivery.state != "waiting" or delivery.next_attempt_at is None:
        return None
    return max(delivery.next_attempt_at, delivery.leased_until or delivery.next_attempt_at)
