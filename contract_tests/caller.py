"""Asks a server over HTTP, and tells what no answer may be."""

from __future__ import annotations

import json
import math
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlencode

from contract_tests.curl import curl
from contract_tests.document import Document, Operation
from contract_tests.findings import NO_TIME, Broken, CannotRun, NotJudged
from contract_tests.hiding import Hiding
from contract_tests.target import Target, Tenant
from contract_tests.transport import Answer, Exchange, NoAnswer, Tell, Transport

TIMEOUT: Final = 10.0
"""Seconds that the server has for an answer."""
LONGEST_POLL: Final = 25.0
"""Seconds that it has in addition where it may wait for news (`bekle`)."""
STILL_THERE: Final = 2.0
"""Seconds that it has for showing that it is there at all."""
ABSENT: Final = (404, 405, 501)
"""Statuses of a server that has no such operation."""
PATIENCE: Final = 20
"""Seconds that a 429 may ask us to wait."""
SHORTEST_SECRET: Final = 8
"""Characters of a secret that is looked for in answers: a shorter one may stand there by chance."""
DIGITS: Final = re.compile("[0-9]{1,18}")
PARAMETER: Final = re.compile(r"\{[^/]+?\}")
BROWSER: Final = ("/api/v1/widget/", "/api/v1/context/")


