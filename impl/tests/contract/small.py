"""Small documents, bound as the application binds its own, and requests to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, cast

from impl.attempt import Attempt
from impl.contract.binding import Binding, HandlerResolver
from impl.contract.call import Scope
from impl.contract.connexion_parts import LifespanMiddleware
from impl.contract.document import Node
from impl.contract.full_way import Once, Run
from impl.contract.lane import Lane
from impl.contract.plan import Authenticate, Handler, Plan
from impl.contract.replies import App, Receive, Send
from impl.contract.specification import Connexion31
from impl.problems import NoSuchPath
from impl.world import World

WORLD: Final = cast("World", SimpleNamespace(public_url=None))

ANY_JSON: Final[Node] = {"description": "Done", "content": {"application/json": {"schema": {}}}}


def operation(name: str, **more: Any) -> Node:
    """An operation that anyone may call and that answers any JSON."""
    return {"operationId": name, "security": [], "responses": {"200": ANY_JSON}} | more


def takes(schema: Node, media_type: str = "application/json") -> Node:
    """A request body."""
    return {"required": True, "content": {media_type: {"schema": schema}}}


def document(operations: Mapping[str, Node], **components: Any) -> Node:
    """A 3.1 document; the operations by `GET /path`."""
    paths: Node = {}
    for place, node in operations.items():
        method, _, path = place.partition(" ")
        paths.setdefault(path, {})[method.lower()] = node
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "paths": paths,
        "components": components,
    }


async def anyone(world: World, headers: Mapping[bytes, bytes], creates: bool) -> None:
    """Whoever calls."""


async def nothing_beside(scope: Scope, receive: Receive, send: Send) -> None:
    """Beside the document there is nothing."""
    raise NoSuchPath


async def always(world: World, attempt: Attempt, run: Run) -> tuple[int, bytes]:
    """Every attempt is a first one."""
    return await run()


@dataclass(frozen=True)
class Bound:
    """A bound document."""

    asgi: App
    plans: list[Plan]


def bind(
    node: Node,
    handlers: Mapping[str, Handler] | None = None,
    schemes: Mapping[str, Authenticate] | None = None,
    arguments: Mapping[str, str] | None = None,
    beside: App = nothing_beside,
    once: Once = always,
) -> Bound:
    """Compile a document. Raises DocumentError."""
    binding = Binding(node, schemes or {}, anyone, arguments or {}, once)
    connexion = cast("Any", Connexion31)(
        beside, middlewares=[partial(Lane, binding=binding, worlds=lambda scope: WORLD), LifespanMiddleware]
    )
    connexion.bind(node, HandlerResolver(handlers or {}))
    return Bound(connexion.app, connexion.app.plans)


@dataclass(frozen=True)
class Sent:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def fields(self) -> list[str]:
        """The pointers of the field errors."""
        return [error["alan"] for error in self.json["hatalar"]]


def scope_of(method: str, path: str, headers: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """An HTTP scope as uvicorn makes it; the path as sent, with its query."""
    raw_path, _, query = path.partition("?")
    return {
        "type": "http",
        "method": method,
        "path": raw_path,
        "raw_path": raw_path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 50_000),
    }


def call(
    app: App,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: Sequence[tuple[str, str]] = (),
) -> Sent:
    """One request; a body is JSON unless the headers say otherwise."""
    given = list(headers)
    if body is not None and "content-type" not in dict(given):
        given.append(("content-type", "application/json"))
    messages = exchange(app, scope_of(method, path, given), [request(body or b"")])
    start, *rest = messages
    names = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Sent(start["status"], names, b"".join(message.get("body", b"") for message in rest))


def request(body: bytes, *, more: bool = False) -> dict[str, Any]:
    """A part of a request's body."""
    return {"type": "http.request", "body": body, "more_body": more}


def receiving(messages: Sequence[Mapping[str, Any]]) -> Receive:
    """An ASGI `receive` that says these, then that the client went away."""
    waiting = list(messages)

    async def receive() -> Mapping[str, Any]:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    return receive


def exchange(app: App, scope: Scope, messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Everything that the application sends."""
    sent: list[Mapping[str, Any]] = []

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(_await(app, scope, receiving(messages), send))
    return sent


async def _await(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)
