"""All worlds of the mock: the one of every request, and one for each name in `X-Mock-Sandbox`."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Iterator
from time import monotonic
from typing import Final

from impl.contract.call import Scope
from impl.contract.replies import App, Receive, Send
from impl.problems import Problem, Text
from impl.world import World
from mocks.answer import headers_of, send_answer
from mocks.documented import problem_answer
from mocks.sandbox import EVERY_FAST, Make, Sandbox

HEADER: Final = b"x-mock-sandbox"
SANDBOX_KEY: Final = "cozum.mock.sandbox"
"""Where the request's `Sandbox` stands in the scope."""
MOST: Final = 1_000
"""How many named ones there are at once."""
IDLE: Final = 600.0
"""Seconds after which one that nobody asked for goes."""
IDLE_WHEN_FULL: Final = 30.0
"""The same when there is no room for another."""

NAME: Final = re.compile(r"(?!\.+$)[A-Za-z0-9._-]{1,64}")


class WrongName(Problem):
    """`X-Mock-Sandbox` that names nothing."""

    status = 400
    code = "gecersiz_sandbox"
    title = Text("Sandbox adı geçersiz", "The sandbox's name is wrong")
    detail = Text(
        "`X-Mock-Sandbox` en çok 64 harf, rakam, `.`, `_` ya da `-` olmalı.",
        "`X-Mock-Sandbox` must be at most 64 of letters, digits, `.`, `_` and `-`.",
    )


class TooMany(Problem):
    """There are as many sandboxes as there can be, and all of them are in use."""

    status = 503
    code = "cok_fazla_sandbox"
    title = Text("Çok fazla sandbox", "Too many sandboxes")
    detail = Text(
        f"Aynı anda en çok {MOST} sandbox olur ve hepsi kullanılıyor; bitenleri `DELETE /_mock/sandboxes/AD` ile "
        "kapatın.",
        f"There are at most {MOST} sandboxes at once, and all are in use; end those that you are done with by "
        "`DELETE /_mock/sandboxes/NAME`.",
    )


class Sandboxes:
    """Opens them when they are first asked for, and lets go of those that nobody uses."""

    def __init__(self, make: Make) -> None:
        """`make` makes the world that each begins with. `start` must have been awaited before the first request."""
        self.make = make
        self._named: dict[str, Sandbox] = {}
        self._opening: dict[str, asyncio.Task[Sandbox]] = {}

    async def start(self) -> None:
        """Open the one that has no name."""
        self.main = await Sandbox.open("", self.make)

    def __iter__(self) -> Iterator[Sandbox]:
        """The main one first."""
        return iter((self.main, *self._named.values()))

    def worlds(self, scope: Scope) -> World:
        """The world of a request that came through `Sandboxed`."""
        sandbox: Sandbox = scope[SANDBOX_KEY]
        return sandbox.world

    def known(self, name: str) -> Sandbox | None:
        """The one of that name, if it is open; the main one for no name."""
        return self._named.get(name) if name else self.main

    async def of(self, raw: bytes | None) -> Sandbox:
        """The one that the header's value names, opened if need be. Raises WrongName, TooMany."""
        if raw is None:
            return self.main
        name = raw.decode("latin-1")
        sandbox = self._named.get(name)
        if sandbox is None:
            if not NAME.fullmatch(name):
                raise WrongName
            sandbox = await self._opened(name)
        sandbox.used_at = monotonic()
        return sandbox

    async def _opened(self, name: str) -> Sandbox:
        """Several requests may come at once for one that is not open yet."""
        if name not in self._opening:
            await self._make_room()
        if name in self._named:
            return self._named[name]
        if name not in self._opening:
            opening = self._opening[name] = asyncio.create_task(Sandbox.open(name, self.make))
            opening.add_done_callback(lambda task: self._is_open(name, task))
        return await asyncio.shield(self._opening[name])

    def _is_open(self, name: str, opening: asyncio.Task[Sandbox]) -> None:
        """Before those who wait for it go on, and if nobody does any more."""
        del self._opening[name]
        if not opening.cancelled() and opening.exception() is None:
            self._named[name] = opening.result()
            self._named[name].send()

    async def _make_room(self) -> None:
        if len(self._named) + len(self._opening) < MOST:
            return
        oldest = min(self._named.values(), key=lambda sandbox: sandbox.used_at, default=None)
        if oldest is None or monotonic() - oldest.used_at < IDLE_WHEN_FULL:
            raise TooMany
        await self.close(oldest.name)

    async def close(self, name: str) -> bool:
        """Let go of a named one; answers whether there was one. The next request of that name begins anew."""
        sandbox = self._named.pop(name, None)
        if sandbox is not None:
            await sandbox.end()
        return sandbox is not None

    async def run(self) -> None:
        """Look after all of them, until cancelled."""
        for sandbox in self:
            sandbox.send()
        while True:
            await asyncio.sleep(EVERY_FAST)
            for sandbox in list(self):
                await sandbox.look_after()
            gone = [sandbox for sandbox in self._named.values() if monotonic() - sandbox.used_at > IDLE]
            for sandbox in gone:
                await self.close(sandbox.name)

    def release(self) -> None:
        """The process ends: nobody waits any more."""
        for sandbox in self:
            sandbox.release()

    def close_all(self) -> None:
        """The process has ended: files are gone."""
        for sandbox in self:
            sandbox.world.files.close()


class Sandboxed:
    """Puts the sandbox of each request into its scope."""

    def __init__(self, app: App, sandboxes: Sandboxes) -> None:
        self._app = app
        self._sandboxes = sandboxes

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application; a plain function, so that requests without the header pay for no coroutine."""
        if scope["type"] == "http":
            headers = headers_of(scope)
            if HEADER in headers:
                return self._named(headers[HEADER], scope, receive, send)
            scope[SANDBOX_KEY] = self._sandboxes.main
        return self._app(scope, receive, send)

    async def _named(self, name: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            scope[SANDBOX_KEY] = await self._sandboxes.of(name)
        except Problem as problem:
            await send_answer(await problem_answer(problem, scope["path"], scope, receive), send)
            return
        await self._app(scope, receive, send)
