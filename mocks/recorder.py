"""Writes the journal: lets every request and answer through as it is, and keeps them with the contract's verdict."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable, Sequence
from time import perf_counter, time
from typing import Any, Final

from impl.contract.answers import Answers
from impl.contract.call import Scope
from impl.contract.plan import Plan
from impl.contract.replies import WHOLE, App, Receive, Send
from mocks.answer import Message, RawHeaders, pairs_of, plan_of
from mocks.faults import Strike
from mocks.faulty import FAULT_KEY
from mocks.hints import strays_of
from mocks.journal import KEPT_BODY, Entry, Journal, shortened
from mocks.misspelt import Known
from mocks.reading import READING_KEY, Reading

Tell = Callable[[Sequence[Entry]], None]
"""Is told of requests, oldest first, once they were answered."""

BATCH_SECONDS: Final = 0.05
"""How long an exchange waits for others at most."""

MEMO: Final = 256
MEMO_BODY: Final = KEPT_BODY
"""How many verdicts are remembered, and on bodies of how many bytes: polls are answered the same again and again."""

READABLE: Final[dict[str, dict[Any, Any]]] = {WHOLE: {}}
"""The extensions of ASGI that leave an answer readable."""


class Recorder:
    """Outermost of all that answers: what it keeps is what was read and what went out."""

    def __init__(
        self, app: App, answers: Answers, known: Known, journal: Journal, tell: Tell, *, batch: int = 1
    ) -> None:
        """Exchanges are judged, kept and told `batch` at a time, or BATCH_SECONDS after the first of them.

        Between requests the validators' code and data leave the processor's caches: judging 64 answers one after the
        other takes a fraction of judging each behind its request. Whoever reads the journal finds all of them.
        """
        self._app = app
        self._answers = answers
        self._known = known
        self._journal = journal
        self._tell = tell
        self._batch = batch
        self._judged: dict[tuple[Plan, int, bytes, int, bytes], list[str]] = {}
        self._heads: dict[tuple[bytes, int], dict[str, str]] = {}
        self._pending: list[tuple[Scope, _Exchange, float, float]] = []
        journal.before_reading = self.settle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            self.settle()
            return
        extensions = READABLE if WHOLE in scope.get("extensions", ()) else {}
        reading, exchange = Reading(receive), _Exchange(send)
        scope = {**scope, "extensions": extensions, READING_KEY: reading}
        began, start = time(), perf_counter()
        try:
            await self._app(scope, reading, exchange.send)
        finally:
            pending = self._pending
            pending.append((scope, exchange, began, (perf_counter() - start) * 1000))
            if len(pending) >= self._batch:
                self.settle()
            elif len(pending) == 1:
                get_running_loop().call_later(BATCH_SECONDS, self.settle)

    def retire(self) -> None:
        """Another one takes its place: what is under way is kept as soon as it is answered."""
        self._batch = 1
        self.settle()

    def settle(self) -> None:
        """Judge, keep and tell what was only collected so far."""
        pending, self._pending = self._pending, []
        if pending:
            entries = [self._entry(*exchange) for exchange in pending]
            self._journal.add(*entries)
            told = [entry for entry, (scope, *_) in zip(entries, pending, strict=True) if _is_news(entry, scope)]
            self._tell(told)

    def _entry(self, scope: Scope, exchange: _Exchange, began: float, milliseconds: float) -> Entry:
        plan, status, path = plan_of(scope), exchange.status, scope["path"]
        reading: Reading = scope[READING_KEY]
        answer = exchange.answer
        return Entry(
            began,
            milliseconds,
            scope["method"],
            path,
            scope.get("raw_path") or path.encode(),
            scope["query_string"],
            scope["headers"],
            reading.raw(KEPT_BODY),
            reading.size,
            None if plan is None else plan.id,
            status,
            exchange.head,
            answer if len(answer) <= KEPT_BODY else answer[:KEPT_BODY],
            exchange.answer_size,
            self._faults(scope, plan, exchange) if status else [],
            self._notes(scope, plan, reading) if plan is not None and status else [],
        )

    def _notes(self, scope: Scope, plan: Plan, reading: Reading) -> list[str]:
        strays = strays_of(self._known, scope, plan, reading)
        return shortened(map(str, strays)) if strays else []

    def _faults(self, scope: Scope, plan: Plan | None, exchange: _Exchange) -> list[str]:
        if scope["method"] == "HEAD":
            return []
        strike: Strike | None = scope.get(FAULT_KEY)
        if strike is not None and strike.breaks():
            return []  # it was asked for
        if exchange.status == 501 and plan is not None and not plan.implemented:
            return []
        head, body = exchange.head, exchange.answer
        if plan is None or not isinstance(head, bytes) or len(body) > MEMO_BODY:
            headers = exchange.headers or dict(pairs_of(head))
            return shortened(self._answers.faults(plan, exchange.status, headers, body))
        start, _, end = head.partition(b"content-length: ")  # what follows are the length and the request's id
        kind = (start, end.count(b"\r\nx-request-id: "))
        key = (plan, exchange.status, *kind, body)
        known = self._judged.get(key)
        if known is None:
            if len(self._judged) >= MEMO:
                self._judged.clear()
                self._heads.clear()
            named = self._heads.get(kind)
            if named is None:
                named = self._heads[kind] = dict(pairs_of(head))
            known = shortened(self._answers.faults(plan, exchange.status, named, body))
            self._judged[key] = known
        return list(known) if known else known


def _is_news(entry: Entry, scope: Scope) -> bool:
    """Whether it was answered, or not answered because that was asked for; others went away by themselves."""
    return entry.status != 0 or FAULT_KEY in scope


class _Exchange:
    """Stands between server and application, and keeps the answer that passes."""

    __slots__ = ("_parts", "_send", "answer_size", "head", "headers", "status", "whole")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.head: bytes | RawHeaders = b""
        self.headers: dict[str, str] = {}
        """The answer's headers, where they were needed already."""
        self.answer_size = 0
        self.whole = b""
        self._parts: list[bytes] = []

    @property
    def answer(self) -> bytes:
        """The answer's body: the whole of JSON, which is judged, else to KEPT_BODY bytes."""
        if self._parts:
            self.whole, self._parts = b"".join(self._parts), []
        return self.whole

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind == WHOLE:
            self.status, self.head, self.whole = message["status"], message["head"], message["body"]
            self.answer_size = len(self.whole)
        elif kind == "http.response.start":
            self.status, self.head = message["status"], message["headers"]
            self.headers = dict(pairs_of(self.head))
        else:
            body = message.get("body", b"")
            room = KEPT_BODY - self.answer_size
            self.answer_size += len(body)
            if "json" in self.headers.get("content-type", ""):
                self._parts.append(body)
            elif room > 0 and body:
                self._parts.append(body[:room])
        await self._send(message)
