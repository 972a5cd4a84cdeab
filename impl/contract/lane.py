"""The fast lane: one callable that routes, authenticates, validates and dispatches.

It is Connexion's outermost (and only) middleware over the document: Connexion hands it the specification and the
resolver once, at start, and every request then takes the compiled way. ARCHITECTURE: what stock Connexion does anew at
each request is done here once.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any, Final

from impl.contract.bodies import Disconnected, Receive
from impl.contract.call import Scope
from impl.contract.connexion_parts import (
    AbstractRoutingAPI,
    OpenAPIOperation,
    Resolution,
    Resolver,
    SpecMiddleware,
)
from impl.contract.document import DocumentError, Node
from impl.contract.plan import NO_STORE, Authenticate, Handler, Plan, base_headers
from impl.contract.routing import Methods, Raw, Router
from impl.contract.schemas import Schemas
from impl.problems import (
    MEDIA_TYPE,
    Headers,
    MethodNotAllowed,
    Problem,
    ServerError,
    preferred_language,
    render,
)
from impl.world import World

Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PLAN_KEY: Final = "cozum.plan"
"""Where the lane leaves the operation's plan in the scope, for wrappers around it."""

WHOLE: Final = "cozum.whole"
"""An ASGI extension: a server that offers it takes a complete answer as one message of this type, with `status`,
`head` (the header lines, each with its CRLF) and `body`. Wrappers that read answers leave it out of the scope."""

NO_PARAMETERS: Final[Raw] = {}

PREFLIGHT: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-allow-headers",
        b"Content-Type, X-API-Key, X-Ziyaretci-Token, Idempotency-Key, Accept, Accept-Language",
    ),
    (b"access-control-max-age", b"7200"),
    (b"cache-control", b"no-store"),
    (b"content-length", b"0"),
]

log = logging.getLogger("cozum")


class Binding:
    """What the document is bound to: the functions behind security schemes and operations."""

    def __init__(
        self,
        document: Node,
        schemes: Mapping[str, Authenticate],
        anyone: Authenticate,
        arguments: Mapping[str, str],
    ) -> None:
        self.document = document
        self.schemas = Schemas(document)
        self.arguments = arguments
        self._schemes = schemes
        self._anyone = anyone

    def authenticator(self, operation: OpenAPIOperation) -> Authenticate:
        """The function behind the operation's security. Raises DocumentError when there is none."""
        name = operation.operation_id
        requirements = operation.security
        if requirements is None:
            raise DocumentError(f"{name}: no security, not even `security: []`")
        if requirements == []:
            return self._anyone
        if len(requirements) != 1 or len(requirements[0]) != 1:
            raise DocumentError(f"{name}: its security is not exactly one scheme")
        (scheme,) = requirements[0]
        if scheme not in operation.security_schemes or scheme not in self._schemes:
            raise DocumentError(f"{name}: nothing checks the security scheme {scheme}")
        return self._schemes[scheme]


