"""When something next falls due by itself in a world, so that a clock that is moved on does it all in its order.

Only what others can see the order of: webhooks' attempts, operators who time out, chats that are forgotten. The rest
(expired tokens, old rows) is read with the clock's time anyway, and tidied up behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol

from impl.actions.chats import FORGOTTEN_AFTER
from impl.actions.operators import TIME_OUT
from impl.rules.times import ISTANBUL
from impl.store.memory import MemoryTx
from impl.world import Presence

SECOND = timedelta(seconds=1)


class Part(Protocol):
    """Something of the mock that does things in a sandbox by itself, at its time."""

    def next_due(self) -> float | None:
        """When it next does something, in Unix seconds of the sandbox's clock; None: nothing is planned."""
        ...

    async def run_due(self) -> int:
        """Do what is due by now; answers how much that was. Raises nothing."""
        ...

    def callers(self) -> Collection[int]:
        """The operators that it lets call as often as a panel does: they do not time out."""
        ...


def next_due(tables: MemoryTx, presence: Presence, now: datetime, callers: Collection[int] = ()) -> datetime | None:
    """The first instant after `now` at which something may be due; None: nothing waits for its time.

    `callers` are operators who do not time out.
    """
    return min((instant for instant in _instants(tables, presence, callers) if instant > now), default=None)


def _instants(tables: MemoryTx, presence: Presence, callers: Collection[int]) -> Iterator[datetime]:
    for waiting in tables.waiting.values():
        yield waiting[0][0]
    for operator in tables.operators.values():
        chat_ids = tables.chat_ids_by_operator.get(operator.id, ())
        if operator.id in callers or (operator.state == "offline" and not chat_ids):
            continue
        calls = [operator.last_seen_at, presence.last_call(operator.id)]
        handed = [tables.chats[chat_id].handed_at for chat_id in chat_ids]
        for instant in (*calls, *handed):
            if instant is not None:
                yield instant + TIME_OUT + SECOND
    for chat_id in tables.open_chat_ids.values():
        chat = tables.chats[chat_id]
        yield chat.last_activity_at + FORGOTTEN_AFTER
        visitor = tables.visitors.get((chat.tenant_id, chat.visitor_id))
        if visitor is not None:
            yield datetime.fromtimestamp(ceil(visitor.last_seen_at), ISTANBUL) + FORGOTTEN_AFTER
