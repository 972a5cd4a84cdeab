"""What the store's tests know of idempotency keys."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from impl.model import Attempted
from impl.tests.store.rows import at


def attempted(name: str, seconds: int = 0, **more: Any) -> Attempted:
    return replace(Attempted(name.encode(), b"fingerprint", at(seconds), 1, (1,)), **more)


VERBS: Final[dict[str, str]] = {"Attempted": "put_attempted"}
READS: Final[dict[str, tuple[Any, object]]] = {"attempted": (lambda tx: tx.attempted(b"a1"), None)}
FILLED: Final[tuple[Any, ...]] = (attempted("a1", visitor_id="abc123"), attempted("a2", 60))
WRITES: Final[dict[str, Any]] = {
    "new attempt": lambda tx: tx.put_attempted(attempted("a3")),
    "answered attempt": lambda tx: tx.put_attempted(attempted("a1", status=201, body=b"{}")),
    "deleted attempt": lambda tx: tx.delete_attempted(b"a1"),
    "attempts of a visitor": lambda tx: tx.delete_attempts_of_visitor(1, "abc123"),
    "old attempts": lambda tx: tx.delete_attempts(at(60)),
}
