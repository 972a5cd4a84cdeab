"""A store whose transactions wait for one another, as those of a database do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from impl.model import Tenant
from impl.store.memory import MemoryStore, MemoryTx
from impl.store.port import Tx

Result = TypeVar("Result")


class YieldingStore:
    """A `MemoryStore` that lets other tasks run before each verb; implements `port.Store`.

    What an action does between two transactions meets what others do there, which a store that never suspends
    hides. One lock over each transaction stands for serialisable isolation.
    """

    def __init__(self) -> None:
        self._store = MemoryStore()
        self._lock = asyncio.Lock()

    @property
    def tables(self) -> MemoryTx:
        """The state, to look at."""
        return self._store.tables

    async def transact(self, work: Callable[[Tx], Awaitable[Result]]) -> Result:
        """Run `work` when nobody else's runs."""

        async def yielding(tx: Tx) -> Result:
            return await work(cast("Tx", _YieldingTx(tx)))

        async with self._lock:
            return await self._store.transact(yielding)

    async def tenant_by_key(self, api_key: str) -> Tenant | None:
        """Waits for the running transaction: never what is not committed yet."""
        async with self._lock:
            return await self._store.tenant_by_key(api_key)


class _YieldingTx:
    """The verbs of a transaction, each after a turn of the event loop."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        verb = getattr(self._tx, name)

        async def after_others(*args: Any) -> Any:
            await asyncio.sleep(0)
            return await verb(*args)

        return after_others
