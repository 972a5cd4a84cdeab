"""Which addresses a name has, and which of them may be connected to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from threading import Thread
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

from impl.rules.webhook_urls import is_public_address

LOOKUPS_AT_ONCE: Final = 64

AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives them: family, type, protocol, name, address."""

LookUp = Callable[[str, int], Awaitable[Sequence[AddressInfo]]]
"""The addresses of a name and port. Raises OSError."""


class NotPublic(OSError):
    """The address is not one of the public Internet."""


class Lookups:
    """Asks the system's resolver, each time in a thread that nobody waits for when the process ends.

    A name whose servers do not answer keeps its thread for long after the attempt was given up; the event loop's own
    threads, which it waits for at its end, are too few and too dear for that.
    """

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(LOOKUPS_AT_ONCE)

    async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[AddressInfo]] = loop.create_future()

        def ask() -> None:
            found = _ask(host, port)
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

        await self._free.acquire()
        Thread(target=ask, name="webhook-lookup", daemon=True).start()
        return await answer


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
