"""Reads a scenario: whatever is misspelt in it is said with its step and field before anything is done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from impl.contract.plan import Plan
from impl.problems import Text
from mocks.durations import NOT_A_DURATION, read_duration
from mocks.misspelt import Known, Names
from mocks.sandbox import FARTHEST
from mocks.scenario.settings import MEMBER_FIELDS, TENANT_FIELDS
from mocks.scenario.steps import DEMO_KEY, Call, Caller, Scenario, Setting, Step
from mocks.state.plain import check_plain
from mocks.state.wrong import WrongInput, below, unknown

MEMBERS: Final = ("name", "description", "from", "steps")
BEGINNINGS: Final = ("demo", "empty")
ACTS: Final = ("call", "set", "steps")
OF_CALLS: Final = ("as", "path", "query", "body", "save")
TIMES: Final = ("advance", "repeat", "each")
NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
VARIABLE: Final = re.compile(r"[A-Za-z_]\w{0,63}")
MOST_ROUNDS: Final = 10_000
MOST_ACTS: Final = 20_000
DEEPEST: Final = 8


class ScenarioReader:
    """Reads scenarios that call these operations."""

    def __init__(self, plans: Mapping[str, Plan], known: Known) -> None:
        self._plans = plans
        self._known = known

    def read(self, value: Any) -> Scenario:
        """The scenario that plain data describes. Raises WrongInput."""
        check_plain(value)
        given = _object(value, "")
        _check_members(given, MEMBERS, "")
        name = _text(given.get("name"), "/name")
        if not NAME.fullmatch(name):
            raise WrongInput(
                "/name", Text("Küçük harf, rakam ve `-` olmalı.", "Must be lower-case letters, digits and `-`.")
            )
        begins = given.get("from", "demo")
        if begins not in BEGINNINGS:
            raise WrongInput("/from", unknown(begins, BEGINNINGS))
        listed = given.get("steps")
        steps = self._steps([] if listed is None else listed, "/steps", 0)
        scenario = Scenario(name, _text(given.get("description", ""), "/description", empty=True), begins, steps)
        if sum(step.acts() for step in steps) > MOST_ACTS:
            raise WrongInput("/steps", Text(f"En çok {MOST_ACTS} adım olur.", f"At most {MOST_ACTS} steps in all."))
        if scenario.seconds() > FARTHEST.total_seconds():
            raise WrongInput(
                "/steps", Text(f"En çok {FARTHEST.days} gün geçer.", f"At most {FARTHEST.days} days pass in all.")
            )
        return scenario

    def _steps(self, value: Any, pointer: str, depth: int) -> tuple[Step, ...]:
        if depth > DEEPEST:
            raise WrongInput(pointer, Text("Çok derin.", "Nested too deep."))
        return tuple([self._step(one, below(pointer, at), depth) for at, one in enumerate(_list(value, pointer))])

    def _step(self, value: Any, pointer: str, depth: int) -> Step:
        given = _object(value, pointer)
        acts = [name for name in ACTS if name in given]
        more = OF_CALLS if acts == ["call"] else ()
        _check_members(given, (*ACTS, *TIMES, *more), pointer)
        if len(acts) > 1 or not (acts or "advance" in given):
            told = ", ".join(f"`{name}`" for name in ACTS)
            raise WrongInput(pointer, Text(f"Şunlardan biri olmalı: {told}.", f"Needs one of {told}."))
        act: Any = None
        if acts == ["call"]:
            act = self._call(given, pointer)
        elif acts == ["set"]:
            act = _setting(given["set"], below(pointer, "set"))
        elif acts:
            act = self._steps(given["steps"], below(pointer, "steps"), depth + 1)
        return Step(pointer, act, _advance(given, pointer), _rounds(given, pointer))

    def _call(self, given: Mapping[str, Any], pointer: str) -> Call:
        operation = _text(given["call"], below(pointer, "call"))
        plan = self._plans.get(operation)
        if plan is None:
            raise WrongInput(below(pointer, "call"), unknown(operation, self._plans))
        names = self._known.of(plan)
        caller = _caller(given["as"], below(pointer, "as")) if "as" in given else None
        path = _named(given, "path", re.findall(r"{(\w+)}", plan.path), pointer)
        if missing := set(re.findall(r"{(\w+)}", plan.path)) - path.keys() - {"ziyaretci_id"}:
            told = ", ".join(sorted(missing))
            raise WrongInput(below(pointer, "path"), Text(f"`{told}` eksik.", f"`{told}` is missing."))
        query = _named(given, "query", names.query, pointer)
        body = self._body(given, names, pointer)
        return Call(operation, caller, path, query, body, _save(given, pointer))

    def _body(self, given: Mapping[str, Any], names: Names, pointer: str) -> Any:
        if "body" in given and not names.body:
            raise WrongInput(below(pointer, "body"), Text("Bu işlemin gövdesi yok.", "The operation takes no body."))
        return _named(given, "body", names.body, pointer) if names.body else None


def _caller(value: Any, pointer: str) -> Caller:
    given = _object(value, pointer)
    _check_members(given, ("visitor", "operator", "tenant"), pointer)
    if ("visitor" in given) == ("operator" in given):
        raise WrongInput(pointer, Text("`visitor` ya da `operator` olmalı.", "Must be a `visitor` or an `operator`."))
    texts = {name: _text(text, below(pointer, name)) for name, text in given.items()}
    if "operator" in texts and "tenant" in texts:
        raise WrongInput(
            below(pointer, "tenant"),
            Text("Operatör yalnız e-postasıyla yazılır.", "An operator is named by email only."),
        )
    return Caller(**texts)


def _setting(value: Any, pointer: str) -> Setting:
    given = dict(_object(value, pointer))
    tenant = _text(given.pop("tenant", DEMO_KEY), below(pointer, "tenant"))
    operator = given.pop("operator", None)
    fields = TENANT_FIELDS if operator is None else MEMBER_FIELDS
    _check_members(given, fields, pointer, more=("tenant", "operator"))
    if operator is not None:
        operator = _text(operator, below(pointer, "operator"))
    return Setting(tenant, operator, given)


def _advance(given: Mapping[str, Any], pointer: str) -> float:
    seconds = read_duration(given.get("advance", 0))
    if seconds is None:
        raise WrongInput(below(pointer, "advance"), NOT_A_DURATION)
    return seconds


def _rounds(given: Mapping[str, Any], pointer: str) -> list[Mapping[str, Any]]:
    if "repeat" not in given and "each" not in given:
        return [{}]  # `i` stays that of the steps around
    if "repeat" in given and "each" in given:
        raise WrongInput(below(pointer, "each"), Text("`repeat` ile birlikte olmaz.", "Not together with `repeat`."))
    if "each" in given:
        items = _list(given["each"], below(pointer, "each"))
        rounds = [_variables(one, f"{pointer}/each/{at}") for at, one in enumerate(items)]
    else:
        count = given["repeat"]
        if type(count) is not int or not 1 <= count <= MOST_ROUNDS:
            told = Text(
                f"1 ile {MOST_ROUNDS} arasında bir tam sayı olmalı.", f"Must be an integer from 1 to {MOST_ROUNDS}."
            )
            raise WrongInput(below(pointer, "repeat"), told)
        rounds = [{}] * count
    return [{"i": number, **names} for number, names in enumerate(rounds, start=1)]


def _variables(value: Any, pointer: str) -> dict[str, Any]:
    given = _object(value, pointer)
    for name in given:
        _check_variable(name, below(pointer, name))
    return given


def _save(given: Mapping[str, Any], pointer: str) -> dict[str, str]:
    pointer = below(pointer, "save")
    save = _object(given.get("save", {}), pointer)
    for name, place in save.items():
        _check_variable(name, below(pointer, name))
        _text(place, below(pointer, name))
    return save


def _check_variable(name: str, pointer: str) -> None:
    if not VARIABLE.fullmatch(name):
        raise WrongInput(pointer, Text("Harf, rakam ve `_` olmalı.", "Must be letters, digits and `_`."))


def _named(given: Mapping[str, Any], member: str, known: Iterable[str], pointer: str) -> dict[str, Any]:
    found = _object(given.get(member, {}), below(pointer, member))
    _check_members(found, sorted(known), below(pointer, member))
    return found


def _check_members(given: Mapping[str, Any], known: Iterable[str], pointer: str, more: Iterable[str] = ()) -> None:
    known = [*known]
    for name in given:
        if name not in known:
            raise WrongInput(below(pointer, name), unknown(name, [*more, *known]))


def _object(value: Any, pointer: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongInput(pointer, Text("Bir nesne olmalı.", "Must be an object."))
    return value


def _list(value: Any, pointer: str) -> list[Any]:
    if not isinstance(value, list):
        raise WrongInput(pointer, Text("Bir liste olmalı.", "Must be a list."))
    return value


def _text(value: Any, pointer: str, *, empty: bool = False) -> str:
    if not isinstance(value, str) or not (value or empty):
        raise WrongInput(pointer, Text("Boş olmayan bir metin olmalı.", "Must be a text that is not empty."))
    return value
