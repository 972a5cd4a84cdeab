"""What a request may touch: its `World`. A process can hold many side by side."""

from __future__ import annotations

import asyncio
import os
import time
from binascii import b2a_base64
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from impl.passwords import Passwords
from impl.rules.times import ISTANBUL
from impl.store.port import Store

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


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
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._now = datetime.fromtimestamp(second, ISTANBUL)
        return self._now

    def timestamp(self) -> float:
        return time.time()


class Ids(Protocol):
    """Gives numeric ids, each once, and random secrets."""

    def next(self, kind: str) -> int:
        """The next id of this kind (`chat`, `message`, `token`, `outbox`)."""
        ...

    def secret(self) -> str:
        """A random text of 43 URL-safe characters (256 bits)."""
        ...


class CountingIds:
    """Ids that count up from the last ones given, in this process."""

    def __init__(self, last: Mapping[str, int] | None = None) -> None:
        self._last: defaultdict[str, int] = defaultdict(int, last or {})

    def next(self, kind: str) -> int:
        self._last[kind] += 1
        return self._last[kind]

    def secret(self) -> str:
        random = b2a_base64(os.urandom(32), newline=False)
        return random[:43].translate(_URL_SAFE).decode()


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


@dataclass(frozen=True, slots=True)
class World:
    """Store, clock, ids, and who waits for what."""

    store: Store
    clock: Clock
    ids: Ids
    waker: Waker
    passwords: Passwords
