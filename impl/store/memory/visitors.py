"""Visitors."""

from __future__ import annotations

from impl.model import Visitor
from impl.store.memory.tables import MISSING, Tables


class Visitors(Tables):
    """One row a tenant and visitor."""

    def __init__(self) -> None:
        super().__init__()
        self.visitors: dict[tuple[int, str], Visitor] = {}

    async def visitor(self, tenant_id: int, visitor_id: str) -> Visitor | None:
        return self.visitors.get((tenant_id, visitor_id))

    async def put_visitor(self, visitor: Visitor) -> None:
        visitors, key = self.visitors, (visitor.tenant_id, visitor.id)
        self.undo_log.append((visitors, key, visitors.get(key, MISSING)))
        visitors[key] = visitor

    async def delete_visitor(self, tenant_id: int, visitor_id: str) -> None:
        self._remove(self.visitors, (tenant_id, visitor_id))
