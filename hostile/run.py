"""Fires the attempts at the server, and keeps count."""

from __future__ import annotations

import ctypes
import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Final, Self

from hostile import bodies, framing, generated, heads
from hostile.answers import Answer, BadAnswerError
from hostile.attempts import Attempt, Category, Framing, Source
from hostile.calls import Call, Credentials, calls
from hostile.judge import UNTOUCHED, Judge, failures
from hostile.stand import DOCUMENT, Snapshot, Stand
from hostile.wire import Connection, NoAnswerError
from impl.contract.document import load

SECONDS: Final = 5.0
"""How long an answer may take."""
WORLD_LASTS: Final = 50
"""Attempts on one demo world; then a fresh one is put in its place."""
MIB: Final = 1024 * 1024
GROWTH_LIMIT: Final = 48 * MIB
"""How much more memory the process may hold after the run than after its warm-up. Worlds are thrown away, so nothing
that was accepted counts; what is left are caches with a bound of their own (4,096 texts a parameter, 256 bytes each)
and what the allocator does not give back."""

CATEGORIES: Final[Mapping[str, tuple[Category, int]]] = {
    "fields": (bodies.fields, 30),
    "not JSON": (bodies.broken_json, 12),
    "media types": (bodies.media_types, 6),
    "forms": (bodies.forms, 2),
    "multipart": (bodies.multipart, 4),
    "methods": (heads.methods, 6),
    "paths": (heads.paths, 10),
    "queries": (heads.queries, 10),
    "headers": (heads.headers, 10),
    "huge heads": (heads.huge_heads, 1),
    "framing": (framing.framing, 8),
    "broken heads": (framing.broken_heads, 6),
    "generated": (generated.generated, 15),
}
"""What is tried, and its share. A list shorter than its share is tried whole; `generated` fills what is left."""

MAY_CHANGE: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "login_failures": (
        frozenset({"login", "portal_sign_in"}),
        "failed sign-ins are counted: that is what slows guessing",
    ),
}
"""Tables that a refused call of these operations may write to, and why."""

MANAGER: Final = "destek@example.com"
"""A demo operator who is the owner of tenant 1."""

PREPARATIONS: Final = (
    ("create_ticket", "accept_chat"),
    ("create_ticket", "end_chat", "add_page_view", "set_customer_info"),
    ("start_chat",),
)
"""What has happened in a world before it is fired at, in turn: else most calls would find nothing to work on."""

SIGNS_OUT: Final = frozenset({"logout", "portal_sign_out", "erase_visitor"})
"""After these, a world is no use for the next attempts."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with which attempt."""

    attempt: Attempt
    problem: str

    @property
    def sent(self) -> bytes:
        """The bytes that did it, made again."""
        built = self.attempt.build()
        return b"".join(built) if isinstance(built, tuple) else built


@dataclass(slots=True)
class Outcome:
    """What the run has seen."""

    sent: Counter[str] = field(default_factory=Counter)
    """Requests by category."""
    statuses: dict[str, Counter[str]] = field(default_factory=dict)
    """By category; `closed` where a request that never ended got no answer."""
    failures: list[Failure] = field(default_factory=list)
    rss_before: int = 0
    rss_after: int = 0

    @property
    def total(self) -> int:
        """All requests."""
        return sum(self.sent.values())

    @property
    def growth(self) -> int:
        """Bytes that the process holds more than after the warm-up."""
        return self.rss_after - self.rss_before


