"""JSON bodies and forms: read up to a limit, decoded, validated, and turned into the handler's Struct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from impl.contract.document import DocumentError, Node, follow
from impl.contract.parameters import REPEATED
from impl.contract.replies import Receive
from impl.contract.schemas import Schemas, field_errors, findings
from impl.contract.typed import UNREADABLE, TypedBody, Unsupported
from impl.problems import BodyTooLarge, FieldError, InvalidFields, MalformedForm, MalformedJson, WrongMediaType

DEFAULT_LIMIT: Final = 262_144
MAX_DEPTH: Final = 32
MAX_VALUES: Final = 50_000
"""Values in a body; decoding more, to refuse them, would hold up everybody else."""
MAX_DIGITS: Final = 20
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
MAX_FORM_FIELDS: Final = 100
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
        self._form_fields = set(promised.get("properties", {})) if FORM in content else None
        try:
            self._typed: TypedBody | None = TypedBody(document, schema, shape, schemas)
        except Unsupported:
            self._typed = None

    def read(self, raw: bytes, headers: Mapping[bytes, bytes]) -> Any:
        """The body as the handler's Struct. Raises WrongMediaType, MalformedJson, InvalidFields, in this order."""
        media_type = headers.get(b"content-type")
        if media_type != b"application/json" and (raw or media_type is not None):
            if self._form_fields is not None:
                return self._read_other(raw, media_type or b"", self._form_fields)
            check_media_type(media_type or b"")
        typed = self._typed
        if typed and (typed.is_flat or raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH):
            try:
                body = typed.decode(raw)
                if typed.keeps(body) and not (typed.forbids_nul and ESCAPED_NUL in raw):
                    return body
            except UNREADABLE:
                pass
        return self._struct(decode(raw), raw)

    def _read_other(self, raw: bytes, media_type: bytes, fields: set[str]) -> Any:
        """JSON whose media type has parameters, or a form. Raises MalformedForm too."""
        if media_type.partition(b";")[0].strip().lower() == FORM.encode():
            return self._struct(read_form(raw, fields), raw)
        check_media_type(media_type, f"{JSON}, {FORM}")
        return self._struct(decode(raw), raw)

    def _struct(self, value: Any, raw: bytes) -> Any:
        try:
            valid = self._validator.is_valid(value)
        except ValueError:  # a lone surrogate, or a number that no float holds
            raise MalformedJson from None
        if not valid:
            raise InvalidFields(field_errors(findings(self._validator, value, raw.count(b","))))
        return msgspec.convert(_with_integers(value), self._shape, strict=False)


async def the_rest(message: Mapping[str, Any], headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """A body that did not come in one piece: `message` began it.

    Raises BodyTooLarge as soon as that is certain, Disconnected.
    """
    if declared_length(headers) > limit:
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


def declared_length(headers: Mapping[bytes, bytes]) -> int:
    """`Content-Length` in bytes; 0 where there is none that can be read."""
    length = headers.get(b"content-length", b"")
    return int(length[:MAX_DIGITS]) if length.isdigit() else 0


def read_form(raw: bytes, fields: set[str]) -> dict[str, str]:
    """A form (`application/x-www-form-urlencoded`) as text by field. Raises MalformedForm, InvalidFields."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FORM_FIELDS)
    except ValueError:
        raise MalformedForm from None
    given = dict(pairs)
    if twice := sorted(name for name in fields & given.keys() if sum(pair[0] == name for pair in pairs) > 1):
        raise InvalidFields([FieldError(f"/{name}", REPEATED) for name in twice])
    return given


def check_media_type(media_type: bytes, expected: str = JSON) -> None:
    """`application/json`; a `charset` must be UTF-8, other parameters mean nothing. Raises WrongMediaType."""
    essence, *parameters = [part.strip().lower() for part in media_type.split(b";")]
    charsets = [p.partition(b"=")[2].strip(b'"') for p in parameters if p.startswith(b"charset=")]
    if essence != b"application/json" or any(charset not in (b"utf-8", b"utf8") for charset in charsets):
        raise WrongMediaType(expected=expected)


def decode(raw: bytes) -> Any:
    """JSON as builtins. Raises MalformedJson, also for what is nested too deep or has too many values to be meant."""
    if raw.count(b",") > MAX_VALUES:
        raise MalformedJson
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
