"""The mock: the application, its refusals explained, each answer checked against the contract, and its control."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from impl.app import Application, handlers
from impl.contract.answers import Answers
from impl.contract.replies import App
from impl.settings import Settings
from impl.world import Waker
from mocks.beginnings import Beginnings
from mocks.calling import Calls
from mocks.control.app import Control
from mocks.control.callers import LOCAL, Callers
from mocks.control.parts import Parts
from mocks.controlled import Controlled
from mocks.counterparts.switchboard import Counterparts, check_people
from mocks.faults import Faults
from mocks.faulty import Faulty
from mocks.generated import Generator
from mocks.hints import Hints
from mocks.journal import Journal
from mocks.misspelt import Known
from mocks.prefer import Prefers
from mocks.preferences import IN_QUERY
from mocks.preflight import Preflights
from mocks.recorder import Recorder, Tell
from mocks.sandbox import Make
from mocks.sandboxes import Sandboxed, Sandboxes
from mocks.worlds import Worlds

if TYPE_CHECKING:
    from mocks.counterparts.script import Script


class Mock:
    """A whole mock server. Its journal's waiters end with `release`."""

    def __init__(
        self,
        settings: Settings,
        tell: Tell,
        plant: Callable[[Application], Faults] | None = None,
        *,
        batch: int = 1,
        journaled: bool = True,
        callers: Callers = LOCAL,
        replay: Callable[[App, Application], App] | None = None,
        begin: Callable[[Beginnings], Awaitable[Make]] | None = None,
    ) -> None:
        """`plant` reads the faults to begin with, `begin` the state; without it that is the demo.

        `start` must be awaited before the first request.

        `replay` puts something around the application, which then answers what that leaves.
        Not `journaled`, no answer is checked and nothing told. Raises DocumentError, and what `plant` raises.
        """
        self._settings, self._tell, self._batch, self._journaled = settings, tell, batch, journaled
        self._replay, self._begin = replay, begin
        self.worlds = Worlds(settings)
        self.sandboxes = Sandboxes(self.worlds.demo)
        self.application = Application(settings, self.sandboxes.worlds)
        self.waker = Waker()
        faults = Faults() if plant is None else plant(self.application)
        contract = _Contract(self.application, faults, replay)
        journal, calls = build_journal(self.application, self.waker), Calls(self.application)
        journal.kept = journaled
        beginnings = Beginnings(self.application, contract.known, self.worlds)
        counterparts = Counterparts(self.sandboxes, calls, faults.seed)
        self.parts = Parts(self.application, self.sandboxes, faults, journal, calls, counterparts, beginnings)
        self._recorder: Recorder | None = None
        self._control = Control(self._answer_by(contract), self.parts, callers)
        self.app: App = self._control
        self.beside: list[Callable[[], Coroutine[Any, Any, None]]] = []
        """What runs as long as the mock does."""
        self._scripts: list[tuple[Script, str]] = []
        self._reloading = asyncio.Lock()

    async def start(self) -> None:
        """Make the world that requests meet. Raises what `begin` raises."""
        if self._begin is not None:
            self.sandboxes.make = await self._begin(self.parts.beginnings)
        await self.sandboxes.start()

    def begin_with(self, script: Script, source: str) -> None:
        """Let simulated people follow that script once the mock runs; `source` says where it is from.

        After `start`. Raises WrongScript for people whom the world does not have.
        """
        check_people(script, self.sandboxes.main.store.tables)
        self._scripts.append((script, source))

    async def run(self) -> None:
        """Do what falls due, until cancelled."""
        for script, source in self._scripts:
            self.parts.counterparts.switch_on(self.sandboxes.main, script, source)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.sandboxes.run())
            for work in self.beside:
                tasks.create_task(work())

    async def reload(self) -> int:
        """Read the document again: new requests meet it, those under way end with the old one, all state stays.

        Answers how many operations it has. Raises DocumentError; then all is as it was.
        """
        async with self._reloading:
            contract = await asyncio.to_thread(self._compile)
            application = contract.application
            self.application = self.parts.application = application
            self.parts.journal.operations = operations_of(application)
            self.parts.calls.use(application)
            self.parts.beginnings.use(application, contract.known)
            self._control.app = self._answer_by(contract)
            return len(application.plans)

    def _compile(self) -> _Contract:
        return _Contract(Application(self._settings, self.sandboxes.worlds), self.parts.faults, self._replay)

    def _answer_by(self, contract: _Contract) -> App:
        """All that answers requests from now on."""
        app = Sandboxed(contract.app, self.sandboxes)
        if not self._journaled:
            return app
        if self._recorder is not None:
            self._recorder.retire()
        answers, known, journal = contract.answers, contract.known, self.parts.journal
        self._recorder = Recorder(app, answers, known, journal, self._tell, batch=self._batch)
        return self._recorder

    def release(self) -> None:
        """The process ends: nobody waits any more."""
        self.waker.close()
        self.parts.counterparts.stop()
        self.sandboxes.release()

    def close(self) -> None:
        """The process has ended."""
        self.parts.journal.before_reading()
        self.sandboxes.close_all()


def build_mock(
    application: Application,
    tell: Tell,
    faults: Faults | None = None,
    journal: Journal | None = None,
    *,
    batch: int = 1,
) -> App:
    """The mock around an application that has its own worlds, without control.

    Without a journal of the caller's, one that nobody reads; `batch` as the recorder's.
    """
    journal = build_journal(application) if journal is None else journal
    contract = _Contract(application, Faults() if faults is None else faults)
    return Recorder(contract.app, contract.answers, contract.known, journal, tell, batch=batch)


def build_journal(application: Application, waker: Waker | None = None) -> Journal:
    """An empty journal that knows the application's operations; who waits for news of it ends with the waker."""
    return Journal(operations_of(application), waker=waker)


def operations_of(application: Application) -> dict[str, str]:
    """`METHOD /path` by operationId."""
    return {plan.id: f"{plan.method} {plan.path}" for plan in application.plans}


class _Contract:
    """All that depends on one document."""

    def __init__(
        self, application: Application, faults: Faults, replay: Callable[[App, Application], App] | None = None
    ) -> None:
        binding = application.binding
        self.application = application
        self.answers = Answers(binding.schemas)
        self.known = Known(binding.document, handlers(), binding.arguments, queries=IN_QUERY)
        self.app = self._answering(faults, replay)

    def _answering(self, faults: Faults, replay: Callable[[App, Application], App] | None) -> App:
        """The application; of the same seed (that of the faults), what goes by chance goes the same way."""
        application, binding = self.application, self.application.binding
        hints: App = Hints(application.asgi, application.worlds, self.known)
        if replay is not None:
            hints = replay(hints, application)
        generator = Generator(binding.document, binding.schemas)
        preferring = Prefers(hints, application.find_plan, generator, faults.seed)
        faulty = Faulty(preferring, application.find_plan, application.plans, faults)
        return Controlled(hints, Preflights(faulty), faults)
