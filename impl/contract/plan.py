"""One operation, compiled: who may call it, what its handler is given, and how it is answered."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from inspect import signature
from typing import Any, get_type_hints

import msgspec

from impl.contract.bodies import Disconnected, JsonBody, the_rest
from impl.contract.call import Scope, read_headers
from impl.contract.document import DocumentError, Node
from impl.contract.full_way import KEY, OF_THE_REQUEST, FullWay, Once
from impl.contract.multipart import MULTIPART, MultipartBody
from impl.contract.parameters import Parameters
from impl.contract.replies import JSON_HEADER, NO_STORE, WHOLE, Receive, Send, base_headers, refuse
from impl.contract.schemas import Schemas
from impl.problems import NotImplementedYet, Problem, ServerError
from impl.replies import Download
from impl.world import World

Handler = Callable[..., Awaitable[Any]]
Authenticate = Callable[[World, Mapping[bytes, bytes], bool], Awaitable[Any]]

log = logging.getLogger("cozum")

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
        once: Once,
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
        self.parameters = parameters
        body = _body(document, operation, wanted["body"], schemas) if "body" in wanted else None
        self.body = body
        """None: the handler takes none."""
        self._body = body if isinstance(body, JsonBody) else None
        self._takes_caller = "caller" in wanted
        self._full_way = FullWay(
            operation_id=self.id,
            path=path,
            method=method,
            headers=self.headers,
            handler=self._handler,
            body=body,
            parameters=parameters,
            wanted=wanted,
            once=once,
        )
        self._always_fully = self._full_way.only or self._answers_files()
        self._maybe_fully = "Idempotency-Key" in parameters.arguments

    def _wanted(self, parameters: set[str]) -> dict[str, Any]:
        """The handler's arguments with their types, each of which the document must be able to fill."""
        if not self.implemented:
            return {}
        hints = get_type_hints(self._handler)
        wanted = {name: hints.get(name, Any) for name in signature(self._handler).parameters}
        unknown = set(wanted) - {"world", "caller", "body"} - OF_THE_REQUEST - parameters
        if unknown:
            names = ", ".join(sorted(unknown))
            raise DocumentError(f"{self.id}: its handler takes {names}, the document has no such parameter")
        if "caller" in wanted and not _finds(self._authenticate, wanted["caller"]):
            raise DocumentError(f"{self.id}: its security does not find the caller that its handler needs")
        return wanted

    def _answers_files(self) -> bool:
        return self.implemented and get_type_hints(self._handler).get("return") is Download

    async def _not_implemented(self, world: World) -> None:
        raise NotImplementedYet(operation=self.id)

    async def serve(
        self,
        world: World,
        scope: Scope,
        receive: Receive,
        send: Send,
        raw_path: Mapping[str, str],
        request_id: bytes,
    ) -> None:
        """Authenticate, validate, handle, answer; what is refused and what fails is answered as a problem."""
        try:
            headers = read_headers(scope)
            caller = await self._authenticate(world, headers, self._creates)
            if self._always_fully or (self._maybe_fully and KEY in headers):
                await self._full_way.serve(world, caller, scope, receive, send, raw_path, headers, request_id)
                return
            taken, body = self._body, None
            if taken is not None:
                message = await receive()
                raw = message.get("body")
                if raw is None or message.get("more_body") or len(raw) > taken.limit:
                    raw = await the_rest(message, headers, receive, taken.limit)
                body = taken.read(raw, headers)
            parameters = self.parameters
            if parameters.headers_only is None or not parameters.headers_only.isdisjoint(headers):
                arguments = parameters.read(raw_path, scope["query_string"], headers)
            else:
                arguments = parameters.defaults.copy()
            if body is not None:
                arguments["body"] = body
            if self._takes_caller:
                arguments["caller"] = caller
            result = await self._handler(world, **arguments)
            status, shape = result if type(result) is tuple else (200, result)
            content = _encode(shape)
        except Problem as problem:
            await refuse(problem, self.path, scope, send, request_id)
            return
        except Disconnected:
            return
        except Exception:
            log.exception("%s failed (%s)", self.id, request_id.decode())
            await refuse(ServerError(), self.path, scope, send, request_id)
            return
        if WHOLE in scope.get("extensions", ()):
            head = b"%bcontent-length: %d\r\nx-request-id: %b\r\n" % (self.head, len(content), request_id)
            await send({"type": WHOLE, "status": status, "head": head, "body": content})
            return
        lines = [*self.headers, (b"content-length", b"%d" % len(content)), (b"x-request-id", request_id)]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": content})


def _body(document: Node, operation: Node, shape: type, schemas: Schemas) -> JsonBody | MultipartBody:
    if MULTIPART in operation.get("requestBody", {}).get("content", {}):
        return MultipartBody(document, operation, shape, schemas)
    return JsonBody(document, operation, shape, schemas)


def _finds(authenticate: Authenticate, caller: Any) -> bool:
    """Whether a security function can answer such a caller, as far as their annotations say."""
    found = get_type_hints(authenticate).get("return", Any)
    if Any in (found, caller) or not (isinstance(found, type) and isinstance(caller, type)):
        return True
    return issubclass(found, caller)
