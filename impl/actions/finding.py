"""Finding a chat for whoever asks: theirs, or not there at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from impl.actions.reach import check_signed_in
from impl.actions.visitors import see
from impl.callers import OperatorCaller
from impl.model import Chat, Tenant
from impl.problems import NotFound
from impl.store.port import Tx
from impl.world import World

Find = Callable[[Tx], Awaitable[Chat]]
"""Finds a chat inside a transaction."""

SEEN_EVERY: Final = 30.0
"""Seconds: how often it is noted that somebody who only reads was here."""
SEEN: Final = timedelta(seconds=SEEN_EVERY)


def visitors_chat(
    world: World, tenant: Tenant, visitor_id: str, chat_id: int, visitor_token: str | None, *, reading: bool = False
) -> Find:
    """Finds the visitor's own chat, to change it or only to read. Raises VisitorTokenNeeded, NotFound."""

    async def find(tx: Tx) -> Chat:
        await see(world, tx, tenant, visitor_id, visitor_token, every=SEEN_EVERY if reading else 0.0)
        chat = await (tx.chat(chat_id) if reading else tx.chat_for_update(chat_id))
        if chat is None or chat.tenant_id != tenant.id or chat.visitor_id != visitor_id:
            raise NotFound
        return chat

    return find


def members_chat(world: World, caller: OperatorCaller, chat_id: int, *, reading: bool = False) -> Find:
    """Finds a chat of the operator's tenants, to change it or only to read; notes that it was not forgotten.

    Asks again who the operator is, for a poll may have waited: a revoked token reads nothing more. Raises InvalidToken,
    NotFound.
    """

    async def find(tx: Tx) -> Chat:
        await check_signed_in(tx, caller)
        chat = await (tx.chat(chat_id) if reading else tx.chat_for_update(chat_id))
        if chat is None or await tx.membership(caller.operator.id, chat.tenant_id) is None:
            raise NotFound
        now = world.clock.now()
        if chat.state != "closed" and not timedelta(0) <= now - chat.last_activity_at <= SEEN:
            await tx.put_chat_activity(chat.id, now)
        return chat

    return find
