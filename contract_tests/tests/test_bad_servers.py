"""Whatever is at the URL, `cozum test` ends with a clear verdict: 2 in one line, or 1 with what is broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contract_tests.catalogue import CATALOGUE
from contract_tests.document import Document
from contract_tests.in_process import our_server
from contract_tests.judging import judge_place
from contract_tests.mutants.planting import Patch, Seen
from contract_tests.order import Level, Order
from contract_tests.story import Story
from contract_tests.tests.bad_servers import Behaviour, answers, drips, listening, says, stays_silent
from contract_tests.workers import Place

PATH = Path(__file__).parents[2] / "openapi.yaml"
SHORT = [rule.id for rule in CATALOGUE.values() if not rule.long]
JSON = "application/json"
PROBLEM = b'{"type":"about:blank","title":"x","status":500,"kod":"x","detail":"x","istek_id":"x"}'


def cozum_test(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`cozum test`, as a person starts it."""
    return subprocess.run(
        [sys.executable, "-m", "cozum", "test", *arguments], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    ("behave", "told"),
    [
        (says(b""), "no answer from {url} to POST /api/v1/widget/init: remote end closed connection without response"),
        (
            says(b"SSH-2.0-OpenSSH_9.2\r\n"),
            "no answer from {url} to POST /api/v1/widget/init: it does not speak HTTP but 'SSH-2.0-OpenSSH_9.2'",
        ),
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "the answer ends before its end"),
        (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), "no answer from {url}"),
        (stays_silent, "no answer from {url} to POST /api/v1/widget/init: it takes longer than 3 s"),
        (drips, "no answer from {url} to POST /api/v1/widget/init: it takes longer than 3 s"),
        (answers(200, "text/html", b"<h1>Merhaba</h1>"), "is not the API: it answers widget/init with 200, text/html"),
        (answers(404, "text/html", b"<h1>Yok</h1>"), "is not the API: it answers widget/init with 404, text/html"),
        (answers(200, JSON, b"[1, 2"), "is not the API: it answers widget/init with 200, application/json"),
        (answers(200, JSON, b"[" * 100_000), "is not the API: it answers widget/init with 200, application/json"),
        (
            answers(302, "text/html", b"", "Location: https://panel.example/giris"),
            "it answers widget/init with 302 to 'https://panel.example/giris', text/html",
        ),
        (answers(401, JSON, b"{}"), "does not know the widget key CM_DEMO_2026"),
        (answers(503, JSON, b"{}"), "is out of service: it answers widget/init with 503"),
        (answers(429, JSON, b"{}", "Retry-After: 3600"), "is out of service: it answers widget/init with 429"),
    ],
)
def test_nothing_to_judge_ends_with_2_in_one_line(behave: Behaviour, told: str) -> None:
    with listening(behave) as url:
        done = cozum_test(url)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"cozum: {url} " if "{url}" not in told else "cozum: no answer from") or (
        "no answer from" in done.stderr
    )
    assert told.format(url=url) in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "behave",
    [
        answers(200, JSON, b'{"basarili": true, "data": {}}'),
        answers(200, JSON, b'{"basarili": true, "data": null}', "Date: gestern"),
        answers(500, "application/problem+json", PROBLEM),
    ],
)
def test_a_server_that_always_says_the_same_is_broken(behave: Behaviour) -> None:
    with listening(behave) as url:
        done = cozum_test(url, "--quiet", "--owned")
    assert (done.returncode, done.stderr) == (1, "")
    assert "BROKEN" in done.stdout
    assert "Traceback" not in done.stdout


def judged(change: Patch, level: Level = "contract") -> Story:
    """The story of our server with that change."""
    document = Document(PATH, level)
    try:
        with our_server(PATH) as target:
            rules = SHORT if level == "contract" else ()
            return judge_place(Place(PATH, target), document, Order(rules=rules, level=level))
    finally:
        change.undo()


def without_extensions() -> Patch:
    """A server that has only the operations of the reference."""
    document, patch = Document(PATH), Patch()

    def change(seen: Seen) -> None:
        operation = document.operation(seen.method, seen.path)
        if operation and operation.extension:
            seen.status, seen.body, seen.headers = 404, b"<h1>Yok</h1>", {"content-type": "text/html"}

    patch.answers(change)
    return patch


def test_operations_that_a_server_lacks_are_told_once_each_and_nothing_else() -> None:
    story = judged(without_extensions())
    lacking = {one.id for one in Document(PATH).operations if one.extension and not one.hides}
    findings = [finding for chapter in story.chapters() for finding in chapter.findings]
    assert sorted(finding.operation for finding in findings if finding.rule == "operation.there") == sorted(lacking)
    others = {finding.operation for finding in findings if finding.rule != "operation.there"}
    assert others <= {
        one.id for one in Document(PATH).operations if one.hides
    }  # nobody can tell whether they are there
    assert any("the server has no" in verdict.reason for verdict in story.verdicts)


def test_at_the_level_of_the_reference_nothing_is_lacking() -> None:
    story = judged(without_extensions(), "reference")
    assert [finding for verdict in story.verdicts for finding in verdict.findings] == []


def test_an_operation_that_is_never_answered_is_told_once_and_the_rest_is_judged() -> None:
    patch = Patch()

    def change(seen: Seen) -> None:
        if (seen.method, seen.path) == ("POST", "/api/v1/widget/chat/rate"):
            seen.length = 1_000_000

    patch.answers(change)
    story = judged(patch)
    findings = [finding for chapter in story.chapters() for finding in chapter.findings]
    assert {(finding.rule, finding.operation) for finding in findings} == {("answer.given", "rate_chat")}
    assert "the answer ends before its end" in findings[0].seen
    assert findings[0].curl.startswith("curl -i -X POST ")
