"""A request's body as it is read: passed on as it comes, and kept as far as somebody may want to look at it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

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


class Reading(Struct, gc=False):
    """What was read of one request. It stands in the scope, so it must not know who reads: that would be a cycle."""

    size: int = 0
    """Bytes that were read."""
    _first: bytes = b""
    """The first piece, which is mostly the whole body."""
    _more: list[bytes] | None = None
    """The pieces after it."""
    _window: bytes = b""
    _late_names: dict[str, None] | None = None

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
        if not self.size:
            self._first = body
        elif self.size > KEPT:
            self._look_for_names(body)
        elif self._more is None:
            self._more = [body]
        else:
            self._more.append(body)
        self.size += len(body)

    def _look_for_names(self, body: bytes) -> None:
        """Of what is not kept: the names of fields that come behind a large file."""
        text = (self._window or self._kept()[-WINDOW:]) + body
        if self._late_names is None:
            self._late_names = {}
        for found in _part_names.finditer(text):
            if len(self._late_names) < MOST_NAMES:
                self._late_names[found[1].decode("utf-8", "replace")] = None
        self._window = text[-WINDOW:]

    def _kept(self) -> bytes:
        if self._more is not None:
            self._first, self._more = b"".join((self._first, *self._more)), None
        return self._first

    def raw(self, limit: int = KEPT) -> bytes:
        """The body from its beginning, as far as it is kept, and no more than that many bytes."""
        return self._kept()[:limit]

    def names(self, content_type: bytes) -> Collection[str]:
        """The names of the body's fields, on its first level; none of what cannot be read."""
        if not self.size:
            return ()
        kind = _kind(content_type)
        if kind == MULTIPART:
            found = islice(_part_names.finditer(self.raw()), MOST_NAMES)
            return {match[1].decode("utf-8", "replace"): None for match in found} | (self._late_names or {})
        if kind != JSON:
            return self.values(content_type)
        if self.size > KEPT:
            return ()
        try:
            return _names_only(self.raw())
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
    return dict(pairs_of_query(scope))


def pairs_of_query(scope: Scope) -> list[tuple[str, str]]:
    """The parameters of the query, in their order."""
    if not scope["query_string"]:
        return []
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)[:MOST_NAMES]


def _kind(content_type: bytes) -> str:
    if content_type == b"application/json":
        return JSON
    return content_type.partition(b";")[0].strip().lower().decode("latin-1")
