"""Simulated people and watched files from the command line, in a mock that really runs."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from cozum.commands.counterpart import counterpart
from cozum.counterparts import begin_with, read_counterpart
from cozum.errors import UsageError
from cozum.faults import plant
from cozum.tests.test_cli import _call, _end, _refusal, _started
from cozum.watching import watch
from impl.settings import Settings
from impl.tests.client import DOCUMENT
from mocks.app import Mock
from mocks.tests.whole import whole_mock
from mocks.watching import Watcher

SCRIPT: Final = """\
rules:
- when: start
  do: {status: cevrimici}
- when: waiting
  do: accept
- when: message
  do: {reply: Buyurun}
"""
SCENARIO: Final = """\
name: gun
steps:
- call: start_chat
  as: {visitor: sabah}
"""
FAULTS: Final = "seed: 3\nfaults:\n- {operation: login, status: 429}\n"


def _file(tmp_path: Path, text: str = SCRIPT, name: str = "benim.yaml") -> str:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return str(path)


# The command line


def test_a_mock_with_an_operator_answers_and_can_be_switched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with _started("mock", "--operator", _file(tmp_path), "--watch") as (process, port, _):
        url = f"http://127.0.0.1:{port}"
        body = {"ziyaretci_id": "abc123", "mesaj": "Merhaba"}
        chat = _call(port, "POST", "/api/v1/widget/chat/start", body)[1]["data"]["oturum"]["id"]
        poll = f"/api/v1/widget/chat/messages?ziyaretci_id=abc123&oturum_id={chat}&son_sira=1&bekle=10"
        told: list[Any] = []
        while not told:
            told = _call(port, "GET", poll)[1]["data"]["mesajlar"]
        assert told[0]["mesaj"] == "Buyurun"
        counterpart(url=url)
        counterpart("operator", "off", url=url)
        counterpart("visitor", "auto", url=url, sandbox="kutu")
        lines = capsys.readouterr().out.splitlines()
        _, _, err = _end(process, signal.SIGINT)
    assert (process.returncode, err) == (0, "")
    assert lines[0].startswith("operator  ")
    assert "benim.yaml, " in lines[0]
    assert lines[1:4] == ["visitor   off", "operator  off", "visitor   off"]
    assert lines[4] == "operator  off"
    assert lines[5].startswith("visitor   auto, 0 done, ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--operator", "atuo"], "atuo: there is no such file, and it is not `auto` or `off`; did you mean `auto`?"),
        (["--visitor", ""], "a side follows `auto`, `off` or a YAML file"),
        (["--visitor", "BROKEN"], "line 1, /visitor: there is no `visitor`. Did you mean `visitors`? There are"),
        (["--operator", "NOBODY"], "nobody.yaml: line 1, /operators/0: there is no `destk@example.com`. Did"),
    ],
    ids=["no file", "nothing", "no script", "nobody"],
)
def test_a_script_that_cannot_be_followed_stops_the_start_with_one_line(
    tmp_path: Path, arguments: list[str], said: str
) -> None:
    files = {
        "BROKEN": _file(tmp_path, "visitor: []", "broken.yaml"),
        "NOBODY": _file(tmp_path, f"operators: [destk@example.com]\n{SCRIPT}", "nobody.yaml"),
    }
    assert said in _refusal("mock", "--port", "0", *(files.get(argument, argument) for argument in arguments))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "auto"), "`show` takes no script"),
        (("operator",), "`operator` needs `auto`, `off` or a file, such as `cozum counterpart operator auto`"),
        (("visitor", "nowhere.yaml"), "nowhere.yaml: there is no such file, and it is not `auto` or `off`"),
    ],
)
def test_what_the_command_cannot_read_is_told(arguments: Any, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        counterpart(*arguments)
    assert str(refused.value) == said


def test_files_that_cannot_be_read_are_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("rules: # ş".encode("iso-8859-9"))
    for name, said in {"latin.yaml": "is not UTF-8", "": "Is a directory"}.items():
        with pytest.raises(UsageError, match=said):
            read_counterpart("operator", str(tmp_path / name))
    with pytest.raises(UsageError, match="longer than"):
        read_counterpart("operator", _file(tmp_path, "#" * 200_001))
    assert read_counterpart("operator", "off") is None


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Where a mock listens."""
    with _started("mock") as (_, port, _):
        yield f"http://127.0.0.1:{port}"


