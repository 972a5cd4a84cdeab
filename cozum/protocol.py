"""The last metre: an answer that is complete goes out in one piece.

uvicorn searches every response header for forbidden characters, by regular expression, and writes head and body apart:
half a microsecond a header, for headers that are the same every time. The lane's heads are made at start from
constants, so this protocol offers it an ASGI extension (`cozum.whole`): one message with status, finished head and
body. Everything else goes uvicorn's own way.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from impl.contract.call import MAX_HEADER_BYTES
from impl.contract.replies import WHOLE

TOO_LARGE: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"

EXTENSIONS: Final[dict[str, dict[Any, Any]]] = {WHOLE: {}}


class WholeAnswers(HttpToolsProtocol):
    """uvicorn's protocol over httptools, with cycles that know the extension."""

    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """As uvicorn's, but a head that grows without end is refused before it fills the memory."""
        super().data_received(data)
        scope: Any = self.scope  # None before the first request
        if scope is None or "method" in scope:
            self._head_bytes = 0
            return
        self._head_bytes += len(data)
        if self._head_bytes > 2 * MAX_HEADER_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Run the application as the task itself: it answers its own failures, so nothing need stand around it."""
        cycle.__class__ = _Cycle
        cycle = cast("_Cycle", cycle)
        scope: Any = cycle.scope
        scope["extensions"] = EXTENSIONS
        task = self.loop.create_task(app(scope, cycle.receive, cycle.send))
        task.add_done_callback(self.tasks.discard)
        task.add_done_callback(cycle.ended)
        self.tasks.add(task)


class _Cycle(RequestResponseCycle):
    """One request and its answer."""

    defaults: ClassVar[list[tuple[bytes, bytes]]] = []
    default_head: ClassVar[bytes] = b""
    """The headers of every answer, as they were last seen and as they are written."""

    def ended(self, task: asyncio.Task[None]) -> None:
        """The application is done; what it left unanswered, nobody will answer."""
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self.logger.error("Exception in ASGI application", exc_info=failure)
        if not (self.response_complete or self.disconnected):
            self.transport.close()

    async def receive(self) -> Any:
        """As uvicorn's, without waiting for an event that has happened: most bodies came with their head."""
        if (
            self.message_event.is_set()
            and not self.more_body
            and not (self.disconnected or self.response_complete or self.waiting_for_100_continue)
        ):
            if self.flow.read_paused:
                self.flow.resume_reading()
            self.message_event.clear()
            body, self.body = bytes(self.body), bytearray()
            return {"type": "http.request", "body": body, "more_body": False}
        return await super().receive()

    async def send(self, message: Any) -> None:
        if message["type"] != WHOLE:
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        if self.default_headers is not _Cycle.defaults:  # uvicorn makes a new list every second, for `date`
            _Cycle.defaults = self.default_headers
            _Cycle.default_head = b"".join([b"%b: %b\r\n" % header for header in self.default_headers])
        end = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        parts = (STATUS_LINE[message["status"]], _Cycle.default_head, message["head"], end, message["body"])
        self.transport.write(b"".join(parts))
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
