"""Writes the journal: lets every request and answer through as it is, and keeps them with the contract's verdict."""

from __future__ import annotations

import logging
from asyncio import TimerHandle, get_running_loop
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import perf_counter, time
from typing import Any, Final

from msgspec import Struct

from impl.contract.answers import Answers, Expected
from impl.contract.call import Scope
from impl.contract.plan import Plan
from impl.contract.replies import WHOLE, App, Receive, Send
from mocks.answer import Message, headers_of, lines_of, pairs_of, plan_of
from mocks.codings import MOST, readable
from mocks.faults import Strike
from mocks.faulty import FAULT_KEY
from mocks.hints import strays_of
from mocks.journal import KEPT_BODY, Entry, Journal, shortened
from mocks.misspelt import Known
from mocks.reading import KEPT, READING_KEY, Reading
from mocks.remarks import REMARKS_KEY, Remarks, remarks_of

Tell = Callable[[Sequence[Entry]], None]
"""Is told of requests, oldest first, once they were answered."""

UNENDED: Final = "the answer broke off before its end"

REQUEST_ID: Final = b"x-request-id"
BATCH_SECONDS: Final = 0.05
"""How long an exchange waits for others at most."""
BATCH_BYTES: Final = 4 * 1024 * 1024
"""How long their bodies are together at most."""

Tape = Callable[[Entry], None]
"""Is given each exchange with the whole of its bodies, once it was answered."""

MEMO: Final = 1_024
"""How many kinds of answers are remembered, by operation, status and header lines, with what each must be."""

BODY_HEADERS: Final = frozenset((b"content-length", b"transfer-encoding"))
"""GET without them has no body (RFC 9112, 6.3): polls need not be read."""

READABLE: Final[dict[str, dict[Any, Any]]] = {WHOLE: {}}
"""The extensions of ASGI that leave an answer readable."""


log = logging.getLogger("cozum")


class Recorder:
    """Outermost of all that answers: what it keeps is what was read and what went out."""

    def __init__(
        self,
        app: App,
        answers: Answers,
        known: Known,
        journal: Journal,
        tell: Tell,
        *,
        batch: int = 1,
        tape: Tape | None = None,
        foreign: bool = False,
    ) -> None:
        """Exchanges are judged, kept and told `batch` at a time, or BATCH_SECONDS after the first of them.

        Between requests the validators' code and data leave the processor's caches: judging many answers one after the
        other takes a fraction of judging each behind its request. Whoever reads the journal finds all of them.
        `foreign`: the answers are another server's, whose headers come in any order.
        """
        self._app = app
        self._answers = answers
        self._known = known
        self._journal = journal
        self._tell = tell
        self._batch = batch
        self._tape = tape
        self._foreign = foreign
        self._kept = KEPT_BODY if tape is None else MOST
        self._expected: dict[tuple[Plan | None, int, bytes, bytes, bytes], Expected] = {}
        self._pending: list[tuple[Scope, _Exchange, float, float]] = []
        self._weight = 0
        """Bytes of the bodies of those."""
        self._timer: TimerHandle | None = None
        """Settles those at the latest."""
        journal.before_reading = self.settle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            self.settle()
            return
        exchange = _Exchange(send, self._kept)
        reading = scope[READING_KEY] = Reading()
        if scope["method"] != "GET" or not BODY_HEADERS.isdisjoint(headers_of(scope)):
            receive = reading.of(receive)
        scope["extensions"] = READABLE if WHOLE in scope.get("extensions", ()) else {}
        began, start = time(), perf_counter()
        try:
            await self._app(scope, receive, exchange.send)
        finally:
            pending = self._pending
            pending.append((scope, exchange, began, (perf_counter() - start) * 1000))
            self._weight += reading.size + exchange.answer_size
            if len(pending) >= self._batch or self._weight > BATCH_BYTES:
                self.settle()
            elif len(pending) == 1:
                self._timer = get_running_loop().call_later(BATCH_SECONDS, self.settle)

    def retire(self) -> None:
        """Another one takes its place: what is under way is kept as soon as it is answered."""
        self._batch = 1
        self.settle()

    def settle(self) -> None:
        """Judge, keep and tell what was only collected so far."""
        pending, self._pending, self._weight = self._pending, [], 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not pending:
            return
        entries = [self._entry(*kept) for kept in pending]
        scopes = [scope for scope, *_ in pending]
        if self._tape is not None:
            _write(self._tape, entries, scopes)
        self._journal.add(*entries)
        # who went away is no news, unless that was asked for
        self._tell([one for one, scope in zip(entries, scopes, strict=True) if one.status or FAULT_KEY in scope])

    def _entry(self, scope: Scope, exchange: _Exchange, began: float, milliseconds: float) -> Entry:
        plan, status, path = plan_of(scope), exchange.status, scope["path"]
        reading: Reading = scope[READING_KEY]
        remarks: Remarks | None = scope.get(REMARKS_KEY)
        if exchange.headers is not None and "content-encoding" in exchange.headers:
            remarks = _decoded(exchange.headers["content-encoding"], exchange, scope)
        answer = exchange.joined()
        entry = Entry(
            began,
            milliseconds,
            scope["method"],
            path,
            scope.get("raw_path") or path.encode(),
            scope["query_string"],
            lines_of(scope["headers"]),
            reading.raw(KEPT_BODY if self._tape is None else KEPT),
            reading.size,
            None if plan is None else plan.id,
            status,
            exchange.head,
            answer[: self._kept],
            exchange.answer_size,
        )
        if status:
            strike: Strike | None = scope.get(FAULT_KEY)
            is_said = (remarks is not None and remarks.final) or (strike is not None and strike.breaks())
            is_cut = len(answer) < exchange.answer_size and exchange.is_json
            if not (is_said or is_cut or not exchange.ended or scope["method"] == "HEAD"):
                entry.faults = self._faults(plan, entry, answer)
            if plan is not None and status != 415:  # a body of another type has other names
                entry.notes = self._notes(scope, plan, reading)
            if not (exchange.ended or is_said):
                entry.notes = (*entry.notes, UNENDED)
        return entry if remarks is None else _remarked(entry, remarks)

    def _notes(self, scope: Scope, plan: Plan, reading: Reading) -> tuple[str, ...]:
        try:
            strays = strays_of(self._known, scope, plan, reading)
        except Exception:  # a note is never worth an answer
            log.exception("no notes for %a", scope["path"])
            return ()
        return shortened([str(stray) for stray in strays]) if strays else ()

    def _faults(self, plan: Plan | None, entry: Entry, answer: bytes) -> tuple[str, ...]:
        if entry.status == 501 and plan is not None and not plan.implemented:
            return ()
        if self._foreign:
            return shortened(self._answers.faults(plan, entry.status, dict(entry.answer_headers()), answer))
        kind = (plan, entry.status, *_without_values(entry.answer_head))
        expected = self._expected.get(kind)
        if expected is None:
            if len(self._expected) >= MEMO:
                self._expected.clear()
            expected = self._answers.expected(plan, entry.status, dict(entry.answer_headers()))
            self._expected[kind] = expected
        return shortened(expected.broken_by(answer))


