"""Entries of the journal, for tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from impl.app import handlers
from impl.contract.answers import Answers
from impl.contract.replies import App
from impl.tests.client import application
from mocks.answer import lines_of
from mocks.journal import Entry, Journal
from mocks.misspelt import Known
from mocks.preferences import IN_QUERY
from mocks.recorder import Recorder, Tell


@cache
def _known() -> Known:
    binding = application().binding
    return Known(binding.document, handlers(), binding.arguments, queries=IN_QUERY)


def recorder(app: App, journal: Journal, tell: Tell = lambda entries: None, *, batch: int = 1) -> Recorder:
    """Around an application, as the mock has it around its own."""
    return Recorder(app, Answers(application().binding.schemas), _known(), journal, tell, batch=batch)


def entry(**changed: Any) -> Entry:
    """A small request and its answer; `headers` in pairs."""
    given: dict[str, Any] = {
        "began": 0.0,
        "milliseconds": 1.0,
        "method": "POST",
        "path": "/api/v1/widget/init",
        "raw_path": b"/api/v1/widget/init",
        "query": b"",
        "head": b"host: x\r\n",
        "body": b"{}",
        "body_size": 2,
        "operation": "widget_init",
        "status": 200,
        "answer_head": b"content-type: application/json\r\n",
        "answer": b"{}",
        "answer_size": 2,
        "faults": (),
        "notes": (),
    }
    if "headers" in changed:
        given["head"] = lines_of(changed.pop("headers"))
    return Entry(**given | changed)
