"""What the store's tests know of uploaded files."""

from __future__ import annotations

from typing import Any, Final

from impl.model import DoomedFile, StoredFile
from impl.tests.store.rows import at


def file(file_id: str, visitor_id: str | None = "abc123", tenant_id: int = 1) -> StoredFile:
    return StoredFile(file_id, tenant_id, visitor_id, "siparis.pdf", "application/pdf", 1234)


def doomed(file_id: str, seconds: int = 0) -> DoomedFile:
    return DoomedFile(file_id, at(seconds))


VERBS: Final[dict[str, str]] = {"StoredFile": "put_file", "DoomedFile": "put_doomed_file"}
"""The verb that writes each kind of row."""

READS: Final[dict[str, tuple[Any, object]]] = {
    "file": (lambda tx: tx.file("f1"), None),
    "doomed_file": (lambda tx: tx.doomed_file("f1"), None),
    "doomed_files": (lambda tx: tx.doomed_files(at(0), 10), []),
}
"""Each getter, and what it answers while the store is empty."""

FILLED: Final[tuple[Any, ...]] = (file("f1"), file("f9", None), doomed("d1"), doomed("d2", 60))
"""Rows that stand there before each write below."""

WRITES: Final[dict[str, Any]] = {
    "new file": lambda tx: tx.put_file(file("f2")),
    "file": lambda tx: tx.put_file(file("f1", None)),
    "file of another visitor": lambda tx: tx.put_file(file("f1", "user_42")),
    "sent file": lambda tx: tx.put_file_use("f9", 1, "abc123"),
    "visitor's files": lambda tx: tx.delete_files_of_visitor(1, "abc123"),
    "new doomed file": lambda tx: tx.put_doomed_file(doomed("d3", 30)),
    "file doomed anew": lambda tx: tx.put_doomed_file(doomed("d1", 90)),
    "deleted doomed file": lambda tx: tx.delete_doomed_file("d1"),
}
"""Writes that change the state, to be done and undone."""
