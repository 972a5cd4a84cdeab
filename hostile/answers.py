"""Reads HTTP/1.1 answers from bytes, more strictly than any client: what it does not expect is a failure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) [\x20-\x7e]*")
_HEADER_LINE: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\x20-\x7e\x80-\xff]*)")
_CHUNK_LINE: Final = re.compile(rb"([0-9a-fA-F]{1,8})\r\n")


class BadAnswerError(Exception):
    """The bytes are no answer of HTTP/1.1; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, complete."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name; of repeated ones (`Set-Cookie`) the last."""
    body: bytes

    @property
    def closes(self) -> bool:
        """Whether the server ends the connection after it."""
        return self.headers.get("connection", "").lower() == "close"


def take_answer(buffer: bytearray, *, of_head: bool, ended: bool) -> Answer | None:
    """Take one answer off the front of the buffer, or None while it is incomplete.

    `of_head`: it answers a HEAD, so no body follows. `ended`: nothing more will come. Interim answers (1xx) are
    passed over. Raises BadAnswerError.
    """
    while True:
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        status, headers = _head(bytes(buffer[:end]))
        if status >= 200:
            break
        del buffer[: end + 4]
    found = _body(buffer, end + 4, status, headers, of_head=of_head, ended=ended)
    if found is None:
        return None
    body, used = found
    del buffer[:used]
    return Answer(status, headers, body)


def _head(raw: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = raw.split(b"\r\n")
    status = _STATUS_LINE.fullmatch(first)
    if status is None:
        raise BadAnswerError(f"no status line: {first[:80]!r}")
    headers: dict[str, str] = {}
    for line in lines:
        header = _HEADER_LINE.fullmatch(line)
        if header is None:
            raise BadAnswerError(f"no header line: {line[:80]!r}")
        name = header[1].decode().lower()
        if name in headers and name != "set-cookie":
            raise BadAnswerError(f"the header {name} stands there twice")
        headers[name] = header[2].decode("latin-1")
    return int(status[1]), headers


def _body(
    buffer: bytearray, start: int, status: int, headers: Mapping[str, str], *, of_head: bool, ended: bool
) -> tuple[bytes, int] | None:
    """The body, and where in the buffer the answer ends."""
    if of_head or status in {204, 304}:
        return b"", start
    if "transfer-encoding" in headers:
        if headers["transfer-encoding"] != "chunked" or "content-length" in headers:
            raise BadAnswerError("the end of the body is not clear")
        return _chunked(buffer, start)
    if "content-length" in headers:
        length = headers["content-length"]
        if not re.fullmatch(r"0|[1-9][0-9]{0,9}", length):
            raise BadAnswerError(f"content-length is {length!r}")
        end = start + int(length)
        return (bytes(buffer[start:end]), end) if len(buffer) >= end else None
    if headers.get("connection") != "close":
        raise BadAnswerError("neither a length nor an end of the connection ends the body")
    return (bytes(buffer[start:]), len(buffer)) if ended else None


def _chunked(buffer: bytearray, start: int) -> tuple[bytes, int] | None:
    body = bytearray()
    while True:
        line = _CHUNK_LINE.match(buffer, start)
        if line is None:
            if b"\r\n" in buffer[start : start + 10]:
                raise BadAnswerError("no chunk size where one belongs")
            return None
        size, start = int(line[1], 16), line.end()
        if len(buffer) < start + size + 2:
            return None
        if buffer[start + size : start + size + 2] != b"\r\n":
            raise BadAnswerError("a chunk does not end where its size says")
        if not size:
            return bytes(body), start + 2
        body += buffer[start : start + size]
        start += size + 2
