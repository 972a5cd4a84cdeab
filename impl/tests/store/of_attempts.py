"""What the store's tests know of idempotency keys."""

from __future__ import annotations

from typing import Any, Final

from impl.model import Attempted
from impl.tests.store.rows import at


def attempted(name: str, seconds: int = 0, **more: Any) -> Attempted:
    return Attempted(name.encode(), b"fingerprint", at(seconds), **more)


VERBS: Final[dict[str, str]] = {"Attempted": "put_attempted"}
READS: Final[dict[str, tuple[Any, object]]] = {"attempted": (lambda tx: tx.attempted(b"a1"), None)}
FILLED: Final[tuple[Any, ...]] = (attempted("a1"), attempted("a2", 60))
WRITES: Final[dict[str, Any]] = {
    "new attempt": lambda tx: tx.put_attempted(attempted("a3")),
    "answered attempt": lambda tx: tx.put_attempted(attempted("a1", status=201, body=b"{}")),
    "deleted attempt": lambda tx: tx.delete_attempted(b"a1"),
    "old attempts": lambda tx: tx.delete_attempts(at(60)),
}
