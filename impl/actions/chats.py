"""The life of a chat: opened, accepted, transferred, closed, rated; and the queue of those that wait.

A chat goes waiting → active → closed. Every change wakes those who wait for the chat, after it is committed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from impl.actions.finding import Find
from impl.actions.messages import Draft, say
from impl.actions.outbox import tell
from impl.actions.reach import wanted_tenants
from impl.actions.visitors import meet
from impl.callers import OperatorCaller
from impl.model import (
    Chat,
    ChatClosed,
    ChatOpened,
    ChatRated,
    ChatState,
    Message,
    Profile,
    Sender,
    Tenant,
    Visitor,
)
from impl.problems import AlreadyRated, AtCapacity, ChatIsClosed, ChatIsOpen, ChatTaken, NotFound
from impl.store.port import Tx
from impl.world import World

OPEN: Final[tuple[ChatState, ...]] = ("waiting", "active")

FORGOTTEN_AFTER: Final = timedelta(hours=24)
AT_ONCE: Final = 1_000
"""Forgotten chats that one round closes; the next round goes on."""

CLOSED_BY: Final[dict[Sender, str]] = {
    "visitor": "Sohbeti ziyaretçi kapattı.",
    "operator": "Sohbeti operatör kapattı.",
    "system": "Sohbet uzun süre sessiz kaldığı için kapatıldı.",
}


async def open_chat(
    world: World,
    tenant: Tenant,
    visitor_id: str,
    name: str | None,
    email: str | None,
    text: str | None,
    visitor_token: str | None,
) -> tuple[Chat, Message | None, bool]:
    """The visitor's open chat, a new one if there is none; answers too whether it is new.

    Raises VisitorTokenNeeded.
    """

    async def work(tx: Tx) -> tuple[Chat, Message | None, bool]:
        visitor = await meet(world, tx, tenant, visitor_id, visitor_token)
        known = await tx.open_chat_of(tenant.id, visitor_id)
        chat = await tx.chat_for_update(known.id) if known else None
        is_new = chat is None or chat.state == "closed"
        if chat is None or is_new:
            chat = await _new_chat(world, tx, visitor, name, email)
        message = await say(world, tx, chat, "visitor", chat.visitor_name, Draft(text)) if text else None
        return await tx.chat(chat.id) or chat, message, is_new

    opened = await world.store.transact(work)
    world.waker.wake(opened[0].id)
    return opened


async def _new_chat(world: World, tx: Tx, visitor: Visitor, name: str | None, email: str | None) -> Chat:
    now = world.clock.now()
    chat = Chat(
        id=world.ids.next("chat"),
        tenant_id=visitor.tenant_id,
        visitor_id=visitor.id,
        visitor_name=name or full_name(visitor.profile),
        visitor_email=email or visitor.profile.email,
        opened_at=now,
        last_activity_at=now,
    )
    await tx.put_chat(chat)
    await tell(world, tx, ChatOpened(chat.tenant_id, chat.id, chat.visitor_id, chat.visitor_name, chat.channel))
    return chat


def full_name(profile: Profile) -> str | None:
    """`Ahmet Yilmaz`, or what is known of it."""
    return " ".join(filter(None, (profile.first_name, profile.last_name))) or None


async def rate(world: World, find: Find, rating: int, comment: str | None) -> Chat:
    """Rate a closed chat, once, 1 to 5. Raises ChatIsOpen, AlreadyRated."""

    async def work(tx: Tx) -> Chat:
        chat = await find(tx)
        if chat.state != "closed":
            raise ChatIsOpen
        if chat.rating is not None:
            raise AlreadyRated
        rated = replace(chat, rating=rating, comment=comment, rated_at=world.clock.now())
        await tx.put_chat(rated)
        await tell(world, tx, ChatRated(chat.tenant_id, chat.id, rating, comment, chat.operator_id))
        return rated

    return await world.store.transact(work)


async def list_queue(
    world: World,
    caller: OperatorCaller,
    state: ChatState | None,
    tenant_id: int | None,
    after: tuple[datetime, int] | None,
    limit: int,
) -> tuple[Sequence[Chat], bool]:
    """Chats of the operator's tenants, longest waiting first; answers too whether there are more.

    Without a state: those that are not closed. Raises NotFound for a tenant that is not the operator's.
    """
    tenant_ids = wanted_tenants(caller, tenant_id)
    states = OPEN if state is None else (state,)

    async def work(tx: Tx) -> Sequence[Chat]:
        return await tx.queue(tenant_ids, states, after, limit + 1)

    chats = await world.store.transact(work)
    return chats[:limit], len(chats) > limit


async def accept(world: World, caller: OperatorCaller, find: Find) -> Chat:
    """Take a waiting chat; of two operators at once one wins. Its owner may ask again.

    Raises ChatIsClosed, ChatTaken, AtCapacity.
    """

    async def work(tx: Tx) -> Chat:
        chat = await find(tx)
        if chat.state == "closed":
            raise ChatIsClosed
        if chat.state == "active":
            if chat.operator_id != caller.operator.id:
                raise ChatTaken
            return chat
        return await _hand_to(world, tx, chat, caller.operator.id)

    return await _changing(world, work)


async def transfer(world: World, find: Find, operator_id: int) -> Chat:
    """Hand an open chat to another operator of its tenant. Raises NotFound, ChatIsClosed, AtCapacity."""

    async def work(tx: Tx) -> Chat:
        chat = await find(tx)
        if await tx.membership(operator_id, chat.tenant_id) is None:
            raise NotFound
        if chat.state == "closed":
            raise ChatIsClosed
        if chat.operator_id == operator_id:
            return chat
        return await _hand_to(world, tx, chat, operator_id)

    return await _changing(world, work)


async def _hand_to(world: World, tx: Tx, chat: Chat, operator_id: int) -> Chat:
    operator = await tx.operator(operator_id)
    membership = await tx.membership(operator_id, chat.tenant_id)
    if operator is None or membership is None:
        raise NotFound
    if membership.chat_limit is not None:
        active = [mine for mine in await tx.active_chats(operator_id) if mine.tenant_id == chat.tenant_id]
        if len(active) >= membership.chat_limit:
            raise AtCapacity
    now = world.clock.now()
    handed = replace(
        chat,
        state="active",
        operator_id=operator_id,
        operator_name=operator.name,
        accepted_at=chat.accepted_at or now,
        handed_at=now,
        last_activity_at=now,
    )
    await tx.put_chat(handed)
    return handed


async def close(world: World, find: Find, closed_by: Sender) -> Chat:
    """Close an open chat: first its system message, then the state. Raises ChatIsClosed."""

    async def work(tx: Tx) -> Chat:
        return await close_in(world, tx, await find(tx), closed_by)

    return await _changing(world, work)


async def close_in(world: World, tx: Tx, chat: Chat, closed_by: Sender) -> Chat:
    """`close` inside a transaction that took the chat; who waits for it is to be woken after the commit."""
    message = await say(world, tx, chat, "system", None, Draft(CLOSED_BY[closed_by]))
    now = world.clock.now()
    chat = replace(chat, state="closed", closed_at=now, last_sequence=message.sequence, last_activity_at=now)
    await tx.put_chat(chat)
    seconds = max(0, int((now - chat.opened_at).total_seconds()))
    await tell(
        world,
        tx,
        ChatClosed(
            chat.tenant_id, chat.id, chat.visitor_name, closed_by, chat.operator_id, seconds, chat.last_sequence
        ),
    )
    return chat


async def close_forgotten(world: World) -> int:
    """Close the open chats that neither side called for `FORGOTTEN_AFTER`; answers how many."""
    since = world.clock.now() - FORGOTTEN_AFTER
    forgotten = await world.store.transact(lambda tx: tx.open_chats_idle_since(since, AT_ONCE))
    return sum([await _close_if_forgotten(world, chat.id, since) for chat in forgotten])


async def _close_if_forgotten(world: World, chat_id: int, since: datetime) -> bool:
    """Somebody may have come back, or closed it, since it was looked up."""

    async def work(tx: Tx) -> bool:
        chat = await tx.chat_for_update(chat_id)
        if chat is None or chat.state == "closed" or chat.last_activity_at > since:
            return False
        visitor = await tx.visitor(chat.tenant_id, chat.visitor_id)
        if visitor is not None and visitor.last_seen_at > since.timestamp():
            return False
        await close_in(world, tx, chat, "system")
        return True

    closed = await world.store.transact(work)
    if closed:
        world.waker.wake(chat_id)
    return closed


async def _changing(world: World, work: Callable[[Tx], Awaitable[Chat]]) -> Chat:
    chat = await world.store.transact(work)
    world.waker.wake(chat.id)
    return chat
