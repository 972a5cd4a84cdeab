"""What the control API reads of a request, and how it refuses: by its own document, with the application's problems."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Final, TypeVar

import jsonschema_rs
import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from impl.contract.bodies import check_media_type, decode
from impl.contract.replies import NO_STORE
from impl.contract.schemas import Schemas, field_errors, findings
from impl.problems import MEDIA_TYPE, BodyTooLarge, FieldError, InvalidFields, Problem, Text, preferred_language, render
from mocks.control.document import control_document

ROOT: Final = "/_mock"
"""Where the control API stands."""
BODY_LIMIT: Final = 262_144
MAX_INTEGER_DIGITS: Final = 20

Given = TypeVar("Given")
Endpoint = Callable[[Given, Request], Awaitable[Response]]


def route(path: str, given: Given, **endpoints: Endpoint[Given]) -> Route:
    """A path below `/_mock` with an endpoint for each method, called with what is given; problems are answered."""

    async def answers(request: Request) -> Response:
        endpoint = endpoints["GET" if request.method == "HEAD" else request.method]
        try:
            return await endpoint(given, request)
        except Problem as problem:
            return refusal(problem, request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody hears it

    return Route(ROOT + path, answers, methods=list(endpoints))


def reply(value: object, status: int = 200) -> Response:
    """JSON that nobody keeps."""
    return Response(msgspec.json.encode(value), status, {"cache-control": "no-store"}, "application/json")


def refusal(problem: Problem, request: Request) -> Response:
    """A problem as an answer, in the language that the caller prefers."""
    language = preferred_language(request.headers.get("accept-language", "").encode("latin-1"))
    request_id = f"mock-{secrets.token_hex(6)}"
    told = {name.decode(): value.decode() for name, value in (*problem.headers(), NO_STORE)}
    headers = {"content-language": language, "x-request-id": request_id, **told}
    return Response(render(problem, language, request_id), problem.status, headers, MEDIA_TYPE.decode())


async def body_of(request: Request, limit: int) -> bytes:
    """The body. Raises BodyTooLarge as soon as it is longer than that."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > limit:
            raise BodyTooLarge(limit=limit)
    return bytes(raw)


async def json_body(request: Request, schema: str) -> Any:
    """The body, which keeps that schema of the control document.

    Raises WrongMediaType, BodyTooLarge, MalformedJson, InvalidFields.
    """
    check_media_type(request.headers.get("content-type", "").encode("latin-1"))
    raw = await body_of(request, BODY_LIMIT)
    value = decode(raw)
    validator, names = _compiled(schema)
    if isinstance(value, dict):
        check_names(value, names)
    try:
        valid = validator.is_valid(value)
    except ValueError:  # a number that no float holds
        raise InvalidFields([FieldError("", NOT_FINITE)]) from None
    if not valid:
        raise InvalidFields(field_errors(findings(validator, value, raw.count(b","))))
    return value


NOT_FINITE: Final = Text("Bir sayı çok büyük.", "A number is too large.")


NONE_TAKEN: Final = Text("Bilinmiyor; burada parametre alınmaz.", "Unknown; no parameters are taken here.")


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Raises InvalidFields for names that are not known: one misspelt would quietly ask nothing."""
    known = sorted(known)
    errors = [
        FieldError(_pointer(name), unknown(name, known) if known else NONE_TAKEN) for name in given if name not in known
    ]
    if errors:
        raise InvalidFields(errors[:100])


def unknown(name: str, known: Iterable[str]) -> Text:
    """That there is no such name; the nearest, or all that there are when they are few."""
    known = sorted(known)
    if not known:
        return Text("Bilinmiyor; hiç yok.", "Unknown; there are none.")
    near = get_close_matches(name[:100], known, 1)
    if near:
        return Text(f"Bilinmiyor; `{near[0]}` mi demek istediniz?", f"Unknown; did you mean `{near[0]}`?")
    if len(known) > 20:
        return Text("Bilinmiyor.", "Unknown.")
    return Text(f"Bilinmiyor; bilinenler: {', '.join(known)}.", f"Unknown; known: {', '.join(known)}.")


def integer(query: Mapping[str, str], name: str, least: int, most: int, default: int) -> int:
    """A whole number of the query. Raises InvalidFields."""
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_INTEGER_DIGITS and least <= int(text) <= most):
        message = Text(
            f"{least} ile {most} arasında bir tam sayı olmalı.", f"Must be an integer between {least} and {most}."
        )
        raise InvalidFields([FieldError(f"/{name}", message)])
    return int(text)


def boolean(query: Mapping[str, str], name: str) -> bool:
    """`true` or `false` of the query, false without it. Raises InvalidFields."""
    text = query.get(name, "false")
    if text not in ("true", "false"):
        raise InvalidFields(
            [FieldError(f"/{name}", Text("`true` ya da `false` olmalı.", "Must be `true` or `false`."))]
        )
    return text == "true"


def has_body(request: Request) -> bool:
    """Whether one was sent, where that may be left out."""
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _pointer(name: str) -> str:
    return f"/{name.replace('~', '~0').replace('/', '~1')}"


@cache
def _compiled(schema: str) -> tuple[jsonschema_rs.Draft202012Validator, frozenset[str]]:
    document = control_document()
    names = document["components"]["schemas"][schema].get("properties", {})
    return Schemas(document).validator({"$ref": f"#/components/schemas/{schema}"}), frozenset(names)
