"""The last metre: an answer that is complete goes out in one piece, and every client can read its own.

uvicorn searches every response header for forbidden characters, by regular expression, and writes head and body apart:
half a microsecond a header, for headers that are the same every time. The lane's heads are made at start from
constants, so this protocol offers it an ASGI extension (`cozum.whole`): one message with status, finished head and
body. Everything else goes uvicorn's own way.

Requests that are no HTTP are refused here, in plain text, in such a way that the refusal arrives: behind the answers
of the requests before it, and with what the client still sends read and thrown away (RFC 9112, 9.6).
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from impl.contract.call import MAX_HEADER_BYTES
from impl.contract.replies import WHOLE

HEAD_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)
BODY_TOO_LARGE: Final = b"HTTP/1.1 413 Content Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"

LINGER_SECONDS: Final = 2.0
"""How long a client that was answered for the last time may go on sending."""

MAX_HEAD_BYTES: Final = 2 * MAX_HEADER_BYTES
MAX_REQUEST_BYTES: Final = 16 * 1024 * 1024
"""More than any body of the contract: an upload has 10 MiB at most."""

EXTENSIONS: Final[dict[str, dict[Any, Any]]] = {WHOLE: {}}


class WholeAnswers(HttpToolsProtocol):
    """uvicorn's protocol over httptools, with cycles that know the extension."""

    _bytes = 0
    """What came of the request under way, after the chunk in which it began."""
    _refusal: bytes | None = None
    """What is said once the requests before it are answered; nothing is read any more."""
    _said = False
    """Whether the client has been answered for the last time."""

    def data_received(self, data: bytes) -> None:
        """As uvicorn's, but a request that grows without end is given up before it fills the memory."""
        if self._refusal is not None:
            return
        before: Any = self.scope
        super().data_received(data)
        scope: Any = self.scope  # another one for each request; None before the first
        if scope is not before or scope is None:
            self._bytes = 0
            return
        self._bytes += len(data)
        in_head = "method" not in scope
        if self._bytes > (MAX_HEAD_BYTES if in_head else MAX_REQUEST_BYTES):
            self._refuse(HEAD_TOO_LARGE if in_head else b"" if self.cycle.response_complete else BODY_TOO_LARGE)

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has said all may still listen: whole requests are answered first."""
        if self._is_answering():
            self.cycle.keep_alive = False
            return True
        return False

    def send_400_response(self, msg: str) -> None:
        """As uvicorn's, but behind the answers of the requests before it."""
        text = msg.encode("ascii")
        headers = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d" % len(text)
        self._refuse(b"%b%b\r\n\r\n%b" % (STATUS_LINE[400], headers, text))

    def _is_answering(self) -> bool:
        """Whether the last whole request is not answered yet."""
        cycle: Any = self.cycle  # of the last request; None before the first
        return cycle is not None and not (cycle.response_complete or cycle.more_body)

    def _refuse(self, refusal: bytes) -> None:
        if self._refusal is None:
            self._refusal = refusal
            if not self._is_answering():
                self._say_no_more()

    def on_response_complete(self) -> None:
        """As uvicorn's; then it may be the refusal's turn."""
        super().on_response_complete()
        if self._refusal is not None and self.cycle.response_complete:
            self._say_no_more()

    def _say_no_more(self) -> None:
        """Write the refusal and close in a while: what lies unread when a socket is closed loses the answer."""
        if self._said or self.transport.is_closing():
            return
        self._said = True
        cycle: Any = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True  # a request that breaks off is nobody's
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()
                return
        if self._refusal:
            self.transport.write(self._refusal)
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def on_headers_complete(self) -> None:
        """As uvicorn's; what follows the head (trailers) is no header, and no protocol is changed to."""
        super().on_headers_complete()
        self.headers = []
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False  # the parser stops here, and what comes later is not a new request

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Run the application as the task itself: it answers its own failures, so nothing need stand around it."""
        ours: Any = cycle
        ours.__class__ = _Cycle
        ours.tasks = self.tasks
        ours.scope["extensions"] = EXTENSIONS
        task = self.loop.create_task(app(ours.scope, ours.receive, ours.send))
        task.add_done_callback(ours.ended)
        self.tasks.add(task)


class _Cycle(RequestResponseCycle):
    """One request and its answer."""

    defaults: ClassVar[list[tuple[bytes, bytes]]] = []
    default_head: ClassVar[bytes] = b""
    """The headers of every answer, as they were last seen and as they are written."""

    tasks: set[asyncio.Task[None]]

    def ended(self, task: asyncio.Task[None]) -> None:
        """The application is done; what it left unanswered, nobody will answer."""
        self.tasks.discard(task)
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
        if self.disconnected or self.transport.is_closing():
            return  # nobody is left to read it
        if message["type"] != WHOLE:
            try:
                await super().send(message)
            except RuntimeError:
                if not self.transport.is_closing():  # else the client went away while it was written
                    raise
            return
        if self.flow.write_paused:
            await self.flow.drain()
            if self.transport.is_closing():
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
