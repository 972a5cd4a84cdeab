"""`/_mock/trigger`: an event is made to happen, by the operations that make it happen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from impl.problems import FieldError, InvalidFields, Text
from impl.wire.webhooks import EVENT_KINDS
from mocks.control.parts import Parts
from mocks.control.requests import check_names, json_body, reply, route, unknown
from mocks.control.shown import language_of, showing
from mocks.scene import Scene, Step
from mocks.trigger_options import TRIGGERS
from mocks.triggering import trigger

KAPATAN: Final = ("ziyaretci", "operator")
NEDEN: Final = ("manuel", "cikis")
SILENCE: Final = Text(
    "Sistem 24 saat sessiz kalan sohbeti kapatır: saati ilerletin (`cozum clock advance 25h`).",
    "The system closes a chat that is silent for 24 hours: advance the clock (`cozum clock advance 25h`).",
)
TIME_OUT: Final = Text(
    "Operatör 2 dakika çağrı gelmeyince düşer: saati ilerletin (`cozum clock advance 3m`).",
    "An operator times out 2 minutes after their last call: advance the clock (`cozum clock advance 3m`).",
)
_BY_TIME: Final = {"sistem": SILENCE, "zaman_asimi": TIME_OUT}


def trigger_routes(parts: Parts) -> list[Route]:
    """The route, as it stands below `/_mock`."""
    return [route("/trigger", parts, POST=_trigger)]


async def _trigger(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    sandbox = await parts.sandbox(request)
    name, given = read_trigger(await json_body(request, "Trigger"))
    scene = Scene(parts.calls, sandbox, parts.application.binding.schemas, language_of(request))
    caused = await trigger(scene, name, given)
    return reply(
        {
            "olaylar": [*map(showing(parts, sandbox.inbox, request), caused.wanted)],
            "diger_olaylar": [{"id": one.id, "olay": EVENT_KINDS[one.kind]} for one in caused.others],
            "adimlar": [_step(step) for step in scene.steps],
        }
    )


def _step(step: Step) -> dict[str, Any]:
    return {"islem": step.operation, "kim": step.caller, "yol": step.path, "govde": step.body}


def read_trigger(asked: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The event and the options that were given. Raises InvalidFields for what there is not, or does not fit."""
    name, given = str(asked["olay"]), {key: value for key, value in asked.items() if key != "olay"}
    if name not in TRIGGERS:
        raise InvalidFields([FieldError("/olay", unknown(name, TRIGGERS))])
    trigger = TRIGGERS[name]
    errors = [
        FieldError(f"/{key}", _does_not_fit(name, trigger.options)) for key in given if key not in trigger.options
    ]
    old = next((key for key in ("oturum", "ticket") if key in given and key in trigger.options), None)
    if old is not None:
        beside = Text(f"`{old}` ile birlikte olmaz.", f"Not together with `{old}`.")
        errors += [FieldError(f"/{key}", beside) for key in given if key in trigger.of_new]
    for key, known in (("kapatan", KAPATAN), ("neden", NEDEN)):
        if key in given and key in trigger.options and given[key] not in known:
            errors.append(FieldError(f"/{key}", _BY_TIME.get(given[key]) or unknown(given[key], known)))
    if errors:
        raise InvalidFields(errors)
    return name, given


def _does_not_fit(event: str, options: tuple[str, ...]) -> Text:
    known = ", ".join(options)
    return Text(f"`{event}` bunu almaz; aldıkları: {known}.", f"`{event}` does not take it; it takes: {known}.")
