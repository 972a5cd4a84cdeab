"""Events that are to be told to webhooks."""

from __future__ import annotations

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
