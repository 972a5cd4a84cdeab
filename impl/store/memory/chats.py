"""Chats, their queues, and their messages."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice, product, takewhile
from typing import Final

from msgspec.structs import replace

from impl.model import Chat, ChatState, Message
from impl.store.memory.merging import first_of_all
from impl.store.memory.numbers import Numbers
from impl.store.memory.people import People
from impl.store.memory.tables import MISSING
from impl.store.memory.visitors import Visitors

LARGEST_ID: Final = 2**63 - 1
MANY: Final = 8
"""Tenants whose queues are not just merged."""
OPEN: Final[frozenset[ChatState]] = frozenset({"waiting", "active"})


class Chats(People, Visitors, Numbers):
    """Each tenant's and state's chats in the order of their opening; each chat's messages in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open_queues: defaultdict[int, list[int]] = defaultdict(list)
        """Each tenant's chats that are not closed: the queue that panels ask for all the time."""
        self.open_places: list[int] = []
        """The same over all tenants."""
        self.chats: dict[int, Chat] = {}
        self.open_chat_ids: dict[tuple[int, str], int] = {}
        self.chat_ids_by_visitor: dict[tuple[int, str], tuple[int, ...]] = {}
        self.chat_ids_by_operator: dict[int, frozenset[int]] = {}
        self.queues: defaultdict[tuple[int, ChatState], list[int]] = defaultdict(list)
        self.messages: dict[int, list[Message]] = {}
        self.client_ids: dict[int, dict[str | tuple[int, str], int]] = {}
        """Chat, then a visitor's own id of a message, or an operator's with that operator: its sequence."""

    # Chats

    async def chat(self, chat_id: int) -> Chat | None:
        return self.chats.get(chat_id)

    async def chat_for_update(self, chat_id: int) -> Chat | None:
        return self.chats.get(chat_id)

    async def open_chat_of(self, tenant_id: int, visitor_id: str) -> Chat | None:
        chat_id = self.open_chat_ids.get((tenant_id, visitor_id))
        return None if chat_id is None else self.chats[chat_id]

    async def put_chat(self, chat: Chat) -> None:
        old = self.chats.get(chat.id)
        visitor = (chat.tenant_id, chat.visitor_id)
        if old is None:
            self._set(self.messages, chat.id, [])
            self._set(self.client_ids, chat.id, {})
            self._set(self.chat_ids_by_visitor, visitor, (*self.chat_ids_by_visitor.get(visitor, ()), chat.id))
        if chat.state != "closed":
            self._set(self.open_chat_ids, visitor, chat.id)
        elif self.open_chat_ids.get(visitor) == chat.id:
            self._remove(self.open_chat_ids, visitor)
        self._move_in_queue(old, chat)
        self._move_to_operator(old, chat)
        self._count(old, chat)
        self._set(self.chats, chat.id, chat)

    def _move_in_queue(self, old: Chat | None, chat: Chat) -> None:
        """Keep each tenant's and state's queue in order; a chat's `opened_at` never changes."""
        if old and old.state == chat.state:
            return
        place = _place(chat.opened_at, chat.id)
        if old:
            self._leave(self.queues[old.tenant_id, old.state], place)
        self._join(self.queues[chat.tenant_id, chat.state], place)
        was_open, is_open = old is not None and old.state != "closed", chat.state != "closed"
        if was_open and not is_open:
            self._leave(self.open_queues[chat.tenant_id], place)
            self._leave(self.open_places, place)
        elif is_open and not was_open:
            self._join(self.open_queues[chat.tenant_id], place)
            self._join(self.open_places, place)

    def _leave_queues(self, chat: Chat) -> None:
        place = _place(chat.opened_at, chat.id)
        self._leave(self.queues[chat.tenant_id, chat.state], place)
        if chat.state != "closed":
            self._leave(self.open_queues[chat.tenant_id], place)
            self._leave(self.open_places, place)

    def _leave(self, queue: list[int], place: int) -> None:
        queue.pop(bisect_right(queue, place) - 1)
        self._undo_by(lambda: insort(queue, place))

    def _join(self, queue: list[int], place: int) -> None:
        insort(queue, place)
        self._undo_by(lambda: queue.remove(place))

    def _move_to_operator(self, old: Chat | None, chat: Chat) -> None:
        before = old.operator_id if old and old.state == "active" else None
        after = chat.operator_id if chat.state == "active" else None
        if before == after:
            return
        if before is not None:
            self._leave_operator(before, chat.id)
        if after is not None:
            mine = self.chat_ids_by_operator.get(after, frozenset())
            self._set(self.chat_ids_by_operator, after, mine | {chat.id})

    def _leave_operator(self, operator_id: int, chat_id: int) -> None:
        self._set(self.chat_ids_by_operator, operator_id, self.chat_ids_by_operator[operator_id] - {chat_id})

    def _has_active_chats(self, operator_id: int) -> bool:
        return bool(self.chat_ids_by_operator.get(operator_id))

    async def put_chat_activity(self, chat_id: int, at: datetime) -> None:
        self._set(self.chats, chat_id, replace(self.chats[chat_id], last_activity_at=at))

    async def active_chats(self, operator_id: int) -> Sequence[Chat]:
        return [self.chats[chat_id] for chat_id in sorted(self.chat_ids_by_operator.get(operator_id, ()))]

    async def queue(
        self,
        tenant_ids: Sequence[int],
        states: Sequence[ChatState],
        after: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[Chat]:
        behind = None if after is None else _place(*after)
        queues: Iterable[list[int] | None]
        if len(states) == len(OPEN) and OPEN.issuperset(states):
            page = self._read_across(tenant_ids, behind, limit)
            if page is not None:
                return page
            queues = map(self.open_queues.get, tenant_ids)
        else:
            queues = map(self.queues.get, product(tenant_ids, states))
        chats = self.chats
        return [chats[place & LARGEST_ID] for place in first_of_all(queues, behind, limit)]

    def _read_across(self, tenant_ids: Sequence[int], behind: int | None, limit: int) -> list[Chat] | None:
        """A page read from the queue over all tenants; None where too many chats of others stand between.

        For many tenants: looks at about as many chats as there are queues that would have to be merged.
        """
        if len(tenant_ids) < MANY:
            return None
        places, chats, wanted = self.open_places, self.chats, set(tenant_ids)
        start = 0 if behind is None else bisect_right(places, behind)
        end = start + limit + len(tenant_ids)
        page = []
        for place in places[start:end]:
            chat = chats[place & LARGEST_ID]
            if chat.tenant_id in wanted:
                page.append(chat)
                if len(page) == limit:
                    return page
        return page if end >= len(places) else None

    async def open_chats_idle_since(self, instant: datetime, limit: int) -> Sequence[Chat]:
        last = _place(instant, LARGEST_ID)
        early = takewhile(last.__ge__, self.open_places)  # nothing is idle for longer than it is open
        chats = (self.chats[place & LARGEST_ID] for place in early)
        idle = (chat for chat in chats if chat.last_activity_at <= instant and not self._is_here(chat, instant))
        return list(islice(idle, limit))

    def _is_here(self, chat: Chat, instant: datetime) -> bool:
        visitor = self.visitors.get((chat.tenant_id, chat.visitor_id))
        return visitor is not None and visitor.last_seen_at > instant.timestamp()

    async def chats_of_visitor(self, tenant_id: int, visitor_id: str, limit: int) -> Sequence[Chat]:
        newest = self.chat_ids_by_visitor.get((tenant_id, visitor_id), ())[: -limit - 1 : -1]
        return [self.chats[chat_id] for chat_id in newest]

    async def delete_chats_of_visitor(self, tenant_id: int, visitor_id: str) -> Sequence[int]:
        visitor = (tenant_id, visitor_id)
        chat_ids = self.chat_ids_by_visitor.get(visitor, ())
        for chat_id in chat_ids:
            chat = self.chats[chat_id]
            self._leave_queues(chat)
            self._count(chat, None)
            if chat.state == "active" and chat.operator_id is not None:
                self._leave_operator(chat.operator_id, chat_id)
            for table in (self.messages, self.client_ids, self.chats):
                self._remove(table, chat_id)
        self._remove(self.open_chat_ids, visitor)
        self._remove(self.chat_ids_by_visitor, visitor)
        return chat_ids

    # Messages

    async def add_message(self, message: Message) -> None:
        chat_id, log = message.chat_id, self.undo_log
        messages = self.messages[chat_id]
        messages.append(message)
        log.append((None, None, messages.pop))
        if message.client_id is not None:
            known, key = self.client_ids[chat_id], _sent_as(message.operator_id, message.client_id)
            log.append((known, key, known.get(key, MISSING)))
            known[key] = message.sequence
        chat = self.chats[chat_id]
        log.append((self.chats, chat_id, chat))
        self.chats[chat_id] = replace(chat, last_sequence=message.sequence, last_activity_at=message.sent_at)

    async def messages_after(self, chat_id: int, sequence: int, limit: int) -> Sequence[Message]:
        return self.messages.get(chat_id, [])[sequence : sequence + limit]

    async def message_by_client_id(self, chat_id: int, operator_id: int | None, client_id: str) -> Message | None:
        sequence = self.client_ids.get(chat_id, {}).get(_sent_as(operator_id, client_id))
        return None if sequence is None else self.messages[chat_id][sequence - 1]


def _sent_as(operator_id: int | None, client_id: str) -> str | tuple[int, str]:
    return client_id if operator_id is None else (operator_id, client_id)


def _place(opened_at: datetime, chat_id: int) -> int:
    """A chat's place in its queues, by opening and then by id: one number, which compares faster than the two."""
    return int(opened_at.timestamp()) << 63 | chat_id
