"""The load client: keep-alive connections on raw sockets, requests built beforehand, every status checked.

It works in lockstep: one request on each connection, then one answer from each. The client costs a few
microseconds per request, so that the server has a queue to work through. What the client costs is not in any
figure: only the server's own CPU clock is read.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import Self

from bench.servers import Server

CONNECTIONS = 16
"""How many requests are on their way at once, unless told otherwise."""


class BadAnswerError(Exception):
    """An answer that is not a complete 2xx: what was measured would be an error path."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; `size` is its whole length in bytes, head and body."""

    status: int
    body: bytes
    size: int


class Client:
    """Keep-alive connections to one server, for one go: uvicorn closes those that are idle for 5 s."""

    def __init__(self, server: Server, connections: int = CONNECTIONS) -> None:
        self._name = server.name
        self._sockets = [server.connect(timeout=5) for _ in range(connections)]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._sockets:
            connection.close()

    def ask(self, request: bytes) -> Answer:
        """One request on the first connection. Raises `BadAnswerError` unless it is answered with 2xx."""
        self._sockets[0].sendall(request)
        return self._receive(self._sockets[0], request)

    def run(self, requests: Sequence[bytes]) -> int:
        """All requests over all connections; the bytes received. Raises `BadAnswerError` at any non-2xx."""
        received = 0
        rest = iter(requests)
        while batch := list(islice(rest, len(self._sockets))):
            pairs = list(zip(self._sockets, batch, strict=False))
            for connection, request in pairs:
                connection.sendall(request)
            for connection, request in pairs:
                received += self._receive(connection, request).size
        return received

    def _receive(self, connection: socket.socket, request: bytes) -> Answer:
        try:
            answer = receive(connection)
        except (OSError, ValueError) as error:
            raise BadAnswerError(f"{self._name}: {error}\n--- request\n{request.decode()}") from error
        if not 200 <= answer.status < 300:
            raise BadAnswerError(
                f"{self._name} answered {answer.status}\n--- request\n{request.decode()}\n"
                f"--- answer\n{answer.body.decode(errors='replace')}"
            )
        return answer


def receive(connection: socket.socket) -> Answer:
    """Read one answer. Raises `ValueError` without Content-Length or when the connection ends early."""
    data = connection.recv(65536)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _more(connection)
    head = data[:end].lower() + b"\r\n"
    start = head.find(b"\r\ncontent-length:")
    if start < 0:
        raise ValueError(f"answer without Content-Length: {head!r}")
    size = end + 4 + int(head[start + 17 : head.index(b"\r\n", start + 17)])
    while len(data) < size:
        data += _more(connection)
    return Answer(int(data[9:12]), data[end + 4 :], size)


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise ValueError("the server closed the connection")
    return part
