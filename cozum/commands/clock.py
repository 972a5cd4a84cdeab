"""`cozum clock`"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, ControlClient, Sandbox, Url
from cozum.errors import UsageError

TYPED: Final = {"ayarla": "set", "ilerlet": "advance", "hiz": "speed"}


def clock(
    action: Annotated[
        Literal["show", "freeze", "run", "set", "advance", "speed"], Parameter(help="What to do with it.")
    ] = "show",
    value: Annotated[
        str | None,
        Parameter(
            help="An instant for `set`, a duration for `advance`, a number for `speed`.", allow_leading_hyphen=True
        ),
    ] = None,
    /,
    *,
    url: Url = DEFAULT_URL,
    sandbox: Sandbox = None,
) -> None:
    """Show or change the time that a running mock tells."""
    change = _change(action, value)
    client = ControlClient(url, sandbox)
    # what falls due is done before the answer comes: webhooks that nobody answers take their time
    told = client.call("POST", "/clock", change, longer=600, names=TYPED) if change else client.call("GET", "/clock")
    try:
        print(_line(told))
    except (KeyError, TypeError):
        raise client.unknown() from None


def _change(action: str, value: str | None) -> dict[str, Any] | None:
    fixed: dict[str, dict[str, Any] | None] = {"show": None, "freeze": {"hiz": 0}, "run": {"hiz": 1}}
    if action in fixed:
        if value is not None:
            raise UsageError(f"`{action}` takes no value")
        return fixed[action]
    if value is None:
        example = {"set": "2030-01-01T09:00", "advance": "2h30m", "speed": "60"}[action]
        raise UsageError(f"`{action}` needs a value, such as `cozum clock {action} {example}`")
    if action == "advance" and value.startswith("-"):
        raise UsageError(f"advance {value!a}: the clock does not go back; `cozum reset` begins anew")
    if action == "set":
        return {"ayarla": value}
    if action == "advance":
        return {"ilerlet": value}
    return {"hiz": _speed(value)}


def _speed(value: str) -> float:
    from mocks.clock import FASTEST

    try:
        speed = float(value)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= FASTEST:  # nor is NaN
        raise UsageError(f"speed {value!a}: must be a number between 0 and {FASTEST:.0f}")
    return speed


def _line(told: dict[str, Any]) -> str:
    speed = told["hiz"]
    words = [told["zaman"], "stands still" if speed == 0 else "" if speed == 1 else f"runs {speed:g} times as fast"]
    ahead = told["fark_saniye"]
    if abs(ahead) >= 1:
        words.append(f"{abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}")
    if told.get("yapilan"):
        words.append(f"done on the way: {told['yapilan']}")
    return ", ".join(word for word in words if word)
