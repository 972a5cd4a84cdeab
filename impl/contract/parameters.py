"""Parameters of an operation: read from path, query and headers, validated in one go, named for the handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from impl.contract.call import READ
from impl.contract.document import DocumentError, Node, follow
from impl.contract.schemas import Schemas, field_errors
from impl.problems import FieldError, InvalidFields, Text

REPEATED: Final = Text("Bu parametre bir kez verilebilir.", "This parameter may be given once.")
NOT_UTF8: Final = Text("UTF-8 olarak okunamıyor.", "Cannot be read as UTF-8.")

MAX_DIGITS: Final = 20
"""More digits than any 64-bit integer has: what is longer stays text, and is refused as such."""


def as_integer(text: str) -> object:
    """`42` as 42; what is not a plain ASCII integer stays text, for the schema to refuse."""
    digits = text[1:] if text.startswith("-") else text
    return int(text) if digits.isdecimal() and digits.isascii() and len(digits) <= MAX_DIGITS else text


def as_boolean(text: str) -> object:
    """`true` and `false`; anything else stays text, for the schema to refuse."""
    return {"true": True, "false": False}.get(text, text)


def as_text(text: str) -> object:
    """Text is text."""
    return text


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "integer": as_integer,
    "boolean": as_boolean,
    "string": as_text,
}


class Parameters:
    """The compiled parameters of one operation."""

    def __init__(self, document: Node, parameters: list[Node], arguments: Mapping[str, str], schemas: Schemas) -> None:
        self._path: dict[str, Callable[[str], object]] = {}
        self._query: dict[str, Callable[[str], object]] = {}
        self._headers: dict[bytes, tuple[str, Callable[[str], object]]] = {}
        self.arguments: dict[str, str] = {}
        self._defaults: dict[str, object] = {}
        properties: Node = {}
        required: list[str] = []
        for parameter in parameters:
            name = parameter["name"]
            if name in properties:
                raise DocumentError(f"parameter {name}: stands there twice")
            schema = parameter["schema"]
            properties[name] = schema
            argument = self.arguments[name] = arguments.get(name, name)
            resolved = follow(document, schema["$ref"]) if "$ref" in schema else schema
            self._add(parameter["in"], name, _READERS[resolved.get("type", "string")])
            if parameter.get("required"):
                required.append(name)
            else:
                self._defaults[argument] = resolved.get("default")
        self._validator = schemas.validator({"type": "object", "properties": properties, "required": required})
        self._static = dict(self._defaults) if not (self._path or required) else None

    def _add(self, place: str, name: str, reader: Callable[[str], object]) -> None:
        match place:
            case "path":
                self._path[name] = reader
            case "query":
                self._query[name] = reader
            case "header" if name.lower().encode() in READ:
                self._headers[name.lower().encode()] = (name, reader)
            case _:
                raise DocumentError(f"parameter {name}: in {place} cannot be read")

    def read(self, raw_path: Mapping[str, str], query: bytes, headers: Mapping[bytes, bytes]) -> dict[str, Any]:
        """The handler's arguments, defaults filled in. Raises InvalidFields."""
        values: dict[str, object] = {}
        for name, text in raw_path.items():
            values[name] = self._path[name](text)
        if query and self._query:
            self._read_query(query, values)
        for header, (name, reader) in self._headers.items():
            if header in headers:
                values[name] = reader(headers[header].decode("latin-1"))
        if not values and self._static is not None:
            return dict(self._static)
        if not self._validator.is_valid(values):
            raise InvalidFields(field_errors(self._validator.iter_errors(values)))
        arguments = dict(self._defaults)
        for name, value in values.items():
            arguments[self.arguments[name]] = value
        return arguments

    def _read_query(self, query: bytes, values: dict[str, object]) -> None:
        for pair in query.split(b"&"):
            raw_name, _, raw_value = pair.partition(b"=")
            name = raw_name.decode("latin-1") if b"%" not in raw_name else unquote_to_bytes(raw_name).decode("latin-1")
            reader = self._query.get(name)
            if reader is None:
                continue
            if name in values:
                raise InvalidFields([FieldError(f"/{name}", REPEATED)])
            if b"%" in raw_value or b"+" in raw_value:
                raw_value = unquote_to_bytes(raw_value.replace(b"+", b" "))
            try:
                values[name] = reader(raw_value.decode())
            except UnicodeDecodeError:
                raise InvalidFields([FieldError(f"/{name}", NOT_UTF8)]) from None
