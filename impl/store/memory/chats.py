"""Chats, their queues, and their messages."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from itertools import islice, takewhile

from msgspec.structs import replace

from impl.model import Chat, ChatState, Message
from impl.store.memory.tables import MISSING, Tables


class Chats(Tables):
    """Each tenant's and state's chats in the order of their opening; each chat's messages in order."""

    def __init__(self) -> None:
        super().__init__()
        self.chats: dict[int, Chat] = {}
        self.open_chat_ids: dict[tuple[int, str], int] = {}
        self.chat_ids_by_visitor: dict[tuple[int, str], tuple[int, ...]] = {}
        self.chat_ids_by_operator: dict[int, frozenset[int]] = {}
        self.queues: defaultdict[tuple[int, ChatState], list[tuple[datetime, int]]] = defaultdict(list)
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
        self._set(self.chats, chat.id, chat)

    def _move_in_queue(self, old: Chat | None, chat: Chat) -> None:
        """Keep each tenant's and state's queue in order; a chat's `opened_at` never changes."""
        if old and old.state == chat.state:
            return
        if old:
            self._leave_queue(old)
        entry = (chat.opened_at, chat.id)
        joined = self.queues[chat.tenant_id, chat.state]
        insort(joined, entry)
        self._undo_by(lambda: joined.remove(entry))

    def _leave_queue(self, chat: Chat) -> None:
        entry = (chat.opened_at, chat.id)
        left = self.queues[chat.tenant_id, chat.state]
        left.pop(bisect_right(left, entry) - 1)
        self._undo_by(lambda: insort(left, entry))

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

    async def active_chats(self, operator_id: int) -> Sequence[Chat]:
        return [self.chats[chat_id] for chat_id in sorted(self.chat_ids_by_operator.get(operator_id, ()))]

    async def queue(
        self,
        tenant_ids: Sequence[int],
        states: Sequence[ChatState],
        after: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[Chat]:
        pages = []
        for tenant_id in tenant_ids:
            for state in states:
                entries = self.queues.get((tenant_id, state))
                if entries:
                    start = bisect_right(entries, after) if after else 0
                    pages.append(entries[start : start + limit])
        return [self.chats[chat_id] for _, chat_id in islice(merge(*pages), limit)]

    async def open_chats_idle_since(self, instant: datetime, limit: int) -> Sequence[Chat]:
        opened = merge(*[entries for (_, state), entries in self.queues.items() if state != "closed"])
        early = takewhile(lambda entry: entry[0] <= instant, opened)  # nothing is idle for longer than it is open
        chats = (self.chats[chat_id] for _, chat_id in early)
        return list(islice((chat for chat in chats if chat.last_activity_at <= instant), limit))

    async def chats_of_visitor(self, tenant_id: int, visitor_id: str, limit: int) -> Sequence[Chat]:
        newest = self.chat_ids_by_visitor.get((tenant_id, visitor_id), ())[: -limit - 1 : -1]
        return [self.chats[chat_id] for chat_id in newest]

    async def delete_chats_of_visitor(self, tenant_id: int, visitor_id: str) -> Sequence[int]:
        visitor = (tenant_id, visitor_id)
        chat_ids = self.chat_ids_by_visitor.get(visitor, ())
        for chat_id in chat_ids:
            chat = self.chats[chat_id]
            self._leave_queue(chat)
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
