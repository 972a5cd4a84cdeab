"""What an answer must be, whatever was sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from hostile.answers import Answer
from hostile.attempts import Attempt, Framing
from impl.contract.replies import CORS_PREFIXES

PROBLEM_TYPE: Final = "application/problem+json"
PLAIN: Final = ((400, b"Invalid HTTP request received."), (431, b""))
"""What the HTTP layer says by itself of what is no request."""

UNTOUCHED: Final = "refused, and yet changed: "


def failures(attempt: Attempt, raw: bytes, answers: Sequence[Answer], reached: int, judge: Judge) -> list[str]:
    """What is wrong with the answers to an attempt, a sentence each. `reached`: requests the application saw."""
    found: list[str] = []
    for number, answer in enumerate(answers):
        if attempt.framing is not Framing.WHOLE and is_plain(answer):
            found += [] if answer.closes else ["the connection stays open after broken HTTP"]
            continue
        found += judge.of(attempt.methods[min(number, len(attempt.methods) - 1)], answer)
        if len(answers) == 1 and attempt.framing is Framing.WHOLE:
            found += _readable_by_pages(raw, answer)
    if attempt.framing is Framing.WHOLE and reached != len(attempt.methods):
        found.append(f"{reached} of {len(attempt.methods)} requests reached the application")
    return found


class Judge:
    """Knows what may not be shown, and which operations are not written yet."""

    def __init__(self, secrets: Sequence[bytes], unwritten: Sequence[str]) -> None:
        self._forbidden = (b"Traceback (most recent call last)", *secrets)
        self._unwritten = unwritten

    def of(self, method: bytes, answer: Answer) -> list[str]:
        """What is wrong with an answer of the application."""
        found = [f"shows {word.decode()!r}" for word in self._forbidden if word in answer.body]
        if answer.status >= 500 and not self._not_written(answer, method):
            found.append(f"status {answer.status}")
        if "x-request-id" not in answer.headers:
            found.append("no X-Request-Id")
        if answer.status >= 400:
            found += _headers_of(answer)
            if method != b"HEAD":
                found += _envelope(answer)
        return found

    def _not_written(self, answer: Answer, method: bytes) -> bool:
        """501 is right for exactly the operations that have no handler, as long as there are any."""
        if answer.status != 501 or method == b"HEAD":
            return False
        return any(f"`{operation}`".encode() in answer.body for operation in self._unwritten)


def is_plain(answer: Answer) -> bool:
    """Whether the HTTP layer said it by itself."""
    return (answer.status, answer.body) in PLAIN


def _headers_of(answer: Answer) -> list[str]:
    needed = {
        401: ("www-authenticate",),
        405: ("allow",),
        429: ("retry-after", "ratelimit", "ratelimit-policy"),
        503: ("retry-after",),
    }
    return [f"{answer.status} without {name}" for name in needed.get(answer.status, ()) if name not in answer.headers]


def _envelope(answer: Answer) -> list[str]:
    if answer.headers.get("content-type") != PROBLEM_TYPE:
        return [f"{answer.status} as {answer.headers.get('content-type')}"]
    try:
        body: Any = json.loads(answer.body.decode("utf-8"))
    except ValueError as error:
        return [f"the envelope is not JSON: {error}"]
    if not isinstance(body, dict):
        return ["the envelope is no object"]
    expected = {"basarili": False, "status": answer.status, "istek_id": answer.headers.get("x-request-id")}
    found = [f"{name} is {body.get(name)!r}" for name, value in expected.items() if body.get(name) != value]
    found += [f"no {name}" for name in ("type", "title", "detail", "kod") if not isinstance(body.get(name), str)]
    if body.get("kod") == "alan_hatasi":
        found += _field_errors(body.get("hatalar"))
    return found


def _field_errors(errors: Any) -> list[str]:
    """A refusal of fields must name at least one, by a JSON Pointer (RFC 6901)."""
    if not (isinstance(errors, list) and errors):
        return ["alan_hatasi without hatalar"]
    pointers = [error.get("alan") if isinstance(error, dict) else None for error in errors]
    wrong = [where for where in pointers if not (isinstance(where, str) and (where == "" or where[0] == "/"))]
    return [f"alan is {where!r:.80}" for where in wrong[:1]]


def _readable_by_pages(raw: bytes, answer: Answer) -> list[str]:
    """CORS on every answer of the widget's paths, and on no other."""
    target = raw.split(b" ", 2)[1]
    allowed = answer.headers.get("access-control-allow-origin")
    if target.startswith(tuple(prefix.encode() for prefix in CORS_PREFIXES)):
        return [] if allowed == "*" else [f"{answer.status} without CORS"]
    if target.startswith((b"/api/v1/operator/", b"/api/v1/auth/", b"/portal/")):
        return [] if allowed is None else ["CORS where there should be none"]
    return []
