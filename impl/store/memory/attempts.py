"""Requests that came with an idempotency key."""

from __future__ import annotations

from datetime import datetime

from impl.model import Attempted
from impl.store.memory.tables import Tables


class Attempts(Tables):
    """One row an attempt."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts: dict[bytes, Attempted] = {}

    async def attempted(self, attempt_id: bytes) -> Attempted | None:
        return self.attempts.get(attempt_id)

    async def put_attempted(self, attempted: Attempted) -> None:
        self._set(self.attempts, attempted.id, attempted)

    async def delete_attempted(self, attempt_id: bytes) -> None:
        self._remove(self.attempts, attempt_id)

    async def delete_attempts_of_visitor(self, tenant_id: int, visitor_id: str) -> None:
        for attempt_id in [
            a.id for a in self.attempts.values() if a.visitor_id == visitor_id and a.tenant_ids == (tenant_id,)
        ]:
            self._remove(self.attempts, attempt_id)

    async def delete_attempts(self, before: datetime) -> None:
        for attempt_id in [a.id for a in self.attempts.values() if a.begun_at < before]:
            self._remove(self.attempts, attempt_id)
