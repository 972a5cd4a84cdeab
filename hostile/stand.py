"""The mock server under fire: the real one, in a thread of this process, so that its whole state can be compared.

Its clock stands still at the instant of the document's examples and its secrets are counted, so that the same seed
sends the same bytes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, ClassVar, Final, Self
from weakref import WeakSet

import uvicorn

from cozum.server import bind, configuration
from hostile.answers import Answer
from hostile.judge import is_plain
from hostile.wire import Connection
from impl.app import Application, build_world
from impl.contract import multipart
from impl.contract.answers import Answers
from impl.contract.call import Scope
from impl.contract.lane import PLAN_KEY
from impl.contract.plan import Plan
from impl.contract.replies import App, Receive, Send
from impl.demo import read_demo
from impl.files import Files, _path, logo_id
from impl.passwords import Passwords
from impl.rules.hashing import digest
from impl.rules.times import ISTANBUL
from impl.settings import Settings
from impl.store.memory import MemoryStore
from impl.world import CountingIds, Secret, World
from mocks.app import build_mock
from mocks.journal import Entry

DOCUMENT: Final = Path(__file__).resolve().parent.parent / "openapi.yaml"
NOON: Final = datetime(2026, 4, 12, 14, 30, tzinfo=ISTANBUL)

NO_STATE: Final[Mapping[str, str]] = {
    "store": "looked into by itself",
    "clock": "stands still",
    "ids": "a refused call may use up an id: ids need not be without gaps",
    "waker": "who waits for what, not what is",
    "passwords": "a pool of threads",
    "presence": "when an operator called last: a refused call with a valid token is a call too",
    "undo_log": "of the transaction under way; must be empty between calls, which is looked at",
}
"""What a snapshot leaves out, and why."""

_UVICORN: Final = logging.getLogger("uvicorn.error")
_LOGGERS: Final = (_UVICORN, logging.getLogger("cozum"), logging.getLogger("asyncio"))

Snapshot = dict[str, Any]

BEAT: Final = 0.02
"""Seconds between two looks at whether the event loop still runs."""


@dataclass(slots=True)
class Reached:
    """A request that has come as far as the application."""

    method: str
    plan: Plan | None = None
    """Its operation's; None: no such path, or another method."""


HANGING_UP: Final = 4.0
"""Seconds that the server may take to close connections whose clients have gone."""
REACHED: Final = "cozum.hostile"
"""Where the scope has the `Reached` of its request."""


class StoppedClock:
    """It is always noon of the examples."""

    def now(self) -> datetime:
        return NOON

    def timestamp(self) -> float:
        return NOON.timestamp()


class CountedSecrets(CountingIds):
    """Secrets that are the same in each world."""

    def secret(self) -> Secret:
        text = f"hostile{self.next('hostile.secret'):036d}"
        return Secret(text, digest(text))


class QuickPasswords(Passwords):
    """Works out each check once: 30 ms for each of thousands of sign-ins would be all that is measured."""

    def __init__(self) -> None:
        super().__init__()
        self._known = lru_cache(maxsize=256)(super()._check)

    def _check(self, password: str, password_hash: str | None) -> bool:
        return self._known(password, password_hash)


