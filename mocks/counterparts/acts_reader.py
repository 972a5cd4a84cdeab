"""Reads what a rule does: the verb, and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mocks.counterparts.errors import WrongScript, unknown
from mocks.counterparts.parts_reader import (
    check_members,
    read_integer,
    read_one_of,
    read_templates,
    read_text,
    read_texts,
)
from mocks.counterparts.script import Kind
from mocks.counterparts.sides import Side
from mocks.counterparts.vocabulary import CAN, FILES, PRIORITIES, STATUSES

LONGEST_TITLE: Final = 200


@dataclass(frozen=True)
class Rating:
    """Between these, 1 to 5, with one of the comments."""

    least: int
    most: int
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewTicket:
    """A ticket to open: one of the subjects, one of the texts."""

    subjects: tuple[str, ...]
    texts: tuple[str, ...]
    priority: str = "normal"


def read_act(side: Side, kind: Kind, at: str, value: object) -> tuple[str, Any]:
    """The verb and what it needs, of `close` or `{reply: Buyurun}`. Raises WrongScript."""
    verb, detail = value, None
    if isinstance(value, dict):
        if len(value) != 1:
            raise WrongScript(
                at,
                "Adımlar birer birer yazılır: `- reply: …`, sonra `- wait: 2`, sonra `- close`.",
                "steps are written one by one: `- reply: …`, then `- wait: 2`, then `- close`.",
            )
        ((verb, detail),) = value.items()
    if not isinstance(verb, str) or verb not in CAN[side][kind]:
        raise _cannot(side, kind, at, verb)
    return verb, READERS[verb](f"{at}/{verb}", detail)


def _cannot(side: Side, kind: Kind, at: str, verb: object) -> WrongScript:
    can = CAN[side][kind]
    everything = {name for verbs in CAN[side].values() for name in verbs}
    if verb not in everything:
        return unknown(at, verb, (*can, "wait"))
    told = ", ".join(can)
    return WrongScript(
        at,
        f"`{verb}`, `when: {kind}` olunca yapılamaz; yapılabilenler: {told}.",
        f"`{verb}` cannot be done `when: {kind}`; what can: {told}.",
    )


def _nothing(at: str, value: object) -> None:
    if value is not None:
        verb = at.rpartition("/")[2]
        raise WrongScript(at, f"`{verb}` tek başına yazılır.", f"`{verb}` is written by itself.")


def _status(at: str, value: object) -> str:
    return read_one_of(at, value, STATUSES)


def _colleague(at: str, value: object) -> str | None:
    """An operator's email; None: any other simulated one of the tenant who is online."""
    return None if value in (None, "colleague") else read_text(at, value)


def _files(at: str, value: object) -> tuple[str, ...]:
    names = read_texts(at, value)
    for name in names:
        if name.rpartition(".")[2].lower() not in FILES or len(name) > LONGEST_TITLE:
            ends = ", ".join(f".{end}" for end in FILES)
            raise WrongScript(
                at,
                f"`{name[:60]}`: adı şunlardan biriyle bitmeli: {ends}. Küçük bir dosya üretilir.",
                f"`{name[:60]}`: must be a name that ends with one of {ends}. A small file is made.",
            )
    return names


def _pages(at: str, value: object) -> tuple[str, ...]:
    pages = read_texts(at, value)
    for page in pages:
        if not page.startswith(("http://", "https://")):
            raise WrongScript(at, "http(s) adresi olmalı.", "must be an http(s) address.")
    return pages


def _rating(at: str, value: object) -> Rating:
    comments: tuple[str, ...] = ()
    if isinstance(value, dict):
        check_members(at, value, ("puan", "yorum"), needed=("puan",))
        if "yorum" in value:
            comments = read_texts(f"{at}/yorum", value["yorum"])
        at, value = f"{at}/puan", value["puan"]
    ends = value if isinstance(value, list) and len(value) == 2 else [value, value]
    least, most = (read_integer(at, end, 1, 5) for end in ends)
    if least > most:
        raise WrongScript(at, "İlk sayı ikincisini aşamaz.", "the first number must not exceed the second.")
    return Rating(least, most, comments)


def _ticket(at: str, value: object) -> NewTicket:
    given = check_members(at, value, ("konu", "mesaj", "oncelik"), needed=("konu", "mesaj"))
    subjects = read_texts(f"{at}/konu", given["konu"])
    if any(len(subject) > LONGEST_TITLE or not subject.isprintable() for subject in subjects):
        raise WrongScript(
            f"{at}/konu", f"En çok {LONGEST_TITLE} karakterlik bir satır olmalı.", f"must be a line of {LONGEST_TITLE}."
        )
    priority = read_one_of(f"{at}/oncelik", given.get("oncelik", "normal"), PRIORITIES)
    return NewTicket(subjects, read_texts(f"{at}/mesaj", given["mesaj"]), priority)


READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "accept": _nothing,
    "reply": read_templates,
    "canned": read_texts,
    "file": _files,
    "transfer": _colleague,
    "close": _nothing,
    "status": _status,
    "solve": _nothing,
    "profile": _nothing,
    "page": _pages,
    "open": read_texts,
    "rate": _rating,
    "ticket": _ticket,
}
