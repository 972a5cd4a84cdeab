"""`cozum counterpart`"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from cyclopts import Parameter

from cozum.control import DEFAULT_URL, ControlClient, NobodyThere, Sandbox, Url
from cozum.counterparts import SWITCHES, read_script_text
from cozum.errors import UsageError

Side = Literal["operator", "visitor"]
SIDES: Final[dict[Side, str]] = {"operator": "operator", "visitor": "ziyaretci"}
IN_A_SCRIPT: Final = re.compile(r"(?:operator|ziyaretci)(?P<pointer>/\S+): line (?P<line>\d+): (?P<why>.*)", re.DOTALL)
"""How the control API refuses a part of a script."""


def counterpart(
    side: Annotated[Literal["show", "operator", "visitor"], Parameter(help="Whom to switch.")] = "show",
    script: Annotated[str | None, Parameter(help="`auto`, `off`, or a YAML file.")] = None,
    /,
    *,
    url: Url = DEFAULT_URL,
    sandbox: Sandbox = None,
) -> None:
    """Switch a running mock's simulated operators and visitors on and off, or show what they do."""
    change = _change(side, script)
    client = ControlClient(url, sandbox)
    try:
        told = client.call("GET", "/counterparts") if change is None else _put(client, change)
        for name, wire in SIDES.items():
            print(_line(name, told[wire]))
    except (KeyError, TypeError):
        raise client.unknown() from None


def _put(client: ControlClient, change: dict[str, Any]) -> Any:
    """Raises NobodyThere, UsageError, which names the script's file and line."""
    try:
        return client.call("PUT", "/counterparts", change)
    except NobodyThere:
        raise
    except UsageError as refused:
        part = IN_A_SCRIPT.fullmatch(str(refused))
        if part is None or "kaynak" not in change:
            raise
        raise UsageError(f"{change['kaynak']}: line {part['line']}, {part['pointer']}: {part['why']}") from None


def _change(side: Literal["show"] | Side, script: str | None) -> dict[str, Any] | None:
    if side == "show":
        if script is not None:
            raise UsageError("`show` takes no script")
        return None
    if script is None:
        raise UsageError(f"`{side}` needs `auto`, `off` or a file, such as `cozum counterpart {side} auto`")
    if script in SWITCHES:
        return {SIDES[side]: script}
    return {SIDES[side]: read_script_text(side, script), "kaynak": script[-200:]}


def _line(name: str, told: dict[str, Any]) -> str:
    if not told["acik"]:
        return f"{name:8}  off"
    words = [f"{name:8}  {told['kaynak']}", f"{told['yapilan']} done", f"{told['bekleyen']} planned"]
    if told["son_sorun"]:
        words.append(f"last trouble: {told['son_sorun']}")
    return ", ".join(words)
