"""Sends requests over HTTP/1.1, one kept connection a thread, and tells whoever listens what was asked and answered."""

from __future__ import annotations

import io
import json
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
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

IDLE: Final = 0.9
"""Seconds after which a kept connection is not trusted any more."""
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of an answer that are read."""
CHUNK: Final = 64 * 1024
SINGLE: Final = ("content-length", "content-type", "date", "retry-after", "server")
"""Headers whose last line counts where there are more."""


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
    """By lower-case name; those of several lines as one text, `set-cookie` a line each."""
    body: bytes = field(repr=False)
    began: float
    """Unix seconds."""
    seconds: float
    broken: str = ""
    """The rule of every answer that this one breaks."""
    where: str = ""
    """Path and query as the document has them: without the path of the server's own URL."""

    @property
    def path(self) -> str:
        """The path as the document has it."""
        return self.where.partition("?")[0]


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
        self._lock = threading.Lock()
        self._connections: set[HTTPConnection] = set()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def close_mine(self) -> None:
        """Close the connection of this thread."""
        self._forget()

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
        until = start + timeout
        try:
            response, body = self._asked_again(method, where, content, headers, until)
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
            _joined(response.getheaders()),
            body,
            began,
            self._own.used - start,
            where=where,
        )

    def _asked_again(
        self, method: str, where: str, content: bytes | None, headers: Mapping[str, str], until: float
    ) -> tuple[HTTPResponse, bytes]:
        """Once more, where a kept connection turns out to be closed: no byte came over it."""
        connection = self._connection(until)
        was_kept, clock = connection.sock is not None, _Clock(until)
        try:
            return self._asked(connection, method, where, content, headers, clock)
        except ConnectionError:  # RemoteDisconnected is one
            if not was_kept or clock.byte_came:
                raise
        self._forget()
        return self._asked(self._connection(until), method, where, content, headers, _Clock(until))

    def _asked(
        self,
        connection: HTTPConnection,
        method: str,
        where: str,
        content: bytes | None,
        headers: Mapping[str, str],
        clock: _Clock,
    ) -> tuple[HTTPResponse, bytes]:
        connection.response_class = clock.response  # type: ignore[assignment]
        connection.request(method, self._parts.path.rstrip("/") + where, content, dict(headers))
        response: HTTPResponse = connection.getresponse()
        return response, _whole(response, clock.until)

    def _forget(self) -> None:
        connection: HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()
            self._own.connection = None
            with self._lock:
                self._connections.discard(connection)

    def _connection(self, until: float) -> HTTPConnection:
        connection: HTTPConnection | None = getattr(self._own, "connection", None)
        now = time.monotonic()
        if connection is not None and (now - self._own.used > IDLE or _has_ended(connection)):
            self._forget()
            connection = None
        if connection is None:
            kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
            connection = kind(self._parts.hostname or "", self._parts.port)
            self._own.connection, self._own.used = connection, now
            with self._lock:
                self._connections.add(connection)
        connection.timeout = max(until - now, 0.001)
        if connection.sock is not None:
            connection.sock.settimeout(connection.timeout)
        return connection


class _Clock:
    """How long an answer may take in all: each read waits for what is left of it."""

    def __init__(self, until: float) -> None:
        """`until` is of `time.monotonic()`."""
        self.until = until
        self.byte_came = False

    def response(self, sock: socket.socket, *arguments: Any, **options: Any) -> HTTPResponse:
        """What http.client reads an answer with."""
        response = HTTPResponse(sock, *arguments, **options)
        response.fp.close()
        response.fp = io.BufferedReader(_Timed(sock, self))
        return response


class _Timed(io.RawIOBase):
    """Reads from a socket until the clock says that the time is over."""

    def __init__(self, sock: socket.socket, clock: _Clock) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._clock = clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._clock.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        count = self._raw.readinto(buffer)
        self._clock.byte_came = self._clock.byte_came or bool(count)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _has_ended(connection: HTTPConnection) -> bool:
    """Whether a connection on which nothing is awaited has something to read: its end, as a rule."""
    if connection.sock is None:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(connection.sock, selectors.EVENT_READ)
        return bool(selector.select(0))


def _joined(lines: Iterable[tuple[str, str]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in lines:
        key = name.lower()
        between = "\n" if key == "set-cookie" else ", "
        headers[key] = headers[key] + between + value if key in headers and key not in SINGLE else value
    return headers


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


def _read(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        parts.port  # noqa: B018 - it is read here, so that a wrong one is told
    except ValueError:
        raise CannotRun(f"{base_url!a} is no http(s) address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotRun(f"{base_url!a} is no http(s) address")
    if "@" in parts.netloc or "?" in base_url or "#" in base_url:
        raise CannotRun(f"{base_url!a} has more than host, port and path")
    return parts


def _reason(error: Exception, timeout: float) -> str:
    if isinstance(error, TimeoutError):
        return f"it takes longer than {timeout:.0f} s"
    if isinstance(error, IncompleteRead):
        return "the answer ends before its end"
    if isinstance(error, BadStatusLine) and not isinstance(error, RemoteDisconnected):
        return f"it does not speak HTTP but {str(error).strip()[:60]!a}"
    return str(getattr(error, "strerror", None) or error).lower() or type(error).__name__
