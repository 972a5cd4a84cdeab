"""What of an answer the document does not allow is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contract_tests.document import Document

DOCUMENT = Document(Path(__file__).parents[2] / "openapi.yaml")
HEADERS = {"content-type": "application/json", "x-request-id": "a-1"}
LOGO = {"firma_adi": "A", "logo_url": None, "renk_primary": "#2563EB", "cevrimici": False, "aktif_oturum": None}
RIGHT = {"basarili": True, "data": LOGO}


def faults(status: int, body: object, headers: dict[str, str] = HEADERS) -> list[str]:
    """What is wrong with such an answer to widget/init."""
    operation = DOCUMENT.operation("POST", "/api/v1/widget/init")
    return DOCUMENT.faults(operation, status, headers, json.dumps(body).encode())


def test_right_answer_has_no_fault() -> None:
    assert faults(200, RIGHT) == []


@pytest.mark.parametrize(
    ("status", "body", "headers", "told"),
    [
        (200, {"basarili": True}, HEADERS, "data"),
        (200, RIGHT | {"basarili": "evet"}, HEADERS, "basarili"),
        (200, {"basarili": True, "data": LOGO | {"cevrimici": None}}, HEADERS, "cevrimici"),
        (201, RIGHT, HEADERS, "status 201"),
        (200, RIGHT, {"content-type": "text/html"}, "text/html"),
        (200, RIGHT, {}, "media type none"),
        (401, {}, HEADERS, "application/problem+json"),
    ],
)
def test_fault_is_told(status: int, body: object, headers: dict[str, str], told: str) -> None:
    assert told in " ".join(faults(status, body, headers))


def test_body_that_is_no_json_is_told() -> None:
    operation = DOCUMENT.operation("POST", "/api/v1/widget/init")
    assert "not JSON" in " ".join(DOCUMENT.faults(operation, 200, HEADERS, b"<html>"))


def test_refusal_of_an_unknown_path_is_a_problem() -> None:
    assert DOCUMENT.faults(None, 404, HEADERS, b"{}")
    assert not DOCUMENT.faults(None, 204, HEADERS, b"")


def test_operation_is_found_by_its_path() -> None:
    found = DOCUMENT.operation("GET", "/api/v1/operator/chat/42/messages")
    assert found is not None
    assert found.id == "list_operator_messages"
    assert DOCUMENT.operation("GET", "/api/v1/operator/chat/42/43/messages") is None
