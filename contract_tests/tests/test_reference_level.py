"""At the level of the reference a server that knows only the reference holds, and one that breaks it does not."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from contract_tests.document import Document
from contract_tests.order import Order
from contract_tests.probe import probe
from contract_tests.run import judge
from contract_tests.target import Target
from contract_tests.tests.reference_server import OPERATIONS, ReferenceServer, State
from cozum.server import bind

PATH = Path(__file__).parents[2] / "openapi.yaml"
DOCUMENT = Document(PATH, "reference")


@contextmanager
def served(state: State) -> Iterator[str]:
    """The address of a server with that state."""
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(ReferenceServer(state).app, log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def test_server_has_what_the_document_has_of_the_reference() -> None:
    assert {f"{operation.method} {operation.path}" for operation in DOCUMENT.operations} == set(OPERATIONS)


def test_server_that_knows_only_the_reference_holds(tmp_path: Path) -> None:
    with served(State()) as url:
        command = [sys.executable, "-m", "cozum", "test", url, "--level", "reference", "--owned"]
        done = subprocess.run([*command, "--report", str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "0 broken, 0 skipped" in done.stdout
    assert json.loads((tmp_path / "report.json").read_text())


def test_the_same_server_breaks_the_contract() -> None:
    with served(State()) as url:
        document = Document(PATH)
        order = Order(rules=("operation.there", "origin.open"))
        verdicts = list(judge(probe(Target(url), document), document, order))
    found = {finding.rule for verdict in verdicts for finding in verdict.findings}
    assert found >= {"operation.there", "answer.schema"}


@pytest.mark.parametrize(
    ("state", "rules"),
    [
        (State(tolerance=400), {"hmac.tolerance"}),
        (State(tolerance=200), {"hmac.tolerance"}),
        (State(names_tenants=False), {"queue.tenants"}),
        (State(critical_from=91), {"banner.storage.critical"}),
    ],
)
def test_server_that_breaks_the_reference_is_named(state: State, rules: set[str]) -> None:
    with served(state) as url:
        target = probe(Target(url, owned=True), DOCUMENT)
        verdicts = list(judge(target, DOCUMENT, Order(level="reference")))
    assert {finding.rule for verdict in verdicts for finding in verdict.findings} == rules


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/api/v1/auth/login", {"basarili": True, "data": {"token": "1|a", "token_tipi": "Bearer"}}, "operator"),
        ("/api/v1/context/customer-info", {"basarili": True, "data": []}, "object"),
        ("/api/v1/context/customer-info", {"data": {}}, "basarili"),
    ],
)
def test_what_the_reference_shows_must_be_there(path: str, body: Any, told: str) -> None:
    operation = DOCUMENT.operation("POST", path)
    faults = DOCUMENT.faults(operation, 200, {"content-type": "application/json"}, json.dumps(body).encode())
    assert told in " ".join(faults)


@pytest.mark.parametrize("item", [{"tip": "depolama"}, {"tip": "trial"}])
def test_storage_and_trial_say_whether_they_are_critical(item: dict[str, str]) -> None:
    shown = {"icon": "💾", "label": "x", "deger": "x", **item}
    body = {"basarili": True, "data": {"musteri": {}, "banner": [shown]}}
    operation = DOCUMENT.operation("GET", "/api/v1/operator/context/x")
    faults = DOCUMENT.faults(operation, 200, {"content-type": "application/json"}, json.dumps(body).encode())
    assert "kritik" in " ".join(faults)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_what_the_reference_does_not_show_is_free(status: int) -> None:
    operation = DOCUMENT.operation("POST", "/api/v1/widget/chat/start")
    assert DOCUMENT.faults(operation, status, {"content-type": "text/plain"}, b"tamam") == []
