"""The mock: the application, its refusals explained, each answer checked against the contract, and its control."""

from __future__ import annotations

from collections.abc import Callable

from impl.app import Application, handlers
from impl.contract.answers import Answers
from impl.contract.replies import App
from impl.settings import Settings
from impl.world import Waker
from mocks.calling import Calls
from mocks.control.app import Control
from mocks.control.parts import Parts
from mocks.controlled import Controlled
from mocks.counterparts.switchboard import Counterparts
from mocks.faults import Faults
from mocks.faulty import Faulty
from mocks.generated import Generator
from mocks.hints import Hints
from mocks.journal import Journal
from mocks.misspelt import Known
from mocks.prefer import Prefers
from mocks.preflight import Preflights
from mocks.recorder import Recorder, Tell
from mocks.sandboxes import Sandboxed, Sandboxes
from mocks.worlds import demo_worlds


class Mock:
    """A whole mock server. Its journal's waiters end with `release`."""

    def __init__(
        self,
        settings: Settings,
        tell: Tell,
        plant: Callable[[Application], Faults] | None = None,
        *,
        batch: int = 1,
        control_anywhere: bool = False,
    ) -> None:
        """`plant` reads the faults to begin with. `start` must be awaited before the first request.

        Raises DocumentError, and what `plant` raises.
        """
        self.sandboxes = Sandboxes(demo_worlds(settings))
        self.application = Application(settings, self.sandboxes.worlds)
        self.waker = Waker()
        faults = Faults() if plant is None else plant(self.application)
        journal = build_journal(self.application, self.waker)
        counterparts = Counterparts(self.sandboxes, Calls(self.application), faults.seed)
        self.parts = Parts(self.application, self.sandboxes, faults, journal, counterparts)
        known = _known(self.application)
        app = Sandboxed(_answering(self.application, known, faults), self.sandboxes)
        recorded = Recorder(app, _answers(self.application), known, self.parts.journal, tell, batch=batch)
        self.app: App = Control(recorded, self.parts, anywhere=control_anywhere)

    async def start(self) -> None:
        """Make the world that requests meet."""
        await self.sandboxes.start()

    async def run(self) -> None:
        """Do what falls due, until cancelled."""
        await self.sandboxes.run()

    def release(self) -> None:
        """The process ends: nobody waits any more."""
        self.waker.close()
        self.parts.counterparts.stop()
        self.sandboxes.release()

    def close(self) -> None:
        """The process has ended."""
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
    known = _known(application)
    app = _answering(application, known, Faults() if faults is None else faults)
    return Recorder(app, _answers(application), known, journal, tell, batch=batch)


def build_journal(application: Application, waker: Waker | None = None) -> Journal:
    """An empty journal that knows the application's operations; who waits for news of it ends with the waker."""
    return Journal({plan.id: f"{plan.method} {plan.path}" for plan in application.plans}, waker=waker)


def _answering(application: Application, known: Known, faults: Faults) -> App:
    """The application; of the same seed (that of the faults), what goes by chance goes the same way."""
    binding = application.binding
    hints = Hints(application.asgi, application.worlds, known)
    generator = Generator(binding.document, binding.schemas)
    preferring = Prefers(hints, application.find_plan, generator, faults.seed)
    faulty = Faulty(preferring, application.find_plan, application.plans, faults)
    return Controlled(hints, Preflights(faulty), faults)


def _answers(application: Application) -> Answers:
    return Answers(application.binding.schemas)


def _known(application: Application) -> Known:
    binding = application.binding
    return Known(binding.document, handlers(), binding.arguments)