def chosen(source: Source, count: int, only: Sequence[str] = ()) -> list[Attempt]:
    """So many attempts, each category by its share, in random order."""
    categories = {name: CATEGORIES[name] for name in only or CATEGORIES}
    shares = sum(share for _, share in categories.values())
    attempts: list[Attempt] = []
    for name, (category, share) in categories.items():
        if name != "generated":
            listed = list(category(source))
            attempts += source.random.sample(listed, min(len(listed), count * share // shares))
    filling = count - len(attempts)
    rest = generated.generated if "generated" in categories or not only else None
    if rest:
        attempts += islice(rest(source), filling)
    source.random.shuffle(attempts)
    return attempts


class Run:
    """One run against one stand. As a context manager it leaves no connection open."""

    def __init__(self, stand: Stand, seed: int) -> None:
        self.outcome = Outcome()
        self.stand = stand
        self._connection: Connection | None = None
        self._worlds = 0
        self._state: Snapshot = {}
        document = load(DOCUMENT)
        unsigned = Source(document, calls(document, Credentials()), Random(seed))
        self._logins, self._portal_sign_ins = (
            (call, replace(call, value=call.value | {"email": MANAGER}))
            for call in (unsigned.one("login"), unsigned.one("portal_sign_in"))
        )
        self._first_call = unsigned.one("list_tenants")
        self._upload = unsigned.one("upload_file")
        self.source = Source(document, calls(document, self._signed_in()), Random(seed))
        unwritten = [plan.id for plan in stand.application.plans if not plan.implemented]
        self._judge = Judge(stand.secrets(), unwritten)
        self.renew()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget_connection()

    def fire(self, attempts: Sequence[Attempt], progress: Callable[[int], None] = lambda done: None) -> None:
        """All of them, each judged."""
        for number, attempt in enumerate(attempts):
            if number % WORLD_LASTS == 0:
                self.renew()
            self.try_one(attempt)
            progress(number + 1)

    def warm_up(self, attempts: Sequence[Attempt]) -> None:
        """Fire without keeping count, and note how much memory is held then."""
        self.fire(attempts)
        self.outcome = Outcome(rss_before=self._settled_rss())

    def finish(self) -> None:
        """Note how much memory is held now."""
        self.renew()
        self.outcome.rss_after = self._settled_rss()

    def try_one(self, attempt: Attempt) -> None:
        """Send it, and note what came and what is wrong."""
        built = attempt.build()
        parts = built if isinstance(built, tuple) else (built,)
        connection = self._connection_for(attempt)
        reached, problems, answers = self.stand.reached[connection.port], list[str](), list[Answer]()
        try:
            answers = self._exchange(connection, attempt, parts)
        except NoAnswerError as error:
            problems.append(str(error))
        except BadAnswerError as error:
            problems.append(f"no answer of HTTP: {error}")
        if not self.stand.idle():
            problems.append("the application still works on it")
        reached = self.stand.reached[connection.port] - reached
        raw = b"".join(parts)
        problems += failures(attempt, raw, answers, reached, self._judge)
        problems += self.stand.take_faults()
        problems += self._changes(attempt, raw, answers)
        self._note(attempt, answers, problems)
        if any(answer.status < 300 for answer in answers) and self._is_of(SIGNS_OUT, raw):
            self.renew()

    def _connection_for(self, attempt: Attempt) -> Connection:
        """The open one, or where the end of the connection is part of the answer a new one."""
        if attempt.framing is not Framing.WHOLE or not (self._connection and self._connection.reusable):
            self._forget_connection()
        if self._connection is None:
            self._connection = self.stand.connect()
        return self._connection

    def _exchange(self, connection: Connection, attempt: Attempt, parts: Sequence[bytes]) -> list[Answer]:
        if attempt.framing is Framing.WHOLE:
            return connection.exchange(parts, attempt.methods, SECONDS, half_close=attempt.half_close)
        of_head = attempt.methods[0] == b"HEAD"
        answers = connection.exhaust(parts, SECONDS, half_close=attempt.half_close, of_head=of_head)
        if not answers and attempt.framing is Framing.BROKEN:
            raise NoAnswerError("closed without an answer", ended=True)
        return answers

    def _forget_connection(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _changes(self, attempt: Attempt, raw: bytes, answers: Sequence[Answer]) -> list[str]:
        """What a refused call has changed. A call that was accepted may change what it likes."""
        before, after = self._state, self.stand.snapshot()
        self._state = after
        if any(answer.status < 400 for answer in answers):
            return []
        changed = [name for name in after.keys() | before.keys() if after.get(name) != before.get(name)]
        return [UNTOUCHED + name for name in sorted(changed) if not self._may_change(name, raw)]

    def _may_change(self, table: str, raw: bytes) -> bool:
        operations, _ = MAY_CHANGE.get(table, (frozenset(), ""))
        return self._is_of(operations, raw)

    def _is_of(self, operations: frozenset[str], raw: bytes) -> bool:
        return any(call.path in raw for call in self.source.calls if call.operation in operations)

    def _note(self, attempt: Attempt, answers: Sequence[Answer], problems: Sequence[str]) -> None:
        category = attempt.category
        self.outcome.sent[category] += len(attempt.methods)
        seen = self.outcome.statuses.setdefault(category, Counter())
        seen.update([str(answer.status) for answer in answers] or ["closed"])
        self.outcome.failures += [Failure(attempt, problem) for problem in problems]

    # The world

    def _signed_in(self) -> Credentials:
        """Sign demo operators in and upload a file: each fresh world gives the same tokens, cookies and ids."""
        token, manager_token = (self._token(call) for call in self._logins)
        cookie, manager_cookie = (self._cookie(call) for call in self._portal_sign_ins)
        uploaded = self.ask(self._upload)
        data = json.loads(uploaded.body)["data"] if uploaded.status == 201 else {"dosya_id": ""}
        file_id: str = data.get("dosya", data)["dosya_id"]
        return Credentials(token, cookie, manager_token, manager_cookie, file_id.encode())

    def _token(self, call: Call) -> bytes:
        """The token, used once: from then on a refused call has no `last_seen_at` to write."""
        token: str = json.loads(self.ask(call).body)["data"]["token"]
        self.ask(replace(self._first_call, headers=((b"Authorization", f"Bearer {token}".encode()),)))
        return token.encode()

    def _cookie(self, call: Call) -> bytes:
        return self.ask(call).headers.get("set-cookie", "cozum_portal=none").partition(";")[0].encode()

    def renew(self) -> None:
        """A fresh world, signed in and prepared."""
        self.stand.idle()
        self.stand.renew()
        self._worlds += 1
        self._signed_in()
        for operation in PREPARATIONS[self._worlds % len(PREPARATIONS)]:
            self.ask(self.source.one(operation))
        self.stand.take_faults()
        self._state = self.stand.snapshot()

    def ask(self, call: Call) -> Answer:
        """The answer to a call as it stands."""
        with self.stand.connect() as connection:
            (answer,) = connection.exchange([call.raw()], [call.method], SECONDS)
        self.stand.idle()
        return answer

    def _settled_rss(self) -> int:
        """Bytes that this process holds once it has given back what it can."""
        self.stand.idle()
        gc.collect()
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096


def warming(source: Source, each: int) -> Iterator[Attempt]:
    """So many of each category."""
    for name, (category, _) in CATEGORIES.items():
        listed = list(islice(category(source), each)) if name == "generated" else list(category(source))
        yield from source.random.sample(listed, min(each, len(listed)))
