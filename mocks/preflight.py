"""Lets pages of other origins send what only the mock reads: their browsers ask for leave first.

The preflight's answer is the application's own, with those of these headers that were asked for added to it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

from impl.contract.call import Scope
from impl.contract.replies import App, Receive, Send
from mocks.answer import answered, send_answer

CONTROL_HEADERS: Final = ("Prefer", "X-Mock-Fault", "X-Mock-Sandbox")
ASKED: Final = b"access-control-request-headers"
ALLOWED: Final = "access-control-allow-headers"


class Preflights:
    """Adds the control headers to what a preflight allows (Fetch standard, 3.2.2)."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application; a plain function, so that only preflights pay for a coroutine."""
        if scope["type"] != "http" or scope["method"] != "OPTIONS":
            return self._app(scope, receive, send)
        return self._preflight(scope, receive, send)

    async def _preflight(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = dict(scope["headers"]).get(ASKED, b"").decode("latin-1").lower().split(",")
        names = {name.strip() for name in asked}
        ours = [name for name in CONTROL_HEADERS if name.lower() in names]
        if not ours:
            await self._app(scope, receive, send)
            return
        answer = await answered(self._app, scope, receive)
        if allowed := answer.header(ALLOWED):
            answer.put(ALLOWED, ", ".join([allowed, *ours]))
        await send_answer(answer, send)
