"""The proxy, assembled: the live server behind the recorder, its journal and the control API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final

from impl.app import Application, handlers
from impl.contract.answers import Answers
from impl.contract.call import Scope
from impl.contract.replies import App, Receive, Send
from impl.problems import Problem, Text
from impl.settings import Settings
from impl.world import Waker, World
from mocks.answer import headers_of, send_answer
from mocks.app import build_journal
from mocks.control.app import Controlling, index_routes
from mocks.control.callers import LOCAL, OTHER_NAME, Callers
from mocks.control.journal import journal_routes
from mocks.documented import problem_answer
from mocks.misspelt import Known
from mocks.proxy.passing import Passing, Strict
from mocks.proxy.requests import Requests
from mocks.proxy.upstream import Upstream
from mocks.recorder import Recorder, Tape, Tell

PARTS: Final = ("journal",)
"""The parts of the control API that a proxy has: it has neither state nor time of its own."""


class OtherName(Problem):
    """`Host` that a stranger may have chosen."""

    status = 403
    code = "yabanci_host"
    title = Text("Host tanınmıyor", "Unknown host")
    detail = Text("{tr}", "{en}")


class OwnNames:
    """Refuses requests by a name that is not ours: a page could read the live server by pointing its name at us."""

    def __init__(self, app: App, callers: Callers) -> None:
        self._app = app
        self._callers = callers

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        host = headers_of(scope).get(b"host", b"").decode("latin-1")
        return self._app(scope, receive, send) if self._callers.knows(host) else self._refused(scope, receive, send)

    async def _refused(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = OtherName(tr=OTHER_NAME.tr, en=OTHER_NAME.en)
        await send_answer(await problem_answer(problem, scope["path"], scope, receive), send)


class Proxy:
    """A whole proxy before a live server. Its journal's waiters end with `release`."""

    def __init__(
        self,
        application: Application,
        upstream: Upstream,
        tell: Tell,
        *,
        errors: bool = False,
        tape: Tape | None = None,
        callers: Callers = LOCAL,
    ) -> None:
        """`errors`: what breaks the contract is not passed on. The application is never asked anything."""
        self.application = application
        self.journal = build_journal(self.application, Waker())
        self._upstream = upstream
        binding, find_plan = self.application.binding, self.application.find_plan
        requests, answers = Requests(self.application), Answers(binding.schemas)
        passing = Strict(upstream, find_plan, requests, answers) if errors else Passing(upstream, find_plan, requests)
        known = Known(binding.document, handlers(), binding.arguments)
        recorded = Recorder(passing, answers, known, self.journal, tell, tape=tape, foreign=True)
        routes = [*index_routes(PARTS), *journal_routes(self.journal)]
        self.app: App = Controlling(OwnNames(recorded, callers), routes, callers)

    async def run(self) -> None:
        """Until cancelled; then the connections to the live server are closed."""
        try:
            await asyncio.Event().wait()
        finally:
            await self._upstream.close()

    def release(self) -> None:
        """The process ends: nobody waits any more."""
        self.journal.waker.close()

    def close(self) -> None:
        """The process has ended."""


def only_contract(settings: Settings) -> Application:
    """An application of which only the compiled contract is wanted. Raises DocumentError."""
    return Application(settings, _no_world)


def _no_world(scope: Scope) -> World:
    raise LookupError("a proxy has no world: the application behind the contract is never asked")
