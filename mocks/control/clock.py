"""`/_mock/clock`: time as the mock tells it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from impl.problems import FieldError, InvalidFields, Text
from impl.rules.times import ISTANBUL
from mocks.clock import MockClock
from mocks.control.parts import Parts
from mocks.control.requests import check_names, json_body, reply, route
from mocks.durations import NOT_A_DURATION, read_duration
from mocks.sandbox import FARTHEST, Sandbox

NOT_AN_INSTANT: Final = Text(
    "`2030-01-01T09:00:00+03:00` gibi bir an olmalı; saat dilimi yoksa İstanbul'unkidir.",
    "Must be an instant such as `2030-01-01T09:00:00+03:00`; without an offset it is Istanbul's.",
)
NOT_BACK: Final = Text(
    "Saat geri gitmez; baştan başlamak için durumu sıfırlayın.",
    "The clock does not go back; reset the state to begin anew.",
)
TOO_FAR: Final = Text(
    f"Saat bir kerede en çok {FARTHEST.days} gün ilerler.", f"The clock goes at most {FARTHEST.days} days at once."
)
ONLY_ONE: Final = Text("`ilerlet` ile birlikte olmaz.", "Not together with `ilerlet`.")


def clock_routes(parts: Parts) -> list[Route]:
    """The route, as it stands below `/_mock`."""
    return [route("/clock", parts, GET=_show, POST=_change)]


async def _show(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    return reply(_told(await parts.sandbox(request)))


async def _change(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    sandbox, asked = await parts.sandbox(request), await json_body(request, "ClockChange")
    done = await sandbox.change_clock(partial(_target, asked), asked.get("hiz"))
    return reply(_told(sandbox) | {"yapilan": done})


def _target(asked: dict[str, Any], clock: MockClock) -> datetime | None:
    """Where the clock shall go. Raises InvalidFields."""
    now = clock.now()
    to, by = asked.get("ayarla"), asked.get("ilerlet")
    if to is not None and by is not None:
        raise InvalidFields([FieldError("/ayarla", ONLY_ONE)])
    if by is not None:
        seconds = read_duration(by)
        if seconds is None:
            raise InvalidFields([FieldError("/ilerlet", NOT_A_DURATION)])
        if seconds > FARTHEST.total_seconds():
            raise InvalidFields([FieldError("/ilerlet", TOO_FAR)])
        return now + timedelta(seconds=seconds + clock.timestamp() % 1)
    if to is None:
        return None
    try:
        instant = datetime.fromisoformat(to)
        target = instant.astimezone(ISTANBUL) if instant.tzinfo else instant.replace(tzinfo=ISTANBUL)
    except (ValueError, OverflowError):
        raise InvalidFields([FieldError("/ayarla", NOT_AN_INSTANT)]) from None
    if target < now:
        raise InvalidFields([FieldError("/ayarla", NOT_BACK)])
    if target - now > FARTHEST:
        raise InvalidFields([FieldError("/ayarla", TOO_FAR)])
    return target


def _told(sandbox: Sandbox) -> dict[str, Any]:
    clock = sandbox.clock
    now = clock.timestamp()
    return {
        "zaman": clock.now().isoformat(),
        "timestamp": int(now),
        "hiz": clock.speed,
        "fark_saniye": round(now - clock.machine_time(), 3),
    }
