"""Messages of a chat: writing them, in order and once each, and waiting for the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from time import monotonic

from msgspec import Struct
from msgspec.structs import replace

from impl.actions.finding import Find
from impl.callers import OperatorCaller
from impl.model import Chat, ChatState, Message, Sender, StoredFile
from impl.problems import ChatIsClosed, NotFound, NotYourChat
from impl.store.port import Tx
from impl.world import World


class Draft(Struct, frozen=True):
    """What somebody wants to say: a text, a file, or both."""

    text: str | None = None
    file_id: str | None = None
    client_id: str | None = None
    """The sender's own id of it: the same again is the same message."""


class Page(Struct, frozen=True):
    """Messages after a sequence, and the chat's state then."""

    messages: Sequence[Message]
    state: ChatState


async def say_as_visitor(world: World, find: Find, draft: Draft) -> tuple[Message, bool]:
    """Add the visitor's message; answers too whether it is new. Raises NotFound, ChatIsClosed."""

    async def work(tx: Tx) -> tuple[Message, bool]:
        chat = await find(tx)
        if draft.client_id is not None:
            known = await tx.message_by_client_id(chat.id, None, draft.client_id)
            if known:
                return known, False
        return await say(world, tx, chat, "visitor", chat.visitor_name, draft), True

    said = await world.store.transact(work)
    world.waker.wake(said[0].chat_id)
    return said


async def say_as_operator(world: World, caller: OperatorCaller, find: Find, draft: Draft) -> tuple[Message, bool]:
    """Add the operator's message; answers too whether it is new. Raises ChatIsClosed, NotYourChat."""

    async def work(tx: Tx) -> tuple[Message, bool]:
        chat = await find(tx)
        me = caller.operator
        if draft.client_id is not None:
            known = await tx.message_by_client_id(chat.id, me.id, draft.client_id)
            if known:
                return known, False
        if chat.state != "closed" and chat.operator_id != me.id:
            await file_of(tx, chat, "operator", draft)  # 404 comes before 409
            raise NotYourChat
        message = await say(world, tx, chat, "operator", me.name, draft, operator_id=me.id)
        if chat.first_reply_at is None:
            now = message.sent_at
            first = replace(chat, first_reply_at=now, last_sequence=message.sequence, last_activity_at=now)
            await tx.put_chat(first)
        return message, True

    said = await world.store.transact(work)
    world.waker.wake(said[0].chat_id)
    return said


async def say(
    world: World,
    tx: Tx,
    chat: Chat,
    sender: Sender,
    sender_name: str | None,
    draft: Draft,
    operator_id: int | None = None,
) -> Message:
    """Add the chat's next message. Raises NotFound for a file that is not the sender's, ChatIsClosed."""
    file = await file_of(tx, chat, sender, draft)
    if chat.state == "closed":
        raise ChatIsClosed
    message = Message(
        world.ids.next("message"),
        chat.id,
        chat.last_sequence + 1,
        sender,
        sender_name,
        draft.text,
        world.clock.now(),
        operator_id,
        file,
        draft.client_id,
    )
    await tx.add_message(message)
    if file is not None and file.visitor_id is None:
        await tx.put_file_use(file.id, chat.tenant_id, chat.visitor_id)
    return message


async def file_of(tx: Tx, chat: Chat, sender: Sender, draft: Draft) -> StoredFile | None:
    """The draft's file: the visitor's own, or one that an operator of the tenant uploaded. Raises NotFound."""
    if draft.file_id is None:
        return None
    file = await tx.file(draft.file_id)
    owner = chat.visitor_id if sender == "visitor" else None
    if file is None or file.tenant_id != chat.tenant_id or file.visitor_id != owner:
        raise NotFound
    return file


async def read_messages(world: World, find: Find, after: int, limit: int, wait: float) -> Page:
    """Messages with a larger sequence than `after`; waits up to `wait` seconds for the first.

    A changed state ends the wait too, and a closed chat is not waited for.
    """

    async def work(tx: Tx) -> tuple[Chat, Sequence[Message]]:
        chat = await find(tx)
        return chat, await tx.messages_after(chat.id, after, limit)

    chat, messages = await world.store.transact(work)
    if messages or not wait or chat.state == "closed":
        return Page(messages, chat.state)
    return await _wait_for_messages(world, work, chat, wait)


async def _wait_for_messages(
    world: World, read: Callable[[Tx], Awaitable[tuple[Chat, Sequence[Message]]]], chat: Chat, wait: float
) -> Page:
    deadline = monotonic() + wait
    while True:
        woken = world.waker.listen(chat.id)
        try:
            now, messages = await world.store.transact(read)
            left = deadline - monotonic()
            if messages or now.state != chat.state or left <= 0 or world.waker.closed:
                return Page(messages, now.state)
            await world.waker.wait(woken, left)
        finally:
            world.waker.forget(chat.id, woken)
