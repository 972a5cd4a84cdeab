"""`cozum log` over a real connection: what it prints, how it waits, how it fails."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from cozum.commands.log import log
from cozum.errors import UsageError
from cozum.server import configuration
from impl.contract.call import Scope
from impl.contract.replies import Receive, Send
from impl.tests.client import DEMO_KEY, Client, application
from mocks.app import build_journal, build_mock
from mocks.control.journal import journal_routes


class Mock:
    """A mock with its journal on a loopback port, in a thread."""

    def __init__(self, port: int = 0) -> None:
        self._client = Client()
        self.journal = build_journal(application(), self._client.world.waker)
        control = Starlette(routes=journal_routes(self.journal))
        mock = build_mock(application(), lambda *told: None, journal=self.journal)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["cozum.tests.world"] = self._client.world
            is_control = scope["type"] == "http" and scope["path"].startswith("/_mock/")
            await (control if is_control else mock)(scope, receive, send)  # type: ignore[arg-type]

        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = uvicorn.Server(configuration(app))
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),))
        self._thread.start()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.serve(sockets=[self._listener])

    def stop(self) -> None:
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._client.world.waker.close)  # as a server does that was told to end
        self._server.should_exit = True
        self._thread.join(20)
        self._listener.close()
        self._client.close()

    def ask(self, method: str, target: str, body: Any = None) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"X-API-Key": DEMO_KEY, "Content-Type": "application/json"}
        connection.request(method, target, None if body is None else json.dumps(body), headers)
        connection.getresponse().read()
        connection.close()


@pytest.fixture
def mock() -> Iterator[Mock]:
    made = Mock()
    made.ask("POST", "/api/v1/widget/init", {"ziyaretci_id": "abc123"})
    made.ask("GET", "/yok?a=%1B")
    yield made
    made.stop()


def test_each_request_is_a_line_without_colour_where_no_terminal_is(
    mock: Mock, capsys: pytest.CaptureFixture[str]
) -> None:
    log(url=mock.url)
    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[0] == "1"
    assert first.split()[2:5] == ["POST", "/api/v1/widget/init", "200"]
    assert first.endswith("ms  widget_init")
    assert second.split()[3:5] == ["/yok?a=%1B", "404"]


def test_faults_and_notes_stand_below_their_request_and_move_no_cursor(
    mock: Mock, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = next(iter(mock.journal))
    entry.faults = ("data: \x1b[2J",)
    entry.notes = ("bilinmeyen alan: [red]x[/red]",)
    log(url=mock.url, broken=True)
    _, fault, noted = capsys.readouterr().out.splitlines()
    assert fault == "      broken: data: \\x1b[2J"
    assert noted == "      note: bilinmeyen alan: [red]x[/red]"


def test_only_the_operation_that_was_asked_for_is_shown(mock: Mock, capsys: pytest.CaptureFixture[str]) -> None:
    log(url=mock.url.removeprefix("http://"), operation="widget_init")
    assert len(capsys.readouterr().out.splitlines()) == 1
    with pytest.raises(UsageError, match="operation: Unknown; did you mean `widget_init`"):
        log(url=mock.url, operation="widget_inti")


def test_a_terminal_gets_colours(mock: Mock, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    log(url=mock.url)
    assert "\x1b[32m200" in capsys.readouterr().out


def test_the_archive_is_written_to_a_file(mock: Mock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.har"
    log(url=mock.url, har=path)
    assert capsys.readouterr().out == f"wrote {path} ({path.stat().st_size} bytes)\n"
    assert len(json.loads(path.read_bytes())["log"]["entries"]) == 2
    with pytest.raises(UsageError, match=r"cannot write .*: no such file"):
        log(url=mock.url, har=tmp_path / "yok" / "a.har")
    with pytest.raises(UsageError, match="--har"):
        log(url=mock.url, har=path, follow=True)


def _follow(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cozum", "log", "-f", "--url", url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_following_shows_what_comes_also_after_a_restart(mock: Mock) -> None:
    following = _follow(mock.url)
    try:
        assert "widget/init" in _read(following)
        assert "/yok?a=%1B" in _read(following)
        mock.ask("GET", "/sonra")
        assert "/sonra" in _read(following)
        port = mock.port
        mock.stop()
        assert following.stderr is not None
        assert "waiting" in following.stderr.readline()
        again = Mock(port)
        try:
            again.ask("GET", "/yeniden")
            assert _read(following).split()[0] == "1"
        finally:
            following.send_signal(signal.SIGINT)
            following.wait(10)
            again.stop()
    finally:
        following.kill()
        following.communicate()


def test_a_reader_who_leaves_ends_it_quietly(mock: Mock) -> None:
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "cozum", "log", "--url", mock.url]
    process = subprocess.Popen(command, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(reader)
    os.close(writer)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (0, "")


def test_no_mock_is_told_in_one_line_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "cozum", "log", "--url", f"http://127.0.0.1:{port}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"cozum: no mock answers at http://127.0.0.1:{port}: connection refused "
        "(start it with `cozum mock`, or name another with --url)\n"
    )


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://x:99999", "http://[::1"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="--url"):
        log(url=url)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, b"<p>nothing here", "answers 404: is it `cozum mock`"),
        (200, b"<p>hello", "is no answer of `cozum mock`"),
        (200, b"[]", "is no answer of `cozum mock`"),
        (422, b"[]", "answers 422"),
    ],
)
def test_another_server_is_told_from_a_mock(
    status: int, body: bytes, said: str, other: Callable[[int, bytes], str]
) -> None:
    with pytest.raises(UsageError, match=said):
        log(url=other(status, body))


@pytest.fixture
def other() -> Iterator[Callable[[int, bytes], str]]:
    """Starts a server that answers everything the same, and tells where."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(status: int, body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_mock_that_keeps_no_journal_says_so(mock: Mock, tmp_path: Path) -> None:
    mock.journal.kept = False
    with pytest.raises(UsageError, match="`--no-journal`"):
        log(url=mock.url)
    with pytest.raises(UsageError, match="`--no-journal`"):
        log(url=mock.url, har=tmp_path / "a.har")
    assert not list(tmp_path.iterdir())


def test_only_the_requests_of_a_sandbox_are_shown_when_asked(mock: Mock, capsys: pytest.CaptureFixture[str]) -> None:
    log(url=mock.url, sandbox="baska")
    assert capsys.readouterr().out == ""
    with pytest.raises(UsageError, match="X-Mock-Sandbox"):
        log(url=mock.url, sandbox="bad name!")
