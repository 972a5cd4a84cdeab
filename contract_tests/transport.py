"""Sends requests over HTTP/1.1, one kept connection a thread, and tells whoever listens what was asked and answered."""

from __future__ import annotations

import json
import shlex
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import (
    BadStatusLine,
    HTTPConnection,
    HTTPException,
    HTTPResponse,
    HTTPSConnection,
    IncompleteRead,
    RemoteDisconnected,
)
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from contract_tests.findings import Broken, CannotRun

IDLE: Final = 2.0
"""Seconds after which a kept connection is not trusted any more."""
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of an answer that are read."""
CHUNK: Final = 64 * 1024
LONGEST_SHOWN: Final = 2000
"""Bytes of a body that a curl line shows."""


@dataclass(frozen=True)
class Exchange:
    """A request and its answer."""

    operation: str
    """The operationId, or method and path where there is none."""
    method: str
    url: str
    request_headers: Mapping[str, str] = field(repr=False)
    request_body: bytes | None = field(repr=False)
    status: int
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    body: bytes = field(repr=False)
    began: float
    """Unix seconds."""
    seconds: float
    broken: str = ""
    """The rule of every answer that this one breaks."""


@dataclass(frozen=True)
class Answer:
    """An answer, and a curl line of the request that led to it."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes = field(repr=False)
    curl: str = field(repr=False)
    operation: str
    seconds: float

    @property
    def value(self) -> Any:
        """The body as JSON, None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def data(self) -> Any:
        """`data` of a success. Raises Broken for anything else."""
        self.succeeded()
        return self.value["data"]

    def succeeded(self) -> None:
        """Raises Broken for anything but a success."""
        if not 200 <= self.status < 300:
            raise Broken("answer.works", "success", self.told(), self.curl, self.operation)

    @property
    def code(self) -> str | None:
        """The problem's `kod`."""
        value = self.value
        return value.get("kod") if isinstance(value, dict) else None

    def told(self) -> str:
        """The status, and the beginning of the body."""
        return f"{self.status} {self.body[:300].decode('utf-8', 'replace')}"


Tell = Callable[[Exchange], None]


class NoAnswer(Exception):
    """Nobody answered, or not to the end; the message says why."""


class Transport:
    """Connections to one server. Threads may share it: each has a connection of its own."""

    def __init__(self, base_url: str) -> None:
        """Raises CannotRun for what is no http(s) address."""
        self._parts = _read(base_url)
        self.base_url = base_url
        self._own = threading.local()
        self._connections: list[HTTPConnection] = []

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()

    def send(
        self,
        operation: str,
        method: str,
        where: str,
        content: bytes | None,
        headers: Mapping[str, str],
        timeout: float,
    ) -> Exchange:
        """One request, whatever is answered within `timeout` seconds; `where` is path and query.

        Raises NoAnswer where nothing is, or only a part.
        """
        began, start = time.time(), time.monotonic()
        try:
            connection = self._connection(start, timeout)
            connection.request(method, self._parts.path.rstrip("/") + where, content, dict(headers))
            response: HTTPResponse = connection.getresponse()
            body = _whole(response, start + timeout)
        except (OSError, HTTPException) as error:
            self._forget()
            raise NoAnswer(_reason(error, timeout)) from None
        except ValueError as error:  # what http.client says of headers that make no sense
            self._forget()
            raise NoAnswer(f"what it says is not HTTP ({error})") from None
        except BaseException:  # interrupted: what comes on this connection is not for the next request
            self._forget()
            raise
        self._own.used = time.monotonic()
        return Exchange(
            operation,
            method,
            self.base_url.rstrip("/") + where,
            headers,
            content,
            response.status,
            {name.lower(): value for name, value in response.getheaders()},
            body,
            began,
            self._own.used - start,
        )

    def _forget(self) -> None:
        connection: HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            self._own.connection = None

    def _connection(self, now: float, timeout: float) -> HTTPConnection:
        connection: HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is None or now - self._own.used > IDLE:
            if connection is not None:
                connection.close()
            kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
            connection = kind(self._parts.hostname or "", self._parts.port)
            self._own.connection, self._own.used = connection, now
            self._connections.append(connection)
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        return connection


def _whole(response: HTTPResponse, until: float) -> bytes:
    """The body. Raises TimeoutError, or HTTPException where it ends early or has more than LARGEST bytes."""
    parts: list[bytes] = []
    size = 0
    while part := response.read1(CHUNK):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise HTTPException(f"the answer has more than {LARGEST} bytes")
        if time.monotonic() > until:
            raise TimeoutError
    if response.length:
        raise IncompleteRead(b"", response.length)
    response.close()  # the connection stays
    return b"".join(parts)


def curl(exchange: Exchange, tokens: Mapping[str, str] | None = None) -> str:
    """A line that asks the same. Tokens that die with the judgement stand there as `$TOKEN`; whose they are, behind."""
    parts = [f"curl -i -X {exchange.method} {shlex.quote(exchange.url)}"]
    whose = ""
    for name, value in exchange.request_headers.items():
        shown = shlex.quote(f"{name}: {value}")
        for token, owner in (tokens or {}).items():
            if value == f"Bearer {token}":
                shown, whose = f'"{name}: Bearer $TOKEN"', f"  # $TOKEN: {owner}'s, from auth/login"
        if name.lower() == "cookie":
            shown, whose = f'"{name}: {value.partition("=")[0]}=$SESSION"', "  # $SESSION: from portal/giris"
        parts.append(f"-H {shown}")
    if exchange.request_body is not None:
        parts.append(f"--data-binary {shlex.quote(exchange.request_body[:LONGEST_SHOWN].decode('utf-8', 'replace'))}")
    return " ".join(parts) + whose


def _read(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        parts.port  # noqa: B018 - it is read here, so that a wrong one is told
    except ValueError:
        raise CannotRun(f"{base_url!a} is no http(s) address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotRun(f"{base_url!a} is no http(s) address")
    return parts


def _reason(error: Exception, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return f"it takes longer than {timeout:.0f} s"
    if isinstance(error, IncompleteRead):
        return "the answer ends before its end"
    if isinstance(error, BadStatusLine) and not isinstance(error, RemoteDisconnected):
        return f"it does not speak HTTP but {str(error).strip()[:60]!a}"
    return str(getattr(error, "strerror", None) or error).lower() or type(error).__name__
