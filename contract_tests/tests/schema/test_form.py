"""What the document allows and forbids in a request, and what may be put into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contract_tests.document import Document
from contract_tests.schema.draft import Draft
from contract_tests.schema.examples import Example, encoded, examples
from contract_tests.schema.form import Form

DOCUMENT = Document(Path(__file__).parents[3] / "openapi.yaml")
OPERATIONS = {operation.id: operation for operation in DOCUMENT.operations}


def form(name: str) -> Form:
    return Form(DOCUMENT, OPERATIONS[name])


def draft(name: str, *, allowed: bool = False, scenario: str = "", **parts: Any) -> Draft:
    """The operation's example with other parts."""
    made = next(examples(DOCUMENT, OPERATIONS[name]))
    for part, value in parts.items():
        setattr(made.case, part, value)
    return Draft(name, made.case, allowed, frozenset(), "a test", scenario, encode=encoded)


@pytest.mark.parametrize(
    ("name", "place", "value", "allowed"),
    [
        ("get_ticket", "path/id", "7", True),
        ("get_ticket", "path/id", 7, True),
        ("get_ticket", "path/id", "yedi", False),
        ("get_ticket", "path/id", 0, False),
        ("get_ticket", "query/limit", "101", False),
        ("end_chat", "body/oturum_id", "7", False),
        ("end_chat", "body/oturum_id", 7, True),
        ("end_chat", "body/yok", 7, False),
    ],
)
def test_a_number_may_be_text_where_all_is_text(name: str, place: str, value: Any, allowed: bool) -> None:
    assert form(name).allows(place, value) is allowed


def test_real_values_take_the_place_of_allowed_ones_only() -> None:
    made = draft("end_chat", body={"ziyaretci_id": "|", "oturum_id": 5})
    form("end_chat").fill(made, {"body/ziyaretci_id": "ali", "body/oturum_id": 42, "body/mesaj": "x"})
    assert made.case.body == {"ziyaretci_id": "|", "oturum_id": 42}


def test_what_is_given_is_not_filled_in() -> None:
    made = draft("end_chat", allowed=True)
    form("end_chat").fill(
        made, {"body/ziyaretci_id": "ali", "body/oturum_id": lambda old: old + 1}, ["body/ziyaretci_id"]
    )
    assert made.case.body == {"ziyaretci_id": "ahmet.yilmaz", "oturum_id": 43}


def test_headers_are_put_by_name_in_any_case() -> None:
    made = draft("start_chat", headers={"idempotency-key": "a"})
    made.put("header/Idempotency-Key", "b")
    assert made.case.headers == {"Idempotency-Key": "b"}


@pytest.mark.parametrize(
    ("name", "parts", "wrong"),
    [
        ("end_chat", {}, set()),
        ("end_chat", {"body": {"ziyaretci_id": "a"}}, {"body"}),
        ("end_chat", {"body": {"ziyaretci_id": "a", "oturum_id": 1, "yok": None}}, set()),
        ("end_chat", {"body": None}, {"body"}),
        ("end_chat", {"media_type": None}, {"body"}),
        ("search_articles", {"query": {"q": "a", "": "x", "yok": [1, 2]}}, set()),
        ("search_articles", {"query": {"limit": 5}}, {"query"}),
        ("search_articles", {"query": {"q": "a", "limit": "beş"}}, {"query"}),
        ("get_ticket", {"path_parameters": {"id": "x"}}, {"path"}),
        ("start_chat", {"headers": {"Idempotency-Key": "ğ"}}, {"header"}),
        ("portal_add_origin", {"media_type": "application/x-www-form-urlencoded", "body": {}}, {"body"}),
        ("upload_file", {"body": {"dosya": b"", "ziyaretci_id": None}}, set()),
        ("upload_file", {"body": {"dosya": b"", "ziyaretci_id": "|"}}, {"body"}),
        ("upload_operator_file", {"body": {"dosya": b"", "musteri_id": "1"}}, set()),
    ],
)
def test_only_what_breaks_the_document_on_the_wire_is_wrong(name: str, parts: dict[str, Any], wrong: set[str]) -> None:
    assert form(name).wrong(draft(name, **parts), ()) == wrong


def test_a_missing_credential_and_a_wrong_media_type_are_wrong() -> None:
    assert form("end_chat").wrong(draft("end_chat"), ["X-API-Key"]) == {"header"}
    made = draft("end_chat", scenario="unsupported_content_type")
    made.wrong = frozenset({"header"})
    assert form("end_chat").wrong(made, ()) == {"header"}


def test_examples_are_sent_in_their_media_types() -> None:
    sent = {}
    for made in examples(DOCUMENT, OPERATIONS["portal_add_origin"]):
        sent[made.case.media_type] = made.encode(made, {"X": "y"})
    assert sent["application/json"].content == b'{"origin": "https://Yalniz.example.com:443"}'
    assert sent["application/x-www-form-urlencoded"].content == b"origin=https%3A%2F%2Fyalniz.example.com"
    assert sent["application/json"].headers == {"X": "y", "Content-Type": "application/json"}


def test_a_form_of_many_parts_has_its_file() -> None:
    made = draft("upload_file", body={"ziyaretci_id": "a", "dosya": b"\x00"})
    sent = made.encode(made, {})
    assert sent.content is not None
    assert b'name="dosya"; filename="dosya"' in sent.content
    assert b"\r\n\r\n\x00\r\n--" in sent.content
    assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")


def test_path_and_query_are_quoted() -> None:
    case = Example("GET", "/a/{id}", {"id": "a/ş"}, {"q": "x y", "b": True}, {}, None, None)
    sent = encoded(Draft("a", case, True, frozenset(), "", encode=encoded), {})
    assert sent.where == "/a/a%2F%C5%9F?q=x+y&b=true"
    assert sent.content is None
