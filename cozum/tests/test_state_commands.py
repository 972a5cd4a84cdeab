"""`cozum reset` and `cozum snapshot` against a started mock: what they print, what they write, how they fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from cozum.commands.reset import reset
from cozum.commands.snapshot import snapshot
from cozum.control import NobodyThere
from cozum.errors import UsageError
from cozum.state import count_words, read_beginning
from cozum.tests.test_cli import _refusal, _started

OWN = "name: mine\nsteps:\n- call: start_chat\n  as: {visitor: ayse}\n  body: {mesaj: Merhaba}\n"
HALF = "name: mine\nsteps:\n- {advance: 1m}\n- call: start_chat\n  as: {visitor: ayse}\n  body: {mesja: Merhaba}\n"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with _started("mock", "--quiet", "--scenario", "offline") as (_, port, _said):
        yield f"http://127.0.0.1:{port}"


def _visitors(url: str, sandbox: str | None = None) -> set[str]:
    host, _, port = url.removeprefix("http://").partition(":")
    connection = HTTPConnection(host, int(port), timeout=10)
    connection.request("GET", "/_mock/state", headers={"X-Mock-Sandbox": sandbox} if sandbox else {})
    told = json.loads(connection.getresponse().read())
    connection.close()
    return {row["id"] for row in told.get("visitors", [])}


def test_a_state_is_saved_loaded_and_listed(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "states"
    reset(url=url)
    snapshot("save", "before", folder=folder, url=url)
    assert (
        capsys.readouterr()
        .out.splitlines()[-1]
        .startswith(f"wrote {folder}/before.yaml: 3 tenants, 3 operators, 5 visitors, 3 chats, 4 messages, 1 ticket, ")
    )
    reset(url=url, scenario="empty")
    assert _visitors(url) == set()
    snapshot("load", "before.yaml", folder=folder, url=url)
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"loaded {folder}/before.yaml: 3 tenants")
    assert {"zeynep", "murat"} <= _visitors(url)
    (folder / "no.yaml").write_text("a: 1")
    (folder / "not-even.yaml").write_text("a: [")
    snapshot("list", folder=folder)
    first, *others = capsys.readouterr().out.splitlines()
    assert first.split()[0] == "before"
    assert first.endswith("others")
    assert " 3 tenants, 3 operators, 5 visitors" in first
    assert others == ["no        is no snapshot", "not-even  is no snapshot"]
    assert sorted(path.name for path in folder.iterdir()) == ["before.yaml", "no.yaml", "not-even.yaml"]


def test_an_empty_folder_says_how_to_fill_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    snapshot("list", folder=tmp_path / "gone")
    assert capsys.readouterr().out == f"no snapshots in {tmp_path}/gone (`cozum snapshot save NAME` writes one)\n"


def test_reset_begins_with_what_the_mock_was_started_with(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    reset(url=url, scenario="busy-queue", sandbox="other")
    reset(url=url)
    assert capsys.readouterr().out.startswith("began anew with busy-queue: 3 tenants, 3 operators, 34 visitors")
    assert {"zeynep", "murat"} <= _visitors(url)
    assert "bekleyen-1" in _visitors(url, "other")
    reset(url=url, sandbox="other")
    assert {"zeynep", "murat"} <= _visitors(url, "other"), "each sandbox begins so"


def test_a_scenario_of_ones_own(url: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(OWN)
    reset(url=url, scenario=str(path))
    assert "ayse" in _visitors(url)


def test_what_cannot_work_is_told_and_changes_nothing(url: str, tmp_path: Path) -> None:
    reset(url=url, scenario="storage-full")
    before = _visitors(url)
    (tmp_path / "half.yaml").write_text(HALF)
    (tmp_path / "odd.yaml").write_text("name: a\nsteps:\n- action: x\n  body: {mesaj: !!binary aGk=}\n")
    (tmp_path / "broken.yaml").write_text("version: 1\nsaved_at: 2026-01-01\nchats:\n- {id: 1}\n")
    refusals: list[tuple[Callable[[], None], str]] = [
        (lambda: reset(url=url, scenario="ofline"), "--scenario 'ofline': Unknown; did you mean `offline`?"),
        (
            lambda: reset(url=url, scenario=str(tmp_path / "half.yaml")),
            f"{tmp_path}/half.yaml: step 2, body/mesja: Unknown; did you mean `mesaj`? (line 6)",
        ),
        (
            lambda: reset(url=url, scenario=str(tmp_path / "odd.yaml")),
            f"{tmp_path}/odd.yaml: step 1, body/mesaj: JSON has no such value: bytes. (line 4)",
        ),
        (
            lambda: reset(url=url, scenario=str(tmp_path / "halb.yaml")),
            f"{tmp_path}/halb.yaml: no such file or directory; did you mean half.yaml?",
        ),
        (
            lambda: snapshot("load", "broken", folder=tmp_path, url=url),
            f"{tmp_path}/broken.yaml: chats/0: `tenant_id` is missing. (line 4)",
        ),
        (
            lambda: snapshot("load", "brokn", folder=tmp_path, url=url),
            f"{tmp_path}/brokn.yaml: no such file or directory; did you mean broken.yaml?",
        ),
        (lambda: snapshot("save", "../x", url=url), "'../x': a name without `/`"),
        (lambda: snapshot("save", url=url), "`save` needs a name, such as `cozum snapshot save before-checkout`"),
        (lambda: snapshot("list", "x"), "`list` takes no name"),
        (lambda: snapshot("save", "x", folder=Path("/proc/x"), url=url), "cannot write /proc/x/x.yaml: "),
    ]
    for call, said in refusals:
        with pytest.raises(UsageError) as refused:
            call()
        assert str(refused.value).startswith(said)
    assert _visitors(url) == before


def test_nobody_there_is_said_as_such(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: 1")
    calls: list[Callable[[], None]] = [
        lambda: reset(url="127.0.0.1:9"),
        lambda: reset(url="127.0.0.1:9", scenario="empty"),
        lambda: snapshot("load", "x", folder=tmp_path, url="127.0.0.1:9"),
        lambda: snapshot("save", "y", folder=tmp_path, url="127.0.0.1:9"),
    ]
    for call in calls:
        with pytest.raises(NobodyThere, match="no mock answers at"):
            call()
    assert not (tmp_path / "y.yaml").exists()


def test_a_mock_begins_with_a_file(url: str, tmp_path: Path) -> None:
    reset(url=url, scenario="storage-full")
    snapshot("save", "full", folder=tmp_path, url=url)
    with _started("mock", "--snapshot", str(tmp_path / "full.yaml")) as (_, port, _said):
        assert "sinirda" in _visitors(f"http://127.0.0.1:{port}")
        assert "sinirda" in _visitors(f"http://127.0.0.1:{port}", "worker-1")


def test_a_mock_that_cannot_begin_so_says_why(tmp_path: Path) -> None:
    (tmp_path / "half.yaml").write_text(HALF)
    (tmp_path / "broken.yaml").write_text("version: 2")
    port = ("mock", "--port", "0")
    assert _refusal(*port, "--scenario", "busy-que") == (
        "--scenario 'busy-que': there is no such scenario; did you mean busy-queue?"
    )
    assert _refusal(*port, "--scenario", str(tmp_path / "half.yaml")) == (
        f"{tmp_path}/half.yaml: step 2, body/mesja: Unknown; did you mean `mesaj`? (line 6)"
    )
    assert _refusal(*port, "--snapshot", str(tmp_path / "broken.yaml")) == (
        f"{tmp_path}/broken.yaml: version: Only version 1 can be read. (line 1)"
    )
    for arguments, said in (
        (("x", tmp_path), "--scenario and --snapshot: only one of them"),
        ((None, tmp_path / "gone.yaml"), f"{tmp_path}/gone.yaml: no such file or directory"),
        (("./gone.yaml", None), "gone.yaml: no such file or directory"),
    ):
        with pytest.raises(UsageError) as refused:
            read_beginning(*arguments)
        assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("mebibytes", "status", "code"), [(17, 422, "alan_hatasi"), (64.5, 413, "govde_cok_buyuk")], ids=["17", "64.5"]
)
def test_a_state_may_be_larger_than_any_other_body(url: str, mebibytes: float, status: int, code: str) -> None:
    host, _, port = url.removeprefix("http://").partition(":")
    connection = HTTPConnection(host, int(port), timeout=60)
    body = b" " * int(mebibytes * 2**20)  # no JSON, which is found out once it is read
    connection.request("PUT", "/_mock/state", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["kod"]) == (status, code)
    connection.close()


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "nothing"),
        ({"chats": 1}, "1 chat"),
        ({"deliveries": 1, "outbox": 2, "tickets": 3}, "3 tickets, 1 delivery, 2 others"),
        ({"articles": 1}, "1 other"),
    ],
)
def test_counts_read_well(counts: dict[str, int], said: str) -> None:
    assert count_words(counts) == said


@pytest.mark.parametrize(
    ("option", "content", "hint"),
    [
        ("--snapshot", "version: 1\nsaved_at: 2026-01-01\n", "; did you mean near.yaml?"),
        ("--snapshot", OWN, ""),
        ("--scenario", OWN, "; did you mean near.yaml?"),
        ("--scenario", "services:\n  steps: {}\n", ""),
    ],
)
def test_only_a_file_that_looks_like_what_is_meant_is_suggested(
    tmp_path: Path, option: str, content: str, hint: str
) -> None:
    (tmp_path / "near.yaml").write_text(content)
    wanted = tmp_path / "neer.yaml"
    with pytest.raises(UsageError) as refused:
        read_beginning(*((str(wanted), None) if option == "--scenario" else (None, wanted)))
    assert str(refused.value) == f"{wanted}: no such file or directory{hint}"


def test_of_a_snapshot_the_file_is_meant_and_a_name_is_told_its_file(tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / "before.yaml").write_text(OWN)
    with pytest.raises(UsageError, match=r"no such file or directory; did you mean \S+/snapshots/before\.yaml\?$"):
        read_beginning(None, tmp_path / "before")
