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
from mocks.hints import Hints, want_notes
from mocks.misspelt import Known

Tell = Callable[[str, str, int, float, list[str]], None]
"""Is told method, path, status, milliseconds, and what broke the contract."""

Note = Callable[[str, str, Sequence[str]], None]
"""Is told method, path, and what of the request the operation does not know, after the request itself was told."""


def build_mock(application: Application, tell: Tell, note: Note | None = None) -> App:
    """Wrap the application."""
    binding = application.binding
    hints = Hints(application.asgi, application.worlds, Known(binding.document, handlers(), binding.arguments))
    return CheckedAnswers(hints, Answers(binding.schemas), tell, note)


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
        if answer.status:
            faults = self._faults(scope, answer)
            self._tell(scope["method"], scope["path"], answer.status, milliseconds, faults)
            if self._note and notes:
                self._note(scope["method"], scope["path"], notes)

    def _faults(self, scope: Scope, answer: _Recorded) -> list[str]:
        plan = scope.get(PLAN_KEY)
        unwritten = plan is not None and not plan.implemented and answer.status == 501
        if unwritten or scope["method"] == "HEAD":
            return []
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
