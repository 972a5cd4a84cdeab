"""Multipart bodies (RFC 7578): read as they come, cut off at their limit, the file kept out of memory.

`python-multipart` finds the parts; what they may be is the schema's: properties with a `contentMediaType` are files,
the others are text or numbers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Final, cast

import msgspec
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from impl.contract.bodies import Disconnected, declared_length
from impl.contract.document import DocumentError, Node, follow
from impl.contract.parameters import NOT_UTF8, REPEATED, as_integer
from impl.contract.replies import Receive
from impl.contract.schemas import Schemas, field_errors
from impl.problems import BodyTooLarge, FieldError, InvalidFields, MalformedMultipart, WrongMediaType
from impl.uploads import Upload

MULTIPART: Final = "multipart/form-data"
IN_MEMORY: Final = 1_048_576
"""Bytes of a file that stay in memory; larger ones go to a temporary file."""
MAX_PARTS: Final = 20
MAX_TEXT: Final = 65_536
"""Bytes of a part that is no file."""
MAX_NAME: Final = 255
UNNAMED: Final = "dosya"

_NOT_IN_NAMES = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u2060\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]+"
)


class MultipartBody:
    """The compiled multipart body of one operation."""

    def __init__(self, document: Node, operation: Node, shape: type, schemas: Schemas) -> None:
        name = operation["operationId"]
        schema = operation["requestBody"]["content"][MULTIPART]["schema"]
        resolved = follow(document, schema["$ref"]) if "$ref" in schema else schema
        self._properties = {
            field: follow(document, given["$ref"]) if "$ref" in given else given
            for field, given in resolved.get("properties", {}).items()
        }
        self._files = {field for field, given in self._properties.items() if "contentMediaType" in given}
        self._limits = {field: self._properties[field].get("maxLength") for field in self._files}
        if None in self._limits.values():
            raise DocumentError(f"{name}: a file without maxLength")
        needed = {field.encode_name for field in msgspec.structs.fields(shape) if field.required}
        if missing := needed - set(resolved.get("required", [])):
            names = ", ".join(sorted(missing))
            raise DocumentError(f"{name}: its handler needs {names}, the schema does not require it")
        if "x-cozum-body-limit" not in operation:
            raise DocumentError(f"{name}: a multipart body without x-cozum-body-limit")
        self._limit: int = operation["x-cozum-body-limit"]
        self._validator = schemas.validator(schema)
        self._shape = shape

    async def read(self, headers: Mapping[bytes, bytes], receive: Receive) -> Any:
        """The body as the handler's Struct; `close` it afterwards.

        Raises WrongMediaType, BodyTooLarge, MalformedMultipart, InvalidFields, Disconnected.
        """
        if declared_length(headers) > self._limit:
            raise BodyTooLarge(limit=self._limit)
        parts = _Parts(_boundary(headers), self._limits)
        try:
            await self._feed(parts, receive)
            return self._struct(parts)
        except BaseException:
            parts.close()
            raise

    async def _feed(self, parts: _Parts, receive: Receive) -> None:
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            content = message.get("body", b"")
            size += len(content)
            if size > self._limit:
                raise BodyTooLarge(limit=self._limit)
            parts.write(content)
            more = message.get("more_body", False)
        parts.end()

    def _struct(self, parts: _Parts) -> Any:
        known = {name: part for name, part in parts.found.items() if name in self._properties}
        if twice := sorted(parts.repeated & self._properties.keys()):
            raise InvalidFields([FieldError(f"/{name}", REPEATED) for name in twice])
        files: dict[str, Upload] = {}
        values: dict[str, Any] = {}
        for name, part in known.items():
            if name in self._files:
                files[name] = part.upload()
                values[name] = "a file" if files[name].size else ""
            else:
                values[name] = _value(name, part, self._properties[name])
        if not self._validator.is_valid(values):
            raise InvalidFields(field_errors(self._validator.iter_errors(values)))
        given = {
            info.name: files.get(info.encode_name, values.get(info.encode_name))
            for info in msgspec.structs.fields(self._shape)
            if info.encode_name in values
        }
        return self._shape(**given)


def close(body: object) -> None:
    """Let go of the files of a body; of other bodies nothing is kept."""
    for value in msgspec.structs.astuple(cast("msgspec.Struct", body)):
        if isinstance(value, Upload):
            value.content.close()


def _boundary(headers: Mapping[bytes, bytes]) -> bytes:
    media_type, options = parse_options_header(headers.get(b"content-type", b""))
    if media_type.lower() != MULTIPART.encode():
        raise WrongMediaType(expected=MULTIPART)
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise MalformedMultipart
    return boundary


def _value(name: str, part: _Part, schema: Node) -> object:
    try:
        text = bytes(part.text).decode()
    except UnicodeDecodeError:
        raise InvalidFields([FieldError(f"/{name}", NOT_UTF8)]) from None
    return as_integer(text) if schema.get("type") == "integer" else text


class _Part:
    """One part: a text, or a file with its name and digest."""

    def __init__(self, limit: int | None) -> None:
        self.name = ""
        self.file_name = ""
        self.text = bytearray()
        self.size = 0
        self._limit = limit
        """Bytes of the file at most; None: a text."""
        self._file: SpooledTemporaryFile[bytes] | None = None
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self._limit is None:
            if self.size > MAX_TEXT:
                raise BodyTooLarge(limit=MAX_TEXT)
            self.text += data
            return
        if self.size > self._limit:
            raise BodyTooLarge(limit=self._limit)
        if self._file is None:
            self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed with the body
        self._digest.update(data)
        self._file.write(data)

    def upload(self) -> Upload:
        if self._file is None:
            self.write(b"")
        content = cast("BinaryIO", self._file)
        content.seek(0)
        return Upload(self.file_name, self.size, content, self._digest.digest())

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class _Parts:
    """Takes a multipart body in pieces."""

    def __init__(self, boundary: bytes, limits: Mapping[str, int]) -> None:
        self.found: dict[str, _Part] = {}
        self.repeated: set[str] = set()
        self._limits = limits
        self._parts: list[_Part] = []
        self._name, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._on_name,
                    "on_header_value": self._on_value,
                    "on_header_end": self._on_header,
                    "on_headers_finished": self._on_headers,
                    "on_part_data": self._on_data,
                    "on_end": self._on_end,
                },
            )
        except FormParserError:
            raise MalformedMultipart from None

    def write(self, content: bytes) -> None:
        """Take the next piece. Raises MalformedMultipart, BodyTooLarge."""
        try:
            self._parser.write(content)
        except FormParserError:
            raise MalformedMultipart from None

    def end(self) -> None:
        """There is no more. Raises MalformedMultipart for a body that breaks off."""
        if not self._ended:
            raise MalformedMultipart

    def close(self) -> None:
        """Let go of the files."""
        for part in self._parts:
            part.close()

    def _begin(self) -> None:
        if len(self._parts) >= MAX_PARTS:
            raise MalformedMultipart
        self._headers = {}

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _on_headers(self) -> None:
        disposition, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if disposition.lower() != b"form-data" or b"name" not in options:
            raise MalformedMultipart
        name = options[b"name"].decode("utf-8", "replace")
        part = _Part(self._limits.get(name))
        part.name, part.file_name = name, file_name(options.get(b"filename", b""))
        self._parts.append(part)
        if name in self.found:
            self.repeated.add(name)
        self.found[name] = part

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self._parts[-1].write(data[start:end])

    def _on_end(self) -> None:
        self._ended = True


def file_name(sent: bytes) -> str:
    """The last part of a file's name as it was sent, without what would hide or break it.

    `C:\\belgeler\\siparis.txt` and `../siparis.txt` are `siparis.txt`; nothing left is `dosya`.
    """
    text = _NOT_IN_NAMES.sub("", sent.decode("utf-8", "replace"))
    name = re.split(r"[/\\]", text)[-1].strip()
    stem, dot, ending = name.rpartition(".")
    if len(name) > MAX_NAME and dot and len(ending) <= 16:
        name = f"{stem[: MAX_NAME - len(ending) - 1]}.{ending}"
    return name[:MAX_NAME] if name.strip(".") else UNNAMED
