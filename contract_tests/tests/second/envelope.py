"""What is around every answer: the request's id, and what lets pages of other origins read it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract_tests.tests.second.problems import Problem, render

LARGEST_HEADERS: Final = 32 * 1024
BROWSERS: Final = ("/api/v1/widget/", "/api/v1/context/")
EXPOSED: Final = "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy"


class Envelope:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, paths: Collection[str], readable: Callable[[int], bool]) -> None:
        """Browsers may ask beforehand at these `paths`; `readable` tells of a status whether pages may read it."""
        self._app = app
        self._paths = paths
        self._readable = readable

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = request_id = secrets.token_hex(8)
        for_pages = scope["path"].startswith(BROWSERS) and "origin" in Headers(scope=scope)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                if for_pages and self._readable(message["status"]):
                    headers["Access-Control-Allow-Origin"] = "*"
                    headers["Access-Control-Expose-Headers"] = EXPOSED
            await send(message)

        answer = await self._at_once(scope, for_pages)
        await (answer or self._app)(scope, receive, told)

    async def _at_once(self, scope: Scope, for_pages: bool) -> Response | None:
        """What needs no operation: headers that are too large, a browser that asks what it may send."""
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
            return await render(Request(scope), Problem("basliklar_cok_buyuk"))
        asks = scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope)
        if not asks or not for_pages or scope["path"] not in self._paths:
            return None
        return Response(status_code=204, headers={"Access-Control-Allow-Headers": "*"})
