"""Answers that stand in the document: which there are for an operation, and one of them as the server would send it."""

from __future__ import annotations

import re
import secrets
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from impl import problems
from impl.contract.answers import ANY_TYPE, JSON_TYPES, PROBLEM_TYPE
from impl.contract.call import Scope
from impl.contract.document import Node
from impl.contract.plan import Plan
from impl.contract.replies import NO_STORE, Receive, Send, base_headers, refuse
from impl.problems import Language, Problem, preferred_language
from mocks.answer import Answer, answered

SHOWN_HEADERS: Final = "access-control-expose-headers"
PIXEL: Final = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""The smallest PNG, where the document promises an image and shows none."""
BYTES: Final = "Örnek dosya.\n".encode()
"""What a file has in it, where the document shows none."""

_KINDS: Final[Mapping[str, type[Problem]]] = {
    kind.code: kind
    for kind in vars(problems).values()
    if isinstance(kind, type) and issubclass(kind, Problem) and hasattr(kind, "code")
}


def new_request_id() -> str:
    """For an answer that the application has not given: as long as its own, and never one of them."""
    return f"{secrets.token_hex(6)}-m"


async def problem_answer(problem: Problem, path: str, scope: Scope, receive: Receive) -> Answer:
    """A refusal under that path, whole."""
    request_id = new_request_id().encode()

    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        await refuse(problem, path, scope, send, request_id)

    return await answered(refusing, scope, receive)


def response_of(plan: Plan, status: int) -> Node | None:
    """The response that the document has for that status: its own, its class's, or any other's."""
    for key in (str(status), f"{status // 100}XX", "default"):
        if key in plan.responses:
            response: Node = plan.responses[key]
            return response
    return None


def examples_of(media: Node) -> dict[str, Any]:
    """The examples of a media type by name; a single `example` has the name `example`."""
    named = {name: example["value"] for name, example in media.get("examples", {}).items() if "value" in example}
    return named or ({"example": media["example"]} if "example" in media else {})


def options_of(plan: Plan) -> dict[str, list[str]]:
    """The statuses of an operation, each with the names of its examples."""
    return {status: _names(plan.responses[status]) for status in sorted(plan.responses)}


def statuses_with(plan: Plan, example: str) -> list[int]:
    """The statuses that have an example of that name, successes first."""
    numbers = [int(status) for status in plan.responses if status.isdigit()]
    return [status for status in sorted(numbers) if example in _names(plan.responses[str(status)])]


def success_of(plan: Plan) -> int:
    """The first success of an operation, or else its first status."""
    return min((int(status) for status in plan.responses if status.isdigit()), default=200)


def _names(response: Node) -> list[str]:
    return list(dict.fromkeys(name for media in response.get("content", {}).values() for name in examples_of(media)))


def media_type_of(response: Node, scope: Scope, example: str | None = None) -> str:
    """Of the media types that have the example: the one that `Accept` prefers (RFC 9110, 12.5.1), JSON where it does
    not say; empty where the answer has no body."""
    content = response.get("content", {})
    able = [name for name, media in content.items() if example is None or example in examples_of(media)]
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept").decode("latin-1")
    return max(able, key=lambda name: (_weight(name, accept), name in JSON_TYPES), default="")


def _weight(media_type: str, accept: str) -> float:
    """How much `Accept` prefers it: the weight of the most particular range that it is in."""
    if not accept.strip():
        return 1.0
    found: dict[int, float] = {}
    for part in accept[:2_000].lower().split(","):
        range_, *parameters = (piece.strip() for piece in part.split(";"))
        of_kind = f"{media_type.partition('/')[0]}/*"
        ranges = ("*/*", of_kind, media_type)
        if range_ in ranges:
            quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
            found[ranges.index(range_)] = float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality) else 0.0
    return found[max(found)] if found else 0.0


def documented_answer(
    plan: Plan, status: int, scope: Scope, example: str | None = None, made: object = msgspec.UNSET
) -> Answer:
    """The documented answer of that status: this example of it, or `made` in its place, or its first example.

    The status must be documented, and the example one of its own. Problems get the request's id, and are in English
    where `Accept-Language` prefers that. All documented headers are there, with the values that the document shows.
    """
    response = response_of(plan, status) or {}
    media_type = media_type_of(response, scope, example)
    answer = Answer(status)
    request_id = new_request_id()
    if media_type:
        media = response["content"][media_type]
        value = made if made is not msgspec.UNSET else _value(media, example)
        if media_type == PROBLEM_TYPE and isinstance(value, dict):
            language = preferred_language(dict(scope["headers"]).get(b"accept-language"))
            value = in_language(value, language) | {"status": status, "istek_id": request_id}
            answer.put("content-language", language)
        answer.body = _encoded(media_type, value)
        answer.put("content-type", _written(media_type))
    answer.put("content-length", str(len(answer.body)))
    _put_headers(answer, plan, response)
    answer.put("x-request-id", request_id)
    return answer


def _value(media: Node, example: str | None) -> object:
    examples = examples_of(media)
    return examples[example] if example is not None else next(iter(examples.values()), msgspec.UNSET)


def _encoded(media_type: str, value: object) -> bytes:
    if value is msgspec.UNSET:
        return PIXEL if media_type == "image/png" else BYTES if media_type not in JSON_TYPES else b"null"
    if media_type not in JSON_TYPES and isinstance(value, str):
        return value.encode()
    return msgspec.json.encode(value)


def _written(media_type: str) -> str:
    """The header of that media type."""
    if media_type == ANY_TYPE:
        return "text/plain; charset=utf-8"
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _put_headers(answer: Answer, plan: Plan, response: Node) -> None:
    for name, value in base_headers(plan.path):
        answer.put(name.decode(), value.decode())
    if plan.method == "GET" or answer.status >= 400:
        answer.put(NO_STORE[0].decode(), NO_STORE[1].decode())
    for name, header in response.get("headers", {}).items():
        shown = _shown(header)
        if shown is not None:
            answer.put(name.lower(), shown)


def _shown(header: Node) -> str | None:
    """The value that the document shows for a header."""
    schema = header.get("schema", {})
    candidates = [header, *header.get("examples", {}).values(), schema]
    for node in candidates:
        for key in ("example", "value", "const", "default"):
            if key in node:
                return str(node[key])
    return None


def in_language(problem: Node, language: Language) -> Node:
    """A documented problem, which is in Turkish, in that language; unknown ones and their fields stay as they are."""
    kind = _KINDS.get(problem.get("kod", ""))
    if language == "tr" or kind is None:
        return problem
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(kind.detail.tr))
    found = re.fullmatch(pattern, problem["detail"])
    if found is None:
        return problem
    return problem | {"title": kind.title.en, "detail": kind.detail.en.format(**found.groupdict())}
