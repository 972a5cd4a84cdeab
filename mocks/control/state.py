"""`/_mock/state`, `/_mock/reset`: the whole state of a sandbox, told, loaded, and begun anew."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from impl.problems import FieldError, InvalidFields, WrongMediaType
from mocks.beginnings import UnknownScenario
from mocks.control.parts import Parts
from mocks.control.requests import body_of, check_names, has_body, json_body, reply, route, unknown
from mocks.sandbox import Sandbox
from mocks.state.snapshot import count_rows, take_snapshot
from mocks.state.wrong import WrongInput

BODY_LIMIT: Final = 64 * 1024 * 1024
JSON: Final = "application/json"
YAML: Final = "application/yaml"
YAMLS: Final = frozenset((YAML, "application/x-yaml", "text/yaml", "text/x-yaml"))
FORMATS: Final = ("json", "yaml")


def state_routes(parts: Parts) -> list[Route]:
    """The routes, as they stand below `/_mock`."""
    return [
        route("/state", parts, GET=_show, PUT=_load),
        route("/reset", parts, POST=_reset),
        route("/scenarios", parts, GET=_scenarios),
    ]


async def _show(parts: Parts, request: Request) -> Response:
    from mocks.state.document import as_json, as_yaml  # costs a start that needs no snapshot

    check_names(request.query_params, ("format",))
    in_yaml = _wants_yaml(request)
    sandbox = await parts.sandbox(request)
    snapshot = await take_snapshot(sandbox.world)
    content = await asyncio.to_thread(as_yaml if in_yaml else as_json, snapshot)
    headers = {"cache-control": "no-store", "vary": "accept"}
    return Response(content, 200, headers, YAML if in_yaml else JSON)


def _wants_yaml(request: Request) -> bool:
    wanted = request.query_params.get("format")
    if wanted is None:
        ranges = [part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")]
        return any(one in YAMLS for one in ranges) and JSON not in ranges
    if wanted not in FORMATS:
        raise InvalidFields([FieldError("/format", unknown(wanted, FORMATS))])
    return wanted == "yaml"


async def _load(parts: Parts, request: Request) -> Response:
    from mocks.state.document import from_json, from_yaml

    check_names(request.query_params, ())
    sandbox = await parts.sandbox(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != JSON and media_type not in YAMLS:
        raise WrongMediaType(expected=f"{JSON}, {YAML}")
    body = await body_of(request, BODY_LIMIT)
    try:
        snapshot = await asyncio.to_thread(from_json if media_type == JSON else from_yaml, body)
    except WrongInput as wrong:
        raise InvalidFields([wrong.field_error()]) from None
    await sandbox.begin(parts.beginnings.of(snapshot))
    return reply(_told(sandbox))


async def _reset(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    asked = await _asked(request)
    sandbox = await parts.sandbox(request)
    named = asked.get("senaryo")
    if named is None:
        make = parts.sandboxes.make
    else:
        try:
            make = await parts.beginnings.scenario(named)
        except UnknownScenario:
            raise InvalidFields([FieldError("/senaryo", unknown(named, parts.beginnings.names()))]) from None
        except WrongInput as wrong:
            raise InvalidFields([FieldError(f"/senaryo{wrong.pointer}", wrong.text)]) from None
    await sandbox.begin(make)
    return reply(_told(sandbox))


async def _asked(request: Request) -> dict[str, Any]:
    asked: dict[str, Any] = await json_body(request, "Reset") if has_body(request) else {}
    return asked


def _told(sandbox: Sandbox) -> dict[str, Any]:
    return {"zaman": sandbox.clock.now().isoformat(), "satirlar": count_rows(sandbox.world)}


async def _scenarios(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    told = [{"ad": one.name, "aciklama": one.description} for one in parts.beginnings.scenarios()]
    return reply({"senaryolar": told})
