"""The last metre: an answer that is complete goes out in one piece, and every client can read its own.

uvicorn searches every response header for forbidden characters, by regular expression, and writes head and body apart:
half a microsecond a header, for headers that are the same every time. The lane's heads are made at start from
constants, so this protocol offers it an ASGI extension (`cozum.whole`): one message with status, finished head and
body. Everything else goes uvicorn's own way.

Requests that are no HTTP are refused here, in plain text, in such a way that the refusal arrives: behind the answers
of the requests before it, and with what the client still sends read and thrown away (RFC 9112, 9.6). Requests that do
not come to an end are refused in the same way. A connection has one timer: what happens notes the time, and the timer
is moved when it goes off, not with every request.
"""

from __future__ import annotations

import asyncio
from math import inf
from typing import Any, ClassVar, Final

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from impl.contract.call import MAX_HEADER_BYTES
from impl.contract.replies import WHOLE

HEAD_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
)
TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
BODY_TOO_LARGE: Final = b"HTTP/1.1 413 Content Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"

MAX_HEAD_BYTES: Final = 2 * MAX_HEADER_BYTES
MAX_REQUEST_BYTES: Final = 16 * 1024 * 1024
"""More than any body of the contract: an upload has 10 MiB at most."""
MAX_STATE_BYTES: Final = 65 * 1024 * 1024
"""The same for the mock, whose whole state may be loaded: that has 64 MiB at most."""

MAX_QUEUED: Final = 100
"""How many requests may wait behind the one that is answered, on one connection."""
PORTION: Final = (MAX_QUEUED - 1) * len(b"GET / HTTP/1.0\r\n\r\n")
"""How many bytes the parser gets at once: they begin no more requests than may wait."""

EXTENSIONS: Final[dict[str, dict[Any, Any]]] = {WHOLE: {}}
WATCHED: Final = frozenset((b"expect", b"host"))
NOTHING: Final = memoryview(b"")


