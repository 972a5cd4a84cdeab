"""A request that may come again: it brought an `Idempotency-Key`."""

from __future__ import annotations

from typing import Any, NamedTuple


class Attempt(NamedTuple):
    """Who tries what, and whether it is the same try."""

    caller: Any
    visitor_id: str | None
    visitor_token: str | None
    operation: str
    key: str
    fingerprint: bytes
    """SHA-256 of what was asked: path, query and body."""
