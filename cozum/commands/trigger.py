"""`cozum trigger`"""

from __future__ import annotations

import json
from typing import Annotated, Any

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, ControlClient, Sandbox, Url
from cozum.errors import UsageError
from mocks.trigger_options import OPTIONS, TRIGGERS


def _option(name: str) -> Parameter:
    return Parameter(help=f"{OPTIONS[name][0].upper()}{OPTIONS[name][1:]}.")


def trigger(
    event: Annotated[str | None, Parameter(help="The event, as `openapi.yaml` names it: `chat_kapandi`.")] = None,
    /,
    *,
    oturum: Annotated[int | None, _option("oturum")] = None,
    ticket: Annotated[int | None, _option("ticket")] = None,
    operator: Annotated[str | None, _option("operator")] = None,
    musteri: Annotated[str | None, _option("musteri")] = None,
    ziyaretci: Annotated[str | None, _option("ziyaretci")] = None,
    ad: Annotated[str | None, _option("ad")] = None,
    mesaj: Annotated[str | None, _option("mesaj")] = None,
    konu: Annotated[str | None, _option("konu")] = None,
    oncelik: Annotated[str | None, _option("oncelik")] = None,
    kapatan: Annotated[str | None, _option("kapatan")] = None,
    puan: Annotated[int | None, _option("puan")] = None,
    yorum: Annotated[str | None, _option("yorum")] = None,
    neden: Annotated[str | None, _option("neden")] = None,
    list_: Annotated[bool, Parameter(name="--list", negative=(), help="Print the events and their options.")] = False,
    url: Url = DEFAULT_URL,
    sandbox: Sandbox = None,
) -> None:
    """Make an event happen."""
    given = dict(locals())
    options = {name: given[name] for name in OPTIONS if given[name] is not None}
    if list_:
        print(_list())
        return
    if event is None:
        raise UsageError(f"name an event: {', '.join(TRIGGERS)} (`cozum trigger --list` says more)")
    client = ControlClient(url, sandbox)
    told = client.call("POST", "/trigger", {"olay": event, **options})
    try:
        print("\n".join(_lines(told)))
    except (KeyError, TypeError):
        raise client.unknown() from None


def _list() -> str:
    lines = []
    for name, trigger_ in TRIGGERS.items():
        lines.append(f"{name}: {trigger_.about}")
        lines += [f"  --{option:10} {trigger_.tell(option)}" for option in trigger_.options]
    return "\n".join(lines)


def _lines(told: dict[str, Any]) -> list[str]:
    """The steps, the other events that they caused, and the event with what it says."""
    lines = [f"{step['islem']}  {step['kim']}" for step in told["adimlar"]]
    lines += [f"event {other['id']}  {other['olay']}" for other in told["diger_olaylar"]]
    for happening in told["olaylar"]:
        lines.append(f"event {happening['id']}  {happening['olay']}")
        lines.append(json.dumps(happening["govde"], ensure_ascii=False, indent=2))
    return lines
