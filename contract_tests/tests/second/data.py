"""What the second server knows: its tenants and operators, and what visitors leave, in memory."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any, Final

TOKEN_LIFE: Final = 30 * 86400.0
IDLE_CHAT: Final = 86400.0


@dataclass(frozen=True)
class Tenant:
    """A company whose web sites have the widget."""

    id: int
    name: str
    key: str
    secret: str
    color: str
    origins: tuple[str, ...] = ()
    secure: bool = False
    """Whether a browser must prove that it is the visitor's (`guvenli_mod`)."""


@dataclass(frozen=True)
class Operator:
    """Who answers visitors; the first of the tenants is the primary one."""

    id: int
    name: str
    email: str
    password: str
    tenants: tuple[int, ...]
    role: str


TENANTS: Final = (
    Tenant(11, "Deniz Kitabevi", "CM_DENIZ_KITAP_11", "deniz-secret-7Qw2", "#0F766E"),
    Tenant(
        12, "Ege Bisiklet", "CM_EGE_BISIKLET_12", "ege-secret-9Zx4", "#B91C1C", ("https://egebisiklet.example:8443",)
    ),
    Tenant(13, "Toros Seramik", "CM_TOROS_13", "toros-secret-3Rt8", "#7C3AED"),
    Tenant(14, "Kale Sigorta", "CM_KALE_14", "kale-secret-5Uv6", "#1D4ED8", (), secure=True),
)
OPERATORS: Final = (
    Operator(21, "Derya Ak", "derya@kitabevi.example", "Mavi-Deniz-21", (12, 11, 14), "senior"),
    Operator(22, "Selim Ünal", "selim@kitabevi.example", "Kırmızı-Kapı-22", (11,), "yonetici"),
    Operator(23, "Nil Er", "nil@toros.example", "Yeşil-Ova-23", (13,), "sahip"),
)


@dataclass
class Message:
    """One message; `number` counts inside its chat."""

    id: int
    number: int
    sender: str
    name: str | None
    text: str
    at: float


@dataclass
class Chat:
    """One conversation."""

    id: int
    tenant: int
    visitor: str
    name: str | None
    email: str | None
    began: float
    touched: float
    ended: float | None = None
    rating: int | None = None
    comment: str | None = None
    last: int = 0
    """The number of the last message."""
    messages: list[Message] = field(default_factory=list)
    by_client_id: dict[str, Message] = field(default_factory=dict)
    senders: int = 0
    """How many are about to write just now."""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self) -> None:
        """Wake whoever waits for news."""
        self.news.set()
        self.news = asyncio.Event()


@dataclass
class Visitor:
    """Somebody on a tenant's site."""

    id: str
    tenant: int
    seen: float
    verified: bool = False
    profile: dict[str, Any] = field(default_factory=dict)
    told_at: dict[str, float] = field(default_factory=dict)
    """When each field of the profile came."""
    tokens: deque[bytes] = field(default_factory=lambda: deque(maxlen=32))
    """Digests of the newest ones."""

    def new_token(self) -> str:
        """One more proof for a browser."""
        token = secrets.token_urlsafe(32)
        self.tokens.append(sha256(token.encode()).digest())
        return token


@dataclass(frozen=True)
class SignIn:
    """An operator's token: the digest of its secret half."""

    digest: bytes
    operator: Operator
    until: float


@dataclass
class Kept:
    """What an Idempotency-Key was used for; without an answer it is still running."""

    asked: str
    until: float
    answer: tuple[int, dict[str, Any]] | None = None


class State:
    """All that there is."""

    def __init__(self) -> None:
        self.ids = count(1)
        self.visitors: dict[tuple[int, str], Visitor] = {}
        self.chats: dict[int, Chat] = {}
        self.open_chats: dict[tuple[int, str], Chat] = {}
        self.sign_ins: dict[int, SignIn] = {}
        self.kept: dict[tuple[int, str, str, str], Kept] = {}
        self.failures: dict[tuple[str, str], deque[float]] = {}
        """When somebody failed to sign in, by address and email."""

    def visitor(self, tenant: Tenant, visitor: str, now: float) -> tuple[Visitor, bool]:
        """The visitor, and whether they are new."""
        found = self.visitors.get((tenant.id, visitor))
        if found is None:
            found = self.visitors[tenant.id, visitor] = Visitor(visitor, tenant.id, now)
            return found, True
        found.seen = now
        return found, False

    def add(self, chat: Chat, sender: str, name: str | None, text: str, now: float) -> Message:
        """The next message of the chat."""
        chat.last += 1
        message = Message(next(self.ids), chat.last, sender, name, text, now)
        chat.messages.append(message)
        chat.touched = now
        chat.changed()
        return message

    def close(self, chat: Chat, now: float) -> None:
        """The system has the last word."""
        self.add(chat, "sistem", None, "Sohbet kapandı.", now)
        chat.ended = now
        self.open_chats.pop((chat.tenant, chat.visitor), None)
        chat.changed()

    def close_idle(self, now: float) -> None:
        """Close chats in which nobody did anything for a day."""
        for chat in [one for one in self.open_chats.values() if now - one.touched >= IDLE_CHAT]:
            self.close(chat, now)
