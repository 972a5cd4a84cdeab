"""Headers as they are passed on: without what is between two neighbours only (RFC 9110, 7.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from mocks.answer import RawHeaders

HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
ASKED_BY_US: Final = HOP_BY_HOP | {b"host", b"content-length", b"expect"}
"""What we say ourselves to the live server, or have answered already."""

UNSENDABLE: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
"""Characters that no header's value can have (RFC 9110, 5.5)."""


def request_headers(headers: RawHeaders, host: bytes, length: int | None, *, chunked: bool) -> RawHeaders:
    """A request's headers for the live server; `length` of a body that is known, None where there is no body."""
    passed = [(b"host", host), *_without(headers, ASKED_BY_US)]
    if chunked:
        passed.append((b"transfer-encoding", b"chunked"))
    elif length is not None:
        passed.append((b"content-length", b"%d" % length))
    return passed


def answer_headers(headers: RawHeaders, status: int) -> RawHeaders:
    """An answer's headers for the client; each `Set-Cookie` stays one.

    A 304 has no body, but may say how long it would be: the server that writes it here would wait for that.
    """
    passed = _without(headers, HOP_BY_HOP)
    return [pair for pair in passed if pair[0].lower() != b"content-length"] if status == 304 else passed


def is_sendable(headers: RawHeaders) -> bool:
    """Whether a server can write these headers."""
    return not UNSENDABLE.search(b"".join([value for _, value in headers]))


def declared_length(headers: RawHeaders) -> int | None:
    """`Content-Length`, or None where there is none."""
    value = next((value for name, value in headers if name.lower() == b"content-length"), b"")
    return int(value) if value.isdigit() and len(value) < 20 else None


def _without(headers: RawHeaders, left_out: Iterable[bytes]) -> RawHeaders:
    named = set(left_out)
    for name, value in headers:
        if name.lower() == b"connection":
            named.update(option.strip() for option in value.lower().split(b","))
    return [pair for pair in headers if pair[0].lower() not in named]
