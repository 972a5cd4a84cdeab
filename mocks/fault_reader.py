"""Reads faults: from a mapping (JSON), from `status=503, chance=0.5` (a header, the command line), from YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from impl.contract.plan import Plan
from impl.problems import FieldError, Text
from mocks.documented import statuses_with
from mocks.fault import BODIES, CLOSES, DISTRIBUTIONS, Delay, Fault
from mocks.pauses import LONGEST_DELAY
from mocks.state.wrong import WrongInput
from mocks.state.yaml_text import read_yaml

EFFECTS: Final = ("delay", "status", "close", "body", "throttle")
MOST_COUNT: Final = 1_000_000
MOST_BYTES: Final = 100_000_000
LONGEST_TEXT: Final = 4_000


class WrongFault(ValueError):
    """A description that is no fault: which member (a JSON Pointer), and why."""

    def __init__(self, pointer: str, tr: str, en: str) -> None:
        super().__init__(f"{pointer}: {en}" if pointer else en)
        self.pointer = pointer
        self.text = Text(tr, en)

    def field_error(self) -> FieldError:
        """For a problem that lists the fields."""
        return FieldError(self.pointer, self.text)

    def below(self, pointer: str) -> WrongFault:
        """The same of a fault that stands there."""
        return WrongFault(pointer + self.pointer, self.text.tr, self.text.en)


def read_fault(described: object, plans: Sequence[Plan]) -> Fault:
    """The fault that a mapping describes (`Fault` says what each member is). Raises WrongFault.

    `plans` are the operations that there are: one must be meant, and must have the example.
    """
    if not isinstance(described, Mapping):
        raise WrongFault("", "Bir hata tanımı nesne olmalı.", "a fault must be an object.")
    for name in described:
        if name not in READERS:
            raise _unknown(str(name))
    given = {name: READERS[name](name, value) for name, value in described.items() if value is not None}
    fault = Fault(**given)
    _check_effects(fault)
    _check_operation(fault, plans)
    return fault


def read_short(text: str) -> dict[str, Any]:
    """`status=503, chance=0.5` or a JSON object, as a mapping for `read_fault`. Raises WrongFault."""
    if len(text) > LONGEST_TEXT:
        raise WrongFault(
            "", f"En çok {LONGEST_TEXT} karakter olabilir.", f"may have {LONGEST_TEXT} characters at most."
        )
    if text.lstrip().startswith("{"):
        try:
            described: dict[str, Any] = msgspec.json.decode(text)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise WrongFault("", f"JSON okunamıyor: {error}", f"is not JSON: {error}") from None
        return described
    given: dict[str, Any] = {}
    for part in re.split("[,;]", text):
        if not part.strip():
            continue
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value) or name in given:
            told = part.strip()[:60]
            raise WrongFault(
                "",
                f"`{told}` okunamıyor; biçimi: `status=503, chance=0.5`, her ad bir kez.",
                f"`{told}` cannot be read; it is written `status=503, chance=0.5`, each name once.",
            )
        given[name] = _number(value)
    return given


@dataclass(frozen=True)
class FaultFile:
    """What a file of faults says."""

    faults: tuple[Fault, ...]
    seed: int | None = None


def read_faults(text: str | bytes, plans: Sequence[Plan]) -> FaultFile:
    """YAML: a list of faults, or `faults` with such a list and a `seed`. Raises WrongFault."""
    try:
        content = read_yaml(text)
    except WrongInput as wrong:
        raise WrongFault("", wrong.text.tr, wrong.text.en) from None
    seed, listed, pointer = None, content, ""
    if isinstance(content, dict):
        for name in set(content) - {"seed", "faults"}:
            raise WrongFault(
                f"/{name}", "Yalnız `seed` ve `faults` olabilir.", "only `seed` and `faults` may stand here."
            )
        seed, listed, pointer = content.get("seed"), content.get("faults"), "/faults"
        if seed is not None:
            _integer(-(2**63), 2**63 - 1)("seed", seed)
    if listed is None:
        listed = []
    if not isinstance(listed, list):
        raise WrongFault(pointer, "Bir hata listesi olmalı.", "must be a list of faults.")
    faults = []
    for at, described in enumerate(listed):
        try:
            faults.append(read_fault(described, plans))
        except WrongFault as wrong:
            raise wrong.below(f"{pointer}/{at}") from None
    return FaultFile(tuple(faults), seed)


def _check_effects(fault: Fault) -> None:
    if all(getattr(fault, name) is None for name in EFFECTS):
        names = ", ".join(f"`{name}`" for name in EFFECTS)
        raise WrongFault("", f"Şunlardan en az biri gerekli: {names}.", f"needs at least one of {names}.")
    if fault.example is not None and fault.status is None:
        raise WrongFault("/example", "`example`, `status` ister.", "`example` needs a `status`.")
    spoiling = [name for name in ("status", "body", "throttle") if getattr(fault, name) is not None]
    if fault.close in ("request", "before") and spoiling:
        raise WrongFault(
            "/close",
            f"`close: {fault.close}` yanıtı hiç göndermez; `{spoiling[0]}` ile birlikte olamaz.",
            f"`close: {fault.close}` sends no answer, so that `{spoiling[0]}` says nothing.",
        )
    if fault.close == "inside" and fault.body is not None:
        raise WrongFault(
            "/close",
            "`close: inside` gövdeyi yarıda keser; `body` ile birlikte olamaz.",
            "`close: inside` cuts the body off, so that `body` says nothing.",
        )


def _check_operation(fault: Fault, plans: Sequence[Plan]) -> None:
    names = [plan.id for plan in plans]
    meant = [plan for plan in plans if fault.concerns(plan.id)]
    if not meant:
        near = get_close_matches(fault.operation, names, 3, 0.5)
        hint_tr = f" Şunlardan biri mi: {', '.join(near)}?" if near else ""
        hint_en = f" Is it one of {', '.join(near)}?" if near else ""
        raise WrongFault(
            "/operation",
            f"`{fault.operation[:100]}` adında bir işlem (operationId) yok.{hint_tr}",
            f"there is no operation (operationId) `{fault.operation[:100]}`.{hint_en}",
        )
    if fault.example is not None and not any(fault.status in statuses_with(plan, fault.example) for plan in meant):
        raise WrongFault(
            "/example",
            f"{fault.status} yanıtında `{fault.example[:100]}` adında bir örnek yok.",
            f"{fault.status} has no example `{fault.example[:100]}`.",
        )


def _unknown(name: str) -> WrongFault:
    near = get_close_matches(name, READERS, 1)
    known = ", ".join(READERS)
    hint_tr = f" `{near[0]}` mi demek istediniz?" if near else ""
    hint_en = f" Did you mean `{near[0]}`?" if near else ""
    return WrongFault(
        f"/{name[:60]}",
        f"Böyle bir üye yok.{hint_tr} Olanlar: {known}.",
        f"there is no such member.{hint_en} There are {known}.",
    )


# One reader a member


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise WrongFault(f"/{name}", "Boş olmayan bir metin olmalı.", "must be a text that is not empty.")
    return value


def _chance(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise WrongFault(f"/{name}", "0'dan büyük, en çok 1 bir sayı olmalı.", "must be a number above 0, to 1.")
    return float(value)


def _integer(least: int, most: int) -> Callable[[str, object], int]:
    def read(name: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise WrongFault(
                f"/{name}",
                f"{least} ile {most} arasında bir tam sayı olmalı.",
                f"must be an integer from {least} to {most}.",
            )
        return value

    return read


def _one_of(options: Iterable[str]) -> Callable[[str, object], str]:
    told = ", ".join(f"`{option}`" for option in options)

    def read(name: str, value: object) -> str:
        if value not in tuple(options):
            raise WrongFault(f"/{name}", f"Şunlardan biri olmalı: {told}.", f"must be one of {told}.")
        return str(value)

    return read


def _delay(name: str, value: object) -> Delay:
    """`800`, `{"uniform": [100, 900]}` or `uniform:100:900`."""
    match value:
        case str():
            first, *texts = value.split(":")
            kind: object = first
            numbers: Any = [_number(text) for text in texts]
        case {**members} if len(members) == 1:
            ((kind, numbers),) = members.items()
        case _:
            kind, numbers = "fixed", [value]
    known = next((known for known in DISTRIBUTIONS if known == kind), None)
    if known is None or not isinstance(numbers, list) or len(numbers) != len(DISTRIBUTIONS[known]):
        raise _no_delay(name)
    if not all(map(_is_bounded, numbers)):
        raise _no_delay(name)
    if known == "uniform" and numbers[0] > numbers[1]:
        raise WrongFault(f"/{name}", "İlk sayı ikincisini aşamaz.", "the first number must not exceed the second.")
    return Delay(known, tuple(map(float, numbers)))


def _no_delay(name: str) -> WrongFault:
    shapes = ", ".join(f"{{{kind}: [{', '.join(of)}]}}" for kind, of in DISTRIBUTIONS.items() if kind != "fixed")
    return WrongFault(
        f"/{name}",
        f"Milisaniye (0–{LONGEST_DELAY}) ya da şunlardan biri olmalı: {shapes}.",
        f"must be milliseconds (0 to {LONGEST_DELAY}) or one of {shapes}.",
    )


def _is_bounded(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST_DELAY


def _number(text: str) -> float | str:
    """`503` as 503, `0.5` as 0.5; anything else stays text."""
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?[0-9]{1,18}\.[0-9]{1,18}", text) else text


READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "operation": _text,
    "chance": _chance,
    "count": _integer(1, MOST_COUNT),
    "delay": _delay,
    "status": _integer(400, 599),
    "example": _text,
    "close": _one_of(CLOSES),
    "body": _one_of(BODIES),
    "throttle": _integer(1, MOST_BYTES),
}
