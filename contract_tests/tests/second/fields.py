"""What bodies and parameters may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from contract_tests.tests.second.banner import end_of
from contract_tests.tests.second.problems import Problem

Field = Callable[[Any], Iterator[str]]
"""Yields the pointers, seen from the field, of what is wrong in a value."""

BLANK: Final = "\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
LARGEST_ID: Final = 2**63 - 1
DEEPEST: Final = 32
MOST_VALUES: Final = 50_000
VISITOR_ID: Final = r"[A-Za-z0-9_@:+-][A-Za-z0-9._@:+-]{0,127}"
TEXT: Final = rf"[^\x00]*[^{BLANK}][^\x00]*"
LINE: Final = rf"[^\x00-\x1f\x7f]*[^{BLANK}][^\x00-\x1f\x7f]*"
EMAIL: Final = rf"[^@{BLANK}]+@[^@{BLANK}]+"


def text(pattern: str, shortest: int, longest: int) -> Field:
    """Of so many characters, the whole like the pattern."""
    form = re.compile(pattern, re.DOTALL)

    def wrong(value: Any) -> Iterator[str]:
        if not isinstance(value, str) or not shortest <= len(value) <= longest or not form.fullmatch(value):
            yield ""

    return wrong


def integer(lowest: int, highest: int) -> Field:
    """A whole number; 5.0 is one too."""

    def wrong(value: Any) -> Iterator[str]:
        if not is_whole(value) or not lowest <= value <= highest:
            yield ""

    return wrong


def is_whole(value: Any) -> bool:
    """What JSON Schema calls an integer."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


def or_null(field: Field) -> Field:
    """The same, or null."""
    return lambda value: iter(()) if value is None else field(value)


def moment(value: Any) -> Iterator[str]:
    """A day or a point in time that the calendar has."""
    if not isinstance(value, str) or end_of(value) is None:
        yield ""


def anything(value: Any) -> Iterator[str]:
    """A free value, all the way down."""
    if isinstance(value, str):
        wrong = len(value) > 2000 or "\x00" in value
    elif isinstance(value, bool) or value is None:
        wrong = False
    elif isinstance(value, int | float):
        wrong = not -(2**63) <= value <= LARGEST_ID
    elif isinstance(value, list):
        wrong = len(value) > 1000
        for index, item in enumerate(value):
            yield from (f"/{index}{pointer}" for pointer in anything(item))
    else:
        wrong = len(value) > 1000
        yield from _members(value)
    if wrong:
        yield ""


def free_fields(value: Any) -> Iterator[str]:
    """At most 50 named values."""
    if not isinstance(value, dict) or len(value) > 50:
        yield ""
    else:
        yield from _members(value)


def _members(value: dict[str, Any]) -> Iterator[str]:
    for name, item in value.items():
        escaped = name[:100].replace("~", "~0").replace("/", "~1")
        if len(name) > 128 or "\x00" in name:
            yield f"/{escaped}"
        yield from (f"/{escaped}{pointer}" for pointer in anything(item))


VISITOR: Final = text(VISITOR_ID, 1, 128)
ID: Final = integer(1, LARGEST_ID)
NAME: Final = or_null(text(LINE, 1, 120))
IN_CHAT: Final[Mapping[str, Field]] = {"ziyaretci_id": VISITOR, "oturum_id": ID}
BODIES: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, Field]]]] = {
    "login": (("email", "sifre"), {"email": text(EMAIL, 3, 254), "sifre": text(r"[^\x00]+", 1, 256)}),
    "init": (("ziyaretci_id",), {"ziyaretci_id": VISITOR}),
    "start": (
        ("ziyaretci_id",),
        {
            "ziyaretci_id": VISITOR,
            "ad": text(LINE, 1, 120),
            "email": text(EMAIL, 3, 254),
            "mesaj": text(TEXT, 1, 4000),
        },
    ),
    "message": (
        ("ziyaretci_id", "oturum_id"),
        {
            **IN_CHAT,
            "mesaj": text(TEXT, 1, 4000),
            "dosya_id": text(r"[A-Za-z0-9_-]{22}", 22, 22),
            "istemci_mesaj_id": text(r"[A-Za-z0-9._:-]+", 1, 64),
        },
    ),
    "end": (("ziyaretci_id", "oturum_id"), IN_CHAT),
    "rate": (
        ("ziyaretci_id", "oturum_id", "puan"),
        {**IN_CHAT, "puan": integer(1, 5), "yorum": or_null(text(TEXT, 1, 2000))},
    ),
    "customer": (
        ("ziyaretci_id",),
        {
            "ziyaretci_id": VISITOR,
            "ad": NAME,
            "soyad": NAME,
            "email": or_null(text(EMAIL, 3, 254)),
            "telefon": or_null(text(r"[0-9+() ./-]*[0-9][0-9+() ./-]*", 3, 32)),
            "paket": NAME,
            "kontor": or_null(integer(-(2**53) + 1, 2**53 - 1)),
            "trial_bitis": or_null(moment),
            "trial_kalan_gun": or_null(integer(-36_500, 36_500)),
            "ekstra": or_null(free_fields),
            "timestamp": integer(0, LARGEST_ID),
            "signature": text(r"[^\x00]*", 0, 4096),
        },
    ),
}
"""By the body's name: which fields it must have, and what each may hold."""
TOGETHER: Final = ("timestamp", "signature")


def check_body(name: str, value: Any) -> dict[str, Any]:
    """The known fields, whole numbers as such. Raises Problem."""
    required, known = BODIES[name]
    if not isinstance(value, dict):
        raise Problem("alan_hatasi", [("", "wrong")])
    faults = [(f"/{field}", "missing") for field in required if field not in value]
    if name == "customer" and (TOGETHER[0] in value) != (TOGETHER[1] in value):
        faults += [(f"/{field}", "missing") for field in TOGETHER if field not in value]
    if name == "message" and "mesaj" not in value and "dosya_id" not in value:
        faults.append(("/mesaj", "missing"))
    given = {field: value[field] for field in known if field in value}
    faults += [(f"/{field}{pointer}", "wrong") for field in given for pointer in known[field](given[field])]
    if faults:
        raise Problem("alan_hatasi", faults)
    return {field: int(one) if is_whole(one) else one for field, one in given.items()}


def read_json(content: bytes) -> Any:
    """The body's value. Raises Problem."""
    try:
        value = json.loads(content.decode(), parse_constant=_no_number)
        size = _count(value, 1)
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate ends here
    except (ValueError, RecursionError):
        raise Problem("gecersiz_json") from None
    if size > MOST_VALUES:
        raise Problem("gecersiz_json")
    return value


def _no_number(name: str) -> None:
    raise ValueError(name)


def _count(value: Any, depth: int) -> int:
    if not isinstance(value, dict | list):
        return 1
    if depth > DEEPEST:
        raise ValueError("too deep")
    return 1 + sum(_count(one, depth + 1) for one in (value.values() if isinstance(value, dict) else value))


def read_number(given: str | None, default: int | None, lowest: int, highest: int) -> int | None:
    """A parameter's; None for one that is no such number."""
    if given is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,19}", given, re.ASCII):
        return None
    return int(given) if lowest <= int(given) <= highest else None
