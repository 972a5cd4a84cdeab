"""Names that an operation does not know, and what was perhaps meant."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from impl.app import handlers
from impl.contract.plan import Plan
from impl.tests.client import application
from mocks.misspelt import Known, Names, nearest, plain, strays, strays_inside


@cache
def _known() -> Known:
    binding = application().binding
    return Known(binding.document, handlers(), binding.arguments, more=("X-Site",))


def _plan(operation: str) -> Plan:
    (plan,) = [plan for plan in application().plans if plan.id == operation]
    return plan


def _names(operation: str) -> Names:
    return _known().of(_plan(operation))


def _meant(operation: str, *, body: str = "", query: str = "", header: str = "") -> tuple[str | None, str | None]:
    """What was perhaps meant by this one stray, and its place."""
    (stray,) = strays(
        _known(),
        _names(operation),
        [header.lower().encode()] if header else [],
        [query] if query else [],
        [body] if body else [],
    )
    return stray.nearest, stray.nearest_place


@pytest.mark.parametrize(
    "name", ["ziyaretci_id", "ziyaretciId", "Ziyaretçi-ID", "ZİYARETÇİ_ID", "x-ziyaretci-id", "ZiyaretciId"]
)
def test_spellings_of_a_name_are_one(name: str) -> None:
    assert plain(name) == "ziyaretciid"


def test_nothing_near_is_nothing() -> None:
    assert nearest("qqqq", ["konu", "mesaj"]) is None
    assert nearest("", ["konu"]) is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("subject", ("konu", "govde")),
        ("message", ("mesaj", "govde")),
        ("öncelik", ("oncelik", "govde")),
        ("userId", ("ziyaretci_id", "govde")),
        ("visitor_token", ("X-Ziyaretci-Token", "baslik")),
        ("api_key", ("X-API-Key", "baslik")),
        ("idempotencyKey", ("Idempotency-Key", "baslik")),
        ("qqqq", (None, None)),
    ],
)
def test_a_field_is_looked_for_where_it_stands_and_elsewhere(name: str, meant: tuple[str | None, str | None]) -> None:
    assert _meant("create_ticket", body=name) == meant


@pytest.mark.parametrize(
    ("name", "meant"), [("status", "durum"), ("cursor", "imlec"), ("tenantId", "musteri_id"), ("limt", "limit")]
)
def test_a_query_parameter_is_known_by_its_english_name_too(name: str, meant: str) -> None:
    assert _meant("list_chats", query=name) == (meant, "sorgu")


@pytest.mark.parametrize(
    ("operation", "name", "meant"),
    [
        ("widget_init", "X-Api-Token", "X-API-Key"),
        ("list_chats", "X-Api-Token", "Authorization"),
        ("list_chats", "Authorisation", "Authorization"),
        ("start_chat", "Idempotencykey", "Idempotency-Key"),
        ("start_chat", "X-Visitor-Token", "X-Ziyaretci-Token"),
    ],
)
def test_a_header_is_one_of_those_that_the_operation_takes(operation: str, name: str, meant: str) -> None:
    assert _meant(operation, header=name) == (meant, "baslik")


@pytest.mark.parametrize("name", ["x-site", "x-api-key", "x-mock-sandbox", "x-forwarded-port", "x-tenant-colour"])
def test_headers_of_others_are_no_strays(name: str) -> None:
    assert strays(_known(), _names("list_chats"), [name.encode()], [], []) == []


def _examples() -> list[tuple[str, str, dict[str, Any]]]:
    """Operation, name and value of each request example that the document has."""
    document = application().binding.document
    return [
        (operation["operationId"], name, example["value"])
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
        for media in operation.get("requestBody", {}).get("content", {}).values()
        for name, example in media.get("examples", {}).items()
        if isinstance(example.get("value"), dict)
    ]


@pytest.mark.parametrize(
    ("operation", "name", "value"), _examples(), ids=lambda part: part if type(part) is str else ""
)
def test_the_documents_own_requests_have_no_stray(operation: str, name: str, value: dict[str, Any]) -> None:
    names = _names(operation)
    assert strays(_known(), names, [b"content-type", b"x-api-key", b"authorization"], [], value) == []
    assert strays_inside(names, value) == []


def test_every_operation_has_its_names() -> None:
    for plan in application().plans:
        names = _known().of(plan)
        assert names.query | names.body | names.headers <= {name for name, _ in names.places.values()}


def test_a_long_name_is_cut() -> None:
    (stray,) = strays(_known(), _names("widget_init"), [], [], ["x" * 5000])
    assert len(stray.name) == 100
