"""Entries of the journal, for tests."""

from __future__ import annotations

from typing import Any

from mocks.journal import Entry


def entry(**changed: Any) -> Entry:
    """A small request and its answer."""
    given: dict[str, Any] = {
        "began": 0.0,
        "milliseconds": 1.0,
        "method": "POST",
        "path": "/api/v1/widget/init",
        "raw_path": b"/api/v1/widget/init",
        "query": b"",
        "headers": [(b"host", b"x")],
        "body": b"{}",
        "body_size": 2,
        "operation": "widget_init",
        "status": 200,
        "answer_head": b"content-type: application/json\r\n",
        "answer": b"{}",
        "answer_size": 2,
        "faults": [],
        "notes": [],
    }
    return Entry(**given | changed)
