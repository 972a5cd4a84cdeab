"""Which addresses a name has, and which of them may be connected to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from threading import Thread
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

from impl.rules.webhook_urls import is_public_address

LOOKUPS_AT_ONCE: Final = 64
PATIENCE: Final = 10.0
"""Seconds that a name waits at most until it may be asked for; with an attempt's own much shorter than its lease."""

LIMIT: Final[ContextVar[asyncio.Timeout | None]] = ContextVar("LIMIT", default=None)
"""The attempt's limit, which is put off by what it waits for us."""

AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives them: family, type, protocol, name, address."""

LookUp = Callable[[str, int], Awaitable[Sequence[AddressInfo]]]
"""The addresses of a name and port. Raises OSError."""


class NotPublic(OSError):
    """The address is not one of the public Internet."""


class Crowded(OSError):
    """Too many names are asked for: nothing is known of this one."""


class Lookups:
    """Asks the system's resolver, each time in a thread that nobody waits for when the process ends.

    A name whose servers do not answer keeps its thread for long after the attempt was given up; the event loop's own
    threads, which it waits for at its end, are too few and too dear for that. So that it keeps no second one, whoever
    asks for a name that is being asked for shares the answer.
    """

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(LOOKUPS_AT_ONCE)
        self._under_way: dict[str, _Lookup] = {}

    async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
        """The addresses; their port is that of whoever asked first. Raises OSError, of which Crowded is ours."""
        lookup = self._under_way.get(host)
        if lookup is None or lookup.task.done():
            lookup = self._under_way[host] = _Lookup(host, port, self._free)
            lookup.task.add_done_callback(lambda task: self._ended(host, task))
        if not lookup.begun.is_set():
            await _wait_for_us(lookup.begun)
        return await asyncio.shield(lookup.task)

    def _ended(self, host: str, task: asyncio.Task[Sequence[AddressInfo]]) -> None:
        if self._under_way[host].task is task:
            del self._under_way[host]
        if not task.cancelled():
            task.exception()  # told to whoever still waits; nobody may


class _Lookup:
    """One that waits for its turn or is under way; it goes on when nobody waits for it any more."""

    def __init__(self, host: str, port: int, free: asyncio.Semaphore) -> None:
        self.begun = asyncio.Event()
        """Set when it has its turn, or gets none."""
        self._host, self._port, self._free = host, port, free
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> Sequence[AddressInfo]:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.acquire()
        except TimeoutError:
            raise Crowded from None
        finally:
            self.begun.set()
        return await self._answer()

    async def _answer(self) -> Sequence[AddressInfo]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[AddressInfo]] = loop.create_future()

        def ask() -> None:
            found = _ask(self._host, self._port)
            with suppress(RuntimeError):  # the loop may have ended meanwhile
                loop.call_soon_threadsafe(give, found)

        def give(found: Sequence[AddressInfo] | OSError) -> None:
            self._free.release()
            if answer.done():
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        try:
            Thread(target=ask, name="webhook-lookup", daemon=True).start()
        except RuntimeError:  # the system has no thread left
            self._free.release()
            raise Crowded from None
        return await answer


async def _wait_for_us(begun: asyncio.Event) -> None:
    """Wait for the turn of a name; what that takes is not of the attempt's time."""
    loop, limit = asyncio.get_running_loop(), LIMIT.get()
    until, began = limit and limit.when(), loop.time()
    if limit is None or until is None:
        await begun.wait()
        return
    limit.reschedule(None)
    await begun.wait()
    limit.reschedule(until + loop.time() - began)


def _ask(host: str, port: int) -> Sequence[AddressInfo] | OSError:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except Exception as error:  # a name that is none: UnicodeError, ValueError
        return OSError(str(error))


class Resolver(AbstractResolver):
    """Gives the addresses of a name that may be connected to."""

    def __init__(self, look_up: LookUp, *, anywhere: bool) -> None:
        self._look_up = look_up
        self._anywhere = anywhere

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises NotPublic when the name has addresses, but no public one; OSError when it has none."""
        found = await self._look_up(host, port)
        allowed = [info for info in found if self._anywhere or _is_public(info)]
        if found and not allowed:
            raise NotPublic
        return [
            ResolveResult(hostname=host, host=info[4][0], port=port, family=info[0], proto=info[2], flags=NUMERIC)
            for info in allowed
        ]

    async def close(self) -> None:
        """Nothing is kept."""


NUMERIC: Final = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


def public_socket(info: AddressInfo) -> socket.socket:
    """A socket for exactly this address, which is connected to next. Raises NotPublic.

    Here nothing gets around: not an address that stood in the URL, not one that a resolver gave the second time.
    """
    if not _is_public(info):
        raise NotPublic
    return socket.socket(info[0], info[1], info[2])


def _is_public(info: AddressInfo) -> bool:
    return is_public_address(str(info[4][0]))
