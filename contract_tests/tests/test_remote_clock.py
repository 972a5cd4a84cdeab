"""A server's clock is moved at the address that the settings name."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from contract_tests.findings import CannotRun, NotJudged
from contract_tests.remote_clock import RemoteClock
from contract_tests.settings import described


class _Clock(BaseHTTPRequestHandler):
    asked: list[object] = []  # noqa: RUF012 - one server a test
    status = 200

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def url() -> Iterator[str]:
    _Clock.asked, _Clock.status = [], 200
    server = HTTPServer(("127.0.0.1", 0), _Clock)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/_mock/clock"
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_is_moved_by_seconds(url: str) -> None:
    RemoteClock(url)(90.0)
    assert _Clock.asked == [{"ilerlet": 90.0}]


def test_what_does_not_move_it_is_not_judged(url: str) -> None:
    _Clock.status = 404
    with pytest.raises(NotJudged, match="answers 404"):
        RemoteClock(url)(1)
    with pytest.raises(NotJudged, match="does not answer"):
        RemoteClock("http://127.0.0.1:9/clock")(1)


def test_the_settings_name_it(tmp_path: Path) -> None:
    file = tmp_path / "contract.toml"
    file.write_text('clock = "http://127.0.0.1:1/_mock/clock"\n')
    assert described("http://127.0.0.1:1", file, {}).clock == RemoteClock("http://127.0.0.1:1/_mock/clock")
    other = {"COZUM_TEST_CLOCK": "http://127.0.0.1:2/clock"}
    assert described("http://127.0.0.1:1", file, other).clock == RemoteClock("http://127.0.0.1:2/clock")
    assert described("http://127.0.0.1:1", file, {"COZUM_TEST_CLOCK": ""}).clock is None


@pytest.mark.parametrize("address", ["127.0.0.1:8080", "ftp://a/b", "http://", "http://a:0/"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(CannotRun, match="clock must be an address"):
        described("http://127.0.0.1:1", None, {"COZUM_TEST_CLOCK": address})
