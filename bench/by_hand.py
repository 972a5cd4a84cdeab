"""The in-memory store that the FastAPI and the Connexion server share: tenants, chats, messages.

It is generic over the record, so that each server keeps the form its framework answers best. It holds what
the two operations need and no more: what our server does besides (files, visitor tokens, idempotency keys,
rate limits, CORS, X-Request-Id) is left out, in favour of the two.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from bench.requests import NAME, SHOP_KEY, SHOP_ORIGIN, SHOP_TENANT, visitor_name

ISTANBUL = ZoneInfo("Europe/Istanbul")
CHATS = 128
"""Chats that are open from the start, ids 1 to CHATS, number n of the visitor `bench-n`."""

Record = TypeVar("Record")


class Sent(NamedTuple):
    """A message as it comes in: the ids, the visitor's name, the text, the time in RFC 3339."""

    id: int
    chat: int
    sira: int
    name: str
    text: str
    time: str


Make = Callable[[Sent], Record]
"""A message as it comes in -> the record that is stored and answered."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant with its origin list; an empty list accepts all."""

    id: int
    origins: frozenset[str]


TENANTS = {SHOP_KEY: Tenant(SHOP_TENANT, frozenset({SHOP_ORIGIN}))}


class UnknownChatError(Exception):
    """No such chat of this visitor in this tenant."""


@dataclass(slots=True)
class Chat(Generic[Record]):
    """One chat; the message with `sira` n stands at index n - 1."""

    id: int
    tenant: int
    visitor: str
    state: str = "bekliyor"
    messages: list[Record] = field(default_factory=list)
    by_client_id: dict[str, Record] = field(default_factory=dict)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)


class Chats(Generic[Record]):
    """All chats. `sira` counts 1, 2, 3 … in a chat; a client's message id is taken once."""

    def __init__(self, make: Make[Record]) -> None:
        self._make = make
        self._last_id = 0
        self._chats = {
            number: Chat[Record](number, SHOP_TENANT, visitor_name(number)) for number in range(1, CHATS + 1)
        }

    def send(self, tenant: Tenant, chat_id: int, visitor: str, text: str, client_id: str | None) -> tuple[Record, bool]:
        """Store a message; (record, True), or (first record, False) when `client_id` was seen.

        Raises `UnknownChatError`.
        """
        chat = self._find(tenant, chat_id, visitor)
        if client_id is not None and (first := chat.by_client_id.get(client_id)) is not None:
            return first, False
        self._last_id += 1
        now = datetime.now(ISTANBUL).isoformat(timespec="seconds")
        record = self._make(Sent(self._last_id, chat_id, len(chat.messages) + 1, NAME, text, now))
        chat.messages.append(record)
        if client_id is not None:
            chat.by_client_id[client_id] = record
        for waiter in chat.waiting:
            if not waiter.done():
                waiter.set_result(None)
        chat.waiting.clear()
        return record, True

    async def after(
        self, tenant: Tenant, chat_id: int, visitor: str, *, after: int, limit: int, wait: int
    ) -> tuple[list[Record], str]:
        """(at most `limit` messages after sira `after`, the chat's state).

        Waits up to `wait` seconds for a first message. Raises `UnknownChatError`.
        """
        chat = self._find(tenant, chat_id, visitor)
        if wait and len(chat.messages) <= after:
            waiter = asyncio.get_running_loop().create_future()
            chat.waiting.append(waiter)
            await asyncio.wait([waiter], timeout=wait)
        return chat.messages[after : after + limit], chat.state

    def _find(self, tenant: Tenant, chat_id: int, visitor: str) -> Chat[Record]:
        chat = self._chats.get(chat_id)
        if chat is None or chat.tenant != tenant.id or chat.visitor != visitor:
            raise UnknownChatError
        return chat
