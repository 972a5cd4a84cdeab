"""What is read of a request once: its headers, and who is at the other end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from impl.problems import DoubledHeader, HeadersTooLarge

Scope = dict[str, Any]
Headers = Mapping[bytes, bytes]
"""Header values by lower-case name."""

MAX_HEADER_BYTES: Final = 32_768

ONCE: Final = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"cookie",
        b"host",
        b"idempotency-key",
        b"origin",
        b"referer",
        b"sec-fetch-site",
        b"x-api-key",
        b"x-ziyaretci-token",
    }
)
"""Headers of which there may be only one: two would let two readers see different callers."""


def read_headers(scope: Scope) -> Headers:
    """The headers by lower-case name; of repeated ones the last. Raises HeadersTooLarge, DoubledHeader."""
    pairs: list[tuple[bytes, bytes]] = scope["headers"]
    headers = dict(pairs)
    if len(headers) != len(pairs):
        _check_repeated(pairs)
    if len(b"".join(headers)) + len(b"".join(headers.values())) > MAX_HEADER_BYTES:
        raise HeadersTooLarge(limit=MAX_HEADER_BYTES)
    return headers


def _check_repeated(pairs: list[tuple[bytes, bytes]]) -> None:
    if sum(len(name) + len(value) for name, value in pairs) > MAX_HEADER_BYTES:
        raise HeadersTooLarge(limit=MAX_HEADER_BYTES)
    counted = Counter(name for name, _ in pairs)
    for name in sorted(ONCE):
        if counted[name] > 1:
            raise DoubledHeader(header=name.decode())


def text(headers: Headers, name: bytes) -> str | None:
    """A header as text (Latin-1, RFC 9110), or None."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def client_of(scope: Scope) -> str:
    """The caller's address."""
    peer = scope.get("client")
    return str(peer[0]) if peer else ""


def cookie_of(headers: Headers, name: str) -> str | None:
    """A cookie's value (RFC 6265, 5.4), or None. Raises DoubledHeader for two of them."""
    found = _cookies(headers, name)
    if len(found) > 1:
        raise DoubledHeader(header=f"Cookie: {name}")
    return found[0] if found else None


def only_cookie_of(headers: Headers, name: str) -> str | None:
    """A cookie's value; None also where there are two: a neighbouring site can set one, and must lock nobody out."""
    found = _cookies(headers, name)
    return found[0] if len(found) == 1 else None


def _cookies(headers: Headers, name: str) -> list[str]:
    pairs = [pair.partition("=") for pair in (text(headers, b"cookie") or "").split(";")]
    return [value.strip() for key, _, value in pairs if key.strip() == name]


def base_url_of(scope: Scope, headers: Headers) -> str:
    """Where the request came to, as far as it says: `http://127.0.0.1:8080`."""
    return f"{scope.get('scheme', 'http')}://{text(headers, b'host') or 'localhost'}"
