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


EVENT = {
    "olay": "memnuniyet_puan",
    "zaman": "2026-04-12T14:30:00+03:00",
    "veri": {"oturum_id": 42, "musteri_id": 2, "puan": 5, "yorum": None, "operator_id": None},
}
WEBHOOK = {
    "content-type": "application/json",
    "webhook-id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    "webhook-timestamp": "1775993400",
    "webhook-signature": "v1,a4ohV6qt/ivSxHN95UZtaRYJWJG4yOFmxLc510n+aaY=",
}


def test_right_webhook_has_no_fault() -> None:
    assert DOCUMENT.event_faults("memnuniyet_puan", WEBHOOK, json.dumps(EVENT).encode()) == []


@pytest.mark.parametrize(
    ("name", "event", "headers", "told"),
    [
        ("memnuniyet_puan", EVENT | {"veri": {}}, {}, "puan"),
        ("memnuniyet_puan", EVENT | {"olay": "yeni_chat"}, {}, "memnuniyet_puan"),
        ("memnuniyet_puan", EVENT | {"zaman": "2026-04-12"}, {}, "/zaman"),
        ("yeni_chat", EVENT, {}, "yeni_chat"),
        ("hayir", EVENT, {}, "no event hayir"),
        ("memnuniyet_puan", EVENT, {"content-type": "text/plain"}, "media type text/plain"),
        ("memnuniyet_puan", EVENT, {"webhook-id": "1"}, "webhook-id is 1"),
        ("memnuniyet_puan", EVENT, {"webhook-timestamp": "2026-04-12"}, "webhook-timestamp is 2026-04-12"),
        ("memnuniyet_puan", EVENT, {"webhook-signature": "v1,abc"}, "webhook-signature is v1,abc"),
    ],
)
def test_fault_of_a_webhook_is_told(name: str, event: object, headers: dict[str, str], told: str) -> None:
    assert told in " ".join(DOCUMENT.event_faults(name, WEBHOOK | headers, json.dumps(event).encode()))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_missing_header_of_a_webhook_is_told(name: str) -> None:
    headers = {other: value for other, value in WEBHOOK.items() if other != name}
    assert f"the header {name} is missing" in DOCUMENT.event_faults(
        "memnuniyet_puan", headers, json.dumps(EVENT).encode()
    )
