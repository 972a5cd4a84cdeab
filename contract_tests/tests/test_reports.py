"""What the reports say of a judgement: the same in each form, for a person and for programs, without secrets."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from contract_tests.catalogue import CATALOGUE
from contract_tests.document import Document
from contract_tests.events import Asked, Began, Ended, Event, Verdict
from contract_tests.findings import Finding
from contract_tests.order import Order
from contract_tests.reports.console import Progress, told
from contract_tests.reports.files import Files
from contract_tests.reports.summary import summary
from contract_tests.story import Story
from contract_tests.transport import Exchange

DOCUMENT = Document(Path(__file__).parents[2] / "openapi.yaml")
CURL = "curl -i -X POST http://127.0.0.1:1/api/v1/widget/chat/rate --data-binary '{\"puan\": 5}'"
SEEN = "200 <script>alert('ş')</script> \x00"
RATED = Finding("rating.once", "409 zaten_puanlandi", SEEN, CURL, "rate_chat", "rating.once")
STRANGE = Finding("answer.schema", "what rate_chat documents", "/data: null", CURL, "rate_chat", "rating.once")
CALLED = {"rate_chat": {200: 3, 409: 1}, "start_chat": {201: 1}}
EXCHANGE = Exchange(
    "login",
    "POST",
    "http://127.0.0.1:1/api/v1/auth/login?a=%C5%9F&b=",
    {"Content-Type": "application/json", "Authorization": "Bearer gizli-jeton"},
    b'{"email": "a@example.com", "sifre": "gizli \\" parola"}',
    200,
    {"content-type": "application/json", "set-cookie": "oturum=gizli-cerez"},
    b'{"basarili":true,"data":{"token":"gizli-jeton","operator":{"ad":"Ay\xc5\x9fe"}}}',
    1_775_000_000.25,
    0.012,
)
BINARY = Exchange(
    "download_file", "GET", "http://127.0.0.1:1/x", {}, None, 200, {}, b"\xff\xd8", 1_775_000_000.5, 0.001
)
EVENTS: list[Event] = [
    Began("http://127.0.0.1:1", Order(seed=7), 3, 1_775_000_000.0),
    Asked(EXCHANGE, "login.wrong"),
    Asked(BINARY, "upload.served"),
    Verdict(CATALOGUE["rating.once"], "broken", "", 0.5, 5, "", (RATED, STRANGE, STRANGE), CALLED),
    Verdict(CATALOGUE["rating.closed"], "passed", "", 0.25, 2, called={"rate_chat": {409: 1}}),
    Verdict(CATALOGUE["tabs.order"], "skipped", reason="it needs a thing"),
    Ended(1.5),
]


def story(events: list[Event]) -> Story:
    """The story of these events."""
    whole = Story()
    for event in events:
        whole.take(event)
    return whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the reports of EVENTS stand."""
    with Files(tmp_path / "new" / "folder", DOCUMENT) as files:
        for event in EVENTS:
            files.take(event)
    return tmp_path / "new" / "folder"


