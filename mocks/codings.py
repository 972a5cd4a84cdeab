"""Bodies as they are meant, without the coding in which they went (`Content-Encoding`, RFC 9110, 8.4)."""

from __future__ import annotations

import zlib
from typing import Final, NamedTuple

MOST: Final = 16 * 1024 * 1024
"""Bytes of a body that are decoded: a small one can be made to unfold without end."""

GZIP_OR_ZLIB: Final = 47
RAW_DEFLATE: Final = -15
INFLATED: Final = ("gzip", "x-gzip", "deflate")


class Readable(NamedTuple):
    """A decoded body, or why there is none."""

    body: bytes
    fault: str = ""
    """What of the coding is broken."""
    note: str = ""
    """Why it cannot be read here, though it may be right."""


def readable(coding: str, raw: bytes) -> Readable:
    """The body without its codings, the last of which was applied last; an empty one has none."""
    body = raw
    for name in reversed([part.strip().lower() for part in coding.split(",")] if raw else []):
        if name in ("", "identity"):
            continue
        if name not in INFLATED:
            return Readable(
                b"", note=f"neither judged nor recorded: the content-encoding {name[:40]!a} cannot be read here"
            )
        try:
            body, is_whole = _inflated(body, name)
        except zlib.error as error:
            return Readable(b"", f"the body is not {name}: {error}")
        if len(body) > MOST:
            return Readable(b"", note=f"neither judged nor recorded: the decoded body is longer than {MOST} bytes")
        if not is_whole:
            return Readable(b"", f"the body is not {name}: it breaks off")
    return Readable(body)


def _inflated(body: bytes, name: str) -> tuple[bytes, bool]:
    """At most one byte more than MOST, and whether that is all. Servers send `deflate` with and without its header."""
    try:
        return _inflated_as(GZIP_OR_ZLIB, body)
    except zlib.error:
        if name != "deflate":
            raise
        return _inflated_as(RAW_DEFLATE, body)


def _inflated_as(bits: int, body: bytes) -> tuple[bytes, bool]:
    inflating = zlib.decompressobj(bits)
    inflated = inflating.decompress(body, MOST + 1)
    return inflated, inflating.eof
