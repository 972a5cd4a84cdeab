"""The right server passes, wrong ones do not, and where there is nothing to judge it is said in one line."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from contract_tests.catalogue import CATALOGUE
from contract_tests.checks import ON_EVERY_ANSWER
from contract_tests.document import Document
from contract_tests.findings import CannotRun
from contract_tests.in_process import our_server
from contract_tests.mutants import planted
from contract_tests.order import Order
from contract_tests.probe import probe
from contract_tests.run import chosen, judge
from contract_tests.target import Login, Target, Tenant

PATH = Path(__file__).parents[2] / "openapi.yaml"
DOCUMENT = Document(PATH)


@pytest.fixture(scope="module")
def ours() -> Iterator[Target]:
    """Our own server."""
    with our_server(PATH) as target:
        yield target


def test_right_server_keeps_every_rule(ours: Target) -> None:
    verdicts = list(judge(probe(ours, DOCUMENT), DOCUMENT, Order(seed=12)))
    assert {verdict.rule.id for verdict in verdicts} == set(CATALOGUE) - set(ON_EVERY_ANSWER)
    assert [(v.rule.id, v.outcome, v.reason or v.findings) for v in verdicts if v.outcome != "passed"] == []


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("tolerance-of-301", {"hmac.tolerance"}),
        ("origin-by-prefix", {"origin.exact"}),
        ("critical-from-91", {"banner.storage.critical"}),
        ("no-tenant-in-queue", {"queue.tenants", "answer.schema"}),
        ("wrong-header-name", {"answer.schema", "answer.request_id"}),
    ],
)
def test_mutant_is_found(name: str, rules: set[str]) -> None:
    with planted(name) as mutant, our_server(PATH) as target:
        wanted = mutant.rule if not mutant.rule.startswith("answer.") else "queue.tenants"
        order = Order(rules=(wanted,), until_broken=True)
        verdicts = list(judge(probe(target, DOCUMENT), DOCUMENT, order))
    found = [finding for verdict in verdicts for finding in verdict.findings]
    assert {finding.rule for finding in found} <= rules
    assert found
    assert found[0].curl.startswith("curl ")


def test_planting_is_undone(ours: Target) -> None:
    with planted("tolerance-of-301"):
        pass
    verdicts = list(judge(ours, DOCUMENT, Order(rules=("hmac.tolerance",))))
    assert [verdict.outcome for verdict in verdicts] == ["passed"]


def test_what_a_target_lacks_skips_by_name(ours: Target) -> None:
    target = Target(ours.base_url, listed=None, outsider=None)
    verdicts = list(judge(target, DOCUMENT, Order(rules=("origin.exact", "tabs.order"))))
    assert [(verdict.outcome, "it needs" in verdict.reason) for verdict in verdicts] == [("skipped", True)] * 2


def test_tenants_that_the_server_does_not_know_are_left_out(ours: Target) -> None:
    target = Target(ours.base_url, listed=Tenant("CM_YOK_2026", "x"), colleague=Login("x@example.com", "x"))
    found = probe(target, DOCUMENT)
    assert (found.listed, found.colleague) == (None, None)
    assert found.other is not None


def test_reference_level_has_no_rule_of_the_contract() -> None:
    assert {rule.origin for rule in chosen(Order(level="reference"), DOCUMENT)} == {"reference"}


def test_unknown_rule_cannot_be_judged() -> None:
    with pytest.raises(CannotRun, match=r"no\.such"):
        chosen(Order(rules=("no.such",)), DOCUMENT)


def test_unknown_key_is_told(ours: Target) -> None:
    with pytest.raises(CannotRun, match="CM_YOK_2026"):
        probe(Target(ours.base_url, Tenant("CM_YOK_2026", "x")), DOCUMENT)


def test_wrong_password_is_told(ours: Target) -> None:
    with pytest.raises(CannotRun, match="wrong email or password"):
        probe(Target(ours.base_url, operator=Login("yok@example.com", "x")), DOCUMENT)


@pytest.mark.parametrize("login", [Login("", "x"), Login("operator", ""), Login("a@example.com", "x" * 5000)])
def test_what_can_be_no_credentials_is_told(ours: Target, login: Login) -> None:
    with pytest.raises(CannotRun, match="wrong email or password"):
        probe(Target(ours.base_url, operator=login), DOCUMENT)


def test_colleague_who_can_be_nobody_is_left_out(ours: Target) -> None:
    assert probe(Target(ours.base_url, colleague=Login("", "")), DOCUMENT).colleague is None


@pytest.mark.parametrize("origin", [None, "https://baska.example"])
def test_origin_that_the_tenant_does_not_list_is_told(ours: Target, origin: str | None) -> None:
    tenant = Tenant("CM_PRATIKESNAF", "pratikesnaf_api_secret_2026", origin)
    with pytest.raises(CannotRun, match=f"refuses CM_PRATIKESNAF from {origin or 'no origin'}"):
        probe(Target(ours.base_url, tenant), DOCUMENT)


class Website(BaseHTTPRequestHandler):
    """Anything but the API."""

    def do_POST(self) -> None:
        self.send_response(302 if self.path.endswith("init") else 200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html>Merhaba</html>")

    def log_message(self, *args: object) -> None:
        pass


def test_website_is_no_api() -> None:
    server = HTTPServer(("127.0.0.1", 0), Website)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        with pytest.raises(CannotRun, match="is not the API"):
            probe(Target(f"http://127.0.0.1:{server.server_port}"), DOCUMENT)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("listens", [False, True])
def test_no_answer_ends_with_2_in_one_line(listens: bool) -> None:
    """Nobody there, and somebody who never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if listens:
            listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        done = subprocess.run([sys.executable, "-m", "cozum", "test", url], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("cozum: no answer from http://127.0.0.1")
    assert len(done.stderr.splitlines()) == 1
