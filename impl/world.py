"""What a request may touch: its `World`. A process can hold many side by side."""

from __future__ import annotations

import asyncio
import time
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from secrets import token_bytes
from typing import Any, NamedTuple, Protocol

from impl.files import Files
from impl.passwords import Passwords
from impl.rules.hashing import digest
from impl.rules.times import ISTANBUL
from impl.store.port import Store

SECRET_BYTES = 32
SECRETS_AT_ONCE = 64
"""Secrets are made in advance: one at a time, each would wait for the kernel with cold caches."""


class Clock(Protocol):
    """Tells the time of a world."""

    def now(self) -> datetime:
        """The instant, in whole seconds, in Europe/Istanbul."""
        ...

    def timestamp(self) -> float:
        """The same instant in Unix seconds, with their fraction."""
        ...


class SystemClock:
    """The machine's clock; a datetime is made once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._now = datetime.fromtimestamp(0, ISTANBUL)

    def now(self) -> datetime:
        second = int(self.timestamp())
        if second != self._second:
            self._second = second
            self._now = _with_fixed_offset(datetime.fromtimestamp(second, ISTANBUL))
        return self._now

    def timestamp(self) -> float:
        return time.time()


def _with_fixed_offset(instant: datetime) -> datetime:
    """The same instant, whose offset is written down: an answer that shows it need not look it up again."""
    return instant.replace(tzinfo=timezone(instant.utcoffset() or timedelta()))


class Secret(NamedTuple):
    """Something that only its holder knows."""

    text: str
    """43 random URL-safe characters (256 bits); told once, never kept."""
    digest: bytes
    """Its SHA-256, which is kept."""


class Ids(Protocol):
    """Gives numeric ids, each once, and random secrets."""

    def next(self, kind: str) -> int:
        """The next id of this kind of row (`chat`, `message`, `token` …); each kind counts for itself."""
        ...

    def secret(self) -> Secret:
        """A new random secret."""
        ...


class CountingIds:
    """Ids that count up from the last ones given, in this process."""

    def __init__(self, last: Mapping[str, int] | None = None) -> None:
        self._last: defaultdict[str, int] = defaultdict(int, last or {})
        self._secrets: list[Secret] = []

    def next(self, kind: str) -> int:
        self._last[kind] += 1
        return self._last[kind]

    def secret(self) -> Secret:
        if not self._secrets:
            random = token_bytes(SECRET_BYTES * SECRETS_AT_ONCE)
            parts = (random[at : at + SECRET_BYTES] for at in range(0, len(random), SECRET_BYTES))
            texts = [urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
            self._secrets = [Secret(text, digest(text)) for text in texts]
        return self._secrets.pop()


class Waker:
    """Wakes those who wait for a chat to change."""

    def __init__(self) -> None:
        self._waiting: dict[int, set[asyncio.Future[None]]] = {}
        self._closed = False

    def wake(self, chat_id: int) -> None:
        """Wake all who wait for this chat now."""
        for future in self._waiting.pop(chat_id, ()):
            if not future.done():
                future.set_result(None)

    def listen(self, chat_id: int) -> asyncio.Future[None]:
        """What will be done when the chat changes. Ask before reading, so that no change is missed."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._closed:
            future.set_result(None)
        else:
            self._waiting.setdefault(chat_id, set()).add(future)
        return future

    async def wait(self, future: asyncio.Future[None], seconds: float) -> None:
        """Wait until woken, or for that long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await future

    def forget(self, chat_id: int, future: asyncio.Future[None]) -> None:
        """Listen no more."""
        listeners = self._waiting.get(chat_id)
        if listeners:
            listeners.discard(future)
            if not listeners:
                del self._waiting[chat_id]

    @property
    def closed(self) -> bool:
        """Whether the process is ending: nobody should wait any more."""
        return self._closed

    def close(self) -> None:
        """Wake everybody, for the process is ending."""
        self._closed = True
        for chat_id in list(self._waiting):
            self.wake(chat_id)


class Presence:
    """When operators called last, to the second: the store is told at most every 30 seconds."""

    def __init__(self) -> None:
        self._last_calls: dict[int, datetime] = {}

    def saw(self, operator_id: int, now: datetime) -> None:
        """The operator called just now."""
        self._last_calls[operator_id] = now

    def last_call(self, operator_id: int) -> datetime | None:
        """When the operator last called this process."""
        return self._last_calls.get(operator_id)


class Memo:
    """What was worked out lately, by what it was worked out from; a key must name the version of what it depends on."""

    def __init__(self, size: int = 4_096) -> None:
        self._size = size
        self._known: dict[Hashable, Any] = {}

    def get(self, key: Hashable) -> Any:
        """What is known under the key, or None; it is used now, and so kept longer."""
        value = self._known.pop(key, None)
        if value is not None:
            self._known[key] = value
        return value

    def put(self, key: Hashable, value: object) -> None:
        """Keep it; the one that was not used for longest goes."""
        self._known[key] = value
        if len(self._known) > self._size:
            del self._known[next(iter(self._known))]


class Sender(Protocol):
    """Sends the webhooks of a world."""

    def wake(self) -> None:
        """There is something to send; quick, and raises nothing."""
        ...

    async def run(self, world: World) -> None:
        """Send what is due whenever woken, and what falls due by itself, until cancelled."""
        ...

    async def send_due(self, world: World) -> int:
        """Attempt everything that is due now, and wait until that is done; answers how many were attempted."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """Store, files, clock, ids, and who waits for what."""

    store: Store
    clock: Clock
    ids: Ids
    waker: Waker
    passwords: Passwords
    presence: Presence = field(default_factory=Presence)
    memo: Memo = field(default_factory=Memo)
    public_url: str | None = None
    """Where browsers reach this server, such as `https://destek.example.com`; None: as each request says."""
    files: Files = field(default_factory=Files)
    sender: Sender | None = None
    """None: nobody sends webhooks, they wait."""
    webhooks_anywhere: bool = False
    """Whether webhooks may go by http and to addresses that are not public; for development."""
