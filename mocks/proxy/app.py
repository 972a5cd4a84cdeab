"""The proxy, assembled: the live server behind the recorder, its journal and the control API."""

from __future__ import annotations

import asyncio
from typing import Final

from impl.app import Application, handlers
from impl.contract.answers import Answers
from impl.contract.call import Scope
from impl.contract.replies import App
from impl.settings import Settings
from impl.world import Waker, World
from mocks.app import build_journal
from mocks.control.app import Controlling, index_routes
from mocks.control.journal import journal_routes
from mocks.misspelt import Known
from mocks.proxy.passing import Passing, Strict
from mocks.proxy.requests import Requests
from mocks.proxy.upstream import Upstream
from mocks.recorder import Recorder, Tape, Tell

PARTS: Final = ("journal",)
"""The parts of the control API that a proxy has: it has neither state nor time of its own."""


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
        control_anywhere: bool = False,
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
        self.app: App = Controlling(recorded, routes, anywhere=control_anywhere)

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
