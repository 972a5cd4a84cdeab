"""The mock's application: `impl`'s, refusals explained, each answer checked against the contract, each request told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

from impl.app import Application, handlers
from impl.contract.answers import Answers
from impl.contract.call import Scope
from impl.contract.lane import PLAN_KEY
from impl.contract.replies import App, Receive, Send
from mocks.controlled import Controlled
from mocks.faults import Faults, Strike
from mocks.faulty import FAULT_KEY, Faulty
from mocks.generated import Generator
from mocks.hints import Hints, want_notes
from mocks.misspelt import Known
from mocks.prefer import Prefers
from mocks.preflight import Preflights

Tell = Callable[[str, str, int, float, list[str]], None]
"""Is told method, path, status (0: a fault closed the connection), milliseconds, and what broke the contract."""

Note = Callable[[str, str, Sequence[str]], None]
"""Is told method, path, and what of the request the operation does not know, after the request itself was told."""


def build_mock(application: Application, tell: Tell, faults: Faults | None = None, *, note: Note | None = None) -> App:
    """Wrap the application; of the same seed (that of the faults), what goes by chance goes the same way."""
    faults, binding = Faults() if faults is None else faults, application.binding
    hints = Hints(application.asgi, application.worlds, Known(binding.document, handlers(), binding.arguments))
    generator = Generator(binding.document, binding.schemas)
    preferring = Prefers(hints, application.find_plan, generator, faults.seed)
    faulty = Faulty(preferring, application.find_plan, application.plans, faults)
    app = Controlled(hints, Preflights(faulty), faults)
    return CheckedAnswers(app, Answers(binding.schemas), tell, note)


class CheckedAnswers:
    """Lets every answer through as it is, and tells what it was and what in it breaks the contract."""

    def __init__(self, app: App, answers: Answers, tell: Tell, note: Note | None = None) -> None:
        self._app = app
        self._answers = answers
        self._tell = tell
        self._note = note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = {**scope, "extensions": {}}  # answers come in ASGI's own messages, which can be read
        notes = want_notes(scope) if self._note else []
        start = perf_counter()
        answer = _Recorded(send)
        await self._app(scope, receive, answer)
        milliseconds = (perf_counter() - start) * 1000
        if answer.status or FAULT_KEY in scope:
            faults = self._faults(scope, answer) if answer.status else []
            self._tell(scope["method"], scope["path"], answer.status, milliseconds, faults)
            if self._note and notes:
                self._note(scope["method"], scope["path"], notes)

    def _faults(self, scope: Scope, answer: _Recorded) -> list[str]:
        plan = scope.get(PLAN_KEY)
        unwritten = plan is not None and not plan.implemented and answer.status == 501
        if unwritten or scope["method"] == "HEAD":
            return []
        strike: Strike | None = scope.get(FAULT_KEY)
        if strike is not None and strike.breaks():
            return []  # it was asked for
        return self._answers.faults(plan, answer.status, answer.headers, answer.body)


class _Recorded:
    """Passes an answer on, and keeps it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.headers: dict[str, str] = {}
        self._parts: list[bytes] = []

    @property
    def body(self) -> bytes:
        """The whole of it, where it is JSON; of files the mock keeps nothing."""
        return b"".join(self._parts)

    async def __call__(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
        elif "json" in self.headers.get("content-type", ""):
            self._parts.append(message.get("body", b""))
        await self._send(message)
