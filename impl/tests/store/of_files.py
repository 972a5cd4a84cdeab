"""What the store's tests know of uploaded files."""

from __future__ import annotations

from typing import Any, Final

from impl.model import StoredFile


def file(file_id: str, visitor_id: str | None = "abc123", tenant_id: int = 1) -> StoredFile:
    return StoredFile(file_id, tenant_id, visitor_id, "siparis.pdf", "application/pdf", 1234)


VERBS: Final[dict[str, str]] = {"StoredFile": "put_file"}
"""The verb that writes each kind of row."""

READS: Final[dict[str, tuple[Any, object]]] = {"file": (lambda tx: tx.file("f1"), None)}
"""Each getter, and what it answers while the store is empty."""

FILLED: Final[tuple[Any, ...]] = (file("f1"),)
"""Rows that stand there before each write below."""

WRITES: Final[dict[str, Any]] = {
    "new file": lambda tx: tx.put_file(file("f2")),
    "file": lambda tx: tx.put_file(file("f1", None)),
}
"""Writes that change the state, to be done and undone."""
