"""`cozum listen`, `resend` and `trigger` as a person meets them: a started mock, a receiver on a loopback port."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from contract_tests.receiver import Receiver, always, receiving
from cozum.commands.listen import listen
from cozum.commands.resend import resend
from cozum.commands.trigger import trigger
from cozum.errors import UsageError
from cozum.tests.test_cli import HERE, _end, _refusal, _run
from mocks.inbox import MOCK_SECRET
from mocks.trigger_options import OPTIONS, TRIGGERS


@contextmanager
def _mock(port: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A mock on loopback: its process and its address."""
    command = [sys.executable, "-m", "cozum", "mock", "--quiet", "--port", str(port)]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1]
            while process.stdout.readline() != "Ctrl-C ends it.\n":
                pass
            yield process, address
        finally:
            process.kill()


@contextmanager
def _listening(url: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`cozum listen`, once it listens."""
    command = [sys.executable, "-m", "cozum", "listen", "--url", url, *arguments]
    with subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert _line(process).startswith(f"Listening to {url}")
            assert _line(process) == f"Signing secret: {MOCK_SECRET}\n"
            yield process
        finally:
            process.kill()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with _mock() as (_, address):
        yield address


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving("http://127.0.0.1:{port}/") as made:
        yield made


def test_each_event_is_forwarded_signed_with_the_secret_that_is_printed(receiver: Receiver) -> None:
    with _mock() as (_, url), _listening(url, "--forward", receiver.url) as listening:
        trigger("chat_kapandi", oturum=42, url=url)
        trigger("memnuniyet_puan", oturum=42, url=url)
        first, second = _line(listening).split(), _line(listening).split()
        _, out, err = _end(listening, signal.SIGINT)
    assert (listening.returncode, out, err) == (0, "", "")
    assert first[1:4] == ["chat_kapandi", "1", "204"]
    assert second[1:4] == ["memnuniyet_puan", "2", "204"]
    assert (len(first[0]), first[5]) == (8, "ms")
    told = [Webhook(MOCK_SECRET).verify(heard.body, dict(heard.headers)) for heard in receiver.heard]
    assert [one["olay"] for one in told] == ["chat_kapandi", "memnuniyet_puan"]
    assert receiver.heard[0].id != receiver.heard[1].id


def test_it_goes_on_when_the_receiver_is_down_and_when_the_mock_starts_anew() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/hook"
    with _mock() as (process, url), _listening(url, "--forward", nobody) as listening:
        for _ in range(2):
            trigger("yeni_chat", url=url)
            assert "yeni_chat" in (line := _line(listening))
            assert "the server could not be connected to" in line
        assert _end(process, signal.SIGINT)[0] < 2, "though somebody waits"
        assert listening.stderr is not None
        assert listening.stderr.readline().endswith("waiting\n")
        with _mock(int(url.rsplit(":", 1)[1])) as (_, again):
            assert again == url
            trigger("yeni_ticket", url=url)
            assert _line(listening).split()[1:3] == ["yeni_ticket", "1"]
            _end(listening, signal.SIGINT)
    assert listening.returncode == 0


def test_without_a_receiver_it_only_tells_and_only_of_what_was_asked_for(url: str) -> None:
    with _listening(url, "--event", "yeni_ticket", "--event", "ticket_cozuldu", "--print", "--sandbox", "a") as told:
        trigger("yeni_chat", url=url, sandbox="a")
        trigger("yeni_ticket", url=url)
        trigger("ticket_cozuldu", konu="Ş", url=url, sandbox="a")
        assert _line(told).split()[1:] == ["yeni_ticket", "2"]
        assert (_line(told), _line(told)) == ("{\n", '  "olay": "yeni_ticket",\n')
        said = [_line(told)]
        while not said[-1].endswith("ticket_cozuldu          3\n"):
            said.append(_line(told))
        _end(told, signal.SIGTERM)
    assert told.returncode == 0
    assert any('"konu": "Ş"' in line for line in said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"forward": "ftp://x"}, "--forward 'ftp://x': must be an address"),
        ({"forward": "http://u:p@localhost/"}, "must be an address"),
        ({"event": ["yeni_cat"]}, "event: Unknown; did you mean `yeni_chat`"),
    ],
)
def test_what_cannot_be_listened_to_is_told(url: str, options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        listen(url=url, **options)  # type: ignore[arg-type]


# `cozum resend`


def test_an_event_is_sent_again_edited_or_not(
    url: str, receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trigger("yeni_chat", url=url, sandbox="b")
    capsys.readouterr()
    resend(1, to=receiver.url.removeprefix("http://"), url=url, sandbox="b")
    where, status, _, unit, webhook_id = capsys.readouterr().out.split()
    assert (where, status, unit, webhook_id) == (receiver.url, "204", "ms", receiver.heard[0].id)
    assert Webhook(MOCK_SECRET).verify(receiver.heard[0].body, dict(receiver.heard[0].headers))
    edited = tmp_path / "edited.json"
    edited.write_bytes('{ "olay": "yeni_chat",\n"veri": {"ad": "Ş"} }\n'.encode())
    resend(1, to=receiver.url, body=edited, url=url, sandbox="b")
    assert receiver.heard[1].body == edited.read_bytes()
    assert Webhook(MOCK_SECRET).verify(receiver.heard[1].body, dict(receiver.heard[1].headers))
    command = [sys.executable, "-m", "cozum", "resend", "1", "--to", receiver.url, "--body", "-", "--url", url]
    done = subprocess.run([*command, "--sandbox", "b"], cwd=HERE, input=b'{"a": 1}', capture_output=True, check=True)
    assert done.stderr == b""
    assert receiver.heard[2].body == b'{"a": 1}'


@pytest.mark.parametrize("status", [404, 500, 301])
def test_a_receiver_that_does_not_take_it_is_a_failure(url: str, receiver: Receiver, status: int) -> None:
    trigger("yeni_chat", url=url, sandbox="f")
    receiver.replies = always(status)
    done = _run("resend", "1", "--to", receiver.url, "--url", url, "--sandbox", "f")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"{receiver.url}  {status}  ")


def test_that_nobody_answers_is_a_failure_too(url: str) -> None:
    trigger("yeni_chat", url=url, sandbox="g")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    done = _run("resend", "1", "--to", nobody, "--url", url, "--sandbox", "g")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"{nobody}  The server could not be connected to  ")


def test_what_cannot_be_sent_again_is_told(url: str, tmp_path: Path) -> None:
    trigger("yeni_chat", url=url, sandbox="c")
    with pytest.raises(UsageError, match=r"^--to: This tenant has no endpoint"):
        resend(1, url=url, sandbox="c")
    with pytest.raises(UsageError, match=r"^--to: Must be an address"):
        resend(1, to="ftp://x", url=url, sandbox="c")
    with pytest.raises(UsageError, match=r"^there is no event 9 in the inbox: `cozum listen`"):
        resend(9, to="localhost:1", url=url, sandbox="c")
    with pytest.raises(UsageError, match=r"cannot read .*: no such file"):
        resend(1, body=tmp_path / "yok", url=url, sandbox="c")
    (tmp_path / "raw").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="is not UTF-8"):
        resend(1, body=tmp_path / "raw", url=url, sandbox="c")


# `cozum trigger`


def test_a_trigger_prints_its_steps_and_what_it_told(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    trigger("memnuniyet_puan", puan=4, yorum="Çok iyi", url=url, sandbox="d")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == [
        "start_chat  tetik-1",
        "end_chat  tetik-1",
        "rate_chat  tetik-1",
        "event 1  yeni_chat",
        "event 2  chat_kapandi",
        "event 3  memnuniyet_puan",
    ]
    assert '    "yorum": "Çok iyi",' in lines


def test_the_list_names_every_event_with_its_options() -> None:
    done = _run("trigger", "--list")
    assert (done.returncode, done.stderr) == (0, "")
    for name in (*TRIGGERS, *(f"--{option} " for option in OPTIONS)):
        assert name in done.stdout


def test_the_help_and_the_list_say_what_the_operator_does() -> None:
    listed = _run("trigger", "--list").stdout.split("\n")
    of_event = {line.partition(":")[0]: number for number, line in enumerate(listed) if not line.startswith(" ")}
    for event, does in (("ticket_cozuldu", "solves the ticket"), ("operator_cevrimdisi", "goes offline")):
        (line,) = [one for one in listed[of_event[event] :] if one.startswith("  --operator")][:1]
        assert line == f"  --operator   the operator, by email, who {does}"
    told = " ".join(_run("trigger", "--help").stdout.replace("│", " ").split())
    assert "takes the chat before it is closed, solves the ticket or goes offline." in told
    assert "--list tells which options fit which event" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name an event: yeni_chat, "),
        (["yeni_cat"], "olay: Unknown; did you mean `yeni_chat`?"),
        (["yeni_chat", "--puan", "4"], "puan: `yeni_chat` does not take it; it takes: "),
        (
            ["yeni_chat", "--puan", "4", "--oturum", "1"],
            "oturum: `yeni_chat` does not take it; it takes: musteri, ziyaretci, ad, mesaj. puan: `yeni_chat` does not",
        ),
        (["chat_kapandi", "--otrum", "42"], "Unknown option: --otrum. Did you mean --oturum?"),
        (["chat_kapandi", "--oturum", "x"], "Invalid value"),
        (["chat_kapandi", "--oturum", "777"], "oturum: Unknown; known: 42."),
    ],
)
def test_what_cannot_be_triggered_is_told_in_one_line(url: str, arguments: list[str], said: str) -> None:
    assert said in _refusal("trigger", *arguments, "--url", url, "--sandbox", "e")


@pytest.mark.parametrize("arguments", [["listen"], ["trigger", "yeni_chat"], ["resend", "1"]])
def test_no_mock_is_told_in_one_line_with_the_way_out(arguments: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    assert _refusal(*arguments, "--url", address).startswith(f"no mock answers at http://{address}: connection refused")
