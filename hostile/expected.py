"""What the contract says must come: checks of an attempt's answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from hostile.answers import Answer
from hostile.attempts import Check
from hostile.judge import is_plain


def refused(status: int, *codes: str) -> Check:
    """The last answer is a refusal with this status, and one of the codes where it has a body."""
    return partial(_refused, status, codes)


def _refused(status: int, codes: Sequence[str], answers: Sequence[Answer]) -> list[str]:
    code = code_of(answers[-1])
    if answers[-1].status == status and (not codes or code in codes or not answers[-1].body):
        return []
    return [f"{answers[-1].status} {code or 'without a code'} instead of {status} {' or '.join(codes)}"]


def answered(*statuses: int) -> Check:
    """The last answer has one of these statuses."""
    return partial(_answered, statuses)


def _answered(statuses: Sequence[int], answers: Sequence[Answer]) -> list[str]:
    status = answers[-1].status
    return [] if status in statuses else [f"{status} instead of {' or '.join(map(str, statuses))}"]


def not_allowed(methods: Sequence[bytes]) -> Check:
    """405 that names these methods in `Allow`, and to a HEAD nothing more."""
    return partial(_not_allowed, methods)


def _not_allowed(methods: Sequence[bytes], answers: Sequence[Answer]) -> list[str]:
    found = _refused(405, ("yontem_desteklenmiyor",), answers)
    allowed = {name.strip().encode() for name in answers[-1].headers.get("allow", "").split(",")}
    missing = sorted(set(methods) - allowed)
    return [*found, *[f"Allow has no {method.decode()}" for method in missing]]


def code_of(answer: Answer) -> str | None:
    """The problem's `kod`, or None."""
    body = _json(answer)
    code = body.get("kod") if isinstance(body, dict) else None
    return code if isinstance(code, str) else None


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


# Of two requests


def first_again(answers: Sequence[Answer]) -> list[str]:
    """Sent again under the same key: the first answer once more."""
    first, second = answers[0], answers[-1]
    if first.status >= 300 or (second.status, second.body) == (first.status, first.body):
        return []
    return [f"the same key and body: {second.status}, and not the first answer again"]


def key_reused(answers: Sequence[Answer]) -> list[str]:
    """Another body under the same key: refused."""
    return _refused(422, ("anahtar_cakismasi",), answers) if answers[0].status < 300 else []


def no_replay(answers: Sequence[Answer]) -> list[str]:
    """Another visitor's request under the same key: neither the first answer nor a clash with it."""
    first, second = answers[0], answers[-1]
    if first.status >= 300:
        return []
    if code_of(second) == "anahtar_cakismasi":
        return ["the key of another visitor clashes"]
    return ["the answer of another visitor is shown"] if second.body == first.body else []


def whole_then_refused(answers: Sequence[Answer]) -> list[str]:
    """What came before broken HTTP is answered before it."""
    if is_plain(answers[0]):
        return ["a refusal overtakes the answer before it"]
    if len(answers) < 2:
        return [f"{len(answers)} answers to a request and broken HTTP behind it"]
    return [] if answers[0].status in {200, 401} else [f"the request before broken HTTP: {answers[0].status}"]


def each(*statuses: int) -> Check:
    """So many answers, with these statuses."""
    return partial(_each, statuses)


def _each(statuses: Sequence[int], answers: Sequence[Answer]) -> list[str]:
    got = tuple(answer.status for answer in answers)
    return [] if got == tuple(statuses) else [f"{got} instead of {tuple(statuses)}"]
