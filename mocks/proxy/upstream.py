"""The live server: its address, the connections to it, and what can go wrong there, as problems."""

from __future__ import annotations

import re
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from impl.problems import Problem
from mocks.answer import RawHeaders
from mocks.proxy.problems import BrokenAnswer, NotSendable, TooSlow, Unreachable

CONNECT_SECONDS: Final = 10.0
KEPT_SECONDS: Final = 4.0
"""How long an unused connection is kept: less than servers do (5 s in Apache, Node and uvicorn), for one that they
close while a request is on its way has lost that request."""
KEPT: Final = 100
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that may be asked again without harm (RFC 9110, 9.2.1)."""
LARGEST_STATUS: Final = 599


class NoAddress(ValueError):
    """What was given is no address of a server; the message says what one looks like."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a live server is."""

    url: httpx.URL
    host: bytes
    """As it stands in `Host`."""
    base: bytes
    """What its paths begin with; empty, or `/…` without a slash at its end."""
    shown: str
    """As people read it."""

    @property
    def is_secure(self) -> bool:
        return self.url.scheme == "https"

    @property
    def port(self) -> int:
        return self.url.port or (443 if self.is_secure else 80)


def read_address(text: str) -> Address:
    """`https://staging.example`, with a port or a base path or without. Raises NoAddress."""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        parts.port  # noqa: B018 - it is read to see whether it is one
        url = httpx.URL(parts.geturl())
        is_address = parts.scheme in ("http", "https") and bool(url.host) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        is_address = False
    if not is_address or re.search(r"[\s\\]", text):
        raise NoAddress(f"{text!a} is no address of a server, such as https://staging.example")
    if parts.query or parts.fragment or parts.username is not None or parts.password is not None:
        raise NoAddress(f"{text!a}: an address has no query, fragment, user or password")
    base = url.raw_path.rstrip(b"/")
    return Address(url, url.netloc, base, f"{url.scheme}://{url.netloc.decode()}{base.decode()}")


def trusting(ca: Path | None = None, *, insecure: bool = False) -> ssl.SSLContext:
    """Whose certificates are believed: the usual authorities' and those of the file, or anybody's.

    Raises OSError for a file that cannot be read or has no certificates (`ssl.SSLError` is one).
    """
    if insecure:
        return httpx.create_ssl_context(verify=False)
    context = httpx.create_ssl_context()
    context.load_default_certs()
    if ca is not None:
        context.load_verify_locations(ca)
    return context


class Upstream:
    """Asks a live server over connections that are kept; nothing is followed, decoded or added."""

    def __init__(self, address: Address, trusted: ssl.SSLContext | None = None, *, seconds: float = 90.0) -> None:
        """`trusted`: for https; `seconds`: how long it may say nothing."""
        self.address = address
        self._seconds = seconds
        self._transport = httpx.AsyncHTTPTransport(
            verify=trusted or False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=KEPT, keepalive_expiry=KEPT_SECONDS),
        )
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
            return Reply(await self._transport.handle_async_request(request), self)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as error:
            if fresh.connected or not may_repeat:
                raise self.problem(error) from None
        except httpx.HTTPError as error:
            raise self.problem(error) from None
        try:
            return Reply(await self._transport.handle_async_request(request), self)
        except httpx.HTTPError as error:
            raise self.problem(error) from None

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
        await self._transport.aclose()


class Reply:
    """An answer whose body is still to come; close it."""

    def __init__(self, response: httpx.Response, upstream: Upstream) -> None:
        self.status = response.status_code
        self.headers: RawHeaders = response.headers.raw
        self._stream: Any = response.stream
        self._upstream = upstream
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
        await self._stream.aclose()


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
        if isinstance(cause, OSError) and cause.strerror:
            found = str(cause.strerror)
    return re.sub(r"\s+", " ", found)[:300] or type(error).__name__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(20):
        if error is None:
            return
        yield error
        cause = error.__cause__ or error.__context__
        error = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else cause
