"""The counterparts of the command line: `--operator auto|FILE`, `--visitor auto|FILE`."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cozum.errors import UsageError

if TYPE_CHECKING:
    from mocks.app import Mock
    from mocks.counterparts.script import Script
    from mocks.counterparts.sides import Side

SWITCHES: Final = ("auto", "off")
LONGEST: Final = 200_000
"""Characters of a script."""


def read_text(name: str) -> str:
    """What is in a script's file. Raises UsageError."""
    if not name:
        raise UsageError("a side follows `auto`, `off` or a YAML file, and '' is none of them")
    try:
        text = Path(name).read_text("utf-8")
    except FileNotFoundError:
        near = get_close_matches(name, SWITCHES, 1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise UsageError(f"{name}: there is no such file, and it is not `auto` or `off`{hint}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{name}: is not UTF-8") from None
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}") from None
    if len(text) > LONGEST:
        raise UsageError(f"{name}: longer than {LONGEST} characters")
    return text


def read_script_text(side: Side, name: str) -> str:
    """The same of a script of that side. Raises UsageError."""
    text = read_text(name)
    _script(side, name, text)
    return text


def read_counterpart(side: Side, name: str) -> Script | None:
    """The script that a side shall follow; None: off. Raises UsageError."""
    from mocks.counterparts.switchboard import AUTO, default_script

    if name == "off":
        return None
    if name == AUTO:
        return default_script(side)
    return _script(side, name, read_text(name))


def _script(side: Side, name: str, text: str) -> Script:
    from mocks.counterparts.errors import WrongScript
    from mocks.counterparts.reader import read_script

    try:
        return read_script(side, text)
    except WrongScript as wrong:
        raise UsageError(f"{name}: {wrong}") from None


def begin_with(mock: Mock, names: Mapping[Side, str | None]) -> None:
    """Let simulated people follow what `auto` or a file of that name says, once the mock runs. Raises UsageError."""
    from mocks.counterparts.errors import WrongScript

    for side, name in names.items():
        script = None if name is None else read_counterpart(side, name)
        if script is not None and name is not None:
            try:
                mock.begin_with(script, name)
            except WrongScript as wrong:
                raise UsageError(f"{name}: {wrong}") from None
