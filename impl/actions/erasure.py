"""Erasing a visitor (KVKK, Law No. 6698, article 7): everything of theirs in one tenant, at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from impl.actions.chats import close_in
from impl.actions.files import delete_bytes, doom
from impl.actions.reach import membership_in
from impl.callers import OperatorCaller
from impl.problems import NotFound, NotPermitted
from impl.rules.roles import may_manage
from impl.store.port import Tx
from impl.world import World


class Erasure(Struct, frozen=True):
    """What was deleted, and when."""

    chat_ids: Sequence[int]
    tickets: int
    file_ids: Sequence[str]
    """Uploads and screenshots."""
    at: datetime


async def erase(world: World, caller: OperatorCaller, tenant_id: int, visitor_id: str) -> Erasure:
    """Delete a visitor with all that they and their browser told, and what operators sent them.

    An open chat is closed first, so that the tenant's webhook hears of its end. Events and their deliveries stay for
    their 30 days: they are the tenant's own record, on its way to the tenant's own system.
    Raises InvalidToken, NotFound, NotPermitted.
    """

    async def work(tx: Tx) -> Erasure:
        membership = await membership_in(tx, caller, tenant_id)
        if not may_manage(membership.role):
            raise NotPermitted
        opened = await tx.open_chat_of(tenant_id, visitor_id)
        if await tx.visitor(tenant_id, visitor_id) is None:
            raise NotFound
        chat = await tx.chat_for_update(opened.id) if opened else None
        if chat is not None and chat.state != "closed":
            await close_in(world, tx, chat, "operator")
        return await _delete_everything(world, tx, tenant_id, visitor_id)

    erasure = await world.store.transact(work)
    for chat_id in erasure.chat_ids:
        world.waker.wake(chat_id)
    await delete_bytes(world, erasure.file_ids)
    return erasure


async def _delete_everything(world: World, tx: Tx, tenant_id: int, visitor_id: str) -> Erasure:
    whose = (tenant_id, visitor_id)
    chat_ids = await tx.delete_chats_of_visitor(*whose)
    tickets = await tx.delete_tickets_of_visitor(*whose)
    await tx.delete_old_page_views(*whose, 0)
    await tx.delete_old_error_logs(*whose, 0)
    screenshots = await tx.delete_old_screenshots(*whose, 0)
    file_ids = [*await tx.delete_files_of_visitor(*whose), *screenshots]
    await tx.delete_attempts_of_visitor(*whose)
    await tx.delete_visitor(*whose)
    await doom(world, tx, file_ids)
    return Erasure(chat_ids, tickets, file_ids, world.clock.now())
