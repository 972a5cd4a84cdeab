"""One look at a request's headers and query: only those that ask for something go through the wrappers that give it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

from impl.contract.call import Scope
from impl.contract.replies import App, Receive, Send
from mocks.answer import headers_of
from mocks.faults import Faults
from mocks.faulty import HEADER, planted_for
from mocks.prefer import PREFER, QUERY_MARK

ASKING: Final = frozenset((PREFER, HEADER))


class Controlled:
    """The application itself, or `controlled` around it where a request asks or a fault is planted."""

    def __init__(self, app: App, controlled: App, faults: Faults) -> None:
        self._app = app
        self._controlled = controlled
        self._faults = faults

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application; a plain function, so that no request pays for a coroutine."""
        if scope["type"] == "http" and (
            planted_for(scope, self._faults)
            or scope["method"] == "OPTIONS"
            or not ASKING.isdisjoint(headers_of(scope))
            or QUERY_MARK in scope["query_string"]
        ):
            return self._controlled(scope, receive, send)
        return self._app(scope, receive, send)
