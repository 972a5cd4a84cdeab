"""`/_mock/sandboxes`: which there are, and letting go of one."""

from __future__ import annotations

from datetime import datetime
from time import monotonic
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from impl.problems import NotFound
from mocks.control.parts import Parts
from mocks.control.requests import check_names, reply, route
from mocks.sandbox import Sandbox
from mocks.sandboxes import MOST


def sandbox_routes(parts: Parts) -> list[Route]:
    """The routes, as they stand below `/_mock`."""
    return [route("/sandboxes", parts, GET=_list), route("/sandboxes/{name}", parts, DELETE=_close)]


async def _list(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    named = [_told(sandbox) for sandbox in parts.sandboxes if sandbox.name]
    return reply({"sandboxlar": named, "en_cok": MOST})


async def _close(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    if not await parts.sandboxes.close(request.path_params["name"]):
        raise NotFound
    return Response(status_code=204)


def _told(sandbox: Sandbox) -> dict[str, Any]:
    now: datetime = sandbox.clock.now()
    return {"ad": sandbox.name, "zaman": now.isoformat(), "bosta_saniye": round(monotonic() - sandbox.used_at, 1)}
