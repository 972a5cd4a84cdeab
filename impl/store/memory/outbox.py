"""Events that are to be told to webhooks."""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile

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
        outbox = self.outbox
        gone = list(takewhile(lambda row: row.at < before, outbox))
        if gone:
            del outbox[: len(gone)]
            self._undo_by(lambda: outbox.__setitem__(slice(0, 0), gone))
