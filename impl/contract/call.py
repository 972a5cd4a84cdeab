"""One request on its way: its headers, read once, and the world that it may touch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from impl.problems import DoubledHeader, HeadersTooLarge
from impl.world import World

Scope = dict[str, Any]

MAX_HEADER_BYTES: Final = 32_768

ONCE: Final = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"idempotency-key",
        b"origin",
        b"referer",
        b"x-api-key",
        b"x-ziyaretci-token",
    }
)
"""Headers of which there may be only one: two would let two readers see different callers."""

READ: Final = ONCE | {b"accept", b"accept-language", b"cookie"}


def read_headers(scope: Scope) -> dict[bytes, bytes]:
    """The headers that matter here, by lower-case name. Raises HeadersTooLarge, DoubledHeader."""
    headers: dict[bytes, bytes] = {}
    size = 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name in READ:
            if name in headers and name in ONCE:
                raise DoubledHeader(header=name.decode())
            headers[name] = value
    if size > MAX_HEADER_BYTES:
        raise HeadersTooLarge(limit=MAX_HEADER_BYTES)
    return headers


class Call:
    """What security needs to know of a request."""

    __slots__ = ("creates", "headers", "scope", "world")

    def __init__(self, world: World, scope: Scope, headers: Mapping[bytes, bytes], creates: bool) -> None:
        self.world = world
        self.scope = scope
        self.headers = headers
        self.creates = creates
        """Whether the operation creates something, so that a tenant's ended trial forbids it (402)."""

    def text(self, name: bytes) -> str | None:
        """A header as text (Latin-1, RFC 9110), or None."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def client(self) -> str:
        """The caller's address."""
        peer = self.scope.get("client")
        return str(peer[0]) if peer else ""
