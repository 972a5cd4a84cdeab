"""Reads scripts: from YAML or from a mapping (JSON). What it does not know it refuses, with the nearest known name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

from mocks.counterparts.acts_reader import read_act
from mocks.counterparts.errors import WrongScript, unknown
from mocks.counterparts.parts_reader import (
    check_members,
    read_chance,
    read_count,
    read_integer,
    read_pause,
    read_text,
    read_texts,
    read_words,
)
from mocks.counterparts.script import AT_ONCE, Act, Kind, Pause, Persona, Rule, Script, When
from mocks.counterparts.sides import SIDES, Side
from mocks.counterparts.vocabulary import PROFILE, TAKES_PAUSE, TAKES_WORDS, VISITOR_ID, WHENS
from mocks.counterparts.yaml_lines import plain, read_yaml

MOST_RULES: Final = 200
MOST_ACTS: Final = 20
MOST_PEOPLE: Final = 200
MOST_AT_ONCE: Final = 50
DEFAULT_AT_ONCE: Final = 3
MEMBERS: Final[Mapping[Side, tuple[str, ...]]] = {
    "operator": ("seed", "operators", "rules"),
    "visitor": ("seed", "visitors", "at_once", "rules"),
}
RULE_MEMBERS: Final = ("when", "after", "chance", "times", "do")
PERSONA_MEMBERS: Final = ("key", "id", "profile")

Value = TypeVar("Value")


def read_script(side: Side, text: str | bytes) -> Script:
    """A script in YAML. Raises WrongScript, with the line."""
    content, lines = read_yaml(text)
    try:
        return replace(script_of(side, content), lines=lines)
    except WrongScript as wrong:
        raise wrong.at_line(lines) from None


def script_of(side: Side, described: object) -> Script:
    """The script that a mapping describes. Raises WrongScript."""
    content = plain(described)
    given = check_members("", content, MEMBERS[side])
    rules = _listed(given, "rules", MOST_RULES, partial(_rule, side))
    seed = None if given.get("seed") is None else read_integer("/seed", given["seed"], -(2**63), 2**63 - 1)
    if side == "operator":
        return Script(side, rules, given, operators=_operators(given.get("operators")), seed=seed)
    people = _listed(given, "visitors", MOST_PEOPLE, _persona)
    _check_each_once(people)
    at_once = read_integer("/at_once", given.get("at_once", DEFAULT_AT_ONCE), 1, MOST_AT_ONCE)
    return Script(side, rules, given, visitors=people, at_once=at_once, seed=seed)


def side_of(name: str) -> Side:
    """`operator` or `visitor`. Raises WrongScript."""
    for side in SIDES:
        if name == side:
            return side
    raise unknown("", name, SIDES)


def _listed(given: Mapping[str, Any], name: str, most: int, read: Callable[[str, object], Value]) -> tuple[Value, ...]:
    listed = given.get(name)
    if not isinstance(listed, list) or not 1 <= len(listed) <= most:
        raise WrongScript(
            f"/{name}", f"1 ile {most} arasında öğesi olan bir liste olmalı.", f"must be a list of 1 to {most} items."
        )
    return tuple(read(f"/{name}/{at}", item) for at, item in enumerate(listed))


def _operators(value: object) -> tuple[str, ...] | None:
    if value is None or value == "all":
        return None
    return read_texts("/operators", value, MOST_PEOPLE)


def _persona(at: str, value: object) -> Persona:
    given = check_members(at, value, PERSONA_MEMBERS, needed=("key", "id"))
    profile = given.get("profile", {})
    if not isinstance(profile, dict):
        raise WrongScript(
            f"{at}/profile",
            "`ad`, `email`, `paket` gibi üyeleri olan bir nesne olmalı (customer-info).",
            "must be a mapping with members such as `ad`, `email`, `paket` (customer-info).",
        )
    check_members(f"{at}/profile", profile, PROFILE)
    visitor_id = read_text(f"{at}/id", given["id"])
    if not re.fullmatch(VISITOR_ID, visitor_id):
        raise WrongScript(
            f"{at}/id",
            "1-128 harf (A-Z, a-z), rakam ya da `. _ @ : + -` olmalı; `.` ile başlayamaz (ziyaretci_id).",
            "must be 1 to 128 of A-Z, a-z, digits and `. _ @ : + -`, of which `.` is not the first (ziyaretci_id).",
        )
    return Persona(read_text(f"{at}/key", given["key"]), visitor_id, profile)


def _check_each_once(people: Sequence[Persona]) -> None:
    first: dict[str, int] = {}
    for index, persona in enumerate(people):
        before = first.setdefault(persona.name, index)
        if before != index:
            told = f"`{persona.visitor_id}`, `{persona.key}`"
            raise WrongScript(
                f"/visitors/{index}/id",
                f"{told}: iki kez var; ilki `/visitors/{before}`.",
                f"{told}: is there twice, first as /visitors/{before}.",
            )


def _rule(side: Side, at: str, value: object) -> Rule:
    given = check_members(at, value, RULE_MEMBERS, needed=("when", "do"))
    when = _when(side, f"{at}/when", given["when"])
    after = read_pause(f"{at}/after", given["after"]) if "after" in given else AT_ONCE
    chance = read_chance(f"{at}/chance", given.get("chance", 1))
    times = read_count(f"{at}/times", given["times"]) if "times" in given else None
    return Rule(when, _acts(side, when.kind, f"{at}/do", given["do"], after), chance, times)


def _when(side: Side, at: str, value: object) -> When:
    name, detail = value, None
    if isinstance(value, dict) and len(value) == 1:
        ((name, detail),) = value.items()
    kind: Kind | None = next((known for known in WHENS[side] if known == name), None)
    if kind is None:
        if isinstance(name, str):
            raise unknown(at, name, WHENS[side])
        raise WrongScript(
            at,
            "`accepted` gibi bir ad ya da `{message: kargo}` gibi tek üyeli bir nesne olmalı.",
            "must be a name such as `accepted`, or a mapping of one member such as `{message: kargo}`.",
        )
    if kind in TAKES_PAUSE:
        return When(kind, pause=_how_long(f"{at}/{kind}", kind, detail))
    if detail is None:
        return When(kind)
    if kind not in TAKES_WORDS:
        raise WrongScript(at, f"`{kind}` tek başına yazılır.", f"`{kind}` is written by itself.")
    return When(kind, words=read_words(f"{at}/{kind}", detail))


def _how_long(at: str, kind: Kind, detail: object) -> Pause:
    pause = read_pause(at, detail)
    if pause.least < 1:
        raise WrongScript(at, f"`{kind}` en az 1 saniye olmalı.", f"`{kind}` must be at least 1 second.")
    return pause


def _acts(side: Side, kind: Kind, at: str, value: object, after: Pause) -> tuple[Act, ...]:
    """One act, or a list of acts with `wait: …` between them."""
    steps = value if isinstance(value, list) else [value]
    acts: list[Act] = []
    wait: Pause | None = after
    for index, step in enumerate(steps[: MOST_ACTS + 1]):
        place = f"{at}/{index}" if isinstance(value, list) else at
        if isinstance(step, dict) and set(step) == {"wait"}:
            wait = _longer(wait, read_pause(f"{place}/wait", step["wait"]))
            continue
        verb, detail = read_act(side, kind, place, step)
        acts.append(Act(verb, detail, wait or AT_ONCE))
        wait = None
    if not acts or wait is not None or len(steps) > MOST_ACTS:
        raise WrongScript(
            at,
            f"1 ile {MOST_ACTS} arasında adım olmalı; son adım `wait` olamaz.",
            f"must be 1 to {MOST_ACTS} steps, of which the last is not `wait`.",
        )
    return tuple(acts)


def _longer(first: Pause | None, second: Pause) -> Pause:
    return second if first is None else Pause(first.least + second.least, first.most + second.most)
