"""The fast lane: one callable that finds a request's operation and hands it over.

It is Connexion's outermost middleware over the document: Connexion hands it the specification and the resolver once, at
start, and every request then takes the compiled way. What stock Connexion does anew at each request is done here once.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any, Final

from impl.contract.binding import Binding, LaneApi
from impl.contract.call import Scope
from impl.contract.connexion_parts import SpecMiddleware
from impl.contract.document import DocumentError
from impl.contract.plan import Plan
from impl.contract.replies import CORS_PREFIXES, App, Receive, Send, refuse
from impl.contract.routing import Methods, Raw, Router
from impl.problems import Headers, MethodNotAllowed, Problem, ServerError
from impl.world import World

PLAN_KEY: Final = "cozum.plan"
"""Where the lane leaves the operation's plan in the scope, for wrappers around it."""

NO_PARAMETERS: Final[Raw] = {}

PREFLIGHT: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-allow-headers",
        b"Content-Type, X-API-Key, X-Ziyaretci-Token, Idempotency-Key, Accept, Accept-Language",
    ),
    (b"access-control-max-age", b"7200"),
    (b"cache-control", b"no-store"),
]

log = logging.getLogger("cozum")


class Lane(SpecMiddleware):  # type: ignore[misc]
    """The ASGI callable. `worlds` chooses the world of a request; `app` serves what the document has not."""

    def __init__(self, app: App, *, binding: Binding, worlds: Callable[[Scope], World]) -> None:
        self._app = app
        self._binding = binding
        self._worlds = worlds
        self._router: Router[Plan] = Router()
        self._exact = self._router.exact
        self._prefix = secrets.token_hex(6).encode()
        self._count = count(1)
        self.plans: list[Plan] = []

    def add_api(self, specification: Any, **kwargs: Any) -> LaneApi:
        """Called by Connexion with the specification and its resolver."""
        api = LaneApi(specification, binding=self._binding, router=self._router, **kwargs)
        self.plans = self._router.targets
        ids = Counter(plan.id for plan in self.plans)
        if twice := sorted(name for name, times in ids.items() if times > 1):
            raise DocumentError(f"{', '.join(twice)}: two operations of that operationId")
        return api

    def find(self, scope: Scope) -> Plan | None:
        """The operation that a request is for, without serving it; for wrappers that answer in its place."""
        methods, _ = self._router.find(scope.get("raw_path") or scope["path"].encode())
        return methods.get(scope["method"])

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application; a plain function, so that no request pays for a coroutine that only hands over."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        request_id = b"%s-%x" % (self._prefix, next(self._count))
        raw_path, raw = scope.get("raw_path") or scope["path"].encode(), NO_PARAMETERS
        methods = self._exact.get(raw_path)
        if methods is None:
            methods, raw = self._router.find(raw_path)
        plan = methods.get(scope["method"])
        if plan is not None:
            scope[PLAN_KEY] = plan
            return plan.serve(self._worlds(scope), scope, receive, send, raw, request_id)
        if methods:
            return self._other_method(scope, send, methods, request_id)
        return self._beside(scope, receive, send, request_id)

    async def _beside(self, scope: Scope, receive: Receive, send: Send, request_id: bytes) -> None:
        """What the document does not have: the wrapped application's, or nobody's."""

        started = False

        async def send_with_id(message: Mapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message["headers"], (b"x-request-id", request_id)]}
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Problem as problem:
            await refuse(problem, scope["path"], scope, send, request_id)
        except Exception:
            log.exception("%a failed (%s)", scope["path"], request_id.decode())
            if not started:
                await refuse(ServerError(), scope["path"], scope, send, request_id)

    async def _other_method(self, scope: Scope, send: Send, methods: Methods[Plan], request_id: bytes) -> None:
        """A preflight (Fetch standard, 3.2.2) is answered without a key; other methods are refused."""
        allow = ", ".join(sorted(methods))
        path = next(iter(methods.values())).path
        if scope["method"] == "OPTIONS" and path.startswith(CORS_PREFIXES):
            allowed = [
                (b"access-control-allow-methods", allow.encode()),
                (b"allow", f"{allow}, OPTIONS".encode()),
                (b"x-request-id", request_id),
            ]
            await send({"type": "http.response.start", "status": 204, "headers": [*PREFLIGHT, *allowed]})
            await send({"type": "http.response.body", "body": b""})
            return
        await refuse(MethodNotAllowed(allow=allow), path, scope, send, request_id)
