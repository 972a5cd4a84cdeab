"""Schemathesis finds no answer of the journal's control that its document does not promise."""

from __future__ import annotations

from typing import Any

import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.applications import Starlette
from starlette.routing import Mount

from mocks.control.journal import journal_routes
from mocks.control.requests import DOCUMENT
from mocks.journal import Journal
from mocks.tests.entries import entry


def _journal() -> Journal:
    journal = Journal({"widget_init": "POST /api/v1/widget/init"})
    for number in range(5):
        journal.add(entry(status=200 + number))
    return journal


def _document() -> dict[str, Any]:
    """The journal's part of the control document, in which nobody waits long."""
    document: dict[str, Any] = yaml.safe_load(DOCUMENT.read_bytes())
    document["paths"] = {
        path: item for path, item in document["paths"].items() if "journal" in path or "verify" in path
    }
    listing = document["paths"]["/_mock/journal"]["get"]
    listing["parameters"] = [one for one in listing["parameters"] if one.get("name") != "wait"]
    return document


APP = Starlette(routes=[Mount("/_mock", routes=journal_routes(_journal()))])
SCHEMA = schemathesis.openapi.from_dict(_document())
SCHEMA.app = APP


@SCHEMA.parametrize()
@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_the_journals_control_answers_as_its_document_says(case: Any) -> None:
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    case.call_and_validate(checks=checks)