def _without_values(head: bytes) -> tuple[bytes, bytes, bytes]:
    """The header lines without the length and the request's id, which differ from answer to answer."""
    start, _, end = head.partition(b"content-length: ")
    name, colon, rest = end.partition(b"\r\n")[2].partition(b": ")
    if name == REQUEST_ID:
        return start, name, rest.partition(b"\r\n")[2]
    return start, b"", name + colon + rest


def _remarked(entry: Entry, remarks: Remarks) -> Entry:
    """With what is known inside, before what was found here."""
    entry.request_faults = tuple(remarks.request_faults)
    entry.faults = (*remarks.faults, *entry.faults)
    entry.notes = (*remarks.notes, *entry.notes)
    return entry


def _decoded(coding: str, exchange: _Exchange, scope: Scope) -> Remarks:
    """Put the body as it is meant in the place of the coded one, unless it was cut off already."""
    remarks, coded = remarks_of(scope), exchange.joined()
    if len(coded) == exchange.answer_size:
        read = readable(coding, coded)
        if read.fault or read.note:
            remarks.final = True
            remarks.faults += [read.fault] if read.fault else []
            remarks.notes += [read.note] if read.note else []
        else:
            exchange.whole, exchange.answer_size = read.body, len(read.body)
    return remarks


def _write(tape: Tape, entries: Sequence[Entry], scopes: Sequence[Scope]) -> None:
    """Give the tape what can be played again, and the journal no more than it keeps."""
    for entry, scope in zip(entries, scopes, strict=True):
        remarks: Remarks | None = scope.get(REMARKS_KEY)
        if entry.status and not (remarks is not None and remarks.final):
            tape(entry)
        entry.body, entry.answer = entry.body[:KEPT_BODY], entry.answer[:KEPT_BODY]


class _Exchange(Struct):
    """Stands between server and application, and keeps the answer that passes."""

    pass_on: Send
    kept: int
    status: int = 0
    head: bytes = b""
    """The answer's header lines."""
    headers: Mapping[str, str] | None = None
    """The answer's headers, where they were needed already."""
    answer_size: int = 0
    whole: bytes = b""
    parts: list[bytes] | None = None
    ended: bool = False
    """Whether the last of it was sent."""

    @property
    def is_json(self) -> bool:
        """Whether the answer says so, where that was looked at."""
        return self.headers is not None and "json" in self.headers.get("content-type", "")

    def joined(self) -> bytes:
        """The answer's body: JSON, which is judged, to MOST bytes, else to as many as are kept."""
        if self.parts is not None:
            self.whole, self.parts = b"".join(self.parts), None
        return self.whole

    def send(self, message: Message) -> Awaitable[None]:
        """A plain function, so that no message pays for a coroutine."""
        kind = message["type"]
        if kind == WHOLE:
            self.status, self.head, self.whole = message["status"], message["head"], message["body"]
            self.answer_size, self.ended = len(self.whole), True
        elif kind == "http.response.start":
            self.status, self.head = message["status"], lines_of(message["headers"])
            self.headers = dict(pairs_of(self.head))
        else:
            body = message.get("body", b"")
            self.ended = not message.get("more_body", False)
            room = (MOST if self.is_json else self.kept) - self.answer_size
            self.answer_size += len(body)
            if room > 0 and body:
                if self.parts is None:
                    self.parts = []
                self.parts.append(body[:room])
        return self.pass_on(message)
