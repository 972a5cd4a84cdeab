"""A tenant's operators, with what they have to do there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from impl.model import Member
from impl.store.memory.numbers import Numbers
from impl.store.memory.people import People


class Members(People, Numbers):
    """Reads the people's tables and the numbers."""

    async def members(self, tenant_id: int, after: int, limit: int) -> Sequence[Member]:
        ids = sorted(self.operator_ids_by_tenant.get(tenant_id, ()))
        start = bisect_right(ids, after)
        return [self._member(operator_id, tenant_id) for operator_id in ids[start : start + limit]]

    def _member(self, operator_id: int, tenant_id: int) -> Member:
        (membership,) = [m for m in self.memberships_by_operator[operator_id] if m.tenant_id == tenant_id]
        active = self.active_counts.get((operator_id, tenant_id), 0)
        return Member(self.operators[operator_id], membership, active)