def test_all_four_are_written(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == sorted(Files.NAMES)


def test_junit_has_a_case_a_rule(folder: Path) -> None:
    root = ET.parse(folder / "junit.xml").getroot()
    suites = {suite.get("name"): suite for suite in root.iter("testsuite")}
    rating = suites["rating"]
    assert {name: rating.get(name) for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "2",
        "failures": "1",
        "skipped": "0",
        "errors": "0",
    }
    failure = rating.find("testcase[@name='rating.once']/failure")
    assert failure is not None
    assert failure.text is not None
    assert CATALOGUE["rating.once"].sentence in failure.text
    assert CURL in failure.text
    assert suites["tabs"].find("testcase/skipped[@message='it needs a thing']") is not None
    assert suites["answer"].find("testcase[@name='answer.schema']/failure") is not None


def test_junit_of_a_judgement_that_was_cut_off_has_an_error(tmp_path: Path) -> None:
    with Files(tmp_path, DOCUMENT) as files:
        for event in (*EVENTS[:-1], Ended(1.5, "the server is gone")):
            files.take(event)
    errors = [one.get("message") for one in ET.parse(tmp_path / "junit.xml").getroot().iter("error")]
    assert errors == ["the server is gone"]


def test_json_says_what_was_judged_and_seen(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_bytes())
    assert (report["holds"], report["seed"], report["requests"], report["cut_off"]) == (False, 7, 7, None)
    outcomes = {rule["id"]: rule["outcome"] for rule in report["rules"]}
    assert outcomes["rating.once"] == "broken"
    assert outcomes["rating.closed"] == "passed"
    assert outcomes["tabs.order"] == "skipped"
    assert outcomes["answer.schema"] == "broken"
    rated = next(one for one in report["operations"] if one["id"] == "rate_chat")
    assert rated["statuses"] == {"200": 3, "409": 2}
    assert rated["columns"]["rules"] == {"passed": 1, "broken": 1, "skipped": 0}
    tabs = next(one for one in report["operations"] if one["id"] == "order_tenants")
    assert tabs["columns"]["rules"] == {"passed": 0, "broken": 0, "skipped": 1}


def test_what_breaks_a_rule_often_at_an_operation_is_told_once() -> None:
    chapter = next(one for one in story(EVENTS).chapters() if one.rule.id == "answer.schema")
    assert chapter.findings == (STRANGE,)


def test_page_shows_what_is_broken_first_and_escapes(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert page.index(CATALOGUE["rating.once"].sentence) < page.index(CATALOGUE["tabs.order"].sentence)
    assert page.index(CATALOGUE["rating.once"].sentence) < page.index(CATALOGUE["rating.closed"].sentence)
    assert "http://" not in page.replace("http://127.0.0.1:1", "")


def test_archive_has_each_exchange_without_secrets(folder: Path) -> None:
    text = (folder / "exchanges.har").read_text(encoding="utf-8")
    assert "gizli" not in text
    first, second = json.loads(text)["log"]["entries"]
    assert (first["_operation"], first["_rule"], first["response"]["status"]) == ("login", "login.wrong", 200)
    assert first["request"]["queryString"] == [{"name": "a", "value": "ş"}, {"name": "b", "value": ""}]
    assert json.loads(first["response"]["content"]["text"])["data"]["operator"] == {"ad": "Ayşe"}
    assert first["startedDateTime"] == "2026-03-31T23:33:20.250+00:00"
    assert second["response"]["content"] == {"size": 2, "mimeType": "", "text": "/9g=", "encoding": "base64"}


def test_console_tells_the_table_what_is_broken_and_what_was_not_judged() -> None:
    lines = list(told(story(EVENTS), DOCUMENT))
    row = next(line.split() for line in lines if line.startswith("  rate_chat"))
    assert row[-2:] == ["200×3,", "409×2"]
    assert "1/2" in row
    text = "\n".join(lines)
    assert f"BROKEN rating.once: {CATALOGUE['rating.once'].sentence}" in text
    assert CURL in text
    assert "tabs.order: " in text
    assert "(it needs a thing)" in text
    assert lines[-1].endswith("(7 requests, 1.5 s, --seed 7)")


def test_a_slow_server_is_told_before_anything_else() -> None:
    out = StringIO()
    progress = Progress(out)
    progress.take(Began("http://127.0.0.1:1", Order(), 3, 0.0, 1.25))
    assert out.getvalue().startswith("The server takes 1.2 s for an answer")
    progress.take(EVENTS[3])
    assert out.getvalue().endswith(".\nX")


def test_quiet_console_tells_only_what_is_broken() -> None:
    lines = list(told(story(EVENTS), DOCUMENT, quiet=True))
    assert not any("tabs.order" in line or line.startswith("  rate_chat") for line in lines)
    assert any("tabs.order" in line for line in told(story(EVENTS), DOCUMENT, quiet=True, require_all=True))


def test_findings_that_say_the_same_are_told_together() -> None:
    there = [Finding("operation.there", "an answer", "404", f"curl {name}", name) for name in ("login", "logout")]
    events = [Verdict(CATALOGUE["operation.there"], "broken", findings=tuple(there), called={"login": {404: 1}})]
    lines = list(told(story([EVENTS[0], *events, Ended(1.0)]), DOCUMENT))
    assert "  operation  login, logout" in lines
    assert sum("curl " in line for line in lines) == 1


def test_summary_of_what_holds_says_so() -> None:
    events = [EVENTS[0], Verdict(CATALOGUE["rating.closed"], "passed", requests=1), Ended(0.1)]
    assert summary(story(events), DOCUMENT)["holds"] is True


def test_what_a_server_says_neither_moves_the_terminal_nor_commands_the_ci() -> None:
    seen = "200 \x1b[2J\n::error::x\r##[error]y \u202e\ud800\x9b ş"
    found = Finding("rating.once", "409", seen, "curl x", "rate_chat")
    verdict = Verdict(CATALOGUE["rating.once"], "broken", findings=(found,))
    skipped = Verdict(CATALOGUE["tabs.order"], "skipped", reason="\x1b[1m")
    lines = list(told(story([EVENTS[0], verdict, skipped, Ended(1.0)]), DOCUMENT))
    line = next(one for one in lines if one.startswith("  seen "))
    assert line.endswith(r"200 \x1b[2J\n::error::x\r#\x23[error]y \u202e\ud800\x9b ş")
    assert all(letter.isprintable() for one in lines for letter in one.lstrip("\n"))


def test_half_of_a_surrogate_pair_can_be_reported(tmp_path: Path) -> None:
    found = Finding("rating.once", "409", "\ud800", "curl x", "rate_chat")
    strange = replace(EXCHANGE, headers={"x": "\ud800"})
    verdict = Verdict(CATALOGUE["rating.once"], "broken", findings=(found,))
    with Files(tmp_path, DOCUMENT) as files:
        for event in (EVENTS[0], Asked(strange, "x"), verdict, Ended(1.0)):
            files.take(event)
    assert "\\ud800" in (tmp_path / "report.json").read_text(encoding="utf-8")
