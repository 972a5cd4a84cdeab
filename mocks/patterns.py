"""Text that fits a regular expression, by chance."""

from __future__ import annotations

import re
from random import Random
from typing import Any, Final

MOST_REPEATS: Final = 12
"""How often something is repeated beyond the least that is needed."""
_PARSER: Any = vars(re)["_parser"]  # how Python itself reads a pattern
_CODES: Any = vars(re)["_constants"]
LETTERS: Final = "abcdefghijklmnoprstuvyzçğıöşü"
PLAIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class NoText(Exception):
    """The pattern cannot be read, or says something that text cannot be made of."""


def text_like(pattern: str, random: Random, least: int = 0) -> str:
    """Text that the pattern (ECMA, as far as Python reads it) is made of, with `least` characters where it can have
    as many. Raises NoText. Whoever asks holds the text against the schema."""
    try:
        parsed = _PARSER.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        raise NoText(pattern) from None
    return _Sampler(random, least).of(parsed)


class _Sampler:
    def __init__(self, random: Random, least: int) -> None:
        self._random = random
        self._least = least

    def of(self, parsed: Any) -> str:
        return "".join(self._part(str(code), value) for code, value in parsed)

    def _part(self, code: str, value: Any) -> str:  # noqa: PLR0911 - one a kind
        match code:
            case "LITERAL":
                return chr(value)
            case "NOT_LITERAL":
                return self._one_of([letter for letter in LETTERS if ord(letter) != value])
            case "ANY":
                return self._random.choice(LETTERS)
            case "IN":
                return self._one_of(_members(value))
            case "BRANCH":
                return self.of(self._random.choice(value[1]))
            case "SUBPATTERN":
                return self.of(value[-1])
            case "MAX_REPEAT" | "MIN_REPEAT":
                return self._repeated(*value)
            case "AT":
                return ""
        raise NoText(code)

    def _repeated(self, least: int, most: int, parsed: Any) -> str:
        wanted = max(least, min(most, self._least))
        times = self._random.randint(wanted, min(int(most), wanted + (0 if self._least else MOST_REPEATS)))
        return "".join(self.of(parsed) for _ in range(times))

    def _one_of(self, characters: list[str]) -> str:
        if not characters:
            raise NoText("an empty class")
        return self._random.choice(characters)


def _members(items: Any) -> list[str]:
    """Characters of a class; of one that says what it has not, letters that it has."""
    negated = bool(items) and str(items[0][0]) == "NEGATE"
    found: set[str] = set()
    for code, value in items[1:] if negated else items:
        match str(code):
            case "LITERAL":
                found.add(chr(value))
            case "RANGE":
                found.update(map(chr, range(value[0], min(value[1], value[0] + 0x500) + 1)))
            case "CATEGORY":
                found.update(_category(str(value)))
            case _:
                raise NoText(code)
    if negated:
        return [letter for letter in LETTERS if letter not in found]
    plain = sorted(found & set(PLAIN))
    return plain or sorted(found)


def _category(name: str) -> str:
    match name:
        case "CATEGORY_DIGIT":
            return "0123456789"
        case "CATEGORY_WORD":
            return PLAIN + "_"
        case "CATEGORY_SPACE":
            return " "
    return LETTERS
