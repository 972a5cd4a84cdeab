"""The embedded store: plain dicts and indexes, and an undo log for rollback.

Nothing here suspends, so a transaction is never interleaved with another. It is also the executable model that
other stores are compared with.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice, takewhile
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from impl.model import (
    AccessToken,
    Chat,
    ChatState,
    Membership,
    Message,
    Operator,
    OutboxRow,
    StoredFile,
    Tenant,
    Visitor,
)
from impl.store.port import Result, Tx

Key = TypeVar("Key", bound=Hashable)

MISSING: Final = object()


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
        return result

    async def tenant_by_key(self, api_key: str) -> Tenant | None:
        return self.tables.tenants.get(self.tables.tenant_ids_by_key.get(api_key, 0))


class MemoryTx:
    """The tables, and the verbs on them (implements `port.Tx`)."""

    def __init__(self) -> None:
        self.undo_log: list[tuple[Any, Any, Any]] = []
        """Table, key and the row that stood there, or None, None and a step to take."""
        self.tenants: dict[int, Tenant] = {}
        self.tenant_ids_by_key: dict[str, int] = {}
        self.operators: dict[int, Operator] = {}
        self.operator_ids_by_email: dict[str, int] = {}
        self.memberships_by_operator: dict[int, tuple[Membership, ...]] = {}
        self.operator_ids_by_tenant: dict[int, frozenset[int]] = {}
        self.tokens: dict[int, AccessToken] = {}
        self.token_ids_by_operator: dict[int, tuple[int, ...]] = {}
        self.login_failures: dict[str, tuple[datetime, ...]] = {}
        self.visitors: dict[tuple[int, str], Visitor] = {}
        self.chats: dict[int, Chat] = {}
        self.open_chat_ids: dict[tuple[int, str], int] = {}
        self.chat_ids_by_visitor: dict[tuple[int, str], tuple[int, ...]] = {}
        self.chat_ids_by_operator: dict[int, frozenset[int]] = {}
        self.queues: defaultdict[tuple[int, ChatState], list[tuple[datetime, int]]] = defaultdict(list)
        self.messages: dict[int, list[Message]] = {}
        self.client_ids: dict[int, dict[str | tuple[int, str], int]] = {}
        """Chat, then a visitor's own id of a message, or an operator's with that operator: its sequence."""
        self.files: dict[str, StoredFile] = {}
        self.outbox: list[OutboxRow] = []

    def undo(self) -> None:
        """Take back what was written since the last commit, newest first."""
        while self.undo_log:
            target, key, old = self.undo_log.pop()
            if target is None:
                old()
            elif old is MISSING:
                del target[key]
            else:
                target[key] = old

    def _set(self, table: dict[Key, Any], key: Key, row: Any) -> None:
        self.undo_log.append((table, key, table.get(key, MISSING)))
        table[key] = row

    def _remove(self, table: dict[Key, Any], key: Key) -> None:
        if key in table:
            self.undo_log.append((table, key, table.pop(key)))

    def _undo_by(self, step: Callable[[], object]) -> None:
        self.undo_log.append((None, None, step))

    # Tenants, operators, memberships

    async def tenant(self, tenant_id: int) -> Tenant | None:
        return self.tenants.get(tenant_id)

    async def put_tenant(self, tenant: Tenant) -> None:
        old = self.tenants.get(tenant.id)
        if old and old.api_key != tenant.api_key:
            self._remove(self.tenant_ids_by_key, old.api_key)
        self._set(self.tenants, tenant.id, tenant)
        self._set(self.tenant_ids_by_key, tenant.api_key, tenant.id)

    async def operator(self, operator_id: int) -> Operator | None:
        return self.operators.get(operator_id)

    async def operator_by_email(self, email: str) -> Operator | None:
        operator_id = self.operator_ids_by_email.get(email.casefold())
        return None if operator_id is None else self.operators[operator_id]

    async def put_operator(self, operator: Operator) -> None:
        old = self.operators.get(operator.id)
        if old and old.email.casefold() != operator.email.casefold():
            self._remove(self.operator_ids_by_email, old.email.casefold())
        self._set(self.operators, operator.id, operator)
        self._set(self.operator_ids_by_email, operator.email.casefold(), operator.id)

    async def memberships(self, operator_id: int) -> Sequence[Membership]:
        return self.memberships_by_operator.get(operator_id, ())

    async def membership(self, operator_id: int, tenant_id: int) -> Membership | None:
        for membership in self.memberships_by_operator.get(operator_id, ()):
            if membership.tenant_id == tenant_id:
                return membership
        return None

    async def put_membership(self, membership: Membership) -> None:
        operator_id, tenant_id = membership.operator_id, membership.tenant_id
        others = [m for m in self.memberships_by_operator.get(operator_id, ()) if m.tenant_id != tenant_id]
        tabs = sorted([*others, membership], key=lambda m: (m.position, m.tenant_id))
        self._set(self.memberships_by_operator, operator_id, tuple(tabs))
        members = self.operator_ids_by_tenant.get(tenant_id, frozenset())
        self._set(self.operator_ids_by_tenant, tenant_id, members | {operator_id})

    async def operators_unseen_since(self, instant: datetime) -> Sequence[Operator]:
        return [
            operator
            for _, operator in sorted(self.operators.items())
            if operator.state != "offline" and (operator.last_seen_at is None or operator.last_seen_at < instant)
        ]

    async def anyone_online(self, tenant_id: int) -> bool:
        for member in self.operator_ids_by_tenant.get(tenant_id, ()):
            if self.operators[member].state == "online":
                return True
        return False

    # Access tokens and failed sign-ins

    async def token(self, token_id: int) -> AccessToken | None:
        return self.tokens.get(token_id)

    async def tokens_of(self, operator_id: int) -> Sequence[AccessToken]:
        return [self.tokens[token_id] for token_id in self.token_ids_by_operator.get(operator_id, ())]

    async def put_token(self, token: AccessToken) -> None:
        known = self.token_ids_by_operator.get(token.operator_id, ())
        if token.id not in known:
            self._set(self.token_ids_by_operator, token.operator_id, tuple(sorted((*known, token.id))))
        self._set(self.tokens, token.id, token)

    async def delete_token(self, token_id: int) -> None:
        token = self.tokens.get(token_id)
        if token:
            left = tuple(t for t in self.token_ids_by_operator[token.operator_id] if t != token_id)
            self._set(self.token_ids_by_operator, token.operator_id, left)
            self._remove(self.tokens, token_id)

    async def failed_logins(self, subject: str) -> Sequence[datetime]:
        return self.login_failures.get(subject, ())

    async def put_failed_logins(self, subject: str, times: Sequence[datetime]) -> None:
        if times:
            self._set(self.login_failures, subject, tuple(times))
        else:
            self._remove(self.login_failures, subject)

    async def delete_expired_tokens(self, now: datetime) -> None:
        for token_id in [token.id for token in self.tokens.values() if token.expires_at <= now]:
            await self.delete_token(token_id)

    async def delete_failed_logins(self, before: datetime) -> None:
        for subject in [subject for subject, times in self.login_failures.items() if times[-1] < before]:
            self._remove(self.login_failures, subject)

    # Visitors

    async def visitor(self, tenant_id: int, visitor_id: str) -> Visitor | None:
        return self.visitors.get((tenant_id, visitor_id))

    async def put_visitor(self, visitor: Visitor) -> None:
        visitors, key = self.visitors, (visitor.tenant_id, visitor.id)
        self.undo_log.append((visitors, key, visitors.get(key, MISSING)))
        visitors[key] = visitor

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
        entry = (chat.opened_at, chat.id)
        if old:
            left = self.queues[old.tenant_id, old.state]
            left.pop(bisect_right(left, entry) - 1)
            self._undo_by(lambda: insort(left, entry))
        joined = self.queues[chat.tenant_id, chat.state]
        insort(joined, entry)
        self._undo_by(lambda: joined.remove(entry))

    def _move_to_operator(self, old: Chat | None, chat: Chat) -> None:
        before = old.operator_id if old and old.state == "active" else None
        after = chat.operator_id if chat.state == "active" else None
        if before == after:
            return
        if before is not None:
            self._set(self.chat_ids_by_operator, before, self.chat_ids_by_operator[before] - {chat.id})
        if after is not None:
            mine = self.chat_ids_by_operator.get(after, frozenset())
            self._set(self.chat_ids_by_operator, after, mine | {chat.id})

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

    async def file(self, file_id: str) -> StoredFile | None:
        return self.files.get(file_id)

    # Outbox

    async def add_to_outbox(self, row: OutboxRow) -> None:
        self.outbox.append(row)
        self._undo_by(self.outbox.pop)


def _sent_as(operator_id: int | None, client_id: str) -> str | tuple[int, str]:
    return client_id if operator_id is None else (operator_id, client_id)
