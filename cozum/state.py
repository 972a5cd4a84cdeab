"""What the commands say and read of states: snapshots and scenarios in files, and what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cozum.errors import UsageError

if TYPE_CHECKING:
    from mocks.beginnings import Beginnings
    from mocks.sandbox import Make
    from mocks.state.wrong import WrongInput

SHOWN: Final = {
    "tenants": "tenant",
    "operators": "operator",
    "visitors": "visitor",
    "chats": "chat",
    "messages": "message",
    "tickets": "ticket",
    "files": "file",
    "deliveries": "delivery",
}
"""The tables that a line has room for, and one of each; the others are added up."""

SNAPSHOT_MARK: Final = "saved_at"
SCENARIO_MARK: Final = "steps"
"""What only such a file has."""
LOOKED_AT: Final = 65_536
"""Bytes of a file that are looked at for that."""


def count_words(counts: Mapping[str, int]) -> str:
    """`3 tenants, 1 chat, 12 messages, 18 others`; `nothing`."""
    told = [f"{counts[name]} {one if counts[name] == 1 else name}" for name, one in SHOWN.items() if counts.get(name)]
    others = sum(count for name, count in counts.items() if name not in SHOWN)
    if others:
        told.append(f"{others} {'other' if others == 1 else 'others'}")
    return ", ".join(told) or "nothing"


def read_beginning(scenario: str | None, snapshot: Path | None) -> Any:
    """What `cozum mock` begins with: a function for `Mock`, or None. Raises UsageError for what cannot be read."""
    if scenario is not None and snapshot is not None:
        raise UsageError("--scenario and --snapshot: only one of them")
    if snapshot is not None:
        return _of_snapshot(snapshot, _read(snapshot, SNAPSHOT_MARK))
    return None if scenario is None else _of_scenario(scenario)


def _of_snapshot(path: Path, content: bytes) -> Any:
    async def begin(beginnings: Beginnings) -> Make:
        from mocks.state.document import from_json, from_yaml
        from mocks.state.wrong import WrongInput

        try:
            return beginnings.of((from_json if path.suffix == ".json" else from_yaml)(content))
        except WrongInput as wrong:
            raise UsageError(f"{path}: {say_wrong(wrong)}") from None

    return begin


def _of_scenario(named: str) -> Any:
    content = _read(Path(named), SCENARIO_MARK) if is_file(named) else None

    async def begin(beginnings: Beginnings) -> Make:
        from mocks.beginnings import UnknownScenario
        from mocks.state.wrong import WrongInput

        try:
            return await (beginnings.scenario(named) if content is None else beginnings.add(content))
        except WrongInput as wrong:
            raise UsageError(f"{named}: {say_wrong(wrong)}") from None
        except UnknownScenario:
            raise UsageError(_no_scenario(named, beginnings.names())) from None

    return begin


def _no_scenario(named: str, known: list[str]) -> str:
    near = get_close_matches(named, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}, or a file of your own"
    return f"--scenario {named!a}: there is no such scenario; {hint}"


def read_named(named: str) -> str | dict[str, Any]:
    """What the control API takes as a scenario: a name, or what stands in the file. Raises UsageError."""
    if not is_file(named):
        return named
    from mocks.state.plain import check_plain
    from mocks.state.wrong import WrongInput
    from mocks.state.yaml_text import read_yaml_as

    def plain(value: Any) -> Any:
        check_plain(value)
        return value

    try:
        value = read_yaml_as(_read(Path(named), SCENARIO_MARK), plain)
    except WrongInput as wrong:
        raise UsageError(f"{named}: {say_wrong(wrong)}") from None
    if not isinstance(value, dict):
        raise UsageError(f"{named}: no scenario, which is an object with `name` and `steps`")
    return value


def is_file(named: str) -> bool:
    """Names of scenarios have neither `.` nor `/`."""
    return "." in named or "/" in named


def _read(path: Path, mark: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {(error.strerror or str(error)).lower()}{nearest_file(path, mark)}") from None


def nearest_file(path: Path, mark: str) -> str:
    """`; did you mean …?` where a file of a like name stands beside it that has the mark."""
    saved = path.parent / "snapshots" / f"{path.name}.yaml"
    if mark == SNAPSHOT_MARK and saved.is_file():
        return f"; did you mean {saved}?"
    files = {one.name: one for one in path.parent.glob("*.yaml")} if path.parent.is_dir() else {}
    near = [name for name in get_close_matches(path.name, files, 5) if name != path.name]
    found = next((name for name in near if _has(files[name], mark)), None)
    return f"; did you mean {found}?" if found else ""


def _has(path: Path, mark: str) -> bool:
    try:
        with path.open("rb") as file:
            return any(line.startswith(f"{mark}:".encode()) for line in file.read(LOOKED_AT).splitlines())
    except OSError:
        return False


def counts_of(content: bytes) -> dict[str, int] | None:
    """How many rows each table of a snapshot has, by its outline alone; None: it is no snapshot."""
    value = _outline(content)
    if value is None:
        return None
    return _counts(value)


def _counts(value: Mapping[str, Any]) -> dict[str, int]:
    return {name: len(rows) for name, rows in value.items() if isinstance(rows, list) and name != "operator_calls"}


def describe_file(path: Path) -> str:
    """When it was saved, and what is in it; or that it cannot be read."""
    try:
        value = _outline(path.read_bytes())
    except OSError as error:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    if value is None:
        return "is no snapshot"
    saved = str(value.get("saved_at", "")).replace("T", " ")[:16]
    return f"{saved}  {count_words(_counts(value))}"


def _outline(content: bytes) -> dict[str, Any] | None:
    from mocks.state.wrong import WrongInput
    from mocks.state.yaml_text import read_yaml

    try:
        value = read_yaml(content)
    except WrongInput:
        return None
    return value if isinstance(value, dict) and "version" in value and "saved_at" in value else None


def say_wrong(wrong: WrongInput) -> str:
    """`step 3.2, body/mesja: Unknown; did you mean `mesaj`?`"""
    return _said(wrong.pointer, wrong.text.en)


def say_refused(named: str, refused: str) -> str:
    """The same of what the control API says of a scenario, `senaryo/steps/2/…: …`, with its line in a file."""
    from mocks.state.yaml_text import line_of

    pointer, colon, why = refused.removeprefix("senaryo").partition(": ")
    if not colon:
        return refused
    line = f" (line {line_of(_read(Path(named), SCENARIO_MARK), pointer)})" if is_file(named) else ""
    return f"{_said(pointer, why)}{line}"


def _said(pointer: str, why: str) -> str:
    from mocks.scenario.places import place_of

    place = place_of(pointer)
    return f"{place}: {why}" if place else why
