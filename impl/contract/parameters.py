"""Parameters of an operation: read from path, query and headers, validated in one go, named for the handler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn
from urllib.parse import unquote_to_bytes

from impl.contract.call import ONCE
from impl.contract.document import DocumentError, Node, follow
from impl.contract.schemas import Schemas, field_errors
from impl.problems import FieldError, InvalidFields, NotFound, Text

REPEATED: Final = Text("Bu parametre bir kez verilebilir.", "This parameter may be given once.")
NOT_UTF8: Final = Text("UTF-8 olarak okunamıyor.", "Cannot be read as UTF-8.")

MAX_DIGITS: Final = 20
"""More digits than any 64-bit integer has: what is longer stays text, and is refused as such."""
LARGEST: Final = 2**63 - 1
KNOWN_BYTES: Final = 256
"""Longer text is not kept: whoever sends it could fill the memory."""
QUICK_KEYWORDS: Final = {"type", "format", "minimum", "maximum", "default", "description"}


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


INVALID: Final = object()
"""What a quick reader answers when the general way must decide."""

Quick = Callable[[bytes], object]


def quick_integer(schema: Node) -> Quick:
    """Reads an integer inside the schema's bounds."""
    least, most = schema.get("minimum", -LARGEST), schema.get("maximum", LARGEST)

    def read(raw: bytes) -> object:
        if raw.isdigit() and len(raw) < MAX_DIGITS:
            value = int(raw)
            if least <= value <= most:
                return value
        return INVALID

    return read


def quick_text(schema: Node, schemas: Schemas, *, encoded: bool) -> Quick:
    """Reads text that keeps the schema, percent-encoded or as it is; what it has read lately it knows by heart."""
    is_valid = schemas.validator(schema).is_valid

    def read(raw: bytes) -> object:
        return known(raw) if len(raw) <= KNOWN_BYTES else INVALID

    @lru_cache(maxsize=4096)
    def known(raw: bytes) -> object:
        if encoded and (b"%" in raw or b"+" in raw):
            raw = unquote_to_bytes(raw.replace(b"+", b" "))
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return INVALID
        return text if is_valid(text) else INVALID

    return read


def _quick(schema: Node, resolved: Node, schemas: Schemas, *, encoded: bool) -> Quick:
    match resolved.get("type"):
        case "integer" if not set(resolved) - QUICK_KEYWORDS:
            return quick_integer(resolved)
        case "string":
            return quick_text(schema, schemas, encoded=encoded)
        case _:
            return lambda raw: INVALID


def _reader(name: str, type_: object) -> Callable[[str], object]:
    reader = _READERS.get(type_) if isinstance(type_, str) else None
    if reader is None:
        raise DocumentError(f"parameter {name}: as {type_ or 'content'} it cannot be read")
    return reader