class WholeAnswers(HttpToolsProtocol):
    """uvicorn's protocol over httptools, with cycles that know the extension."""

    REQUEST_BYTES: ClassVar = MAX_REQUEST_BYTES
    """How long a request may be."""
    HEAD_SECONDS: ClassVar = 20.0
    """How long a client may take to its first request, and from the first byte of a head to its end."""
    BODY_SECONDS: ClassVar = 30.0
    """How long a body may stand still."""
    REQUEST_SECONDS: ClassVar = 300.0
    """How long a request may take to come, from its first byte to its last."""
    HALF_CLOSED_SECONDS: ClassVar = 5.0
    """How long a client that has ended its side is kept for its answer: most of them have left."""
    LINGER_SECONDS: ClassVar = 2.0
    """How long a client that was answered for the last time may go on sending."""

    _bytes = 0
    """What came of the request under way, after the chunk in which it began."""
    _refusal: bytes | None = None
    """What is said once the requests before it are answered; nothing is read any more."""
    _said = False
    """Whether the client has been answered for the last time."""
    _heard_all = False
    """Whether the client has ended its side."""
    _unread = NOTHING
    """What was read and not parsed yet: too many requests wait."""
    _running: Any = None
    """The cycle of the request that is answered, or was last."""
    _whole: Any = None
    """The scope of the last request that came to its end: `scope`, unless one is under way."""
    _hosts = 0
    """The `Host` headers of the request under way."""

    _begun = 0.0
    """When the request under way began, or it was its turn to be read."""
    _since = 0.0
    """When the last byte of a request under way came, or the last answer went."""
    _looks_at = inf
    """When the timer goes off."""
    _timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As uvicorn's; from now on the client has to say something."""
        super().connection_made(transport)
        self._begun = self._since = self.loop.time()
        self._looks_at = self._begun + self.HEAD_SECONDS
        self._timer = self.loop.call_at(self._looks_at, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """As uvicorn's; the request that is answered need not be the last one that came."""
        super().connection_lost(exc)
        self._timer.cancel()
        self.pipeline.clear()
        self._unread = NOTHING
        if self._running is not None:
            self._running.leave()

    def data_received(self, data: bytes) -> None:
        """Parse what came, as far as the requests in it may wait."""
        if self._refusal is not None:
            return
        if len(data) <= PORTION and not self._unread:
            self._parse(data)
        else:
            self._unread = memoryview(b"".join((self._unread, data)) if self._unread else data)
            self._read_on()

    def _read_on(self) -> None:
        """No request waits: take up what was left unread, then read again."""
        while self._unread and not self.pipeline:
            data, self._unread = self._unread[:PORTION], self._unread[PORTION:]
            self._parse(data)
        if not self.pipeline:
            self.flow.resume_reading()

    def _parse(self, data: bytes | memoryview) -> None:
        before: Any = self.scope
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
            return
        except httptools.HttpParserUpgrade:
            self._refuse(b"")  # the parser stops here, and what comes later is not a new request
            return
        if self._whole is not self.scope:
            self._goes_on(len(data), is_new=self.scope is not before)

    def _goes_on(self, size: int, *, is_new: bool) -> None:
        """A request has not come to its end: it must not grow without end, nor stand still."""
        self._since = self.loop.time()
        if is_new:
            self._bytes, self._begun = 0, self._since
        else:
            self._bytes += size
            in_head = self._in_head()
            if self._bytes > (MAX_HEAD_BYTES if in_head else self.REQUEST_BYTES):
                self._refuse(HEAD_TOO_LARGE if in_head else b"" if self.cycle.response_complete else BODY_TOO_LARGE)
                return
        self._look_by(self._due(self._since))

    def _in_head(self) -> bool:
        return "method" not in self.scope

    def _due(self, now: float) -> float:
        """When we shall have waited long enough, if nothing comes until then."""
        if self._is_answering():
            return now + self.HEAD_SECONDS  # the client is the one who waits
        if self._whole is self.scope:
            return self._since + (self.HEAD_SECONDS if self._whole is None else self.timeout_keep_alive)
        if self._in_head():
            return self._begun + self.HEAD_SECONDS
        if self.flow.read_paused:
            self._since = now  # it may have come
        return min(self._since + self.BODY_SECONDS, self._begun + self.REQUEST_SECONDS)

    def _look_by(self, when: float) -> None:
        """Let the timer go off then, if not earlier."""
        if when < self._looks_at:
            self._timer.cancel()
            self._looks_at = when
            self._timer = self.loop.call_at(when, self._look)

    def _look(self) -> None:
        """The timer went off: somebody may have been waited for long enough."""
        self._looks_at = inf
        now = self.loop.time()
        due = self._due(now)
        if due - now > 0.001:  # the loop counts milliseconds
            self._look_by(due)
        elif self._whole is self.scope:
            self.transport.close()
        else:
            self._refuse(b"" if not self._in_head() and self.cycle.response_complete else TOO_SLOW)

    def _close_in(self, seconds: float) -> None:
        """Nothing is waited for any more but this."""
        self._timer.cancel()
        self._looks_at = -inf
        self._timer = self.loop.call_later(seconds, self._close)

    def _close(self) -> None:
        running = self._running
        if not self._said and running.response_started and not running.response_complete:
            self._close_in(self.HALF_CLOSED_SECONDS)  # it reads slowly, but it may read
        else:
            self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has said all may still listen: whole requests are answered first, unless that takes long."""
        self._heard_all = True
        if self._said or not self._is_answering():
            return False
        self._drop_what_broke_off()
        if self._refusal is None:
            (self.pipeline[0][0] if self.pipeline else self._running).keep_alive = False
        self._close_in(self.HALF_CLOSED_SECONDS)
        return True

    def send_400_response(self, msg: str) -> None:
        """As uvicorn's, but behind the answers of the requests before it."""
        text = msg.encode("ascii")
        headers = b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d" % len(text)
        self._refuse(b"%b%b\r\n\r\n%b" % (STATUS_LINE[400], headers, text))

    def _is_answering(self) -> bool:
        """Whether there is an answer to wait for: of a whole request, or one that goes out already.

        Requests are answered in order, so a request that is not whole is the last: while it is answered, none waits.
        """
        running = self._running
        return (
            running is not None
            and not running.response_complete
            and (not running.more_body or (running.response_started and self._refusal is None))
        )

    def _drop_what_broke_off(self) -> None:
        if self.pipeline and self.pipeline[0][0].more_body:
            self.pipeline.popleft()

    def _refuse(self, refusal: bytes) -> None:
        if self._refusal is None:
            self._refusal = refusal
            self._unread = NOTHING
            self._drop_what_broke_off()
            if not self._is_answering():
                self._say_no_more()

    def on_response_complete(self) -> None:
        """It is the next request's turn, or the refusal's, or the client's."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self._since = self.loop.time()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            if not self.pipeline:
                self._read_on()
        elif self._refusal is not None:
            self._say_no_more()
            return
        elif self.flow.read_paused:
            self.flow.resume_reading()
        if self._whole is not self.scope:
            self._begun = self._since  # it could not come earlier
            self._look_by(self._due(self._since))

    def end(self) -> None:
        """The last answer is written; if more was sent than is read, it must not be lost by that."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self._refusal is None and self._whole is self.scope and not self.pipeline:
            self.transport.close()
            return
        self._refusal, self._unread = b"", NOTHING
        self.pipeline.clear()
        self._say_no_more()

    def _say_no_more(self) -> None:
        """Write the refusal and close in a while: what lies unread when a socket is closed loses the answer."""
        if self._said or self.transport.is_closing():
            return
        self._said = True
        running = self._running
        if running is not None and not running.response_complete:
            running.leave()  # a request that breaks off is nobody's
            if running.response_started:
                self.transport.close()
                return
        if self._refusal:
            self.transport.write(self._refusal)
        if self._heard_all:
            self.transport.close()
            return
        self.transport.write_eof()
        self.flow.resume_reading()
        self._close_in(self.LINGER_SECONDS)

    def shutdown(self) -> None:
        """As uvicorn's, without waiting for a client that was answered for the last time."""
        if self._said:
            self.transport.close()
        else:
            super().shutdown()

    def on_header(self, name: bytes, value: bytes) -> None:
        """As uvicorn's, and count the hosts."""
        name = name.lower()
        if name in WATCHED:
            if name == b"host":
                self._hosts += 1
            elif value.lower() == b"100-continue":
                self.expect_100_continue = True
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """As uvicorn's; what follows the head (trailers) is no header, and no protocol is changed to.

        Raises ValueError, which the parser takes for a broken request, for any number of hosts but one
        (RFC 9112, 3.2); before HTTP/1.1 there may be none.
        """
        if self._hosts != 1 and (self._hosts or self.parser.get_http_version() not in ("0.9", "1.0")):
            raise ValueError("one host")
        super().on_headers_complete()
        self.headers = []
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """As uvicorn's; no request is under way now."""
        self._whole = self.scope
        self._hosts = 0
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()

    def _should_upgrade(self) -> bool:
        return False

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Run the application as the task itself: it answers its own failures, so nothing need stand around it."""
        ours: Any = cycle
        ours.__class__ = _Cycle
        ours.protocol = self
        ours.scope["extensions"] = EXTENSIONS
        self._running = ours
        task = self.loop.create_task(app(ours.scope, ours.receive, ours.send))
        task.add_done_callback(ours.ended)
        self.tasks.add(task)


class StatesToo(WholeAnswers):
    """The same for the mock, into which a whole state may be loaded."""

    REQUEST_BYTES = MAX_STATE_BYTES


class _Cycle(RequestResponseCycle):
    """One request and its answer."""

    defaults: ClassVar[list[tuple[bytes, bytes]]] = []
    default_head: ClassVar[bytes] = b""
    """The headers of every answer, as they were last seen and as they are written."""

    protocol: WholeAnswers

    def ended(self, task: asyncio.Task[None]) -> None:
        """The application is done; what it left unanswered, nobody will answer."""
        self.protocol.tasks.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self.logger.error("Exception in ASGI application", exc_info=failure)
        if not (self.response_complete or self.disconnected):
            self.transport.close()

    def leave(self) -> None:
        """Nobody waits for the answer any more."""
        if not self.response_complete:
            self.disconnected = True
            self.message_event.set()

    async def receive(self) -> Any:
        """As uvicorn's, without waiting for an event that has happened: most bodies came with their head.

        Nor does it read on where requests wait.
        """
        if self.waiting_for_100_continue and not self.transport.is_closing():
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.waiting_for_100_continue = False
        if not (self.disconnected or self.response_complete):
            if self.flow.read_paused and not self.protocol.pipeline:
                self.flow.resume_reading()
            if not self.message_event.is_set():
                await self.message_event.wait()
            self.message_event.clear()
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    async def send(self, message: Any) -> None:
        if self.disconnected or self.transport.is_closing():
            return  # nobody is left to read it
        if self.flow.write_paused:
            await self.flow.drain()
            if self.disconnected or self.transport.is_closing():
                return
        if message["type"] != WHOLE:
            if self.response_started and not self.keep_alive:
                self.keep_alive, self.on_response = True, self.protocol.end  # uvicorn would close at once
            await super().send(message)
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
        if self.keep_alive:
            self.on_response()
        else:
            self.protocol.end()
