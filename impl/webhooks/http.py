"""The carrier over HTTP: one connection a message, to an allowed address, for 15 seconds, and 64 KiB of the answer."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import aiohttp
from yarl import URL

from impl.rules.retries import LIMIT_SECONDS, Outcome, Reason
from impl.rules.webhook_urls import is_allowed
from impl.webhooks.addresses import LIMIT, Crowded, LookUp, Lookups, NotPublic, Resolver, public_socket
from impl.webhooks.carriers import NotNow
from impl.webhooks.messages import Message

LONGEST_ANSWER: Final = 64 * 1024
STATUSES: Final = range(100, 600)

logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # what receivers do wrong is told to their tenants


class Http:
    """Implements `Carrier`. Nothing of the environment is asked: no proxy, no `.netrc`."""

    def __init__(
        self, *, anywhere: bool = False, seconds: float = LIMIT_SECONDS, look_up: LookUp | None = None
    ) -> None:
        self._anywhere = anywhere
        self._seconds = seconds
        self._look_up = look_up or Lookups()
        self._session: aiohttp.ClientSession | None = None

    async def post(self, message: Message) -> Outcome:
        if not is_allowed(message.url, anywhere=self._anywhere):
            return Outcome(reason="not_public")
        answered = failed = None
        try:
            async with asyncio.timeout(self._seconds) as limit:
                LIMIT.set(limit)
                answer = await self._open().post(
                    URL(message.url), data=message.body, headers=message.headers, allow_redirects=False
                )
                try:
                    if answer.status in STATUSES:
                        answered = Outcome(answer.status, answer.headers.get("retry-after"))
                        await _read(answer)
                finally:
                    answer.close()
        except TimeoutError:
            failed = Outcome(reason="timeout")
        except Exception as error:  # whatever a receiver can do
            if isinstance(error, aiohttp.ClientConnectorDNSError) and isinstance(error.os_error, Crowded):
                raise NotNow from None
            failed = Outcome(reason=_reason(error))
        # What was answered holds, though the rest of it breaks off or goes on for ever.
        return answered or failed or Outcome(reason="unreadable")

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=Resolver(self._look_up, anywhere=self._anywhere),
                socket_factory=None if self._anywhere else public_socket,
                use_dns_cache=False,
                force_close=True,  # one that the receiver is about to close would fail the next message
                limit=0,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"accept": "*/*", "accept-encoding": "identity"},
                timeout=aiohttp.ClientTimeout(),
                auto_decompress=False,
                trust_env=False,
            )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> None:
    """Let the receiver finish, up to 64 KiB; nobody needs what it says."""
    left = LONGEST_ANSWER
    while left > 0 and (part := await response.content.read(left)):
        left -= len(part)


def _reason(error: BaseException) -> Reason:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "not_public" if isinstance(error.os_error, NotPublic) else "unknown_host"
        case aiohttp.ClientSSLError():
            return "tls"
        case aiohttp.ClientConnectorError():
            return "not_public" if isinstance(error.os_error, NotPublic) else "unreachable"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | OSError():
            return "closed"
        case _:
            return "unreadable"
