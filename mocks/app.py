"""The mock's application: `impl`'s, each answer checked against the contract, each request told and journaled."""

from __future__ import annotations

from impl.app import Application
from impl.contract.answers import Answers
from impl.contract.replies import App
from impl.world import Waker
from mocks.journal import Journal
from mocks.recorder import Recorder, Tell


def build_mock(application: Application, tell: Tell, journal: Journal | None = None, *, batch: int = 1) -> App:
    """Wrap the application. Without a journal of the caller's, one that nobody reads; `batch` as the recorder's."""
    return Recorder(
        application.asgi,
        Answers(application.binding.schemas),
        build_journal(application) if journal is None else journal,
        tell,
        batch=batch,
    )


def build_journal(application: Application, waker: Waker | None = None) -> Journal:
    """An empty journal that knows the application's operations; who waits for news of it ends with the waker."""
    return Journal({plan.id: f"{plan.method} {plan.path}" for plan in application.plans}, waker=waker)
