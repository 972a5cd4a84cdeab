"""Reads the parts of a script that stand in several places: texts, pauses, words, numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from mocks.counterparts.errors import WrongScript, unknown
from mocks.counterparts.script import Pause
from mocks.counterparts.vocabulary import PLACES
from mocks.counterparts.words import Words, places
from mocks.durations import read_duration

LONGEST_TEXT: Final = 2_000
LONGEST_WORDS: Final = 200
MOST_TEXTS: Final = 100
LONGEST_PAUSE: Final = 86_400.0
"""Seconds: a day."""


def check_members(at: str, value: object, known: Sequence[str], needed: Sequence[str] = ()) -> dict[str, Any]:
    """A mapping that has no other members than these. Raises WrongScript."""
    if not isinstance(value, dict):
        told = ", ".join(f"`{name}`" for name in known)
        raise WrongScript(at, f"Şu üyeleri olabilen bir nesne olmalı: {told}.", f"must be a mapping that has {told}.")
    for name in value:
        if name not in known:
            raise unknown(f"{at}/{str(name)[:60]}", name, known)
    for name in needed:
        if name not in value:
            raise WrongScript(at, f"`{name}` eksik.", f"has no `{name}`.")
    return value


def read_text(at: str, value: object) -> str:
    """A text that says something. Raises WrongScript."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT or "\0" in value:
        raise WrongScript(
            at,
            f"Boş olmayan, en çok {LONGEST_TEXT} karakterlik bir metin olmalı.",
            f"must be a text that is not blank, of {LONGEST_TEXT} characters at most.",
        )
    return value


def read_texts(at: str, value: object, most: int = MOST_TEXTS) -> tuple[str, ...]:
    """A text or a list of texts. Raises WrongScript."""
    if not isinstance(value, list):
        return (read_text(at, value),)
    if not 1 <= len(value) <= most:
        raise WrongScript(at, f"1 ile {most} arasında metin olmalı.", f"must be 1 to {most} texts.")
    return tuple(read_text(f"{at}/{index}", text) for index, text in enumerate(value))


def read_templates(at: str, value: object) -> tuple[str, ...]:
    """Texts whose places in braces are known. Raises WrongScript."""
    texts = read_texts(at, value)
    for index, text in enumerate(texts):
        for name in places(text):
            if name not in PLACES:
                raise unknown(f"{at}/{index}" if isinstance(value, list) else at, name, PLACES)
    return texts


def read_words(at: str, value: object) -> tuple[Words, ...]:
    """Words to look for, each as `Words.read` has them. Raises WrongScript."""
    read = []
    for index, text in enumerate(read_texts(at, value)):
        place = f"{at}/{index}" if isinstance(value, list) else at
        try:
            if len(text) > LONGEST_WORDS:
                raise re.error(f"longer than {LONGEST_WORDS} characters")
            read.append(Words.read(text))
        except re.error as error:
            raise WrongScript(place, f"Aranacak söz okunamıyor: {error}.", f"cannot be looked for: {error}.") from None
    return tuple(read)


def read_pause(at: str, value: object) -> Pause:
    """Seconds, a duration such as `90s` or `5m`, or a list of the least and the most. Raises WrongScript."""
    ends = value if isinstance(value, list) else [value]
    seconds = [read_duration(end) for end in ends]
    if len(seconds) in (1, 2):
        least, most = seconds[0], seconds[-1]
        if least is not None and most is not None and least <= most <= LONGEST_PAUSE:
            return Pause(least, most)
    raise WrongScript(
        at,
        "`1.5` gibi saniye, `5m` gibi bir süre ya da `[1, 2.5]` gibi en azı ve en çoğu olmalı; en çok bir gün.",
        "must be seconds such as `1.5`, a duration such as `5m`, or the least and the most such as `[1, 2.5]`; a day "
        "at most.",
    )


def read_chance(at: str, value: object) -> float:
    """Above 0, to 1. Raises WrongScript."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise WrongScript(at, "0'dan büyük, en çok 1 bir sayı olmalı.", "must be a number above 0, to 1.")
    return float(value)


def read_count(at: str, value: object) -> int:
    """How often, at least once. Raises WrongScript."""
    return read_integer(at, value, 1, 1_000_000)


def read_integer(at: str, value: object, least: int, most: int) -> int:
    """A whole number between these. Raises WrongScript."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise WrongScript(
            at,
            f"{least} ile {most} arasında bir tam sayı olmalı.",
            f"must be a whole number from {least} to {most}.",
        )
    return value


def read_one_of(at: str, value: object, known: Sequence[str]) -> str:
    """One of these names. Raises WrongScript."""
    if value not in known:
        raise unknown(at, value, known)
    return str(value)
