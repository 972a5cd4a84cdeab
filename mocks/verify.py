"""Was a call made as it should have been? What a test expects, held against the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from impl.problems import Text
from mocks.choosing import Choice, path_matches, status_matches
from mocks.journal import Entry
from mocks.show import UNREADABLE, text_of

NEAREST: Final = 5
"""How many calls that nearly matched are told."""
MAX_MISSES: Final = 20
"""How many differences of one call are told."""
ANOTHER_CALL: Final = 1_000
"""How much further away a call of another operation, path or method is than one that differs in its values."""
MOST: Final = 2**31


@dataclass(frozen=True, slots=True)
class Miss:
    """Where a call differs (a JSON Pointer into the expectation), what was expected there and what came."""

    pointer: str
    expected: Any
    seen: Any


@dataclass(frozen=True, slots=True)
class Expected:
    """A call, and how often it should have come."""

    choice: Choice = field(default_factory=Choice)
    """Only `operation`, `method`, `path`, `status` and `sandbox` of it."""
    since: int = 0
    """Only what came after that entry."""
    query: Mapping[str, Any] = field(default_factory=dict)
    """Values by name: text, a list of texts for a repeated one, None for one that must not be there."""
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Any = msgspec.UNSET
    """JSON of which all must be in the call's, which may have more members; a form counts as an object of texts."""
    at_least: int = 1
    at_most: int = MOST


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which calls matched, and where it is no match those that came nearest, each with how it differs."""

    holds: bool
    matching: Sequence[Entry]
    nearest: Sequence[tuple[Entry, Sequence[Miss]]]


def verify(expected: Expected, entries: Iterable[Entry]) -> Verdict:
    """Hold an expectation against entries, oldest first."""
    matching: list[Entry] = []
    others: list[tuple[int, Entry, list[Miss]]] = []
    for entry in entries:
        if expected.choice.sandbox is not None and not Choice(sandbox=expected.choice.sandbox).takes(entry):
            continue
        distance, misses = differences(expected, entry)
        if misses:
            others.append((distance, entry, misses))
        else:
            matching.append(entry)
    holds = expected.at_least <= len(matching) <= expected.at_most
    if holds or len(matching) > expected.at_most:
        return Verdict(holds, matching, [])
    others.sort(key=lambda other: (other[0], -other[1].id))
    return Verdict(holds, matching, [(entry, misses[:MAX_MISSES]) for _, entry, misses in others[:NEAREST]])


def told(expected: Expected, count: int) -> Text:
    """How often it was expected, and how often it came."""
    least, most = expected.at_least, expected.at_most
    if least == most:
        wanted = Text(f"{least} kez", _times(least))
    elif most == MOST:
        wanted = Text(f"en az {least} kez", f"at least {_times(least)}")
    elif least == 0:
        wanted = Text(f"en çok {most} kez", f"at most {_times(most)}")
    else:
        wanted = Text(f"{least}–{most} kez", f"{least} to {_times(most)}")
    return Text(f"Beklenen: {wanted.tr}; gelen: {count} kez.", f"Expected: {wanted.en}; came: {_times(count)}.")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def differences(expected: Expected, entry: Entry) -> tuple[int, list[Miss]]:
    """How far an entry is from what is expected, and where it differs; nowhere: it matches.

    Of another call the values are not looked at.
    """
    if call := list(_call_misses(expected.choice, entry)):
        return ANOTHER_CALL * len(call), call
    values = [
        *_query_misses(expected.query, entry),
        *_header_misses(expected.headers, entry),
        *_body_misses(expected.body, entry),
    ]
    return len(values), values


def _call_misses(choice: Choice, entry: Entry) -> Iterable[Miss]:
    if choice.operation is not None and entry.operation != choice.operation:
        yield Miss("/islem", choice.operation, entry.operation)
    if choice.method is not None and entry.method != choice.method:
        yield Miss("/yontem", choice.method, entry.method)
    if choice.path is not None and not path_matches(choice.path, entry.path):
        yield Miss("/yol", choice.path, entry.path)
    if choice.status is not None and not status_matches(choice.status, entry.status):
        yield Miss("/durum", choice.status, entry.status or None)


def _query_misses(wanted: Mapping[str, Any], entry: Entry) -> Iterable[Miss]:
    if not wanted:
        return
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(entry.query.decode("latin-1"), keep_blank_values=True, errors="replace"):
        given.setdefault(name, []).append(value)
    for name, value in wanted.items():
        seen = given.get(name)
        if seen != (value if isinstance(value, list) or value is None else [value]):
            yield Miss(f"/sorgu/{_escaped(name)}", value, seen[0] if seen and len(seen) == 1 else seen)


def _header_misses(wanted: Mapping[str, str | None], entry: Entry) -> Iterable[Miss]:
    if not wanted:
        return
    given: dict[str, str] = {}
    for name, value in entry.request_headers():
        given[name] = f"{given[name]}, {value}" if name in given else value  # RFC 9110, 5.3
    for name, expected in wanted.items():
        seen = given.get(name.lower())
        if seen != expected:
            yield Miss(f"/basliklar/{_escaped(name)}", expected, seen)


def _body_misses(wanted: Any, entry: Entry) -> Iterable[Miss]:
    if wanted is msgspec.UNSET:
        return
    if len(entry.body) < entry.body_size:
        yield Miss("/govde", wanted, f"… {entry.body_size} bayt, {len(entry.body)} baytı saklandı")
        return
    yield from _json_misses(wanted, _body_value(entry), "/govde")


def _body_value(entry: Entry) -> Any:
    """JSON as builtins, a form as an object of texts, other text as it is, nothing as None."""
    media_type = dict(entry.request_headers()).get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(entry.body.decode("latin-1"), keep_blank_values=True, errors="replace"))
    try:
        return msgspec.json.decode(entry.body) if entry.body else None
    except UNREADABLE:
        return text_of(entry.body, cut=False)


def _json_misses(wanted: Any, seen: Any, pointer: str) -> Iterable[Miss]:
    """Where not all of `wanted` is in `seen`; lists are as long and in the same order, null is also what is missing."""
    if isinstance(wanted, dict) and isinstance(seen, dict):
        for name, value in wanted.items():
            yield from _json_misses(value, seen.get(name), f"{pointer}/{_escaped(name)}")
    elif isinstance(wanted, list) and isinstance(seen, list) and len(wanted) == len(seen):
        for place, (value, other) in enumerate(zip(wanted, seen, strict=True)):
            yield from _json_misses(value, other, f"{pointer}/{place}")
    elif not _same(wanted, seen):
        yield Miss(pointer, wanted, seen)


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: `1` is `1.0`, and neither is `true`."""
    return isinstance(one, bool) is isinstance(other, bool) and one == other


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
