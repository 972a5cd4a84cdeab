"""Whoever asked the proxy: its body as it comes, and that it may leave before it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

from impl.contract.replies import Receive
from mocks.pauses import BETWEEN_MESSAGES


class Left(Exception):
    """The client went away before its request was complete."""


class Client:
    """Reads a request's body; with `async with`, the task inside ends as soon as the client has left.

    Made in the task that answers. Only once the body was read to its end can leaving be noticed.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._task = asyncio.current_task()
        self._watch: asyncio.Task[None] | None = None
        self._parts: list[bytes] = []
        self.has_sent_all = False
        self.left = False

    @property
    def body(self) -> bytes:
        """What was read so far."""
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0] if self._parts else b""

    async def begin(self) -> bytes:
        """What came of the body first; all of it when `has_sent_all`. Raises Left."""
        return await self._read()

    async def whole(self) -> bytes:
        """All of the body. Raises Left."""
        while not self.has_sent_all:
            await self._read()
        return self.body

    async def rest(self, first: bytes) -> AsyncIterator[bytes]:
        """The body as it comes, behind what came first. Raises Left."""
        if first:
            yield first
        while not self.has_sent_all:
            if part := await self._read():
                yield part

    async def _read(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.left = True
            raise Left
        part: bytes = message.get("body", b"")
        self._parts.append(part)
        if not message.get("more_body"):
            self.has_sent_all = True
            self._watch = asyncio.create_task(self._wait_until_left())
        return part

    async def _wait_until_left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":  # noqa: ASYNC110 - it is the server that is asked
            await asyncio.sleep(BETWEEN_MESSAGES)
        self.left = True
        if self._task is not None:
            self._task.cancel()

    def is_answered(self) -> None:
        """From now on it may leave."""
        if self._watch is not None:
            self._watch.cancel()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Swallows the end of a task whose client has left."""
        self.is_answered()
        if isinstance(error, asyncio.CancelledError) and self.left and self._task is not None:
            return self._task.uncancel() == 0
        return isinstance(error, Left)
