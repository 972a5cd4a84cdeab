"""Which recorded request is meant by one that comes: of the same operation, the one that is most alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import msgspec

from impl.contract.call import Scope
from impl.contract.plan import Plan
from mocks.answer import Answer
from mocks.hiding import HIDDEN
from mocks.recording import Recorded
from mocks.show import UNREADABLE

FORM: Final = "application/x-www-form-urlencoded"
MULTIPART: Final = "multipart/"
PAGE: Final = "text/html"
SAME: Final = (True, True, 1.0, 1.0)
ANY: Final = object()
"""The body of a request whose parts nobody compares: every multipart body has a boundary of its own."""

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """A request, as it is compared."""

    path: str
    query: Pairs
    """Sorted."""
    is_page: bool
    """Whether a page is asked for: the portal answers HTML or JSON under the same path."""
    body: Any
    """JSON as builtins, a form as an object of texts, other text as it is."""


@dataclass(eq=False)
class Take:
    """One request of the recording and its answers, in their order."""

    asked: Asked
    shown: str
    answers: list[Answer] = field(default_factory=list)


class Takes:
    """A recording, looked up by operation."""

    def __init__(self, exchanges: Iterable[Recorded], find_plan: Callable[[Scope], Plan | None]) -> None:
        self._find_plan = find_plan
        self._takes: dict[tuple[str, str], list[Take]] = {}
        self._same: dict[Hashable, Take] = {}
        for recorded in exchanges:
            self._add(recorded)

    def _add(self, recorded: Recorded) -> None:
        asked = Asked(
            unquote(recorded.path),
            read_query(recorded.query),
            PAGE in recorded.accept,
            read_body(recorded.media_type, recorded.body),
        )
        same = _identity(recorded.method, asked)
        take = self._same.get(same)
        if take is None:
            take = self._same[same] = Take(asked, str(recorded))
            self._takes.setdefault(self._key(recorded.method, recorded.path), []).append(take)
        take.answers.append(recorded.answer)

    def _key(self, method: str, raw_path: str) -> tuple[str, str]:
        """Method, and the path's template where the contract has one."""
        plan = self._find_plan({"method": method, "path": unquote(raw_path), "raw_path": raw_path.encode()})
        return method, unquote(raw_path) if plan is None else plan.path

    def of(self, method: str, raw_path: str) -> Sequence[Take]:
        """Those of the same operation; of a path that the contract has not, those of the same path."""
        return self._takes.get(self._key(method, raw_path), ())

    def same(self, method: str, asked: Asked) -> Take | None:
        """The take of that very request."""
        return self._same.get(_identity(method, asked))

    def nearest(self, method: str, raw_path: str) -> str | None:
        """A request of the recorded operation that is written most alike, for a person."""
        shown = {" ".join(key): takes[0].shown for key, takes in self._takes.items()}
        found = get_close_matches(f"{method} {raw_path}", shown, 1, 0.0)
        return shown[found[0]] if found else None


def _identity(method: str, asked: Asked) -> Hashable:
    body = b"" if asked.body is ANY else msgspec.json.encode(asked.body, order="deterministic")
    return method, asked.path, tuple(asked.query), asked.is_page, body


def best(takes: Sequence[Take], asked: Asked, is_used_up: Callable[[Take], bool]) -> Take:
    """The take that is most alike: the same path first, then whether a page is asked for, the query, the body.

    Of equals one that has answers left, and then the first.
    """
    return max(takes, key=lambda take: (*likeness(take.asked, asked), not is_used_up(take)))


def likeness(recorded: Asked, asked: Asked) -> tuple[bool, bool, float, float]:
    """How alike two requests are; SAME: nothing differs."""
    return (
        recorded.path == asked.path,
        recorded.is_page == asked.is_page,
        _alike_pairs(recorded.query, asked.query),
        _alike(recorded.body, asked.body),
    )


def read_query(text: str) -> Pairs:
    """The parameters, in an order of their own."""
    return sorted(parse_qsl(text, keep_blank_values=True, errors="replace"))


def read_body(media_type: str, text: str) -> Any:
    """What is compared of a body."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind.startswith(MULTIPART):
        return ANY
    if kind == FORM:
        return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))
    if not text:
        return None
    if kind and "json" not in kind:
        return text
    try:
        return msgspec.json.decode(text)
    except UNREADABLE:
        return text


def _alike_pairs(one: Pairs, other: Pairs) -> float:
    if one == other:
        return 1.0
    rest = list(other)
    same = 0
    for name, value in one:
        found = next((pair for pair in rest if pair[0] == name and value in (HIDDEN, pair[1])), None)
        if found is not None:
            rest.remove(found)
            same += 1
    return same / (len(one) + len(rest))


def _alike(recorded: Any, asked: Any) -> float:
    """Of objects the share of members that are alike; a secret that was left out is like anything."""
    if recorded is ANY or recorded in (HIDDEN, asked):
        return 1.0
    if isinstance(recorded, dict) and isinstance(asked, dict):
        names = recorded.keys() | asked.keys()
        both = recorded.keys() & asked.keys()
        return sum(_alike(recorded[name], asked[name]) for name in both) / len(names)
    return 0.0
