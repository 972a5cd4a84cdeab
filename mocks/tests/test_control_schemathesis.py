"""Schemathesis finds no answer of the control API that its document does not promise."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from impl.settings import Settings
from impl.tests.client import DOCUMENT
from mocks.app import Mock
from mocks.control.callers import Callers
from mocks.control.document import control_document
from mocks.tests.entries import entry


def _mock() -> Mock:
    mock = Mock(Settings(DOCUMENT, demo=True), lambda entries: None, callers=Callers(anywhere=True))
    asyncio.run(mock.start())
    mock.parts.journal.add(*[entry(status=200 + number) for number in range(5)])
    return mock


def _document() -> dict[str, Any]:
    """The control document, in which nobody waits long."""
    document: dict[str, Any] = deepcopy(control_document())
    for item in document["paths"].values():
        for operation in item.values():
            operation["parameters"] = [one for one in operation.get("parameters", []) if one.get("name") != "wait"]
    return document


# Without a configuration it would read that of the folder, whose hooks then hold for all tests of the process.
SCHEMA = schemathesis.openapi.from_dict(_document(), config=schemathesis.Config())
MOCK = _mock()


async def _app(scope: Any, receive: Any, send: Any) -> None:
    await MOCK.app(scope, receive, send)


SCHEMA.app = _app


@SCHEMA.parametrize()
@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_the_control_api_answers_as_its_document_says(case: Any) -> None:
    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
    case.call_and_validate(checks=checks)
