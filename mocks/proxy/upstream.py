"""Asks a live server; what can go wrong there are problems."""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from errno import errorcode
from typing import Any, Final

import httpx

from impl.problems import Problem
from mocks.answer import RawHeaders
from mocks.proxy.address import Address
from mocks.proxy.connections import Connections, trusting
from mocks.proxy.problems import BrokenAnswer, NotSendable, TooSlow, Unreachable

CONNECT_SECONDS: Final = 10.0
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that may be asked again without harm (RFC 9110, 9.2.1)."""
LARGEST_STATUS: Final = 599


class Upstream:
    """Asks a live server over connections that are kept; nothing is followed, decoded or added."""

    def __init__(self, address: Address, trusted: ssl.SSLContext | None = None, *, seconds: float = 90.0) -> None:
        """`trusted`: for https; `seconds`: how long it may say nothing."""
        self.address = address
        self._seconds = seconds
        self._connections = Connections(trusted or trusting(insecure=True))
        timeout = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds), pool=None)
        self._timeout = timeout.as_dict()

    async def ask(
        self, method: str, target: bytes, headers: RawHeaders, body: bytes | AsyncIterator[bytes] | None
    ) -> Reply:
        """The head of the answer. Raises a problem, and what reading the body raises.

        `target` are path and query as they came. The connection may have been closed by the server just before: a safe
        request without a body that met that is asked again once, over a new one.
        """
        fresh = _Fresh()
        stream = httpx.ByteStream(body or b"") if not isinstance(body, AsyncIterator) else _Stream(body)
        extensions: dict[str, Any] = {"target": self.address.base + target, "timeout": self._timeout}
        may_repeat = not body and method in SAFE
        if may_repeat:
            extensions["trace"] = fresh
        request = httpx.Request(method, self.address.url, headers=headers, stream=stream, extensions=extensions)
        try:
            return await self._sent(request)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
            if fresh.connected or not may_repeat:
                raise self.problem(error) from None
        except httpx.HTTPError as error:
            raise self.problem(error) from None
        try:
            return await self._sent(request)
        except httpx.HTTPError as error:
            raise self.problem(error) from None

    async def _sent(self, request: httpx.Request) -> Reply:
        transport = self._connections.take()
        try:
            return Reply(await transport.handle_async_request(request), self, transport)
        except BaseException:
            await self.give_back(transport)
            raise

    async def give_back(self, transport: httpx.AsyncHTTPTransport) -> None:
        """The exchange is over, or failed."""
        await self._connections.give_back(transport)

    def problem(self, error: httpx.HTTPError) -> Problem:
        """What went wrong there, as an answer."""
        server, reason = self.address.shown, reason_of(error)
        match error:
            case httpx.ConnectTimeout():
                seconds = f"{min(CONNECT_SECONDS, self._seconds):g}"
                return TooSlow(
                    server=server, seconds=seconds, tr="bağlantıyı kabul etmedi", en="accepted no connection"
                )
            case httpx.WriteTimeout():
                return TooSlow(server=server, seconds=f"{self._seconds:g}", tr="isteği okumadı", en="read no request")
            case httpx.TimeoutException():
                return TooSlow(
                    server=server, seconds=f"{self._seconds:g}", tr="hiçbir şey söylemedi", en="said nothing"
                )
            case httpx.ConnectError():
                return Unreachable(server=server, reason=reason)
            case httpx.LocalProtocolError():
                return NotSendable(reason=reason)
            case _:
                return BrokenAnswer(server=server, reason=reason)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._connections.close()


class Reply:
    """An answer whose body is still to come; close it."""

    def __init__(self, response: httpx.Response, upstream: Upstream, transport: httpx.AsyncHTTPTransport) -> None:
        self.status = response.status_code
        self.headers: RawHeaders = response.headers.raw
        self._stream: Any = response.stream
        self._upstream = upstream
        self._transport = transport
        self.parts = self._read()
        """The body as it comes, coded as it was. Raises a problem."""

    async def _read(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._stream:
                yield part
        except httpx.HTTPError as error:
            raise self._upstream.problem(error) from None

    async def close(self) -> None:
        """Also before the end: what is left of it is nobody's."""
        try:
            await self._stream.aclose()
        finally:
            await self._upstream.give_back(self._transport)


class _Fresh:
    """Told by the transport what it does: did it connect anew?"""

    def __init__(self) -> None:
        self.connected = False

    async def __call__(self, event: str, information: object) -> None:
        if event == "connection.connect_tcp.started":
            self.connected = True


class _Stream(httpx.AsyncByteStream):
    """A body that is passed on as it comes."""

    def __init__(self, parts: AsyncIterator[bytes]) -> None:
        self._parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._parts:
            yield part


def reason_of(error: BaseException) -> str:
    """The sentence of whatever is at the bottom of it: `Connection refused` rather than that all attempts failed."""
    found = str(error).strip()
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {cause.verify_message}"
        if isinstance(cause, socket.gaierror | ssl.SSLError) and cause.strerror:
            found = str(cause.strerror)
        elif isinstance(cause, OSError) and cause.errno in errorcode:
            found = os.strerror(cause.errno or 0)
    return re.sub(r"\s+", " ", found)[:300] or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(20):
        if error is None:
            return
        yield error
        cause = error.__cause__ or error.__context__
        error = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else cause
