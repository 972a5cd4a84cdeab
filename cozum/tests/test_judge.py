"""`cozum test` as a person or CI starts it: what it says, how it ends, what it writes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contract_tests.client import Client
from contract_tests.document import Document
from contract_tests.in_process import our_server
from contract_tests.mutants import planted

DOCUMENT = Path(__file__).parents[2] / "openapi.yaml"
ONE = ("--rule", "rating.once")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where our own server is."""
    with our_server(DOCUMENT) as target:
        yield target.base_url


def judge(*arguments: str, where: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`cozum test` in that folder."""
    command = [sys.executable, "-m", "cozum", "test", *arguments]
    environment = {"PYTHONPATH": str(DOCUMENT.parent), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_what_holds_ends_with_0(url: str) -> None:
    done = judge(url, *ONE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("1 rule holds, 0 broken, 0 skipped")


def test_what_is_broken_ends_with_1_and_is_told() -> None:
    with planted("tolerance-of-301"), our_server(DOCUMENT) as target:
        done = judge(target.base_url, "--rule", "hmac.tolerance", "--quiet")
    assert (done.returncode, done.stderr) == (1, "")
    assert "BROKEN hmac.tolerance: " in done.stdout
    assert "curl -i -X POST http://127.0.0.1" in done.stdout


def test_what_was_not_judged_fails_only_if_all_is_required(url: str) -> None:
    skipped = (*ONE, "--rule", "status.offline")  # it needs a server that nobody else uses
    assert judge(url, *skipped).returncode == 0
    done = judge(url, *skipped, "--require-all", "--quiet")
    assert done.returncode == 1
    assert "status.offline: " in done.stdout
    assert judge(url, *skipped, "--require-all", "--owned").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--rule", "answer.schema"), "answer.schema: judged by what other rules ask; name one of them too"),
        (
            ("--rule", "rating.once", "--level", "reference"),
            "rating.once: the reference does not say so itself (--level reference)",
        ),
        (("--rule", "no.such"), "no rule no.such; `cozum test --list` shows them"),
        (("--operation", "no_such"), "no operation no_such in the document"),
        (("--workers", "0"), "--workers and --max-time must be above 0"),
        (("--max-time", "0"), "--workers and --max-time must be above 0"),
        (("--owned",), "--config and --owned describe a server: its URL is missing"),
        (("ftp://a.example",), "'ftp://a.example' is no http(s) address"),
        (("http://a.example:port",), "'http://a.example:port' is no http(s) address"),
        (("http://127.0.0.1:9", "--config", "yok.toml"), "yok.toml"),
        (("--document", "yok.yaml"), "yok.yaml"),
    ],
)
def test_what_cannot_run_ends_with_2_in_one_line(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    done = judge(*arguments, where=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_init_writes_a_file_that_is_read_from_then_on(tmp_path: Path, url: str) -> None:
    assert judge("--init", where=tmp_path).returncode == 0
    assert judge("--init", where=tmp_path).stderr == "cozum: contract.toml is there already\n"
    assert judge(url, *ONE, where=tmp_path).returncode == 0
    path = tmp_path / "contract.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("CM_DEMO_2026", "CM_YOK_2026"), encoding="utf-8")
    done = judge(url, *ONE, where=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"cozum: {url} does not know the widget key CM_YOK_2026\n"


def test_only_one_operation(url: str) -> None:
    done = judge(url, "--operation", "rate_chat")
    assert done.returncode == 0
    assert "rate_chat" in done.stdout
    assert "banner." not in done.stdout


def test_time_that_is_over_skips_the_rest(url: str) -> None:
    done = judge(url, "--max-time", "0.05", "--seed", "3")
    assert done.returncode == 0
    assert "the time was over (--max-time)" in done.stdout


def test_nothing_judged_is_no_success(url: str) -> None:
    done = judge(url, "--rule", "status.offline")
    assert done.returncode == 2
    assert "status.offline: " in done.stdout
    assert done.stderr == "cozum: nothing was judged\n"


def test_reports_are_written(tmp_path: Path, url: str) -> None:
    done = judge(url, *ONE, "--report", str(tmp_path / "report"), "--workers", "2")
    assert done.returncode == 0
    assert "reports: " in done.stdout
    report = json.loads((tmp_path / "report" / "report.json").read_bytes())
    assert (report["base_url"], report["holds"]) == (url, True)
    entries = json.loads((tmp_path / "report" / "exchanges.har").read_bytes())["log"]["entries"]
    assert {entry["_rule"] for entry in entries} == {"rating.once"}


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, url: str) -> None:
    (tmp_path / "report").write_text("a file")
    done = judge(url, *ONE, "--report", str(tmp_path / "report"))
    assert done.returncode == 2
    assert "report" in done.stderr
    assert "Traceback" not in done.stderr


def test_rules_are_listed() -> None:
    done = judge("--list")
    assert done.returncode == 0
    assert any(line.split()[:2] == ["rating.once", "contract"] for line in done.stdout.splitlines())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_judgement_leaves_nothing_open(tmp_path: Path, number: signal.Signals, workers: str) -> None:
    report = tmp_path / "report"
    with our_server(DOCUMENT) as target:
        command = [
            sys.executable,
            "-m",
            "cozum",
            "test",
            target.base_url,
            "--workers",
            workers,
            "--report",
            str(report),
        ]
        process = subprocess.Popen(
            command, cwd=DOCUMENT.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout
        process.stdout.read(150)  # it is at work
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (130, "cozum: interrupted; what was opened is closed\n")
        with closing(Client(target, Document(DOCUMENT))) as client:
            assert [chat["id"] for chat in client.queue() if str(chat["ziyaretci_id"]).startswith("ct0-")] == []
    json.loads((report / "exchanges.har").read_bytes())
    assert json.loads((report / "report.json").read_bytes())["cut_off"] == "it was interrupted"


def test_what_is_asked_at_the_very_end_is_told_too(tmp_path: Path, url: str) -> None:
    """Workers tidy up with their hands full: nobody may stop listening."""
    rules = [argument for name in ("isolation.visitor", "chat.poll", "queue.order") for argument in ("--rule", name)]
    done = judge(url, *rules, "--report", str(tmp_path), "--workers", "2")
    assert done.returncode == 0
    entries = json.loads((tmp_path / "exchanges.har").read_bytes())["log"]["entries"]
    ended = [entry for entry in entries if entry["_operation"] == "end_chat" and entry["response"]["status"] == 200]
    assert len(ended) >= 3
    assert [entry for entry in entries if entry["_operation"] == "logout"]
