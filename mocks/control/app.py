"""`/_mock`: the control API, for this machine and not for pages of other sites."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from impl import problems
from impl.contract.call import Scope
from impl.contract.replies import App, Receive, Send
from impl.problems import Problem, Text
from mocks.control.callers import Callers
from mocks.control.clock import clock_routes
from mocks.control.counterparts import counterpart_routes
from mocks.control.document import PARTS, control_document
from mocks.control.faults import fault_routes
from mocks.control.inbox import inbox_routes
from mocks.control.journal import journal_routes
from mocks.control.parts import Parts
from mocks.control.requests import ROOT, check_names, refusal, reply, route
from mocks.control.sandboxes import sandbox_routes
from mocks.control.state import state_routes
from mocks.control.trigger import trigger_routes


class NotFromThere(Problem):
    """The control API is not for this caller."""

    status = 403
    code = "denetim_kapali"
    title = Text("Denetim buradan kapalı", "The control API is closed to this caller")
    detail = Text("{tr}", "{en}")


class Controlling:
    """Answers what is under `/_mock`; everything else goes to the application."""

    def __init__(self, app: App, routes: Sequence[Route], callers: Callers) -> None:
        self.app = app
        """What answers everything else."""
        self._callers = callers
        handlers: dict[Any, Any] = {404: _not_found, 405: _wrong_method}
        starlette = Starlette(routes=routes, exception_handlers=handlers)
        starlette.router.redirect_slashes = False
        self._control: Any = starlette

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application; a plain function, so that no other request pays for a coroutine."""
        if scope["type"] != "http" or not scope["path"].startswith(ROOT) or scope["path"][len(ROOT) :][:1] not in "/":
            return self.app(scope, receive, send)
        return self._controlled(scope, receive, send)

    async def _controlled(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = {**scope, "extensions": {}}
        why = self._callers.why_not(Request(scope))
        if why is None:
            await self._control(scope, receive, send)
        else:
            problem = NotFromThere(tr=why.tr, en=why.en)
            answer: Any = refusal(problem, Request(scope))
            await answer(scope, receive, send)


class Control(Controlling):
    """The control of a mock."""

    def __init__(self, app: App, parts: Parts, callers: Callers) -> None:
        """As `Controlling`."""
        routes = [
            *index_routes(PARTS),
            *clock_routes(parts),
            *counterpart_routes(parts),
            *sandbox_routes(parts),
            *fault_routes(parts),
            *journal_routes(parts.journal),
            *inbox_routes(parts),
            *trigger_routes(parts),
            *state_routes(parts),
        ]
        super().__init__(app, routes, callers)


def index_routes(parts: tuple[str, ...]) -> list[Route]:
    """What there is: the addresses and the document of a control API of these parts."""
    return [route("", parts, GET=_show), route("/openapi.json", parts, GET=_document)]


async def _show(parts: tuple[str, ...], request: Request) -> Response:
    check_names(request.query_params, ())
    return reply(
        {
            "belge": f"{ROOT}/openapi.json",
            "adresler": sorted(control_document(parts)["paths"]),
        }
    )


async def _document(parts: tuple[str, ...], request: Request) -> Response:
    check_names(request.query_params, ())
    return reply(control_document(parts))


async def _not_found(request: Request, error: Exception) -> Response:
    return refusal(problems.NoSuchPath(), request)


async def _wrong_method(request: Request, error: Exception) -> Response:
    allowed = getattr(error, "headers", None) or {}
    methods = sorted(allowed.get("Allow", "").split(", "))
    return refusal(problems.MethodNotAllowed(allow=", ".join(methods)), request)
