"""`${name}` in the texts of a scenario: what a step saved, what a round brings, and `i`, its number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from impl.problems import Text
from mocks.state.wrong import WrongInput, below, unknown

HOLE: Final = re.compile(r"\$\$\{|\$\{([^{}]*)\}")
"""`$${` is a `${` that means nothing."""


def filled(value: Any, names: Mapping[str, Any], pointer: str) -> Any:
    """The value with its holes filled in. A text that is nothing but one hole becomes what stands there.

    Raises WrongInput.
    """
    match value:
        case str():
            return _filled_text(value, names, pointer)
        case dict():
            return {name: filled(item, names, below(pointer, name)) for name, item in value.items()}
        case list():
            return [filled(item, names, below(pointer, at)) for at, item in enumerate(value)]
        case _:
            return value


def _filled_text(text: str, names: Mapping[str, Any], pointer: str) -> Any:
    whole = HOLE.fullmatch(text)
    if whole and whole[1] is not None:
        return found(whole[1], names, pointer)
    return HOLE.sub(lambda hole: "${" if hole[1] is None else str(found(hole[1], names, pointer)), text)


def found(place: str, names: Mapping[str, Any], pointer: str) -> Any:
    """What stands at `name.member.0` in these values. Raises WrongInput."""
    value: Any = names
    for part in place.strip().split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, Mapping) and part in value:
            value = value[part]
        else:
            known = list(value) if isinstance(value, Mapping) else []
            raise WrongInput(pointer, _missing(place, part, known))
    return value


def _missing(place: str, part: str, known: list[str]) -> Text:
    why = unknown(part, known) if known else Text("", "")
    return Text(
        f"`{place}` içinde `{part}` yok. {why.tr}".rstrip(), f"`{place}`: there is no `{part}`. {why.en}".rstrip()
    )
