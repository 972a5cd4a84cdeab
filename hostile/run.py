"""Fires the attempts at the server, and keeps count."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from random import Random
from types import TracebackType
from typing import Final, Self

from hostile import bodies, foreign, framing, generated, heads, heavy, order, rules
from hostile.answers import Answer, BadAnswerError
from hostile.attempts import Attempt, Category, Framing, Source
from hostile.calls import Call, Credentials, calls
from hostile.judge import UNTOUCHED, Judge, failures, is_plain
from hostile.memory import held, resident
from hostile.stand import DOCUMENT, Reached, Snapshot, Stand
from hostile.wire import Connection, NoAnswerError
from impl.contract.document import load

SECONDS: Final = 5.0
"""How long an answer may take."""
BUSY_SECONDS: Final = 1.0
"""How long a request of up to 1 MB may keep the event loop from everybody else."""
BUSY_SECONDS_PER_MB: Final = 0.1
"""How much longer, for each MB more."""
MB: Final = 1_000_000
WORLD_LASTS: Final = 50
"""Attempts on one demo world; then a fresh one is put in its place."""
MIB: Final = 1024 * 1024
GROWTH_LIMIT: Final = 6 * MIB
"""How much more memory may be in use at the end than at the half. Worlds are thrown away, so nothing that was accepted
counts, and what the allocator keeps for later is not in use; what is left are caches with a bound of their own (4,096
texts a parameter, 256 bytes each), most of which the first half has filled. A leak grows on: 10 KB a refusal are 15 MB
in the second half of 5,000 attempts."""
BARE_WORLDS: Final = (1, 4, 8)
"""Of nine worlds in turn, which are fired at without the mock around the application: a third."""

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
    "rules": (rules.rules, 7),
    "foreign": (foreign.foreign, 4),
    "keys": (foreign.keys, 2),
    "heavy": (heavy.heavy, 3),
    "order": (order.order, 1),
    "unread": (order.unread, 1),
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
STRANGER: Final = "yalniz@example.com"
"""A demo operator of tenant 3 alone, which the others have nothing to do with."""
PATIENCE: Final = 120.0
"""Seconds to wait for an application that works on: what is fired at it meanwhile would fail too."""

PREPARATIONS: Final = (
    ("create_ticket", "accept_chat"),
    ("create_ticket", "end_chat", "add_page_view", "set_customer_info"),
    ("start_chat",),
)
"""What has happened in a world before it is fired at, in turn: else most calls would find nothing to work on."""

PREPARING: Final = Attempt("preparing", "a fresh world", bytes, ())
"""What a failure belongs to that shows itself before anything hostile is sent."""
SLOW: Final = frozenset({"order", "unread", "rules", "foreign"})
"""Categories whose attempts wait, or prepare worlds of their own: warmed up with a few."""

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
    by_operation: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    """Statuses that each operation answered."""
    bare: int = 0
    """Requests that went to the bare application."""
    held_before: int = 0
    held_at_half: int = 0
    held_after: int = 0
    resident_after: int = 0

    @property
    def total(self) -> int:
        """All requests."""
        return sum(self.sent.values())

    @property
    def growth(self) -> int:
        """Bytes that are in use after the second half and were not before it."""
        return self.held_after - self.held_at_half


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
        self._last: Attempt | None = None
        self._state: Snapshot = {}
        document = load(DOCUMENT)
        unsigned = Source(document, calls(document, Credentials()), Random(seed), Credentials())
        self._logins, self._portal_sign_ins = (
            (call, *[replace(call, value=call.value | {"email": email}) for email in emails])
            for call, emails in (
                (unsigned.one("login"), (MANAGER, STRANGER)),
                (unsigned.one("portal_sign_in"), (MANAGER,)),
            )
        )
        self._first_call = unsigned.one("list_tenants")
        self._upload = unsigned.one("upload_file")
        credentials = self._signed_in()
        self.source = Source(document, calls(document, credentials), Random(seed), credentials)
        unwritten = [plan.id for plan in stand.application.plans if not plan.implemented]
        self._judge = Judge(stand.secrets(), unwritten)
        self.renew()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget_connection()

    def fire(
        self,
        attempts: Sequence[Attempt],
        progress: Callable[[int], None] = lambda done: None,
        *,
        measured: bool = False,
    ) -> None:
        """All of them, each judged; `measured`: note how much memory is held at the half."""
        half = len(attempts) // 2 if measured else None
        for number, attempt in enumerate(attempts):
            if number % WORLD_LASTS == 0:
                self.renew()
            self.try_one(attempt)
            progress(number + 1)
            if number + 1 == half:
                self.outcome.held_at_half = self._held()

    def warm_up(self, attempts: Sequence[Attempt]) -> None:
        """Fire without keeping count, and note how much memory is held then."""
        self.fire(attempts)
        self.outcome = Outcome(held_before=self._held(), failures=self.outcome.failures)

    def finish(self) -> None:
        """Note how much memory is held now."""
        self.outcome.held_after, self.outcome.resident_after = self._held(), resident()

    def _held(self) -> int:
        """Bytes in use with a fresh world, once the server has let go of connections that it only closes in a while."""
        self.renew()
        self.stand.wait_for_hanging_up()
        return held()

    def try_one(self, attempt: Attempt) -> None:
        """Send it, and note what came and what is wrong.

        What may be the doing of an earlier attempt, or of another process, is wrong only if it is wrong twice.
        """
        answers, problems, doubts = self._tried(attempt)
        if doubts:
            self.renew()
            _, _, doubts = self._tried(attempt)
        self._note(attempt, answers, [*problems, *doubts])
        raw = b"".join(_parts(attempt))
        if attempt.before or (any(answer.status < 300 for answer in answers) and self._is_of(SIGNS_OUT, raw)):
            self.renew()

    def _tried(self, attempt: Attempt) -> tuple[list[Answer], list[str], list[str]]:
        """The answers, what is wrong, and what is wrong if it is so again in a fresh world."""
        self._prepare(attempt)
        parts = _parts(attempt)
        connection = self._connection_for(attempt)
        seen = self.stand.reached[connection.port]
        seen.clear()
        problems, answers = list[str](), list[Answer]()
        self.stand.watch()
        try:
            answers = self._exchange(connection, attempt, parts)
        except NoAnswerError as error:
            problems.append(str(error))
        except BadAnswerError as error:
            problems.append(f"no answer of HTTP: {error}")
        if not self.stand.idle():
            problems.append("the application still works on it")
            self.stand.idle(PATIENCE)
        raw = b"".join(parts)
        blocked, maybe_blocked = _blocking(len(raw), *self.stand.busy())
        problems += failures(attempt, raw, answers, len(seen), self._judge)
        problems += self.stand.contract_faults(answers, seen) if self.stand.bare else []
        problems += self.stand.take_faults() + blocked
        problems += self._changes(attempt, raw, answers)
        doubts = attempt.check(answers) if attempt.check and answers else []
        self._count(answers, seen)
        return answers, problems, doubts + maybe_blocked

    def _prepare(self, attempt: Attempt) -> None:
        if not attempt.before:
            return
        self.renew(prepared=False)
        try:
            for call in attempt.before:
                self.ask(call)
        except (NoAnswerError, BadAnswerError) as error:
            self.outcome.failures.append(Failure(attempt, f"what comes before it is not answered: {error}"))
        self.stand.take_faults()
        self._state = self.stand.snapshot()

    def _count(self, answers: Sequence[Answer], seen: Sequence[Reached]) -> None:
        self.outcome.bare += len(seen) if self.stand.bare else 0
        for answer, request in zip((answer for answer in answers if not is_plain(answer)), seen, strict=False):
            if request.plan:
                self.outcome.by_operation[request.plan.id][answer.status] += 1

    def _connection_for(self, attempt: Attempt) -> Connection:
        """The open one, or where the end of the connection is part of the answer a new one."""
        if attempt.framing is not Framing.WHOLE or not (self._connection and self._connection.reusable):
            self._forget_connection()
        if self._connection is None:
            self._connection = self.stand.connect()
        return self._connection

    def _exchange(self, connection: Connection, attempt: Attempt, parts: Sequence[bytes]) -> list[Answer]:
        if attempt.framing is Framing.WHOLE:
            return connection.exchange(
                parts, attempt.methods, SECONDS, half_close=attempt.half_close, deaf=attempt.deaf
            )
        of_head = attempt.methods[0] == b"HEAD"
        answers = connection.exhaust(
            parts, SECONDS, half_close=attempt.half_close, of_head=of_head, enough=len(attempt.methods)
        )
        if not answers and attempt.framing is Framing.BROKEN:
            raise NoAnswerError("closed without an answer", ended=True)
        return answers

    def _forget_connection(self) -> None:
        if self._connection:
            if more := self._connection.left_over():
                self.stand.faults.append(f"bytes that nobody asked for: {more[:80]!r}")
            self._connection.close()
            self.stand.reached.pop(self._connection.port, None)
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
        self._last = attempt
        category = attempt.category
        self.outcome.sent[category] += len(attempt.methods)
        seen = self.outcome.statuses.setdefault(category, Counter())
        seen.update([str(answer.status) for answer in answers] or ["closed"])
        self.outcome.failures += [Failure(attempt, problem) for problem in problems]

    # The world

    def _signed_in(self) -> Credentials:
        """Sign demo operators in and upload a file: each fresh world gives the same tokens, cookies and ids."""
        token, manager_token, stranger_token = (self._token(call) for call in self._logins)
        cookie, manager_cookie = (self._cookie(call) for call in self._portal_sign_ins)
        uploaded = self.ask(self._upload)
        data = json.loads(uploaded.body)["data"] if uploaded.status == 201 else {"dosya_id": ""}
        file_id: str = data.get("dosya", data)["dosya_id"]
        return Credentials(token, cookie, manager_token, manager_cookie, file_id.encode(), stranger_token)

    def _token(self, call: Call) -> bytes:
        """The token, used once: from then on a refused call has no `last_seen_at` to write."""
        token: str = json.loads(self.ask(call).body)["data"]["token"]
        self.ask(replace(self._first_call, headers=((b"Authorization", f"Bearer {token}".encode()),)))
        return token.encode()

    def _cookie(self, call: Call) -> bytes:
        return self.ask(call).headers.get("set-cookie", "cozum_portal=none").partition(";")[0].encode()

    def renew(self, *, prepared: bool = True) -> None:
        """A fresh world, signed in, and prepared unless that is somebody else's; what the old one left is told."""
        self._forget_connection()
        self.stand.idle()
        left = [*self.stand.take_faults(), *self.stand.left_behind()]
        if self._last:
            self.outcome.failures += [Failure(self._last, f"when its world was over: {problem}") for problem in left]
        self.stand.renew()
        self._worlds += 1
        self.stand.bare = self._worlds % 9 in BARE_WORLDS
        operations = PREPARATIONS[self._worlds % len(PREPARATIONS)] if prepared else ()
        try:
            self._signed_in()
            for operation in operations:
                self.ask(self.source.one(operation))
        except (NoAnswerError, BadAnswerError, ValueError, LookupError) as error:
            self.outcome.failures.append(Failure(PREPARING, f"valid requests are not answered: {error}"))
        self.stand.take_faults()
        self._state = self.stand.snapshot()

    def ask(self, call: Call) -> Answer:
        """The answer to a call as it stands."""
        with self.stand.connect() as connection:
            (answer,) = connection.exchange([call.raw()], [call.method], SECONDS)
            self.stand.idle()
            self.stand.reached.pop(connection.port, None)
        return answer


def _parts(attempt: Attempt) -> tuple[bytes, ...]:
    built = attempt.build()
    return built if isinstance(built, tuple) else (built,)


def _blocking(size: int, cpu: float, still: float) -> tuple[list[str], list[str]]:
    """Whether a request of so many bytes kept everybody else waiting, surely or perhaps.

    Processor time of the server's thread is its own; that the loop stood still may be the machine's doing.
    """
    limit = BUSY_SECONDS + BUSY_SECONDS_PER_MB * max(0, size - MB) / MB
    if cpu > limit:
        return [f"kept the event loop busy for {cpu:.1f} s"], []
    return [], [f"the event loop stood still for {still:.1f} s"] if still > limit else []


def warming(source: Source, each: int, only: Sequence[str] = ()) -> Iterator[Attempt]:
    """So many of each category, or of these alone."""
    for name in only or CATEGORIES:
        category, _ = CATEGORIES[name]
        listed = list(islice(category(source), each)) if name == "generated" else list(category(source))
        yield from source.random.sample(listed, min(each if name not in SLOW else 3, len(listed)))
