"""`cozum proxy` and `cozum mock --replay` as a person starts them: what they say, how they end."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import pytest

from cozum.commands.log import _lines
from cozum.commands.proxy import proxy
from cozum.errors import UsageError
from cozum.replay import read_replay
from cozum.telling import tell, tell_only_faults
from mocks.tests.entries import entry
from mocks.tests.live import INIT, KEY, good_init, http, scripted

HERE: Final = Path(__file__).parents[2]


class Command:
    """A server that was started by its command line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.greeting = ""
        assert process.stdout is not None
        while not self.greeting.endswith("Ctrl-C ends it.\n"):
            line = process.stdout.readline()
            assert line, (self.greeting, process.stderr and process.stderr.read())
            self.greeting += line
        self.port = int(self.greeting.splitlines()[0].rpartition(":")[2])

    def ask(self, method: str, target: str, body: bytes | None = None) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, target, body, KEY | {"Content-Type": "application/json"})
        with connection.getresponse() as response:
            status, content = response.status, response.read()
        connection.close()
        return status, content

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """What it ended with, and what it had printed."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@contextmanager
def started(*arguments: str) -> Iterator[Command]:
    process = subprocess.Popen(
        [sys.executable, "-m", "cozum", *arguments, "--port", "0"],
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Command(process)
    finally:
        process.kill()
        process.communicate()


def refusal(*arguments: str) -> str:
    """What one line on stderr says."""
    command = [sys.executable, "-m", "cozum", *arguments]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, ""), done
    (line,) = done.stderr.splitlines()
    return line.removeprefix("cozum: ")


def test_a_session_from_recording_to_replay(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    with scripted(good_init()) as server:
        with started("proxy", server.address, "--record", str(path)) as command:
            assert command.ask("POST", INIT, b'{"ziyaretci_id": "a"}')[0] == 200
            assert command.ask("POST", INIT, b"{}")[0] == 200
            code, out, err = command.end()
        assert (code, err) == (
            0,
            f"  contract broken by the request POST '{INIT}': body /ziyaretci_id: This field is required.\n",
        )
        assert f"Passes on to  {server.address}\n" in command.greeting
        assert f"Records into  {path}\n" in command.greeting
        assert out.count(f"POST    {INIT}  200  ") == 2
    with started("mock", "--replay", str(path), "--replay-only") as command:
        assert json.loads(command.ask("POST", INIT, b'{"ziyaretci_id": "a"}')[1])["data"]["firma_adi"] == "Deneme"
        assert json.loads(command.ask("GET", "/api/v1/widget/campaigns")[1])["kod"] == "kayitta_yok"
        code, out, err = command.end(signal.SIGTERM)
    assert (code, err) == (0, "")
    assert f"  replayed: POST {INIT}\n" in out


def test_a_killed_proxy_leaves_a_whole_recording(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    with scripted(good_init()) as server, started("proxy", server.address, "--record", str(path)) as command:
        for _ in range(3):
            command.ask("POST", INIT, b'{"ziyaretci_id": "a"}')
        command.ask("GET", "/_mock/journal")  # what was asked before is on the disk
        command.end(signal.SIGKILL)
    assert len(json.loads(path.read_bytes())["log"]["entries"]) == 3


def test_quiet_prints_only_what_breaks_the_contract_and_errors_refuses_it() -> None:
    with (
        scripted(http("418 Teapot", "X-Request-Id: 1")) as server,
        started("proxy", server.address, "--quiet", "--errors") as command,
    ):
        assert command.ask("POST", INIT, b'{"ziyaretci_id": "a"}')[0] == 502
        assert command.ask("POST", INIT, b"{}")[0] == 422
        code, out, err = command.end()
    assert code == 0
    assert out == ""
    first, second = err.splitlines()
    assert first.startswith(f"  contract broken by POST '{INIT}', 502: status 418 is not documented for widget_init")
    assert second.startswith(f"  contract broken by the request POST '{INIT}': body /ziyaretci_id")


def test_a_long_poll_does_not_hold_up_the_end() -> None:
    async def write(writer: Any, request: bytes) -> None:
        await asyncio.sleep(60)

    with (
        scripted(write) as server,
        started("proxy", server.address) as command,
        socket.create_connection(("127.0.0.1", command.port)) as waiting,
    ):
        waiting.sendall(b"GET /api/v1/widget/chat/messages HTTP/1.1\r\nHost: a\r\n\r\n")
        while not server.requests:
            time.sleep(0.01)
        code, _, err = command.end()
    assert code == 0
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"server": "ftp://a"}, "'ftp://a' is no address of a server, such as https://staging.example"),
        ({"server": "https://a?b"}, "an address has no query"),
        ({"server": "http://a", "insecure": True}, "http://a has no certificate: --ca and --insecure are for https"),
        ({"server": "https://a", "insecure": True, "ca": Path("x")}, "only one of them"),
        ({"server": "https://a", "ca": Path("/yok/x.pem")}, "--ca /yok/x.pem: No such file or directory"),
        ({"server": "https://a", "ca": Path(__file__)}, "no PEM certificates in it"),
        ({"server": "http://a", "timeout": 0.0}, "--timeout 0: must be more than 0 and 3600 seconds at most"),
        ({"server": "http://a", "timeout": float("nan")}, "--timeout nan: must be more than 0"),
        ({"server": "http://a", "allow_host": ["a b"]}, "--allow-host a b: is no host's name, such as mock.lan"),
        ({"server": "http://a", "record_secrets": True}, "--record-secrets says what --record FILE writes"),
    ],
)
def test_what_cannot_work_is_told_in_one_sentence(given: dict[str, Any], said: str) -> None:
    server = given.pop("server")
    with pytest.raises(UsageError) as caught:
        proxy(server, **given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_recording_that_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_text("mine")
    said = refusal("proxy", "http://127.0.0.1:9", "--port", "0", "--record", str(path))
    assert said == f"--record {path}: is there already, and is not written over; name another file"
    said = refusal("proxy", "http://127.0.0.1:9", "--port", "0", "--record", str(tmp_path / "yok" / "a.har"))
    assert said == f"--record {tmp_path}/yok/a.har: no such file or directory"


def test_a_proxy_before_itself_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    for listening in ([], ["--host", "0.0.0.0"]):
        said = refusal("proxy", f"localhost:{port}", "--port", port, *listening)
        assert said == f"http://localhost:{port} is where this proxy listens: choose another --port"


def test_what_is_no_recording_ends_the_mock_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_text("openapi: 3.1.0\n")
    assert refusal("mock", "--port", "0", "--replay", str(path)).startswith(
        f"--replay {path}: is no recording (HAR 1.2)"
    )
    for file, only, said in (
        (tmp_path / "yok.har", False, "no such file or directory"),
        (tmp_path, True, "is a directory"),
        (None, True, "--replay-only says what --replay FILE leaves out: it needs one"),
    ):
        with pytest.raises(UsageError, match=said):
            read_replay(file, only=only)


def test_what_of_a_recording_cannot_be_played_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def one(**content: Any) -> dict[str, Any]:
        response = {"status": 200, "headers": [], "content": {"text": "{}", **content}}
        return {"request": {"method": "GET", "url": "/"}, "response": response}

    path = tmp_path / "a.har"
    path.write_text(json.dumps({"log": {"entries": [one(), one(comment="cut to 2 of 9 bytes")]}}))
    assert read_replay(path, only=False) is not None
    assert capsys.readouterr().err == f"cozum: {path}: 1 of its exchanges have no whole answer and are left out\n"


# What is printed


def test_faults_of_requests_and_answers_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    entries: Sequence[Any] = [entry(request_faults=["body /a: x"], faults=["y"], notes=["z"])]
    tell(entries)
    assert capsys.readouterr() == (
        f"POST    {INIT}  200  1.0 ms\n  z\n",
        f"  contract broken by the request POST '{INIT}': body /a: x\n  contract broken by POST '{INIT}', 200: y\n",
    )
    tell_only_faults([entry(), entry(request_faults=["only"])])
    assert capsys.readouterr().err == f"  contract broken by the request POST '{INIT}': only\n"


def test_the_log_tells_them_apart_too() -> None:
    from mocks.show import line_of

    lines = [str(line) for line in _lines(line_of(entry(request_faults=["a\x1b"], faults=["b"], notes=["c"])))]
    assert lines[1:] == ["      broken request: a\\x1b", "      broken: b", "      note: c"]