class Stand:
    """The running server. As a context manager it accepts connections inside and is gone outside."""

    def __init__(self, spoil: Callable[[App], App] = lambda app: app) -> None:
        """`spoil` plants a defect around the application, to see that it is found."""
        self.reached: defaultdict[int, list[Reached]] = defaultdict(list)
        """Requests that have come as far as the application, in order, by the client's port."""
        self.bare = False
        """Whether requests go to the application as `cozum serve` runs it, whose answers go out in one piece; else
        to the mock, which checks them itself."""
        self.faults: list[str] = []
        """What broke the contract, and what was logged as an error, since somebody looked last."""
        self._running = 0
        self._passwords = QuickPasswords()
        self._settings = Settings(DOCUMENT, demo=True)
        self.application = Application(self._settings, self._world_for)
        self._mock = spoil(build_mock(self.application, self._tell))
        self._bare = spoil(self.application.asgi)
        self._answers = Answers(self.application.binding.schemas)
        self._beat_at = self._longest = self._cpu = 0.0
        self._log = _LogReader(self.faults)
        self.renew()

    def __enter__(self) -> Self:
        listener = bind("127.0.0.1", 0)
        self.address: tuple[str, int] = listener.getsockname()[:2]
        self._server = uvicorn.Server(configuration(self._counted))
        self._level = _UVICORN.level
        self._deleted = _deleted_files()
        _Spooled.faults = self.faults
        vars(multipart)["SpooledTemporaryFile"] = _Spooled
        logging.getLogger("python_multipart").setLevel(logging.ERROR)  # as `cozum` does
        _UVICORN.setLevel(logging.ERROR)  # it warns of each broken request, and there are many
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        for logger in _LOGGERS:
            logger.addHandler(self._log)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.005)
        self._cpu_clock = time.pthread_getcpuclockid(self._thread.ident or 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        for logger in _LOGGERS:
            logger.removeHandler(self._log)
        vars(multipart)["SpooledTemporaryFile"] = SpooledTemporaryFile
        _UVICORN.setLevel(self._level)

    def connect(self) -> Connection:
        """A new connection."""
        return Connection(self.address)

    def renew(self) -> None:
        """Put a fresh demo world in place of the one that was."""
        world = asyncio.run(build_world(self._settings, StoppedClock()))
        assert isinstance(world.store, MemoryStore)
        assert isinstance(world.ids, CountingIds)
        self.tables: dict[str, Any] = vars(world.store.tables)
        """The store's, by name."""
        self.world = replace(world, ids=CountedSecrets(world.ids._last), passwords=self._passwords)

    def secrets(self) -> list[bytes]:
        """What no answer and no log may show."""
        return [tenant["api_secret"].encode() for tenant in read_demo()["tenants"]]

    def idle(self, seconds: float = 5.0) -> bool:
        """Wait until no request is under way; False when one still is."""
        deadline = time.monotonic() + seconds
        while self._running:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.0001)
        turned = threading.Event()  # the loop has said all that it has to say, into the log too
        self._loop.call_soon_threadsafe(turned.set)
        return turned.wait(max(0.1, deadline - time.monotonic()))

    def wait_for_hanging_up(self) -> None:
        """Wait until the server has let go of every connection: some it closes only in a while."""
        deadline = time.monotonic() + HANGING_UP
        while self._server.server_state.connections and time.monotonic() < deadline:
            time.sleep(0.01)

    def take_faults(self) -> list[str]:
        """What was found since the last time."""
        taken = self.faults[:]
        self.faults.clear()
        return taken

    def snapshot(self) -> Snapshot:
        """The whole state, to be compared. Take it only while no request is under way."""
        state: Snapshot = {name: frozen(table) for name, table in self.tables.items()}
        if state.pop("undo_log"):
            raise RuntimeError("a transaction is over and its undo log is not empty")
        for field in fields(self.world):
            if field.name not in NO_STATE:
                part = getattr(self.world, field.name)
                state[field.name] = frozen(_content(part))
        return state

    def contract_faults(self, answers: Sequence[Answer], reached: Sequence[Reached]) -> list[str]:
        """What breaks the contract in answers that came from the bare application, as they stood on the wire."""
        of_the_application = [answer for answer in answers if not is_plain(answer)]
        return [
            f"contract broken, {answer.status}: {fault[:300]}"
            for answer, request in zip(of_the_application, reached, strict=False)
            if request.method != "HEAD" and (request.plan is None or request.plan.implemented or answer.status != 501)
            for fault in self._answers.faults(request.plan, answer.status, answer.headers, answer.body)
        ]

    def watch(self) -> None:
        """Begin to measure how long the event loop is kept busy."""
        self._beat_at, self._longest = time.monotonic(), 0.0
        self._cpu = time.clock_gettime(self._cpu_clock)

    def busy(self) -> tuple[float, float]:
        """Seconds since then: of processor time in the server's thread, and the longest that its loop stood still."""
        still = max(self._longest, time.monotonic() - self._beat_at - BEAT)
        return time.clock_gettime(self._cpu_clock) - self._cpu, still

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            now = time.monotonic()
            self._longest = max(self._longest, now - self._beat_at - BEAT)
            self._beat_at = now

    def left_behind(self) -> list[str]:
        """Temporary files that are open though no request is under way, and bytes that nothing refers to."""
        files = max(len(_deleted_files() - self._deleted), sum(not file.closed for file in _Spooled.alive))
        found = [f"{files} temporary files are still open"] if files else []
        tables = self.tables
        known = {*tables["files"], *tables["shots_by_file"], *tables["doomed"], *map(logo_id, tables["tenants"])}
        strays = _kept(self.world.files).keys() - {_path(file_id) for file_id in known}
        return [*found, f"the bytes of {len(strays)} files have no row"] if strays else found

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            self._loop = asyncio.get_running_loop()
            self._beating = self._loop.create_task(self._beat())
            try:
                await self._mock(scope, receive, send)
            finally:
                self._beating.cancel()
            return
        app, requests = self._bare if self.bare else self._mock, self.reached[scope["client"][1]]
        scope[REACHED] = Reached(scope["method"])
        requests.append(scope[REACHED])
        self._running += 1
        try:
            await app(scope, receive, send)
        finally:
            self._running -= 1

    def _world_for(self, scope: Scope) -> World:
        scope[REACHED].plan = scope[PLAN_KEY]
        return self.world

    def _tell(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self.faults += [f"contract broken, {entry.status}: {fault[:300]}" for fault in entry.faults]


def _content(part: Any) -> Any:
    """What a part of a world holds: of files how many there are and their bytes, of anything else its attributes."""
    attributes = getattr(part, "__dict__", part)
    if not (isinstance(attributes, dict) and {"_store", "_from_the_start"} <= attributes.keys()):
        return attributes
    return sorted(_kept(part).values())


def _kept(files: Files) -> dict[str, int]:
    """Sizes of the files that are kept, by their places."""
    sizes = {_path(file_id): len(content) for file_id, content in files._from_the_start.items()}
    if files._store is not None:
        pages = import_module("obstore").list(files._store)
        sizes |= {meta["path"]: meta["size"] for page in pages for meta in page}
    return sizes


def _deleted_files() -> set[str]:
    """The open files of this process that have no name any more."""
    found = set()
    with suppress(FileNotFoundError):  # no Linux: nothing to be seen
        for number in os.listdir("/proc/self/fd"):
            with suppress(OSError):
                found.add(os.readlink(f"/proc/self/fd/{number}"))
    return {name for name in found if name.endswith(" (deleted)")}


def frozen(value: Any) -> Any:
    """A copy that later changes do not reach; rows are frozen already."""
    match value:
        case defaultdict():
            return {key: frozen(part) for key, part in value.items() if part}  # looking makes empty entries
        case dict():
            return {key: frozen(part) for key, part in value.items()}
        case list() | deque():
            return [frozen(part) for part in value]
        case set():
            return frozenset(value)
        case bytearray():
            return bytes(value)
        case _:
            return value


class _Spooled(SpooledTemporaryFile[bytes]):
    """Tells when nobody has closed it, be it in memory or not."""

    faults: ClassVar[list[str]] = []
    alive: ClassVar[WeakSet[_Spooled]] = WeakSet()

    def __init__(self, max_size: int) -> None:
        super().__init__(max_size)
        self.alive.add(self)

    def __del__(self) -> None:
        if not self.closed:
            self.faults.append("temporary files are dropped open")
            self.close()


class _LogReader(logging.Handler):
    """Whatever is logged as an error is a fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        self._faults.append(f"logged: {record.name}: {text[:200]} … {text[-300:]}")
