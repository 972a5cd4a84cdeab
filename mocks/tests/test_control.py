"""The control API is for this machine, and not for pages of other sites; faults are planted by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import openapi_spec_validator
import pytest
from standardwebhooks import Webhook

from impl.contract.document import inlined
from impl.contract.schemas import Schemas
from impl.settings import Settings
from impl.tests.client import DOCUMENT
from mocks.app import Mock
from mocks.control.callers import Callers
from mocks.control.document import control_document
from mocks.control.requests import unknown
from mocks.tests.whole import Whole, whole_mock


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


def test_the_document_is_valid_and_served(mock: Whole) -> None:
    openapi_spec_validator.validate(control_document())
    assert mock.control("GET", "/openapi.json") == control_document()
    assert mock.control("GET", "")["adresler"] == sorted(control_document()["paths"])


def test_every_path_of_the_document_is_answered_and_no_other(mock: Whole) -> None:
    assert mock.ask("GET", "/_mock/nowhere").status == 404
    refused = mock.ask("PATCH", "/_mock/clock")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD, POST")
    assert mock.ask("GET", "/_mocks").status == 404
    for path, item in control_document()["paths"].items():
        allowed = mock.ask("PATCH", path.replace("{id}", "1").replace("{name}", "a")).headers["allow"]
        assert {method.upper() for method in item} == set(allowed.split(", ")) - {"HEAD"}


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://kotu.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8081"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"host": "kotu.example"},
        {"host": "kotu.example:8080", "origin": "http://kotu.example:8080", "sec_fetch_site": "same-origin"},
        {"host": ""},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_of_other_sites_may_not(mock: Whole, method: str, headers: dict[str, str]) -> None:
    refused = mock.ask(method, "/_mock/clock", {"hiz": 0} if method == "POST" else None, **headers)
    assert (refused.status, refused.json["kod"]) == (403, "denetim_kapali")
    assert mock.control("GET", "/clock")["hiz"] == 1
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "localhost:8080"},
        {"host": "mock:8080"},
        {"host": "[::1]:8080"},
        {"host": "host.docker.internal"},
        {"origin": "http://127.0.0.1:8080", "sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
    ],
)
def test_this_machine_may(mock: Whole, headers: dict[str, str]) -> None:
    assert mock.control("GET", "/clock", **headers)


OPERATIONS = [(method.upper(), path) for path, item in control_document()["paths"].items() for method in item]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_documents_that_it_refuses_pages_of_other_sites(mock: Whole, method: str, path: str) -> None:
    target = path.replace("{id}", "1").replace("{name}", "a")
    refused = mock.ask(method, target, {}, origin="https://kotu.example")
    assert (refused.status, refused.json["kod"]) == (403, "denetim_kapali")


# Examples

OF_ITSELF = {"show_control", "show_control_document"}
"""What tells of the control API itself grows with each of its parts."""


def _media() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every media type of a request or an answer, with the place where it stands."""
    document = control_document()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            named = [("request", operation.get("requestBody", {})), *operation["responses"].items()]
            for name, part in named:
                whole = inlined(document, part)
                for media_type, media in whole.get("content", {}).items():
                    yield f"{method} {path} {name} {media_type} of {operation['operationId']}", media


def test_every_answer_has_an_example() -> None:
    bare = [where for where, media in _media() if " 20" in where and not media.get("examples")]
    assert {where.rpartition(" ")[2] for where in bare} == OF_ITSELF


def test_every_example_keeps_its_schema() -> None:
    schemas = Schemas(control_document())
    faults = [
        f"{where}, {name}: {list(error.instance_path)}: {error.message}"
        for where, media in _media()
        for name, example in media.get("examples", {}).items()
        for error in schemas.validator(media.get("schema", {})).iter_errors(example["value"])
    ]
    assert faults == []


def test_the_examples_of_a_state_can_be_loaded_and_are_told_again(mock: Whole) -> None:
    content = control_document()["paths"]["/_mock/state"]["get"]["responses"]["200"]["content"]
    for media_type, media in content.items():
        (example,) = [one["value"] for one in media["examples"].values()]
        body = example.encode() if isinstance(example, str) else example
        assert mock.ask("PUT", "/_mock/state", body, content_type=media_type).status == 200
        told = mock.ask("GET", "/_mock/state", accept=media_type)
        again = told.body.decode() if isinstance(example, str) else told.json
        assert _without_instant(again) == _without_instant(example)


def _without_instant(state: Any) -> Any:
    if isinstance(state, str):
        return [line for line in state.splitlines() if not line.startswith("saved_at")]
    return {name: value for name, value in state.items() if name != "saved_at"}


def test_the_example_of_a_trigger_is_signed(mock: Whole) -> None:
    answers = control_document()["paths"]["/_mock/trigger"]["post"]["responses"]
    (example,) = answers["200"]["content"]["application/json"]["examples"].values()
    (event,) = example["value"]["olaylar"]
    headers = event["basliklar"]
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert Webhook(event["secret"]).sign(headers["webhook-id"], at, event["metin"]) == headers["webhook-signature"]
    assert json.loads(event["metin"]) == event["govde"]


def test_names_that_were_allowed_are_ours() -> None:
    callers = Callers(names=frozenset({"mock.lan"}))
    known = [callers.knows(host) for host in ("mock.lan", "MOCK.lan:8080", "kotu.lan", "a.mock.lan")]
    assert known == [True, True, False, False]


@pytest.mark.parametrize(
    ("client", "status"), [("::1", 200), ("::ffff:127.0.0.1", 200), ("127.9.9.9", 200), ("10.0.0.7", 403), ("", 403)]
)
def test_other_machines_may_not(mock: Whole, client: str, status: int) -> None:
    assert mock.ask("GET", "/_mock/clock", client=client).status == status


