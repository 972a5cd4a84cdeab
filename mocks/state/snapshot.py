"""The whole state of a world at an instant: taken from one, and put into a fresh one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from msgspec import Struct

from impl.files import Files, logo_id
from impl.model import Chat
from impl.store.memory import MemoryStore, MemoryTx
from impl.store.port import Store, Tx
from impl.world import Presence, World
from mocks.ids import MockIds
from mocks.state.instants import in_istanbul, moved
from mocks.state.tables import TABLES

AT_ONCE: Final = 1_000
"""Rows that are put before others have their turn."""
ATTEMPT: Final = "attempt"
"""The kind of the numbers that idempotency keys are given."""


class OperatorCall(Struct, frozen=True):
    """When an operator called last; the store is told later."""

    operator_id: int
    at: datetime


@dataclass(frozen=True)
class Snapshot:
    """Rows by table, in order; frozen values, so that many worlds can begin with the same."""

    saved_at: datetime
    """Whole seconds; instants of the rows are to be read beside it."""
    rows: Mapping[str, Sequence[Any]]
    calls: Sequence[OperatorCall]
    last_ids: Mapping[str, int]
    contents: Mapping[str, bytes]
    """The bytes of files, by the file's id."""


async def take_snapshot(world: World) -> Snapshot:
    """The state of a world whose store is a `MemoryStore` and whose ids are `MockIds`. Raises FilesUnavailable."""
    tables = cast("MemoryStore", world.store).tables
    ids = cast("MockIds", world.ids).last()
    saved_at = world.clock.now()
    rows = {table.name: table.rows(tables) for table in TABLES}  # all at once: nothing happens in between
    called = [(operator_id, world.presence.last_call(operator_id)) for operator_id in sorted(tables.operators)]
    calls = [OperatorCall(operator_id, at) for operator_id, at in called if at is not None]
    return Snapshot(saved_at, rows, calls, ids, await _contents(world.files, tables))


async def _contents(files: Files, tables: MemoryTx) -> dict[str, bytes]:
    known = {*tables.files, *tables.doomed, *tables.shots_by_file, *map(logo_id, tables.tenants)}
    found = {}
    for file_id in sorted(known):
        opened = await files.read(file_id)
        if opened is not None:
            found[file_id] = b"".join([part async for part in opened[1]])
    return found


def count_rows(world: World) -> dict[str, int]:
    """How many rows each table of the world has, those without any left out."""
    tables = cast("MemoryStore", world.store).tables
    counts = {table.name: len(table.rows(tables)) for table in TABLES}
    return {name: count for name, count in counts.items() if count}


async def put_snapshot(snapshot: Snapshot, now: datetime, store: Store, files: Files, presence: Presence) -> MockIds:
    """Put it into an empty store, every instant moved by what has passed since; answers the ids that go on."""
    since = in_istanbul(snapshot.saved_at)

    async def work(tx: Tx) -> None:
        for table in TABLES:
            for number, row in enumerate(snapshot.rows.get(table.name, ())):
                await table.put(tx, moved(row, since, now))
                if not number % AT_ONCE:
                    await asyncio.sleep(0)  # nobody else has this store, and others want to be answered
        chats: Sequence[Chat] = snapshot.rows.get("chats", ())
        for chat in chats:  # a chat follows its messages: now it is again as it was
            await tx.put_chat(moved(chat, since, now))

    await store.transact(work)
    for file_id, content in snapshot.contents.items():
        files.start_with(file_id, content)
    for call in snapshot.calls:
        presence.saw(call.operator_id, moved(call, since, now).at)
    return MockIds(_last_ids(snapshot))


def _last_ids(snapshot: Snapshot) -> dict[str, int]:
    """The last ids, none of them less than one that is taken."""
    last = dict(snapshot.last_ids)
    for table in TABLES:
        if table.counted:
            last[table.counted] = max(
                [last.get(table.counted, 0), *(row.id for row in snapshot.rows.get(table.name, ()))]
            )
    numbers = [attempt.number for attempt in snapshot.rows.get("idempotency_keys", ())]
    last[ATTEMPT] = max([last.get(ATTEMPT, 0), *numbers])
    return {kind: number for kind, number in last.items() if number}
