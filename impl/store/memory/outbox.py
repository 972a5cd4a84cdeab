"""Events that are to be told to webhooks."""

from __future__ import annotations

from datetime import datetime

from impl.model import OutboxRow
from impl.store.memory.tables import Tables


class Outbox(Tables):
    """Oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.outbox: list[OutboxRow] = []

    async def add_to_outbox(self, row: OutboxRow) -> None:
        self.outbox.append(row)
        self._undo_by(self.outbox.pop)

    async def delete_from_outbox(self, before: datetime) -> None:
        if not self.outbox or min(row.at for row in self.outbox) >= before:
            return
        old = list(self.outbox)
        self.outbox[:] = [row for row in old if row.at >= before]
        self._undo_by(lambda: self.outbox.__setitem__(slice(None), old))
