"""The mock server under fire: the real one, in a thread of this process, so that its whole state can be compared.

Its clock stands still at the instant of the document's examples and its secrets are counted, so that the same seed
sends the same bytes.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import uvicorn

from cozum.server import bind, configuration
from hostile.wire import Connection
from impl.app import Application, build_world
from impl.contract.call import Scope
from impl.contract.replies import App, Receive, Send
from impl.demo import read_demo
from impl.passwords import Passwords
from impl.rules.hashing import digest
from impl.rules.times import ISTANBUL
from impl.settings import Settings
from impl.store.memory import MemoryStore
from impl.world import CountingIds, Secret
from mocks.app import build_mock

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
        self.reached: Counter[int] = Counter()
        """Requests that have come as far as the application, by the client's port."""
        self.faults: list[str] = []
        """What broke the contract, and what was logged as an error, since somebody looked last."""
        self._running = 0
        self._passwords = QuickPasswords()
        self._settings = Settings(DOCUMENT, demo=True)
        self.application = Application(self._settings, lambda scope: self.world)
        self._mock = spoil(build_mock(self.application, self._tell))
        self._log = _LogReader(self.faults)
        self.renew()

    def __enter__(self) -> Self:
        listener = bind("127.0.0.1", 0)
        self.address: tuple[str, int] = listener.getsockname()[:2]
        self._server = uvicorn.Server(configuration(self._counted))
        self._level = _UVICORN.level
        _UVICORN.setLevel(logging.ERROR)  # it warns of each broken request, and there are many
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        for logger in _LOGGERS:
            logger.addHandler(self._log)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server did not start")
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        for logger in _LOGGERS:
            logger.removeHandler(self._log)
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
        return True

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

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._mock(scope, receive, send)
            return
        self.reached[scope["client"][1]] += 1
        self._running += 1
        try:
            await self._mock(scope, receive, send)
        finally:
            self._running -= 1

    def _tell(self, method: str, path: str, status: int, milliseconds: float, faults: list[str]) -> None:
        self.faults += [f"contract broken, {status}: {fault[:300]}" for fault in faults]


def _content(part: Any) -> Any:
    """What a part of a world holds: of files how many there are and their bytes, of anything else its attributes."""
    attributes = getattr(part, "__dict__", part)
    if not (isinstance(attributes, dict) and {"_store", "_from_the_start"} <= attributes.keys()):
        return attributes
    sizes = [len(content) for content in attributes["_from_the_start"].values()]  # written when one is touched
    if attributes["_store"] is not None:
        pages = import_module("obstore").list(attributes["_store"])
        sizes += [meta["size"] for page in pages for meta in page]
    return sorted(sizes)


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


class _LogReader(logging.Handler):
    """Whatever is logged as an error is a fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        self._faults.append(f"logged: {record.name}: {text[:200]} … {text[-300:]}")
