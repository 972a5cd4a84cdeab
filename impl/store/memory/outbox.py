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
        self.outbox_by_id: dict[int, OutboxRow] = {}

    async def add_to_outbox(self, row: OutboxRow) -> None:
        self.outbox.append(row)
        self._undo_by(self.outbox.pop)
        self._set(self.outbox_by_id, row.id, row)

    async def outbox_row(self, row_id: int) -> OutboxRow | None:
        return self.outbox_by_id.get(row_id)

    async def delete_from_outbox(self, before: datetime) -> None:
        if not self.outbox or min(row.at for row in self.outbox) >= before:
            return
        old = list(self.outbox)
        for row in old:
            if row.at < before:
                self._remove(self.outbox_by_id, row.id)
        self.outbox[:] = [row for row in old if row.at >= before]
        self._undo_by(lambda: self.outbox.__setitem__(slice(None), old))
