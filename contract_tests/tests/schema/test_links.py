"""What a link takes from an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from contract_tests.client import Answer
from contract_tests.document import Document
from contract_tests.schema.examples import examples
from contract_tests.schema.links import Link, has_links, links

DOCUMENT = Document(Path(__file__).parents[3] / "openapi.yaml")
OPERATIONS = {operation.id: operation for operation in DOCUMENT.operations}


def link(source: str, name: str) -> Link:
    return next(one for one in links(DOCUMENT, OPERATIONS[source]) if one.name == name)


def taken(source: str, name: str, value: Any) -> dict[str, Any] | None:
    """What the link takes, when the source's example was answered with that."""
    answer = Answer(200, {}, json.dumps(value).encode(), "", source, 0.0)
    return link(source, name).values(next(examples(DOCUMENT, OPERATIONS[source])), answer)


def test_a_link_takes_from_request_and_answer() -> None:
    assert taken("start_chat", "pollMessages", {"data": {"oturum": {"id": 7}}}) == {
        "query/ziyaretci_id": "abc123",
        "query/oturum_id": 7,
    }


def test_a_link_fills_path_and_body() -> None:
    found = taken("create_ticket", "replyTicket", {"data": {"ticket": {"id": 3}}})
    assert found == {"path/id": 3, "body/ziyaretci_id": "abc123"}
    assert link("create_ticket", "replyTicket").literals() == {"body/mesaj": "Ek bilgi veriyorum."}


def test_a_link_takes_lists() -> None:
    found = taken("upload_file", "attachToTicket", {"data": {"dosya": {"dosya_id": "x"}}})
    assert found == {"body/dosyalar": ["x"]}


def test_a_link_that_the_answer_has_nothing_for_is_not_followed() -> None:
    assert taken("list_tickets", "nextPage", {"data": {"ticketlar": [], "sonraki_imlec": None}}) is None
    assert taken("list_tickets", "readFirst", {"data": {"ticketlar": []}}) is None


def test_the_first_of_a_list_may_be_anybodys() -> None:
    assert link("list_chats", "acceptFirst").from_a_list()
    assert not link("start_chat", "acceptChat").from_a_list()


def test_operations_with_links_are_known() -> None:
    found = has_links(DOCUMENT)
    assert "start_chat" in found
    assert "add_page_view" in found
    assert "get_article" not in found