ONE_LINE: Final = "{operators: all, rules: [{when: start, do: {status: cevrimici}}]}"


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_script_of_one_line_can_be_switched_on(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    counterpart("operator", _file(tmp_path, ONE_LINE + end), url=url, sandbox="satir")
    assert "benim.yaml, " in capsys.readouterr().out


VISITORS: Final = """\
visitors:
- {key: CM_DEMO_2026, id: elif}
rules:
- when: start
  do: {open: Merhaba}
"""
WRONG: Final[dict[str, tuple[Any, str, str]]] = {
    "an act": ("operator", SCRIPT.replace("accept", "acept"), "line 5, /rules/1/do: there is no `acept`. Did you mean"),
    "a visitor's act": ("visitor", VISITORS.replace("open", "oepn"), "line 5, /rules/0/do: there is no `oepn`. Did"),
    "an operator": (
        "operator",
        f"operators:\n- destek@example.com\n- destek@example.cm\n{SCRIPT}",
        "line 3, /operators/1: there is no `destek@example.cm`. Did you mean `destek@example.com`?",
    ),
    "a tenant": (
        "visitor",
        VISITORS.replace("2026", "2062"),
        "line 2, /visitors/0/key: there is no `CM_DEMO_2062`. Did you mean `CM_DEMO_2026`?",
    ),
    "not closed": (
        "operator",
        "rules:\n- when: waiting\n  do: [accept\n",
        "line 3: is not YAML: expected ',' or ']', but got '<stream end>'.",
    ),
    "empty": ("operator", "", "must be a mapping that has `seed`, `operators`, `rules`."),
    "a comment": ("visitor", "# yok\n", "must be a mapping that has `seed`, `visitors`, `at_once`, `rules`."),
    "no rules": ("operator", "rules: []\n", "line 1, /rules: must be a list of 1 to 200 items."),
    "off": ("operator", "off", "line 1: must be a mapping that has `seed`, `operators`, `rules`."),
}


@pytest.mark.parametrize(("side", "text", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_script_is_told_alike_whether_the_mock_runs_or_starts(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str], side: Any, text: str, said: str
) -> None:
    name = _file(tmp_path, text)
    with pytest.raises(UsageError) as refused:
        counterpart(side, name, url=url)
    assert str(refused.value).startswith(f"{name}: {said}")
    with whole_mock() as mock, pytest.raises(UsageError, match=f"^{re.escape(str(refused.value))}$"):
        begin_with(mock.mock, {side: name})
    counterpart(url=url)
    assert capsys.readouterr().out == "operator  off\nvisitor   off\n"


def test_what_the_mock_refuses_beside_the_script_is_told_as_it_says_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="X-Mock-Sandbox"):
        counterpart("operator", _file(tmp_path), url=url, sandbox="a b")


# Watching, without waiting


class Watched:
    """A mock in process whose files are watched."""

    def __init__(self, tmp_path: Path) -> None:
        self.document = tmp_path / "openapi.yaml"
        self.document.write_text(DOCUMENT.read_text("utf-8"), "utf-8")
        self.faults = Path(_file(tmp_path, FAULTS, "faults.yaml"))
        self.script = Path(_file(tmp_path))
        settings = Settings(self.document, demo=True)
        texts = ["operation=logout, status=503"]
        self.mock = Mock(settings, lambda entries: None, lambda app: plant(self.faults, texts, None, app.plans))
        self.runner = asyncio.Runner()
        self.runner.run(self.mock.start())
        names: Any = {"operator": str(self.script), "visitor": None}
        begin_with(self.mock, names)
        self.scenario = Path(_file(tmp_path, SCENARIO, "gun.yaml"))
        self.watcher: Watcher = watch(self.mock, self.document, self.faults, names, scenario=str(self.scenario))
        self.runner.run(self._switch_on())

    async def _switch_on(self) -> None:
        running = asyncio.create_task(self.mock.run())
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    def look(self) -> None:
        async def twice() -> None:
            await self.watcher.look()
            await self.watcher.look()

        self.runner.run(twice())

    def planted(self) -> list[str]:
        return [fault["operation"] for fault in self.mock.parts.faults.list()]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.runner.run(made.mock.sandboxes.main.end())
    made.runner.close()


def test_faults_of_the_file_are_exchanged_and_those_of_the_command_line_stay(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    assert watched.planted() == ["login", "logout"]
    watched.faults.write_text(FAULTS.replace("login", "list_chats").replace("3", "4"))
    watched.look()
    assert watched.planted() == ["list_chats", "logout"]
    assert watched.mock.parts.faults.seed == 4
    watched.faults.write_text(FAULTS.replace("status", "stauts"))
    watched.look()
    assert watched.planted() == ["list_chats", "logout"]
    out, err = capsys.readouterr()
    assert out == f"watch: {watched.faults} was read again: 1 planted\n"
    assert err.startswith(f"watch: {watched.faults}: /faults/0/stauts: there is no such member. Did you mean `status`?")
    assert err.endswith(" (broken; what was read before goes on)\n")


def test_a_broken_document_is_told_with_its_place_and_mended_it_holds(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    good = watched.document.read_text("utf-8")
    watched.document.write_text(good + "\nbroken: [\n", "utf-8")
    watched.look()
    watched.document.write_text(good.replace("operationId: login\n", "operationId: sign_in\n"), "utf-8")
    watched.look()
    out, err = capsys.readouterr()
    assert re.match(rf"watch: {re.escape(str(watched.document))}:\d+:1: ", err)
    assert out == f"watch: {watched.document} is mended: 58 operations\n"
    assert "sign_in" in watched.mock.parts.journal.operations
    watched.document.write_text(good.replace("operationId: logout\n", "operationId: sign_out\n"), "utf-8")
    watched.look()
    told = "58 operations; a fault is planted for logout, which is none of them\n"
    assert f"watch: {watched.document} was read again: {told}" in capsys.readouterr().out
    watched.document.write_text(good.replace("operationId: login\n", "operationId: sign_in\n"), "utf-8")
    watched.look()
    capsys.readouterr()
    # the faults' file names an operation that is gone
    assert f"watch: {watched.faults}: /faults/0/operation: there is no operation (operationId) `login`" in err
    watched.faults.write_text(FAULTS.replace("login", "sign_in"))
    watched.look()
    assert watched.planted() == ["sign_in", "logout"]
    assert capsys.readouterr().out == f"watch: {watched.faults} is mended: 1 planted\n"


def test_a_script_that_changes_is_followed_while_it_is_the_one(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    main, counterparts = watched.mock.sandboxes.main, watched.mock.parts.counterparts
    watched.script.write_text(SCRIPT.replace("Buyurun", "Efendim"))
    watched.look()
    now = counterparts.of(main, "operator")
    assert now is not None
    assert now.script.rules[2].acts[0].value == ("Efendim",)
    watched.script.write_text(SCRIPT.replace("accept", "acept"))
    watched.look()
    assert len(now.script.rules) == 3
    watched.script.write_text(f"operators: [kim@example.com]\n{SCRIPT}")
    watched.look()
    watched.runner.run(counterparts.switch_off(main, "operator"))
    watched.script.write_text(SCRIPT)
    watched.look()
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"watch: {watched.script} was read again: 3 rules",
        f"watch: {watched.script} is mended: the simulated operator does not follow it now",
    ]
    assert [line.partition(". ")[0] for line in err.splitlines()] == [
        f"watch: {watched.script}: line 5, /rules/1/do: there is no `acept`",
        f"watch: {watched.script}: line 1, /operators/0: there is no `kim@example.com`",
    ]


def test_a_scenario_that_changes_is_what_the_next_reset_begins_with(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    sandboxes = watched.mock.sandboxes
    watched.scenario.write_text(SCENARIO.replace("sabah", "aksam"))
    watched.look()
    assert (1, "aksam") not in sandboxes.main.store.tables.visitors, "what is there stays"
    watched.runner.run(sandboxes.main.begin(sandboxes.make))
    assert (1, "aksam") in sandboxes.main.store.tables.visitors
    make = sandboxes.make
    watched.scenario.write_text(SCENARIO.replace("start_chat", "start_chatt"))
    watched.look()
    assert sandboxes.make is make
    out, err = capsys.readouterr()
    assert out == f"watch: {watched.scenario} was read again: `cozum reset` and new sandboxes begin with it\n"
    assert err.startswith(f"watch: {watched.scenario}: step 1")
