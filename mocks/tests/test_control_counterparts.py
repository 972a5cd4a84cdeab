"""Simulated people are switched by the control API, each sandbox for itself; nothing runs while they are off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from mocks.counterparts.errors import WrongScript, unknown
from mocks.counterparts.operators import SimulatedOperators
from mocks.counterparts.reader import script_of
from mocks.counterparts.switchboard import default_script
from mocks.tests.people import People, rules
from mocks.tests.whole import Whole, whole_mock

ACCEPT = [{"when": "waiting", "do": "accept"}]
STRANGER = [{"key": "CM_DEMO_2062", "id": "a"}]
VISIT = [{"when": {"every": 9}, "do": "page"}]
ALONE = ["destek@example.com"]
TRANSFER = {"when": "message", "do": [{"reply": "Tabii"}, {"transfer": "yok@example.com"}]}
GIVE = {"when": "message", "do": {"transfer": "operator@example.com"}}
CANNED = {"when": "message", "do": {"canned": ["merhaba", "tesekur"]}}
RATE = [{"when": "closed", "do": {"rate": 5}}]
OFF = {"operator": {"acik": False}, "ziyaretci": {"acik": False}}


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


def test_both_are_off_and_nothing_runs_until_one_is_switched_on(mock: Whole) -> None:
    async def tasks() -> int:
        return len(asyncio.all_tasks())

    assert mock.control("GET", "/counterparts") == OFF
    assert mock.run(tasks()) == 1
    told = mock.control("PUT", "/counterparts", {"operator": "auto"})
    assert (told["operator"]["acik"], told["operator"]["kaynak"], told["ziyaretci"]) == (True, "auto", {"acik": False})
    assert mock.run(tasks()) == 2
    assert mock.control("PUT", "/counterparts", {"operator": "off"}) == OFF
    mock.run(asyncio.sleep(0.3))
    assert mock.run(tasks()) == 1


def test_a_script_is_told_as_it_was_given_and_can_be_given_again(mock: Whole) -> None:
    script = rules(seed=7)
    told = mock.control("PUT", "/counterparts", {"operator": script, "kaynak": "benim.yaml"})["operator"]
    assert (told["betik"], told["kaynak"], told["yapilan"]) == (script, "benim.yaml", 0)
    assert mock.control("PUT", "/counterparts", {"operator": told["betik"]})["operator"]["kaynak"] == "api"


def test_a_script_can_be_yaml(mock: Whole) -> None:
    text = "rules:\n- when: waiting\n  do: accept\n"
    told = mock.control("PUT", "/counterparts", {"operator": text})
    assert told["operator"]["betik"] == {"rules": [{"when": "waiting", "do": "accept"}]}


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_script_can_be_one_line_of_yaml(mock: Whole, end: str) -> None:
    text = "{operators: all, rules: [{when: start, do: {status: cevrimici}}]}" + end
    assert mock.control("PUT", "/counterparts", {"operator": text})["operator"]["acik"] is True


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ("\n", "", "must be a mapping that has `seed`, `operators`, `rules`."),
        ("# boş\n", "", "must be a mapping that has `seed`, `operators`, `rules`."),
        ("off\n", "", "line 1: must be a mapping that has `seed`, `operators`, `rules`."),
        ("atuo\n", "", "line 1: must be a mapping that has `seed`, `operators`, `rules`."),
        ("rules: []", "/rules", "line 1: must be a list of 1 to 200 items."),
        ("rules: []\n", "/rules", "line 1: must be a list of 1 to 200 items."),
        ("of", "", "there is no `of`. Did you mean `off`? There are auto, off."),
    ],
)
def test_what_a_text_has_in_place_of_a_script_is_told_as_a_script_s_fault(
    mock: Whole, text: str, field: str, message: str
) -> None:
    refused = mock.ask("PUT", "/_mock/counterparts", {"operator": text}, accept_language="en")
    assert refused.json["hatalar"] == [{"alan": f"/operator{field}", "mesaj": message}]
    assert mock.control("GET", "/counterparts") == OFF


def test_what_they_did_and_will_do_is_counted(mock: Whole) -> None:
    scene = People(mock)
    scene.follow("operator", rules())
    scene.pass_time(0.1)
    told = mock.control("GET", "/counterparts")["operator"]
    assert (told["yapilan"], told["bekleyen"], told["son_sorun"]) == (3, 1, None)  # three came online, chat 42 waits


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"operatr": "auto"}, "/operatr", "did you mean `operator`"),
        ({"operator": "atuo"}, "/operator", "Did you mean `auto`"),
        ({"operator": {"rulez": []}}, "/operator/rulez", "Did you mean `rules`"),
        (
            {"operator": "rules:\n- when: wating\n  do: accept"},
            "/operator/rules/0/when",
            "line 2: there is no",
        ),
        ({"operator": {"operators": ["destk@example.com"], "rules": ACCEPT}}, "/operator/operators/0", "`destek@"),
        ({"operator": f"rules: {ACCEPT}\noperators: [destk@example.com]"}, "/operator/operators/0", "line 2: there is"),
        ({"ziyaretci": {"visitors": STRANGER, "rules": VISIT}}, "/ziyaretci/rules/0/do/page", "must be a text"),
        ({"ziyaretci": {"visitors": STRANGER, "rules": RATE}}, "/ziyaretci/visitors/0/key", "mean `CM_DEMO_2026`"),
        ({"operator": {"rules": [TRANSFER]}}, "/operator/rules/0/do/1/transfer", "there is no `yok@example.com`."),
        ({"operator": {"operators": ALONE, "rules": [CANNED]}}, "/operator/rules/0/do/canned/1", "mean `tesekkur`"),
        (
            {"operator": {"operators": ALONE, "rules": [GIVE]}},
            "/operator/rules/0/do/transfer",
            "`operator@example.com` is not among `operators`.",
        ),
        ({"operator": 7}, "/operator", ""),
        ({}, "", ""),
    ],
)
def test_what_is_wrong_is_told_and_switches_nothing(mock: Whole, body: Any, field: str, message: str) -> None:
    if body.get("ziyaretci") or "operator" in body:
        body = {**body, **({"ziyaretci": "auto"} if "operator" in body else {"operator": "auto"})}
    refused = mock.ask("PUT", "/_mock/counterparts", body, accept_language="en")
    assert refused.status == 422
    error = refused.json["hatalar"][0]
    assert error["alan"] == field
    assert message in error["mesaj"]
    assert mock.control("GET", "/counterparts") == OFF


def test_an_act_that_names_what_is_not_there_is_told_with_its_line(mock: Whole) -> None:
    text = f"rules:\n- {CANNED}\n"
    refused = mock.ask("PUT", "/_mock/counterparts", {"operator": text}, accept_language="en")
    assert refused.json["hatalar"][0]["mesaj"].startswith("line 2: there is no `tesekur`. Did you mean `tesekkur`?")


def test_acts_that_name_what_is_there_are_taken(mock: Whole) -> None:
    acts = [{"canned": "kargo"}, {"transfer": "colleague"}, "transfer"]
    script = {"rules": [GIVE, *({"when": "message", "do": act} for act in acts)]}
    assert mock.control("PUT", "/counterparts", {"operator": script})["operator"]["acik"] is True


def test_where_there_is_nothing_to_choose_from_that_is_told() -> None:
    assert str(unknown("/a", "b", ())) == "/a: there is no `b`; there are none at all."


def test_each_sandbox_has_its_own(mock: Whole) -> None:
    scene, other = People(mock), People(mock, "worker-1")
    other.follow("operator", rules())
    scene.pass_time(60)
    other.pass_time(60)
    assert (scene.chat(42).state, other.chat(42).state) == ("waiting", "active")
    assert mock.control("GET", "/counterparts") == OFF
    mock.control("DELETE", "/sandboxes/worker-1")
    assert mock.control("GET", "/counterparts", x_mock_sandbox="worker-1") == OFF


def test_a_mock_begins_with_scripts_once_it_runs(mock: Whole) -> None:
    async def run_for_a_moment() -> None:
        running = asyncio.create_task(mock.mock.run())
        await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    mock.mock.begin_with(default_script("operator"), "auto")
    assert mock.control("GET", "/counterparts") == OFF
    mock.run(run_for_a_moment())
    mock.mock._scripts.clear()
    assert mock.control("GET", "/counterparts")["operator"]["kaynak"] == "auto"


def test_a_mock_does_not_begin_with_people_whom_it_does_not_have(mock: Whole) -> None:
    script = script_of("operator", {"operators": ["kim@example.com"], "rules": [{"when": "waiting", "do": "accept"}]})
    with pytest.raises(WrongScript, match=r"there is no `kim@example\.com`"):
        mock.mock.begin_with(script, "kim.yaml")


def test_a_failure_of_theirs_is_logged_once_and_stops_nothing(
    mock: Whole, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: SimulatedOperators) -> None:
        raise ZeroDivisionError("by zero")

    scene = People(mock)
    monkeypatch.setattr(SimulatedOperators, "look", fail)
    scene.follow("operator", rules())
    assert scene.pass_time(60) == 0
    scene.pass_time(60)
    assert [record.message for record in caplog.records] == ["the simulated operator failed"]
    monkeypatch.undo()
    scene.pass_time(60)
    assert scene.chat(42).state == "active"


# What is told


WRONG_PROFILE = {
    "visitors": [{"key": "CM_DEMO_2026", "id": "elif", "profile": {"ad": "Elif", "email": "elif"}}],
    "rules": [{"when": {"every": 5}, "do": ["profile"]}],
}


def told(mock: Whole) -> Any:
    return mock.control("GET", "/counterparts")["ziyaretci"]


def test_what_was_refused_is_told_with_its_field(mock: Whole) -> None:
    scene = People(mock)
    scene.follow("visitor", WRONG_PROFILE)
    scene.pass_time(6)
    trouble = told(mock)["son_sorun"]
    assert trouble.startswith(
        "visitor:CM_DEMO_2026:elif, profile: set_customer_info: 422 alan_hatasi: 1 alan geçersiz. "
    )
    assert " /email: " in trouble


def test_trouble_and_count_begin_anew_with_another_script_and_with_a_reset(mock: Whole) -> None:
    scene = People(mock)
    both = {**WRONG_PROFILE, "rules": [{"when": {"every": 5}, "do": [{"page": "https://a.example/"}, "profile"]}]}
    scene.follow("visitor", both)
    scene.pass_time(6)
    assert (told(mock)["yapilan"], told(mock)["son_sorun"] is None) == (1, False)
    scene.follow("visitor", both)
    assert (told(mock)["yapilan"], told(mock)["son_sorun"]) == (0, None)
    scene.pass_time(6)
    assert (told(mock)["yapilan"], told(mock)["son_sorun"] is None) == (1, False)
    mock.control("POST", "/reset")
    assert (told(mock)["acik"], told(mock)["yapilan"], told(mock)["son_sorun"]) == (True, 0, None)


def test_what_an_earlier_script_had_planned_is_done_and_says_nothing_of_this_one(mock: Whole) -> None:
    scene = People(mock)
    page = {"page": "https://a.example/"}
    visit = {"when": "start", "do": [page, {"wait": 5}, page, "profile"]}
    scene.follow("visitor", {**WRONG_PROFILE, "rules": [visit]})
    scene.pass_time(1)
    scene.follow("visitor", {**WRONG_PROFILE, "rules": [{"when": "closed", "do": {"rate": 5}}]})
    assert told(mock)["bekleyen"] == 1
    scene.pass_time(10)
    assert len(scene.panel("GET", "context/elif")["sayfa_gecmisi"]) == 2
    assert (told(mock)["yapilan"], told(mock)["bekleyen"], told(mock)["son_sorun"]) == (0, 0, None)