def test_what_is_asked_of_the_control_is_not_journaled(mock: Whole) -> None:
    mock.control("GET", "/clock")
    mock.widget("init", {"ziyaretci_id": "abc123"})
    (entry,) = mock.control("GET", "/journal")["kayitlar"]
    assert entry["islem"] == "widget_init"


def test_the_journal_knows_requests_of_refused_sandboxes(mock: Whole) -> None:
    mock.widget("init", {"ziyaretci_id": "abc123"}, x_mock_sandbox="a b")
    (entry,) = mock.control("GET", "/journal")["kayitlar"]
    assert (entry["durum"], entry["kusurlar"]) == (400, [])


# Faults


def test_faults_are_planted_listed_and_taken_away(mock: Whole) -> None:
    planted = mock.control("POST", "/faults", {"operation": "widget_init", "status": 503, "count": 1})
    assert planted == {"id": 1, "operation": "widget_init", "chance": 1, "count": 1, "status": 503, "struck": 0}
    body = {"ziyaretci_id": "abc123"}
    assert [mock.widget("init", body).status for _ in range(2)] == [503, 200]
    assert mock.control("GET", "/faults")["hatalar"][0]["struck"] == 1
    assert mock.control("DELETE", "/faults/1")["hatalar"] == []
    assert mock.ask("DELETE", "/_mock/faults/1").status == 404
    mock.control("PUT", "/faults", {"hatalar": [{"status": 500}, {"body": "truncated"}]})
    assert [one["id"] for one in mock.control("GET", "/faults")["hatalar"]] == [1, 2]
    assert mock.control("DELETE", "/faults")["hatalar"] == []


def test_a_fault_of_a_sandbox_strikes_there_only(mock: Whole) -> None:
    planted = mock.control("POST", "/faults", {"operation": "widget_init", "status": 503}, x_mock_sandbox="a")
    assert planted["id"] == 1
    body = {"ziyaretci_id": "abc123"}
    assert mock.widget("init", body, x_mock_sandbox="a").status == 503
    assert mock.widget("init", body, x_mock_sandbox="b").status == 200
    assert mock.widget("init", body).status == 200
    assert mock.control("GET", "/faults")["hatalar"] == []
    mock.control("POST", "/faults", {"status": 429})
    assert mock.widget("init", body, x_mock_sandbox="a").status == 429, "what is for every request goes first"
    mock.control("DELETE", "/faults")
    assert mock.control("DELETE", "/faults/1", x_mock_sandbox="a")["hatalar"] == []
    assert mock.widget("init", body, x_mock_sandbox="a").status == 200


@pytest.mark.parametrize(
    ("method", "body", "field"),
    [
        ("POST", {"stauts": 503}, "/stauts"),
        ("POST", {"operation": "widget_initt", "status": 503}, "/operation"),
        ("POST", {"status": 200}, "/status"),
        ("POST", {"delay": {"gamma": [1, 2]}}, "/delay"),
        ("PUT", {"hatalar": [{"status": 503}, {"chance": 2, "status": 503}]}, "/hatalar/1/chance"),
    ],
)
def test_a_wrong_fault_names_the_field_and_plants_nothing(
    mock: Whole, method: str, body: dict[str, Any], field: str
) -> None:
    refused = mock.ask(method, "/_mock/faults", body)
    assert refused.status == 422
    assert refused.json["hatalar"][0]["alan"] == field, refused.json
    assert mock.control("GET", "/faults")["hatalar"] == []


def test_without_journal_nothing_is_kept_or_told_and_everything_answered() -> None:
    told: list[Any] = []
    mock = Mock(Settings(DOCUMENT, demo=True), told.extend, journaled=False)
    whole = Whole(mock)
    whole.run(mock.start())
    assert whole.widget("init", {"ziyaretci_id": "abc123"}).status == 200
    assert whole.widget("init", {}).json["ipucu"]["neden"] == "alan"
    assert told == []
    whole.close()


def test_a_journal_that_is_not_kept_is_refused_and_not_told_as_empty() -> None:
    whole = Whole(Mock(Settings(DOCUMENT, demo=True), lambda entries: None, journaled=False))
    asked = (("GET", "/journal"), ("GET", "/journal.har"), ("GET", "/journal/1"), ("POST", "/verify"))
    for method, path in asked:
        refused = whole.ask(method, f"/_mock{path}", {} if method == "POST" else None, accept_language="en")
        assert (refused.status, refused.json["kod"]) == (409, "gunluk_kapali")
        assert "--no-journal" in refused.json["detail"]
    whole.close()


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/journal"), ("DELETE", "/journal"), ("GET", "/journal.har"), ("POST", "/verify")]
)
def test_the_journal_of_a_sandbox_that_cannot_be_is_refused(mock: Whole, method: str, path: str) -> None:
    body: Any = {} if method == "POST" else None
    refused = mock.ask(method, f"/_mock{path}", body, x_mock_sandbox="bad name!")
    assert (refused.status, refused.json["kod"]) == (400, "gecersiz_sandbox")
    assert mock.ask(method, f"/_mock{path}", body, x_mock_sandbox="hic-acilmadi").status == 200


def test_where_nothing_is_taken_that_is_said(mock: Whole) -> None:
    refused = mock.ask("GET", "/_mock/clock?x=1", accept_language="en")
    error = {"alan": "/x", "mesaj": "Unknown; no parameters are taken here."}
    assert (refused.status, refused.json["hatalar"]) == (422, [error])
    assert unknown("a", []).en == "Unknown; there are none."
