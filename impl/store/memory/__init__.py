"""The embedded store: plain dicts and indexes, and an undo log for rollback.

Nothing here suspends, so a transaction is never interleaved with another. It is also the executable model that
other stores are compared with.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from impl.model import Tenant
from impl.store.memory.articles import Articles
from impl.store.memory.attempts import Attempts
from impl.store.memory.browser import Browser
from impl.store.memory.campaigns import Campaigns
from impl.store.memory.chats import Chats
from impl.store.memory.deliveries import Deliveries
from impl.store.memory.files import StoredFiles
from impl.store.memory.members import Members
from impl.store.memory.outbox import Outbox
from impl.store.memory.portal import Portal
from impl.store.memory.tickets import Tickets
from impl.store.port import Result, Tx


class MemoryTx(
    Members, Chats, Tickets, StoredFiles, Browser, Articles, Campaigns, Portal, Deliveries, Attempts, Outbox
):
    """The tables, and the verbs on them (implements `port.Tx`)."""


class MemoryStore:
    """Implements `port.Store` in this process; gone when the process ends."""

    def __init__(self) -> None:
        self.tables = MemoryTx()

    async def transact(self, work: Callable[[Tx], Awaitable[Result]]) -> Result:
        """Run `work`; what it wrote is undone when it raises."""
        try:
            result = await work(self.tables)
        except BaseException:
            self.tables.undo()
            raise
        self.tables.undo_log.clear()
        if self.tables.effects:
            self.tables.take_effect()
        return result

    async def tenant_by_key(self, api_key: str) -> Tenant | None:
        return self.tables.tenants.get(self.tables.tenant_ids_by_key.get(api_key, 0))
