"""A recording is whole after each exchange, and holds no secrets unless asked."""

from __future__ import annotations

import json
import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from mocks.recording import read_recording
from mocks.tape import Tape
from mocks.tests.entries import entry
from mocks.tests.live import GOOD_INIT, INIT, good_init, http, proxied, scripted


def entries_of(path: Path) -> list[dict[str, Any]]:
    """What any tool for HAR would read."""
    log: dict[str, Any] = json.loads(path.read_bytes())["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "cozum")
    entries: list[dict[str, Any]] = log["entries"]
    return entries


def test_the_file_can_be_read_after_each_exchange(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    tape = Tape(path, secrets=False)
    assert entries_of(path) == []
    for number in range(1, 6):
        tape(entry(path=f"/{number}", raw_path=b"/%d" % number))
        assert [one["request"]["url"][-2:] for one in entries_of(path)] == [f"/{n}" for n in range(1, number + 1)]
    assert tape.count == 5
    tape.close()
    tape(entry())
    assert len(entries_of(path)) == 5


def test_a_recording_that_a_crash_cut_off_anywhere_gives_all_but_its_last_exchange(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    tape = Tape(path, secrets=False)
    for _ in range(3):
        tape(entry(answer=GOOD_INIT, answer_size=len(GOOD_INIT)))
    tape.close()
    whole = path.read_bytes()
    third = whole.rindex(b"\n{")
    for size in range(third + 2, len(whole) - 6):
        assert len(read_recording(whole[:size]).exchanges) == 2 + (size >= len(whole) - len(b"\n]}}\n"))


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.har"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        Tape(path, secrets=False)
    assert path.read_text() == "mine"


def test_tokens_cookies_and_passwords_are_left_out_unless_asked(tmp_path: Path) -> None:
    secret = entry(
        headers=[(b"host", b"x"), (b"authorization", b"Bearer 1|SIR"), (b"cookie", b"a=SIR")],
        body=b'{"email": "a@b.example", "sifre": "SIR"}',
        body_size=40,
        answer_head=b"content-type: application/json\r\nset-cookie: a=SIR\r\n",
        answer=b'{"data": {"token": "1|SIR"}}',
        answer_size=28,
    )
    for secrets, mode in ((False, 0o644), (True, 0o600)):
        path = tmp_path / f"{secrets}.har"
        tape = Tape(path, secrets=secrets)
        tape(secret)
        tape.close()
        assert (b"SIR" in path.read_bytes()) is secrets
        assert stat.S_IMODE(path.stat().st_mode) == mode & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_full_disk_ends_the_recording_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.har"
    tape = Tape(path, secrets=False)
    tape(entry())

    def full(*given: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with caplog.at_level(logging.ERROR, "cozum"):
        tape(entry())
        tape(entry())
    (record,) = caplog.records
    assert record.getMessage() == f"the recording {path} ends after 1 exchanges: No space left on device"
    assert len(entries_of(path)) == 1


def test_whole_bodies_are_recorded_while_the_journal_keeps_their_beginning(tmp_path: Path) -> None:
    long = json.loads(GOOD_INIT)
    long["data"]["ek"] = "ğ" * 50_000
    body = json.dumps(long, ensure_ascii=False).encode()
    file = bytes(range(256)) * 400
    path = tmp_path / "a.har"
    answers = iter(
        [
            http("200 OK", "Content-Type: application/json", "X-Request-Id: 1", body=body),
            http("200 OK", "Content-Type: image/png", "X-Request-Id: 1", body=file),
        ]
    )

    async def write(writer: Any, request: bytes) -> None:
        writer.write(next(answers))

    with scripted(write) as server, proxied(server, tape=Tape(path, secrets=False)) as proxy:
        proxy.init()
        proxy.ask("GET", "/storage/tenants/2/logo.png")
        assert proxy.last["durum"] == 200
        assert [(len(one.answer), one.answer_size) for one in proxy.told] == [(16_384, len(body)), (16_384, len(file))]
    recording = read_recording(path.read_bytes())
    assert [one.answer.body for one in recording.exchanges] == [body, file]
    assert recording.left_out == 0


def test_only_what_the_live_server_said_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "a.har"

    async def write(writer: Any, request: bytes) -> None:
        writer.write(good_init() if b"/init" in request else http("418 Teapot"))

    with scripted(write) as server, proxied(server, errors=True, tape=Tape(path, secrets=False)) as proxy:
        assert proxy.init().status == 200
        assert proxy.ask("GET", "/yok").status == 422
        assert proxy.init(b"{").status == 422
        assert proxy.ask("GET", "/portal/giris").status == 502
    assert [one["request"]["url"].partition("/api")[2] for one in entries_of(path)] == [INIT.removeprefix("/api")]
