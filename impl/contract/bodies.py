"""JSON bodies: read up to a limit, decoded, validated, and turned into the handler's Struct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from impl.contract.document import DocumentError, Node, follow
from impl.contract.replies import Receive
from impl.contract.schemas import Schemas, field_errors
from impl.contract.typed import UNREADABLE, TypedBody, Unsupported
from impl.problems import BodyTooLarge, InvalidFields, MalformedJson, WrongMediaType

DEFAULT_LIMIT: Final = 262_144
MAX_DEPTH: Final = 32
JSON: Final = "application/json"
ESCAPED_NUL: Final = b"\\u0000"

_decode = msgspec.json.Decoder().decode


class Disconnected(Exception):
    """The client went away before its body was complete; nobody is left to answer."""


class JsonBody:
    """The compiled JSON body of one operation."""

    def __init__(self, document: Node, operation: Node, shape: type, schemas: Schemas) -> None:
        content = operation.get("requestBody", {}).get("content", {})
        if JSON not in content:
            raise DocumentError(f"{operation['operationId']}: its handler takes JSON, the document does not")
        self.limit: int = operation.get("x-cozum-body-limit", DEFAULT_LIMIT)
        self._shape = shape
        schema = content[JSON]["schema"]
        needed = {field.encode_name for field in msgspec.structs.fields(shape) if field.required}
        promised = follow(document, schema["$ref"]) if "$ref" in schema else schema
        if missing := needed - set(promised.get("required", [])):
            names = ", ".join(sorted(missing))
            raise DocumentError(
                f"{operation['operationId']}: its handler needs {names}, the schema does not require it"
            )
        self._validator = schemas.validator(schema)
        try:
            self._typed: TypedBody | None = TypedBody(document, schema, shape, schemas)
        except Unsupported:
            self._typed = None

    def read(self, raw: bytes, headers: Mapping[bytes, bytes]) -> Any:
        """The body as the handler's Struct. Raises WrongMediaType, MalformedJson, InvalidFields, in this order."""
        media_type = headers.get(b"content-type")
        if media_type != b"application/json" and (raw or media_type is not None):
            check_media_type(media_type or b"")
        typed = self._typed
        if typed and (typed.is_flat or raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH):
            try:
                body = typed.decode(raw)
                if typed.keeps(body) and not (typed.forbids_nul and ESCAPED_NUL in raw):
                    return body
            except UNREADABLE:
                pass
        value = decode(raw)
        try:
            valid = self._validator.is_valid(value)
        except ValueError:  # a lone surrogate, or a number that no float holds
            raise MalformedJson from None
        if not valid:
            raise InvalidFields(field_errors(self._validator.iter_errors(value)))
        return msgspec.convert(_with_integers(value), self._shape, strict=False)


async def the_rest(message: Mapping[str, Any], headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """A body that did not come in one piece: `message` began it.

    Raises BodyTooLarge as soon as that is certain, Disconnected.
    """
    length = headers.get(b"content-length", b"")
    if length.isdigit() and (len(length) > len(str(limit)) or int(length) > limit):
        raise BodyTooLarge(limit=limit)
    parts, size = [], 0
    while True:
        if message["type"] == "http.disconnect":
            raise Disconnected
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise BodyTooLarge(limit=limit)
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()


def check_media_type(media_type: bytes) -> None:
    """`application/json`; a `charset` must be UTF-8, other parameters mean nothing. Raises WrongMediaType."""
    essence, *parameters = [part.strip().lower() for part in media_type.split(b";")]
    charsets = [p.partition(b"=")[2].strip(b'"') for p in parameters if p.startswith(b"charset=")]
    if essence != b"application/json" or any(charset not in (b"utf-8", b"utf8") for charset in charsets):
        raise WrongMediaType(expected=JSON)


def decode(raw: bytes) -> Any:
    """JSON as builtins. Raises MalformedJson, also for what is nested too deep to be meant."""
    try:
        value = _decode(raw)
    except UNREADABLE:
        raise MalformedJson from None
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth_exceeds(value, MAX_DEPTH):
        raise MalformedJson
    return value


def _with_integers(value: Any) -> Any:
    """`1.0` and `1e18` as integers, which they are in JSON Schema; inside objects, free ones, numbers stay."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_with_integers(item) for item in value]
        case dict():
            return {name: item if isinstance(item, dict) else _with_integers(item) for name, item in value.items()}
        case _:
            return value


def _depth_exceeds(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return any(isinstance(node, dict | list) for node in level)
