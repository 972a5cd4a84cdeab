"""`python -m cozum` as a person starts it: what it says, how it ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from cozum.commands.lint import lint
from cozum.errors import UsageError

HERE: Final = Path(__file__).parents[2]

GOOD: Final = """\
openapi: 3.1.0
info: {title: Small, version: '1'}
paths:
  /things:
    get:
      operationId: list_things
      security: []
      responses:
        '200':
          description: The things
          content:
            application/json:
              schema: {type: array, items: {type: integer}}
              examples: {two: {value: [1, 2]}}
components:
  securitySchemes:
    ghost: {type: http, scheme: bearer}
"""


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cozum", *arguments],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _refusal(*arguments: str) -> str:
    """What one line on stderr says, after `cozum: `."""
    done = _run(*arguments)
    assert done.returncode == 2, done
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("cozum: ")
    return line.removeprefix("cozum: ")


def _write(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "openapi.yaml"
    path.write_text(text)
    return str(path)


# What cannot work


def test_help_names_the_commands() -> None:
    done = _run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("mock", "serve", "lint", "--version"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mock", "--prot", "1"], "--prot"),
        (["mokc"], "mokc"),
        (["mock", "--port", "x"], "--port"),
        (["mock", "extra"], "`cozum mock` does not take `extra`"),
        (["proxy"], "`cozum proxy` needs SERVER; `cozum proxy --help` tells more"),
        (["serve"], "--store"),
    ],
    ids=["option", "command", "value", "argument", "missing argument", "missing option"],
)
def test_a_command_line_that_cannot_be_read_is_told_in_one_line(arguments: list[str], said: str) -> None:
    assert said in _refusal(*arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--store", "redis://", "--port", "0"], "redis://: no such store (there is memory://)"),
        (["mock", "--port", "99999"], "--port 99999: must be from 0 to 65535"),
        (["mock", "--port", "0", "--allow-host", "mock.lan:80"], "--allow-host mock.lan:80: is no host's name"),
        (
            ["serve", "--store", "memory://", "--port", "0", "--public-url", "destek.example.com/x"],
            "--public-url 'destek.example.com/x': must be a scheme and a host",
        ),
        (
            ["serve", "--store", "memory://", "--port", "0", "--files", f"{__file__}/x"],
            f"cannot keep files in {__file__}/x: not a directory",
        ),
    ],
    ids=["store", "port", "host", "public url", "files"],
)
def test_what_cannot_be_started_is_told_in_one_line(arguments: list[str], said: str) -> None:
    assert _refusal(*arguments).startswith(said)


def test_a_busy_port_is_told_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        message = _refusal("mock", "--port", str(port))
    assert message == f"cannot listen on 127.0.0.1:{port}: address already in use (choose another one with --port)"


BROKEN: Final = {
    "yaml": (("paths:", "paths: ]"), "openapi.yaml:3:8: "),
    "version": (("3.1.0", "3.0.3"), "openapi.yaml: not an OpenAPI 3.1 document"),
    "no security": (("      security: []\n", ""), "list_things: no security, not even `security: []`"),
    "unchecked scheme": (
        ("security: []", "security: [ghost: []]"),
        "list_things: nothing checks the security scheme ghost",
    ),
    "unknown scheme": (
        ("security: []", "security: [gost: []]"),
        "list_things: nothing checks the security scheme gost",
    ),
    "dangling schema": (
        ("{type: array, items: {type: integer}}", "{$ref: '#/components/schemas/Gone'}"),
        "schemas/Gone: ",
    ),
    "dangling response": (
        ("'200':", "'404': {$ref: '#/components/responses/Gone'}\n        '200':"),
        "responses/Gone: ",
    ),
    "shape": (("    get:", "    parameters: 7\n    get:"), "is not shaped like"),
}


@pytest.mark.parametrize("name", ["yaml", "unchecked scheme", "dangling schema"])
def test_a_broken_document_stops_the_start_with_one_line(tmp_path: Path, name: str) -> None:
    change, said = BROKEN[name]
    assert said in _refusal("mock", "--port", "0", "--document", _write(tmp_path, change))


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("handlers", [False, True], ids=["lint", "lint --handlers"])
def test_a_broken_document_is_told_by_lint_in_one_line(tmp_path: Path, name: str, handlers: bool) -> None:
    """In this process, since a start takes most of a second; what is raised here is printed there."""
    change, said = BROKEN[name]
    with pytest.raises(UsageError) as caught:
        lint(Path(_write(tmp_path, change)), handlers=handlers)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_told_by_name() -> None:
    with pytest.raises(UsageError, match=r"^nowhere\.yaml: No such file or directory$"):
        lint(Path("nowhere.yaml"))


# Lint


def test_a_document_without_findings_ends_with_0(tmp_path: Path) -> None:
    """Our own one is looked at in impl/tests/test_document_rules.py."""
    done = _run("lint", _write(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (0, "openapi.yaml: nothing found\n", "")


def test_a_wrong_example_is_a_finding_of_one_line(tmp_path: Path) -> None:
    done = _run("lint", _write(tmp_path, ("[1, 2]", "[1, x]")))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == 'GET /things 200 application/json: example two: 1: "x" is not of type "integer"\n'


def test_an_invalid_document_has_findings_of_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        lint(Path(_write(tmp_path, ("description: The things", "summary: The things"))))
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert [line for line in lines if not line.startswith("paths//things/get/responses/200: ")] == []


def test_operations_without_handler_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = _run("lint", "--handlers", _write(tmp_path))
    assert (done.returncode, done.stdout, done.stderr) == (1, "GET    /things  list_things\n", "")
    lint(
        Path(
            _write(
                tmp_path,
                ("list_things", "list_tenants"),
                ("security: []", "security: [operatorToken: []]"),
                ("ghost", "operatorToken"),
            )
        ),
        handlers=True,
    )
    assert capsys.readouterr() == ("every operation has a handler\n", "")


# Serving


@contextmanager
def _started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """A server on a free port of loopback: its process, its port, what it says before the first request."""
    command = [sys.executable, "-m", "cozum", *arguments, "--port", "0"]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = []
            while "Ctrl-C ends it.\n" not in said:
                said.append(process.stdout.readline())
                assert said[-1], process.stderr and process.stderr.read()
            yield process, int(said[0].rsplit(":", 1)[1]), "".join(said)
        finally:
            process.kill()


def _call(port: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"X-API-Key": "CM_DEMO_2026", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content else None
    finally:
        connection.close()


def _end(process: subprocess.Popen[str], number: signal.Signals) -> tuple[float, str, str]:
    start = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    return time.monotonic() - start, out, err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_the_mock_answers_and_ends_at_once_even_while_somebody_waits(number: signal.Signals) -> None:
    with _started("mock") as (process, port, first):
        assert first.startswith("cozum 0.")
        assert f"http://127.0.0.1:{port}/docs" in first
        assert "CM_DEMO_2026" in first
        assert "sifre123" in first
        assert " mock listens on http://127.0.0.1:" in first
        status, answer = _call(port, "POST", "/api/v1/widget/init", {"ziyaretci_id": "abc123"})
        assert (status, answer["data"]["firma_adi"]) == (200, "CozumMerkezi Demo")
        status, answer = _call(
            port, "POST", "/api/v1/widget/chat/start", {"ziyaretci_id": "abc123", "mesaj": "Merhaba"}
        )
        assert status == 201
        chat = answer["data"]["oturum"]["id"]
        waited: list[tuple[int, Any]] = []
        poll = f"/api/v1/widget/chat/messages?ziyaretci_id=abc123&oturum_id={chat}&son_sira=1&bekle=25"
        waiting = threading.Thread(target=lambda: waited.append(_call(port, "GET", poll)))
        waiting.start()
        time.sleep(0.3)
        assert not waited
        seconds, out, err = _end(process, number)
        waiting.join(timeout=10)
    assert process.returncode == 0
    assert seconds < 2
    assert err == ""
    assert [(status, body["data"]["mesajlar"]) for status, body in waited] == [(200, [])]
    assert "POST    /api/v1/widget/init  200  " in out


def test_the_mock_tells_why_and_notes_unknown_fields_under_the_requests_line() -> None:
    """The real backend answers the same without `ipucu`."""
    with _started("mock") as (process, port, _):
        status, refused = _call(port, "POST", "/api/v1/widget/init", {"visitorId": "abc123"})
        assert (status, refused["ipucu"]["neden"]) == (422, "alan")
        assert _call(port, "POST", "/api/v1/widget/init", {"ziyaretci_id": "abc123", "xyz": 1})[0] == 200
        _, out, err = _end(process, signal.SIGINT)
    assert err == ""
    lines = out.splitlines()
    assert lines[1::2] == [
        "  unknown body field 'visitorId'; did you mean ziyaretci_id?",
        "  unknown body field 'xyz'",
    ]
    with _started("serve", "--store", "memory://", "--demo") as (process, port, _):
        status, plain = _call(port, "POST", "/api/v1/widget/init", {"visitorId": "abc123"})
        assert status == 422
        assert plain.keys() == refused.keys() - {"ipucu"}


def test_a_quiet_mock_tells_no_requests_and_serves_the_document_that_it_was_given(tmp_path: Path) -> None:
    with _started("mock", "--quiet", "--document", _write(tmp_path)) as (process, port, first):
        assert _call(port, "GET", "/openapi.json")[1]["info"]["title"] == "Small"
        assert _call(port, "GET", "/nowhere")[1]["kod"] == "yol_bulunamadi"
        _, out, err = _end(process, signal.SIGINT)
    assert (process.returncode, err) == (0, "")
    assert "/nowhere" not in out
    assert "1 operations" in first


def test_the_backend_starts_without_the_demo_unless_asked() -> None:
    with _started("serve", "--store", "memory://") as (process, port, first):
        assert " server listens on " in first
        status, answer = _call(port, "POST", "/api/v1/widget/init", {"ziyaretci_id": "abc123"})
        assert (status, answer["kod"]) == (401, "anahtar_gecersiz")
        _, out, err = _end(process, signal.SIGTERM)
    assert (process.returncode, err) == (0, "")
    assert "CM_DEMO_2026" not in first + out
    assert "sifre123" not in first + out


def test_the_backend_has_no_control_and_the_mock_has() -> None:
    for arguments, status in ((("serve", "--store", "memory://", "--demo"), 404), (("mock",), 200)):
        with _started(*arguments) as (process, port, _):
            for path in ("/_mock", "/_mock/clock", "/_mock/openapi.json", "/_mock/state"):
                assert _call(port, "GET", path)[0] == status, path
            _end(process, signal.SIGTERM)


def test_files_stand_in_the_folder_until_the_server_ends(tmp_path: Path) -> None:
    folder = tmp_path / "dosyalar"
    content = bytes(range(32, 127)) * 5000
    body = b"\r\n".join(
        [
            b"--b",
            b'Content-Disposition: form-data; name="ziyaretci_id"',
            b"",
            b"abc123",
            b"--b",
            b'Content-Disposition: form-data; name="dosya"; filename="a.txt"',
            b"",
            content,
            b"--b--",
            b"",
        ]
    )
    headers = {"X-API-Key": "CM_DEMO_2026", "Content-Type": "multipart/form-data; boundary=b"}
    with _started("serve", "--store", "memory://", "--demo", "--files", str(folder)) as (process, port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", "/api/v1/widget/upload", body, headers)
        answer = connection.getresponse()
        assert answer.status == 201
        connection.request("GET", json.loads(answer.read())["data"]["dosya"]["url"])
        assert connection.getresponse().read() == content
        connection.request("GET", "/storage/tenants/2/logo.png")
        logo = connection.getresponse().read()
        connection.close()
        kept = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
        assert sorted(kept) == sorted([content, logo])
        _, _, err = _end(process, signal.SIGTERM)
    assert (process.returncode, err) == (0, "")
    assert list(folder.iterdir()) == []  # whose they were went with the store


@pytest.mark.parametrize("after", [0.1, 0.25, 0.45])
def test_ctrl_c_during_the_start_ends_it_with_0_and_without_a_word(after: float) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; sys.argv = ['cozum', 'mock', '--port', '0']\n"
            "import signal\nfrom cozum.__main__ import main\nready = signal.signal\n"
            "def told(number, handler):\n    ready(number, handler)\n"
            "    if number == signal.SIGTERM: print('up', flush=True)\n"
            "signal.signal = told\nmain()",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")


def test_half_sent_body_and_a_second_ctrl_c_end_without_a_word() -> None:
    with _started("mock") as (process, port, _):
        half = socket.create_connection(("127.0.0.1", port))
        half.sendall(
            b"POST /api/v1/widget/init HTTP/1.1\r\nHost: x\r\nX-API-Key: CM_DEMO_2026\r\n"
            b"Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
        )
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        took, _, err = _end(process, signal.SIGINT)
        half.close()
    assert (process.returncode, err) == (0, "")
    assert took < 2


# `cozum sign`


def test_a_signed_body_goes_to_the_standard_output_alone() -> None:
    done = _run("sign", "--id", "abc123", "--timestamp", "1775993400")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["ziyaretci_id"] == "abc123"


@pytest.mark.parametrize("arguments", [["--help"], ["sign", "--id", "a"], ["lint"]])
def test_that_nobody_reads_any_more_is_no_news(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "cozum", *arguments]
    done = subprocess.run(command, cwd=HERE, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_duration_with_a_minus_is_told_as_going_back() -> None:
    assert _refusal("clock", "advance", "-5m").startswith("advance '-5m': the clock does not go back")


def test_an_id_with_a_bar_is_refused_in_one_line() -> None:
    assert _refusal("sign", "--id", "a|b").startswith("--id 'a|b': must have no |")
