"""`/_mock/counterparts`: simulated operators and visitors, switched on and off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from impl.problems import InvalidFields
from mocks.control.parts import Parts
from mocks.control.requests import check_names, json_body, reply, route
from mocks.counterparts.sides import SIDES, Side
from mocks.counterparts.switchboard import AUTO, check_people, default_script
from mocks.sandbox import Sandbox

if TYPE_CHECKING:
    from mocks.counterparts.script import Script

WIRE: dict[Side, str] = {"operator": "operator", "visitor": "ziyaretci"}
OFF = "off"
API = "api"
WORD: Final = re.compile(r"[^\r\n:]*")
"""A text that is meant as `auto` or `off`: every script has a colon, and a file's text an end of a line."""


def counterpart_routes(parts: Parts) -> list[Route]:
    """The route, as it stands below `/_mock`."""
    return [route("/counterparts", parts, GET=_show, PUT=_change)]


async def _show(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    return reply(_told(parts, await parts.sandbox(request)))


async def _change(parts: Parts, request: Request) -> Response:
    """Both sides are read before one is switched."""
    check_names(request.query_params, ())
    sandbox, asked = await parts.sandbox(request), await json_body(request, "CounterpartsChange")
    scripts = {side: _read(side, asked[WIRE[side]], sandbox) for side in SIDES if WIRE[side] in asked}
    for side, script in scripts.items():
        if script is None:
            await parts.counterparts.switch_off(sandbox, side)
        else:
            source = AUTO if script is default_script(side) else asked.get("kaynak", API)
            parts.counterparts.switch_on(sandbox, script, source)
    return reply(_told(parts, sandbox))


def _read(side: Side, asked: Any, sandbox: Sandbox) -> Script | None:
    """The script that is asked for; None: off. Raises InvalidFields."""
    if asked == OFF:
        return None
    from mocks.counterparts.errors import WrongScript

    try:
        script = _script(side, asked)
        check_people(script, sandbox.store.tables)
    except WrongScript as wrong:
        raise InvalidFields([wrong.field_error(f"/{WIRE[side]}")]) from None
    return script


def _script(side: Side, asked: Any) -> Script:
    """Raises WrongScript."""
    from mocks.counterparts.errors import unknown
    from mocks.counterparts.reader import read_script, script_of

    if asked == AUTO:
        return default_script(side)
    if not isinstance(asked, str):
        return script_of(side, asked)
    if WORD.fullmatch(asked):
        raise unknown("", asked, (AUTO, OFF))
    return read_script(side, asked)


def _told(parts: Parts, sandbox: Sandbox) -> dict[str, Any]:
    return {WIRE[side]: _side(parts, sandbox, side) for side in SIDES}


def _side(parts: Parts, sandbox: Sandbox, side: Side) -> dict[str, Any]:
    counterpart = parts.counterparts.of(sandbox, side)
    if counterpart is None:
        return {"acik": False}
    counterpart.next_due()  # looks: the state may have been reset
    return {
        "acik": True,
        "kaynak": counterpart.source,
        "yapilan": counterpart.done,
        "bekleyen": counterpart.planned,
        "son_sorun": counterpart.trouble,
        "betik": counterpart.script.source,
    }