class Parameters:
    """The compiled parameters of one operation."""

    def __init__(self, document: Node, parameters: list[Node], arguments: Mapping[str, str], schemas: Schemas) -> None:
        self._path: dict[str, Callable[[str], object]] = {}
        self._query: dict[bytes, tuple[str, Callable[[str], object]]] = {}
        self._headers: list[tuple[bytes, str, Callable[[str], object]]] = []
        self.arguments: dict[str, str] = {}
        self.defaults: dict[str, object] = {}
        self._quick: dict[tuple[str, bytes], tuple[str, Quick]] = {}
        properties: Node = {}
        required: list[str] = []
        for parameter in parameters:
            name = parameter["name"]
            if name in properties:
                raise DocumentError(f"parameter {name}: stands there twice")
            schema = parameter.get("schema", {"type": None})
            properties[name] = schema
            argument = self.arguments[name] = arguments.get(name, name)
            resolved = follow(document, schema["$ref"]) if "$ref" in schema else schema
            self._add(parameter["in"], name, _reader(name, resolved.get("type", "string")))
            self._quick[parameter["in"], name.encode()] = (
                argument,
                _quick(schema, resolved, schemas, encoded=parameter["in"] == "query"),
            )
            if parameter.get("required"):
                required.append(name)
            else:
                self.defaults[argument] = resolved.get("default")
        self._validator = schemas.validator({"type": "object", "properties": properties, "required": required})
        self._required = frozenset(self.arguments[name] for name in required)
        self._quick_query = {name: quick for (place, name), quick in self._quick.items() if place == "query"}
        self._quick_path = {name.decode(): quick for (place, name), quick in self._quick.items() if place == "path"}
        only_headers = not (self._path or self._query or required)
        self.headers_only = frozenset(header for header, _, _ in self._headers) if only_headers else None
        """The headers, where nothing else is read: without them there are only `defaults`."""
        self._wanted = frozenset(self.arguments.values())

    @property
    def in_path(self) -> set[str]:
        """The names of the path parameters."""
        return set(self._path)

    def keep(self, wanted: set[str]) -> None:
        """Leave out what the handler does not take; it is validated all the same."""
        self._wanted = frozenset(wanted)
        self.defaults = {argument: value for argument, value in self.defaults.items() if argument in wanted}

    def _add(self, place: str, name: str, reader: Callable[[str], object]) -> None:
        match place:
            case "path":
                self._path[name] = reader
            case "query":
                self._query[name.encode()] = (name, reader)
            case "header" if name.lower().encode() in ONCE:
                self._headers.append((name.lower().encode(), name, reader))
            case _:
                raise DocumentError(f"parameter {name}: in {place} cannot be read")

    def read(self, raw_path: Mapping[str, str], query: bytes, headers: Mapping[bytes, bytes]) -> dict[str, Any]:
        """The handler's arguments, defaults filled in. Raises InvalidFields, NotFound."""
        given: dict[str, Any] = {}
        if self._read_quickly(raw_path, query, headers, given):
            return {**self.defaults, **given}
        return self._read_thoroughly(raw_path, query, headers)

    def _read_quickly(
        self,
        raw_path: Mapping[str, str],
        query: bytes,
        headers: Mapping[bytes, bytes],
        given: dict[str, Any],
    ) -> bool:
        """Fill in what is plainly right; False where the thorough way must decide."""
        for header, _, _ in self._headers:
            if header in headers:
                return False
        for name, text in raw_path.items():
            argument, read = self._quick_path[name]
            given[argument] = value = read(text.encode())
            if value is INVALID:
                return False
        if query:
            for pair in query.split(b"&"):
                raw_name, _, raw = pair.partition(b"=")
                known = self._quick_query.get(raw_name)
                if known is None or known[0] in given:
                    return False
                given[known[0]] = value = known[1](raw)
                if value is INVALID:
                    return False
        return self._required <= given.keys() <= self._wanted

    def _read_thoroughly(
        self, raw_path: Mapping[str, str], query: bytes, headers: Mapping[bytes, bytes]
    ) -> dict[str, Any]:
        values: dict[str, object] = {}
        for name, text in raw_path.items():
            values[name] = self._path[name](text)
        if query:
            self._read_query(query, values)
        for header, name, reader in self._headers:
            if header in headers:
                values[name] = reader(headers[header].decode("latin-1"))
        if not self._validator.is_valid(values):
            self._refuse(values)
        given = {self.arguments[name]: value for name, value in values.items()}
        return self.defaults | {argument: given[argument] for argument in given if argument in self._wanted}

    def _refuse(self, values: dict[str, object]) -> NoReturn:
        """A path parameter that breaks its schema names no record: 404, unless something else is wrong too: 422."""
        findings = list(self._validator.iter_errors(values))
        if all(finding.instance_path[:1] and finding.instance_path[0] in self._path for finding in findings):
            raise NotFound
        raise InvalidFields(field_errors(findings))

    def _read_query(self, query: bytes, values: dict[str, object]) -> None:
        for pair in query.split(b"&"):
            raw_name, _, raw_value = pair.partition(b"=")
            known = self._query.get(raw_name if b"%" not in raw_name else unquote_to_bytes(raw_name))
            if known is None:
                continue
            name, reader = known
            if name in values:
                raise InvalidFields([FieldError(f"/{name}", REPEATED)])
            if b"%" in raw_value or b"+" in raw_value:
                raw_value = unquote_to_bytes(raw_value.replace(b"+", b" "))
            try:
                values[name] = reader(raw_value.decode())
            except UnicodeDecodeError:
                raise InvalidFields([FieldError(f"/{name}", NOT_UTF8)]) from None