class HandlerResolver(Resolver):  # type: ignore[misc]
    """Connexion's resolver over a table: the operationId's handler, or None while it is not written."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        super().__init__()
        self._handlers = handlers

    def resolve(self, operation: OpenAPIOperation) -> Resolution:
        return Resolution(self._handlers.get(operation.operation_id), operation.operation_id)


class LaneApi(AbstractRoutingAPI):  # type: ignore[misc]
    """Walks the specification as Connexion does, and compiles a plan from each operation."""

    def __init__(self, specification: Any, *, binding: Binding, router: Router[Plan], **kwargs: Any) -> None:
        self._binding = binding
        self._router = router
        super().__init__(specification, resolver=kwargs["resolver"])

    def make_operation(self, operation: OpenAPIOperation) -> Plan:
        return Plan(
            operation={**operation._operation, "parameters": operation.parameters},
            path=operation.path,
            method=operation.method.upper(),
            authenticate=self._binding.authenticator(operation),
            handler=operation._resolution.function,
            document=self._binding.document,
            schemas=self._binding.schemas,
            arguments=self._binding.arguments,
        )

    @staticmethod
    def _framework_path_and_name(operation: OpenAPIOperation, path: str) -> tuple[str, str]:
        return path, operation.operation_id

    def _add_operation_internal(self, method: str, path: str, operation: Plan, name: str | None = None) -> None:
        self._router.add(path, method.upper(), operation)

    def _handle_add_operation_error(self, path: str, method: str, exc: Exception) -> None:
        if isinstance(exc, TypeError | AttributeError | LookupError):  # a list where an object belongs, say
            raise DocumentError(f"{method.upper()} {path}: is not shaped like an operation ({exc!r})") from exc
        raise exc


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
        return api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = b"%s-%x" % (self._prefix, next(self._count))
        raw_path, raw = scope.get("raw_path") or scope["path"].encode(), NO_PARAMETERS
        methods = self._exact.get(raw_path)
        if methods is None:
            methods, raw = self._router.find(raw_path)
        plan = methods.get(scope["method"])
        if plan is None:
            await self._without_plan(scope, receive, send, methods, request_id)
            return
        scope[PLAN_KEY] = plan
        try:
            status, body = await plan.answer(self._worlds(scope), scope, receive, raw)
        except Problem as problem:
            await refuse(problem, plan.path, scope, send, request_id)
            return
        except Disconnected:
            return
        except Exception:
            log.exception("%s failed (%s)", plan.id, request_id.decode())
            await refuse(ServerError(), plan.path, scope, send, request_id)
            return
        if WHOLE in scope.get("extensions", NO_PARAMETERS):
            head = b"%bcontent-length: %d\r\nx-request-id: %b\r\n" % (plan.head, len(body), request_id)
            await send({"type": WHOLE, "status": status, "head": head, "body": body})
            return
        headers = [
            *plan.headers,
            (b"content-length", b"%d" % len(body)),
            (b"x-request-id", request_id),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _without_plan(
        self, scope: Scope, receive: Receive, send: Send, methods: Methods[Plan], request_id: bytes
    ) -> None:
        if methods:
            await self._other_method(scope, send, methods, request_id)
        else:
            await self._beside(scope, receive, send, request_id)

    async def _beside(self, scope: Scope, receive: Receive, send: Send, request_id: bytes) -> None:
        """What the document does not have: the wrapped application's, or nobody's."""

        async def send_with_id(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"x-request-id", request_id)]}
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Problem as problem:
            await refuse(problem, scope["path"], scope, send, request_id)
        except Exception:
            log.exception("%a failed (%s)", scope["path"], request_id)
            await refuse(ServerError(), scope["path"], scope, send, request_id)

    async def _other_method(self, scope: Scope, send: Send, methods: Methods[Plan], request_id: bytes) -> None:
        """A preflight (Fetch standard, 3.2.2) is answered without a key; other methods are refused."""
        allow = ", ".join(sorted(methods))
        path = next(iter(methods.values())).path
        if scope["method"] == "OPTIONS" and base_headers(path) != base_headers("/"):
            allowed = [
                (b"access-control-allow-methods", allow.encode()),
                (b"allow", f"{allow}, OPTIONS".encode()),
                (b"x-request-id", request_id),
            ]
            await send({"type": "http.response.start", "status": 204, "headers": [*PREFLIGHT, *allowed]})
            await send({"type": "http.response.body", "body": b""})
            return
        await refuse(MethodNotAllowed(allow=allow), path, scope, send, request_id)


async def refuse(problem: Problem, path: str, scope: Scope, send: Send, request_id: bytes) -> None:
    """Answer with a problem, in the language that the caller prefers."""
    language = preferred_language(dict(scope["headers"]).get(b"accept-language"))
    body = render(problem, language, request_id.decode())
    headers = [
        (b"content-type", MEDIA_TYPE),
        (b"content-language", language.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-request-id", request_id),
        *base_headers(path),
        NO_STORE,
        *problem.headers(),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
