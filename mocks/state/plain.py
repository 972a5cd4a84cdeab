"""Plain data from outside: only what JSON has, not too deep, and not more than a file that was meant would have."""

from __future__ import annotations

from math import isfinite
from typing import Any, Final

from impl.problems import Text
from mocks.state.wrong import WrongInput, below

DEEPEST: Final = 64
MOST_VALUES: Final = 5_000_000
"""YAML's aliases make few bytes into many values."""
LARGEST: Final = 2**63 - 1


def check_plain(value: Any) -> None:
    """Raises WrongInput for what JSON does not have, and for what is too deep or too much."""
    left = MOST_VALUES
    level: list[tuple[Any, str]] = [(value, "")]
    for _ in range(DEEPEST):
        left -= sum(len(node) for node, _ in level if isinstance(node, dict | list))
        if left < 0:
            raise WrongInput("", Text("Çok fazla değer var.", "There are too many values."))
        level = [child for node, pointer in level for child in _children(node, pointer)]
        if not level:
            return
    raise WrongInput(level[0][1][:200], Text("Çok derin.", "Nested too deep."))


def _children(node: Any, pointer: str) -> list[tuple[Any, str]]:
    match node:
        case dict():
            for name in node:
                if not isinstance(name, str):
                    raise WrongInput(below(pointer, name), Text("Ad bir metin olmalı.", "A name must be a text."))
                _check_scalar(name, pointer)
            return [(item, f"{pointer}/{name}") for name, item in node.items()]
        case list():
            return [(item, f"{pointer}/{at}") for at, item in enumerate(node)]
        case _:
            _check_scalar(node, pointer)
            return []


def _check_scalar(value: Any, pointer: str) -> None:
    match value:
        case str():
            if not value.isascii():
                try:
                    value.encode()
                except UnicodeEncodeError:
                    raise WrongInput(
                        pointer, Text("Metinde tek başına bir surrogate var.", "The text has a lone surrogate.")
                    ) from None
            if "\0" in value:
                raise WrongInput(pointer, Text("Metinde NUL var.", "The text has a NUL."))
        case None | bool():
            pass
        case int():
            if not -LARGEST <= value <= LARGEST:
                raise WrongInput(pointer, Text("Sayı çok büyük.", "The number is too large."))
        case float():
            if not isfinite(value):
                raise WrongInput(pointer, Text("Sonlu bir sayı olmalı.", "Must be a finite number."))
        case _:
            told = type(value).__name__
            raise WrongInput(pointer, Text(f"JSON'da böyle bir değer yok: {told}.", f"JSON has no such value: {told}."))
