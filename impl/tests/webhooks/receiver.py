"""A receiver of webhooks on a loopback port that answers as a test wants, byte by byte."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple

from impl.webhooks.messages import Message

NO_CONTENT: Final = b"HTTP/1.1 204 No Content\r\n\r\n"

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Writes what is answered; the connection is closed after it."""


class Heard(NamedTuple):
    """A request that came."""

    line: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """What came, and at which port."""

    def __init__(self, answer: Answer) -> None:
        self.heard: list[Heard] = []
        self.came = asyncio.Event()
        """Whether a request was heard."""
        self.port = 0
        self._answer = answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            line, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.heard.append(Heard(line, headers, body))
            self.came.set()
            with suppress(ConnectionError):
                await self._answer(writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # nobody spoke
        finally:
            writer.close()

    def message(self, host: str = "127.0.0.1", scheme: str = "http", body: bytes = b"{}") -> Message:
        """One for this receiver."""
        return Message(f"{scheme}://{host}:{self.port}/hook?a=b", {"content-type": "application/json"}, body)


def saying(content: bytes) -> Answer:
    """Answers with these bytes."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(content)

    return answer


@asynccontextmanager
async def receiver(answer: bytes | Answer = NO_CONTENT, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Listens inside."""
    ours = Receiver(saying(answer) if isinstance(answer, bytes) else answer)
    server = await asyncio.start_server(ours.serve, "127.0.0.1", 0, ssl=tls)
    ours.port = server.sockets[0].getsockname()[1]
    try:
        yield ours
    finally:
        server.close()
        await server.wait_closed()
