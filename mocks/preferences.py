"""What a request prefers, read from its `Prefer` headers (RFC 7240) and its query: which answer, and how late."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from impl.problems import Text
from mocks.pauses import LONGEST_DELAY

NAMES: Final = ("code", "example", "dynamic", "delay")
"""The preferences that are known here, as Prism has them; others are ignored, as RFC 7240 (2) says."""

IN_QUERY: Final = {f"__{name}": name for name in NAMES}
"""Parameters of the query that mean the same, as Prism has the first three, for those who cannot send a header."""

LONGEST_HEADER: Final = 1_000
TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_PART: Final = re.compile(
    rf"""[ \t]*
    (?: (?P<name>{TOKEN}) (?: [ \t]*=[ \t]* (?: "(?P<quoted>(?:[^"\\]|\\.)*)" | (?P<plain>[^\s",;]*) ) )? )?
    [ \t]* (?P<end>[,;]|$)""",
    re.VERBOSE,
)


class Misread(ValueError):
    """A preference that cannot be followed, with the sentence that says why."""

    def __init__(self, tr: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(tr, en)


@dataclass(frozen=True)
class Preferences:
    """What was asked for; None: nothing was said about it."""

    code: int | None = None
    """A documented status."""
    example: str | None = None
    """The name of a documented example."""
    dynamic: bool | None = None
    """Whether the answer is generated from its schema."""
    delay: int | None = None
    """Milliseconds by which the answer is held back."""

    def choose(self) -> bool:
        """Whether they choose an answer in place of the stateful one."""
        return self.code is not None or self.example is not None or self.dynamic is True

    def applied(self) -> str:
        """The value of `Preference-Applied` (RFC 7240, 3); empty where nothing was asked for."""
        told = {"code": self.code, "example": self.example, "dynamic": self.dynamic, "delay": self.delay}
        return ", ".join(f"{name}={_word(value)}" for name, value in told.items() if value is not None)


def read_preferences(headers: Iterable[str], query: Iterable[tuple[str, str]] = ()) -> Preferences:
    """The preferences in the values of all `Prefer` headers; of repeated ones the first counts. Raises Misread.

    Those in the parameters of the query count after them.

    A known name behind a `;` counts as one too: `code=429; delay=800` is what many write.
    """
    given: dict[str, str] = {}
    for header in headers:
        if len(header) > LONGEST_HEADER:
            raise Misread(
                f"`Prefer` başlığı en çok {LONGEST_HEADER} karakter olabilir.",
                f"the `Prefer` header may have {LONGEST_HEADER} characters at most.",
            )
        for name, value in _known(header):
            given.setdefault(name, value)
    for parameter, value in query:
        if parameter in IN_QUERY:
            given.setdefault(IN_QUERY[parameter], value)
    preferences = Preferences(
        code=_code(given["code"]) if "code" in given else None,
        example=_example(given["example"]) if "example" in given else None,
        dynamic=_truth(given["dynamic"]) if "dynamic" in given else None,
        delay=_delay(given["delay"]) if "delay" in given else None,
    )
    if preferences.dynamic and preferences.example is not None:
        raise Misread(
            "`dynamic=true` ile `example` birlikte istenemez: yanıt ya üretilir ya örnektir.",
            "`dynamic=true` and `example` exclude each other: an answer is generated, or an example.",
        )
    return preferences


def _known(header: str) -> Iterator[tuple[str, str]]:
    """Name and value of each preference that is known, in order."""
    of_known = False
    is_parameter = False
    for name, value, end in _parts(header):
        if name:
            known = name.lower() in NAMES
            if known and (of_known or not is_parameter):
                yield name.lower(), value
            if not is_parameter:
                of_known = known
        is_parameter = end == ";"


def _parts(header: str) -> Iterator[tuple[str, str, str]]:
    """Name, value and what ends them, of each preference and parameter. Raises Misread."""
    at = 0
    while at < len(header):
        part = _PART.match(header, at)
        if part is None:
            rest = header[at:].strip()[:60]
            raise Misread(
                f"`Prefer` başlığı okunamıyor: {rest!r}. Biçimi: `code=429, delay=800`.",
                f"the `Prefer` header cannot be read: {rest!r}. It is written `code=429, delay=800`.",
            )
        quoted = part["quoted"]
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else part["plain"] or ""
        yield part["name"] or "", value, part["end"]
        at = part.end()


def _code(value: str) -> int:
    if not re.fullmatch("[1-5][0-9][0-9]", value):
        raise Misread(
            f"`code={value[:60]}` bir HTTP durumu değil (429 gibi).",
            f"`code={value[:60]}` is no HTTP status (such as 429).",
        )
    return int(value)


def _example(value: str) -> str:
    if not value:
        raise Misread("`example` bir örneğin adını ister.", "`example` needs the name of an example.")
    return value


def _truth(value: str) -> bool:
    match value.lower():
        case "" | "true" | "1":
            return True
        case "false" | "0":
            return False
    raise Misread(
        f"`dynamic={value[:60]}` true ya da false olmalı.",
        f"`dynamic={value[:60]}` must be true or false.",
    )


def _delay(value: str) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > 9 or int(value) > LONGEST_DELAY:
        raise Misread(
            f"`delay={value[:60]}` 0 ile {LONGEST_DELAY} arasında bir tam sayı (milisaniye) olmalı.",
            f"`delay={value[:60]}` must be an integer from 0 to {LONGEST_DELAY} (milliseconds).",
        )
    return int(value)


def _word(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if re.fullmatch(TOKEN, text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
