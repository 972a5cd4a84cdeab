"""The second server as an application: ten operations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from contract_tests.tests.second import panel, widget
from contract_tests.tests.second.data import State
from contract_tests.tests.second.envelope import Envelope
from contract_tests.tests.second.problems import Problem, render
from contract_tests.tests.second.rules import Rules

Endpoint = Callable[[Request], Awaitable[Response]]

OPERATIONS: Final[tuple[tuple[str, str, Endpoint], ...]] = (
    ("POST", "/api/v1/auth/login", panel.login),
    ("POST", "/api/v1/auth/logout", panel.logout),
    ("GET", "/api/v1/operator/context/{visitor}", panel.context),
    ("POST", "/api/v1/widget/init", widget.init),
    ("POST", "/api/v1/widget/chat/start", widget.start_chat),
    ("POST", "/api/v1/widget/chat/message", widget.send_message),
    ("GET", "/api/v1/widget/chat/messages", widget.list_messages),
    ("POST", "/api/v1/widget/chat/end", widget.end_chat),
    ("POST", "/api/v1/widget/chat/rate", widget.rate_chat),
    ("POST", "/api/v1/context/customer-info", widget.set_customer_info),
)


def build(rules: Rules) -> ASGIApp:
    """The application, with nothing in it yet but its tenants and operators."""
    routes = []
    for method, path, endpoint in OPERATIONS:
        route = Route(path, endpoint, methods=[method])
        route.methods = {method}  # Starlette adds HEAD, which the document does not have
        routes.append(route)
    application = Starlette(routes=routes, exception_handlers={Problem: render, HTTPException: _of_starlette})
    application.router.redirect_slashes = False
    application.state.rules = rules
    application.state.known = State()
    return Envelope(application, [path for _, path, _ in OPERATIONS], rules.readable)


async def _of_starlette(request: Request, error: Exception) -> Response:
    """No such path, or another method."""
    assert isinstance(error, HTTPException)
    code = {404: "yol_bulunamadi", 405: "yontem_desteklenmiyor"}[error.status_code]
    return await render(request, Problem(code, headers=error.headers))
