"""One operation, compiled: who may call it, what its handler is given, and how its answer is written."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from inspect import signature
from typing import Any, Final, get_type_hints

import msgspec

from impl.contract.bodies import JsonBody, Receive
from impl.contract.call import Scope, client_of, read_headers
from impl.contract.document import DocumentError, Node
from impl.contract.parameters import Parameters
from impl.contract.schemas import Schemas
from impl.problems import Headers, NotImplementedYet
from impl.world import World

Handler = Callable[..., Awaitable[Any]]
Authenticate = Callable[[World, Mapping[bytes, bytes], bool], Awaitable[Any]]

CORS_PREFIXES: Final = ("/api/v1/widget/", "/api/v1/context/")
"""Browsers of other origins call these; operator and portal calls they may not read."""

NO_STORE: Final = (b"cache-control", b"no-store")
"""For answers to GET and for refusals; no cache keeps the answer to another method by itself (RFC 9111, 3)."""
BASE_HEADERS: Final[Headers] = [(b"x-content-type-options", b"nosniff")]
CORS_HEADERS: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"X-Request-Id, Retry-After, RateLimit, RateLimit-Policy"),
]
JSON_HEADER: Final = (b"content-type", b"application/json")

_encode = msgspec.json.Encoder().encode


class Plan:
    """What happens to a request for one operation."""

    def __init__(
        self,
        *,
        operation: Node,
        path: str,
        method: str,
        authenticate: Authenticate,
        handler: Handler | None,
        document: Node,
        schemas: Schemas,
        arguments: Mapping[str, str],
    ) -> None:
        self.id: str = operation["operationId"]
        self.path = path
        self.method = method
        self.responses: Node = operation["responses"]
        self.implemented = handler is not None
        self.headers = [JSON_HEADER, *base_headers(path), *([NO_STORE] if method == "GET" else [])]
        self.head = b"".join([b"%b: %b\r\n" % header for header in self.headers])
        """The same, as they are written."""
        self._authenticate = authenticate
        self._creates = "402" in self.responses
        self._handler = handler or self._not_implemented
        parameters = Parameters(document, operation.get("parameters", []), arguments, schemas)
        undeclared = sorted(set(re.findall(r"{([^/}]+)}", path)) - parameters.in_path)
        if undeclared:
            raise DocumentError(f"{self.id}: its path has {', '.join(undeclared)}, its parameters have not")
        wanted = self._wanted(set(parameters.arguments.values()))
        parameters.keep(set(wanted))
        self._parameters = parameters if parameters.arguments else None
        self._body = JsonBody(document, operation, wanted["body"], schemas) if "body" in wanted else None
        self._takes_client = "client" in wanted
        self._takes_caller = "caller" in wanted

    def _wanted(self, parameters: set[str]) -> dict[str, Any]:
        """The handler's arguments with their types, each of which the document must be able to fill."""
        if not self.implemented:
            return {}
        hints = get_type_hints(self._handler)
        wanted = {name: hints.get(name, Any) for name in signature(self._handler).parameters}
        unknown = set(wanted) - {"world", "caller", "body", "client"} - parameters
        if unknown:
            names = ", ".join(sorted(unknown))
            raise DocumentError(f"{self.id}: its handler takes {names}, the document has no such parameter")
        return wanted

    async def _not_implemented(self, world: World) -> None:
        raise NotImplementedYet(operation=self.id)

    async def answer(
        self, world: World, scope: Scope, receive: Receive, raw_path: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Authenticate, validate, handle; the status and the body of success. Raises problems."""
        headers = read_headers(scope)
        caller = await self._authenticate(world, headers, self._creates)
        body = self._body and await self._body.read(headers, receive)
        arguments = self._parameters.read(raw_path, scope["query_string"], headers) if self._parameters else {}
        if body is not None:
            arguments["body"] = body
        if self._takes_caller:
            arguments["caller"] = caller
        if self._takes_client:
            arguments["client"] = client_of(scope)
        result = await self._handler(world, **arguments)
        if type(result) is tuple:
            return result[0], _encode(result[1])
        return 200, _encode(result)


def base_headers(path: str) -> Headers:
    """The headers of every answer under this path."""
    return [*BASE_HEADERS, *CORS_HEADERS] if path.startswith(CORS_PREFIXES) else list(BASE_HEADERS)
