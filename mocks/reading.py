"""A request's body as it is read: passed on as it comes, and kept as far as somebody may want to look at it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from impl.contract import bodies, multipart
from impl.contract.bodies import decode
from impl.contract.call import Scope
from impl.contract.replies import Receive
from impl.problems import Problem
from mocks.answer import Message

READING_KEY: Final = "cozum.reading"
"""Where the `Reading` of whoever began one stands in the scope: a body is kept once, whoever wants to look at it."""
KEPT: Final = 512 * 1024
"""Bytes of a body that are kept; the document's JSON and forms are half as long at most."""
MOST_NAMES: Final = 200
WINDOW: Final = 512
"""Bytes that a part's head can have and still be found where two pieces of a body meet."""
FORM, JSON, MULTIPART = bodies.FORM, bodies.JSON, multipart.MULTIPART
NOTHING: Final[Mapping[str, Any]] = {}

_part_names = re.compile(rb'\r\ncontent-disposition: *form-data;[^\r\n]*?\bname="([^"\r\n]{1,100})"', re.IGNORECASE)
_names_only = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Reading:
    """What was read of one request. It stands in the scope, so it must not know who reads: that would be a cycle."""

    __slots__ = ("_names", "_parts", "_window", "size")

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._window = b""
        self._names: dict[str, None] = {}
        self.size = 0
        """Bytes that were read."""

    def of(self, receive: Receive) -> Receive:
        """The same `receive`, of which this keeps what it reads."""

        async def read() -> Message:
            message = await receive()
            if body := message.get("body"):
                self.feed(body)
            return message

        return read

    def feed(self, body: bytes) -> None:
        """Another piece was read."""
        if self.size <= KEPT:
            self._parts.append(body)
        else:
            self._look_for_names(body)
        self.size += len(body)

    def _look_for_names(self, body: bytes) -> None:
        """Of what is not kept: the names of fields that come behind a large file."""
        text = (self._window or self._parts[-1][-WINDOW:]) + body
        for found in _part_names.finditer(text):
            if len(self._names) < MOST_NAMES:
                self._names[found[1].decode("utf-8", "replace")] = None
        self._window = text[-WINDOW:]

    def raw(self, limit: int = KEPT) -> bytes:
        """The body from its beginning, as far as it is kept, and no more than that many bytes."""
        if not self._parts:
            return b""
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        body = self._parts[0]
        return body if len(body) <= limit else body[:limit]

    def names(self, content_type: bytes) -> Collection[str]:
        """The names of the body's fields, on its first level; none of what cannot be read."""
        if not self.size:
            return ()
        kind = _kind(content_type)
        if kind == MULTIPART:
            found = islice(_part_names.finditer(self.raw()), MOST_NAMES)
            return {match[1].decode("utf-8", "replace"): None for match in found} | self._names
        if kind != JSON:
            return self.values(content_type)
        try:
            return _names_only(self._whole())
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return ()

    def values(self, content_type: bytes) -> Mapping[str, Any]:
        """The body's fields; nothing of what cannot be read, nor of files."""
        kind = _kind(content_type)
        try:
            if kind == FORM:
                return dict(parse_qsl(self._whole().decode(), keep_blank_values=True, max_num_fields=MOST_NAMES))
            value = decode(self._whole()) if kind == JSON else None
        except (Problem, ValueError):
            return NOTHING
        return value if isinstance(value, dict) else NOTHING

    def _whole(self) -> bytes:
        """All of it, or nothing: a part means something else."""
        return self.raw() if self.size <= KEPT else b""


def query_of(scope: Scope) -> Mapping[str, str]:
    """The parameters of the query, the last of each name."""
    if not scope["query_string"]:
        return NOTHING
    return dict(islice(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True), MOST_NAMES))


def _kind(content_type: bytes) -> str:
    if content_type == b"application/json":
        return JSON
    return content_type.partition(b";")[0].strip().lower().decode("latin-1")