class Caller:
    """Who asks. Threads may share one: each has a connection of its own."""

    def __init__(self, target: Target, document: Document, tell: Tell | None = None) -> None:
        """`tell` hears of each exchange. Raises CannotRun for a target without an http(s) address."""
        self.target = target
        self.document = document
        self.requests = 0
        self.found: Callable[[Broken], object] | None = None
        """Hears of answers that break a rule of every answer; without it they are raised."""
        self.until = float("inf")
        """Of `time.monotonic()`: when nothing more should be asked."""
        self.hiding = Hiding(target)
        self._transport = Transport(target.base_url)
        self._tell = tell
        self._lock = threading.Lock()
        self._tokens: dict[str, str] = {}
        self._secrets = [one.secret for one in target.tenants() if len(one.secret) >= SHORTEST_SECRET]
        self._given_up: dict[str, str] = {}
        self._known_there: set[str] = set()

    def close(self) -> None:
        """Close the connections of all threads."""
        self._transport.close()

    def hang_up(self) -> None:
        """Close the connection of this thread, which is over."""
        self._transport.close_mine()

    @contextmanager
    def restoring(self) -> Iterator[None]:
        """Inside, what was changed may be put back though the time is over (`until`)."""
        until, self.until = self.until, float("inf")
        try:
            yield
        finally:
            self.until = until

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        tenant: Tenant | None = None,
        token: str | None = None,
        nowhere: bool = False,
        patient: bool = True,
    ) -> Answer:
        """One request; a `tenant` brings its key and origin. What no answer may be is told to `found`.

        Raises NotJudged where the document has no such operation, unless there is meant to be none (`nowhere`), where
        the server has none or never answers it, where the server goes on refusing with 429, unless that is an answer
        as others are (not `patient`), and when the time is over. Raises CannotRun when the server is gone.
        """
        operation = self.document.operation(method, path.partition("?")[0])
        if operation is None and not nowhere:
            raise NotJudged(f"the document has no {method} {path}")
        if operation and operation.id in self._given_up:
            raise NotJudged(self._given_up[operation.id])
        if time.monotonic() > self.until:
            raise NotJudged(NO_TIME)
        given = {"Accept": "application/json", **(headers or {})}
        if tenant:
            given.setdefault("X-API-Key", tenant.key)
            if tenant.origin and not {"Origin", "Referer"} & given.keys():
                given["Origin"] = tenant.origin
        if token:
            given.setdefault("Authorization", f"Bearer {token}")
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        if content is not None:
            given.setdefault("Content-Type", "application/json")
        where = path + (f"?{urlencode(query)}" if query else "")
        ask = self._patiently if patient else self._answered
        return self.judged(ask(method, where, content, {k: v for k, v in given.items() if v != ""}))

    def _patiently(self, method: str, where: str, content: bytes | None, headers: Mapping[str, str]) -> Exchange:
        for _ in range(4):
            exchange = self._answered(method, where, content, headers)
            if exchange.status != 429:
                return exchange
            self.judged(exchange)
            seconds = _asked_to_wait(exchange)
            if seconds > PATIENCE:
                raise NotJudged(f"the server asks to wait {seconds} s (429)")
            time.sleep(seconds)
        raise NotJudged("the server goes on refusing with 429")

    def _answered(self, method: str, where: str, content: bytes | None, headers: Mapping[str, str]) -> Exchange:
        """As `send`; no answer breaks a rule if the server is still there. Raises CannotRun if it is not."""
        began, start = time.time(), time.monotonic()
        try:
            return self.send(method, where, content, headers)
        except NoAnswer as error:
            reason = f"no answer from {self.target.base_url} to {method} {where[:80]}: {error}"
        try:
            self.send("GET", "/", None, {}, STILL_THERE)
        except NoAnswer:
            raise CannotRun(reason) from None
        url = self.target.base_url.rstrip("/") + where
        seconds = time.monotonic() - start
        name = self._name(method, where)
        asked = Exchange(name, method, url, headers, content, 0, {}, b"", began, seconds, where=where)
        self._give_up(asked, "answer.given", reason, reason)
        raise NotJudged(reason)

    def send(
        self, method: str, where: str, content: bytes | None, headers: Mapping[str, str], timeout: float = TIMEOUT
    ) -> Exchange:
        """One request, whatever is answered, within `timeout` seconds. Raises NoAnswer where nothing is."""
        if "bekle=" in where:
            timeout += LONGEST_POLL
        exchange = self._transport.send(self._name(method, where), method, where, content, headers, timeout)
        self.hiding.learn(exchange)
        with self._lock:
            self.requests += 1
        return exchange

    def judged(self, exchange: Exchange) -> Answer:
        """The answer; what none may be is told. Raises NotJudged where the server has no such operation."""
        operation = self.document.operation(exchange.method, exchange.path)
        if operation and exchange.status in ABSENT and not self.is_there(operation):
            self._heard(exchange)
            raise NotJudged(self._given_up[operation.id])
        fault = next(self.faults(exchange), None)
        self._heard(replace(exchange, broken=fault[0]) if fault else exchange)
        shown = self._curl(exchange)
        if fault:
            self._broken(Broken(*fault, shown, exchange.operation))
        return Answer(exchange.status, exchange.headers, exchange.body, shown, exchange.operation, exchange.seconds)

    def is_there(self, operation: Operation) -> bool:
        """Whether the server has it: asked by nobody for nothing, it says another thing than that there is none.

        That it has not is told.
        """
        if operation.id in self._given_up or operation.id in self._known_there or operation.hides:
            return operation.id not in self._given_up
        where = PARAMETER.sub("0", operation.path)
        content = None if operation.method in ("GET", "DELETE") else b"{}"
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if content else {})
        exchange = self._answered(operation.method, where, content, headers)
        if exchange.status in ABSENT:
            seen = f"{exchange.status} for whoever asks"
            self._give_up(exchange, "operation.there", seen, f"the server has no {operation.method} {operation.path}")
            return False
        self._heard(exchange)
        self._known_there.add(operation.id)
        return True

    def _give_up(self, exchange: Exchange, rule: str, seen: str, reason: str) -> None:
        """Ask no more for that operation."""
        self._given_up[exchange.operation] = reason
        self._heard(replace(exchange, broken=rule))
        self._broken(Broken(rule, "an answer", seen, self._curl(exchange), exchange.operation))

    def _heard(self, exchange: Exchange) -> None:
        if self._tell:
            self._tell(exchange)

    def _broken(self, broken: Broken) -> None:
        if self.found is None:
            raise broken
        self.found(broken)

    def _name(self, method: str, where: str) -> str:
        path = where.partition("?")[0]
        operation = self.document.operation(method, path)
        return operation.id if operation else f"{method} {path}"

    def _curl(self, exchange: Exchange) -> str:
        return curl(exchange, self.hiding, {token: email for email, token in self._tokens.items()})

    def faults(self, exchange: Exchange) -> Iterator[tuple[str, str, str]]:
        """What no answer may be: the rule, what was expected, what was seen."""
        path = exchange.path
        operation = self.document.operation(exchange.method, path)
        status, body = exchange.status, exchange.body
        told = f"{status} {body[:300].decode('utf-8', 'replace')}"
        if path.startswith(BROWSER):
            shown = body + repr(sorted(exchange.headers.items())).encode()
            if any(secret.encode() in shown for secret in self._secrets):
                yield "answer.secret", "no api_secret", "the tenant's api_secret"
        if self.document.level == "contract" and status >= 500 and status != 503:
            yield "answer.no_500", "no 500", told
        found = self.document.faults(operation, status, exchange.headers, body)
        if found:
            yield "answer.schema", f"what {exchange.operation} documents", "; ".join(found[:3])
        if self.document.level == "contract":
            yield from _request_id_faults(exchange)


def _asked_to_wait(exchange: Exchange) -> int:
    """Seconds of `Retry-After`: a number or a date (RFC 9110, 10.2.3); one where there is none."""
    text = exchange.headers.get("retry-after", "").strip()
    if DIGITS.fullmatch(text):
        return int(text)
    try:
        until = parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return 1
    try:
        now = parsedate_to_datetime(exchange.headers.get("date", "")).timestamp()
    except (ValueError, OverflowError):
        now = time.time()
    return max(0, math.ceil(until - now))


def _request_id_faults(exchange: Exchange) -> Iterator[tuple[str, str, str]]:
    request_id = exchange.headers.get("x-request-id")
    if not request_id:
        yield "answer.request_id", "an X-Request-Id", "none"
    if exchange.status < 400:
        return
    try:
        value = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return
    told = value.get("istek_id") if isinstance(value, dict) else request_id
    if told != request_id:
        yield "answer.request_id", f"istek_id {request_id}", f"{told}"
