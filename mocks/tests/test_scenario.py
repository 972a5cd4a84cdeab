"""Scenarios: steps are real calls; what is misspelt is said with its step; the same file is the same state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from impl.tests.client import DOCUMENT
from mocks.scenario.places import place_of
from mocks.state.wrong import WrongInput
from mocks.tests.whole import Whole, whole_mock

START = "name: deneme\nfrom: empty\nsteps:\n"
AYSE = "call: start_chat, as: {visitor: ayse}"


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


def _begin(mock: Whole, steps: str, start: str = START) -> dict[str, Any]:
    """Begin with these steps; the state then."""
    beginnings = mock.mock.parts.beginnings
    make = mock.run(beginnings.add((start + steps).encode()))
    mock.run(mock.mock.sandboxes.main.begin(make))
    state: dict[str, Any] = mock.control("GET", "/state")
    return state


def _age(mock: Whole, instant: str) -> float:
    return (mock.mock.sandboxes.main.clock.now() - datetime.fromisoformat(instant)).total_seconds()


def test_a_step_is_a_real_call_with_its_event(mock: Whole) -> None:
    state = _begin(mock, f"- {{{AYSE}, body: {{mesaj: Merhaba}}}}")
    assert [row["text"] for row in state["messages"]] == ["Merhaba"]
    assert [row["event"]["type"] for row in state["outbox"]] == ["ChatOpened"]
    assert "access_tokens" not in state


def test_what_an_answer_says_can_be_used_later(mock: Whole) -> None:
    steps = f"""
- {{{AYSE}, save: {{chat: data.oturum.id, first: data.oturum}}}}
- {{call: accept_chat, as: {{operator: destek@example.com}}, path: {{id: '${{chat}}'}}}}
- call: send_operator_message
  as: {{operator: destek@example.com}}
  path: {{id: '${{first.id}}'}}
  body: {{mesaj: 'No ${{chat}}, $${{chat}}'}}
"""
    state = _begin(mock, steps)
    (message,) = state["messages"]
    assert message["text"] == f"No {message['chat_id']}, ${{chat}}"


def test_steps_repeat_and_count(mock: Whole) -> None:
    steps = """
- repeat: 3
  advance: 1m
  steps:
  - {call: start_chat, as: {visitor: 'v${i}'}, save: {chat: data.oturum.id}}
  - each: [{text: bir}, {text: iki}]
    call: send_visitor_message
    as: {visitor: 'v1'}
    body: {oturum_id: 43, mesaj: '${text} ${i}'}
"""
    state = _begin(mock, steps)
    assert [row["visitor_id"] for row in state["chats"]] == ["v1", "v2", "v3"]
    assert [row["text"] for row in state["messages"]] == ["bir 1", "iki 2"] * 3
    assert [round(_age(mock, row["opened_at"]) / 60) for row in state["chats"]] == [2, 1, 0]


def test_time_passes_before_a_step_and_the_last_one_is_now(mock: Whole) -> None:
    state = _begin(mock, f"- {{{AYSE}}}\n- {{advance: 2h}}\n- {{call: start_chat, as: {{visitor: b}}, advance: 30m}}")
    ages = [_age(mock, row["opened_at"]) for row in state["chats"]]
    assert ages[0] == pytest.approx(2.5 * 3600, abs=2)
    assert ages[1] == pytest.approx(0, abs=2)


def test_what_falls_due_on_the_way_is_done(mock: Whole) -> None:
    state = _begin(mock, f"- {{{AYSE}}}\n- {{advance: 25h}}")
    assert state["chats"][0]["state"] == "closed"


def test_operators_stay_while_time_passes(mock: Whole) -> None:
    online = "- {call: set_operator_status, as: {operator: destek@example.com}, body: {durum: cevrimici}}\n"
    state = _begin(mock, f"{online}- {{advance: 5h}}")
    assert [row.get("state") for row in state["operators"]] == [None, "online", None]
    assert mock.widget("init", {"ziyaretci_id": "x"}).json["data"]["cevrimici"] is True
    mock.control("POST", "/clock", {"ilerlet": "1m"})
    assert mock.widget("init", {"ziyaretci_id": "x"}).json["data"]["cevrimici"] is True
    mock.control("POST", "/clock", {"ilerlet": "2m"})
    assert mock.widget("init", {"ziyaretci_id": "x"}).json["data"]["cevrimici"] is False, "nobody calls for them now"


def test_settings_that_no_call_changes(mock: Whole) -> None:
    steps = """
- set: {tenant: CM_PRATIKESNAF, trial_ends_at: 2d, allowed_origins: ['https://Firma.example:443'], name: Yeni}
- set: {trial_ends_at: null, secure_mode: true}
- set: {operator: destek@example.com, chat_limit: 2, muted: true, role: junior}
- {call: widget_init, as: {visitor: ayse}}
- {call: start_chat, as: {visitor: ayse}}
"""
    state = _begin(mock, steps)
    demo, esnaf, _ = state["tenants"]
    assert (esnaf["name"], esnaf["allowed_origins"]) == ("Yeni", ["https://firma.example"])
    assert _age(mock, esnaf["trial_ends_at"]) == pytest.approx(-2 * 86_400, abs=2)
    assert demo["secure_mode"] is True, "and the visitor's own token was used"
    (membership,) = [row for row in state["memberships"] if row["operator_id"] == 8]
    assert (membership["chat_limit"], membership["muted"], membership["role"]) == (2, True, "junior")


def test_the_same_scenario_is_the_same_state(mock: Whole) -> None:
    def told() -> Any:
        state = mock.control("POST", "/reset", {"senaryo": "busy-queue"})
        beginnings = mock.mock.parts.beginnings
        beginnings._built.clear()
        state = mock.control("GET", "/state")
        return {
            name: [_without_instants(row) for row in rows] for name, rows in state.items() if isinstance(rows, list)
        }

    assert told() == told()


def _without_instants(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_instants(item) for name, item in value.items()}
        case list():
            return [_without_instants(item) for item in value]
        case str() if value[:2] == "20" and value.endswith("+03:00"):
            return "an instant"
        case _:
            return value


def test_what_it_asks_is_not_journaled_and_leaves_no_token(mock: Whole) -> None:
    mock.control("POST", "/reset", {"senaryo": "busy-queue"})
    assert mock.control("GET", "/journal")["kayitlar"] == []


@pytest.mark.parametrize(
    ("steps", "place", "said"),
    [
        ("- {call: start_chatt}", "step 1, call", "did you mean `start_chat`?"),
        ("- {cal: start_chat}", "step 1, cal", "did you mean `call`?"),
        ("- {advance: 1m, boddy: {}}", "step 1, boddy", "Unknown"),
        (f"- {{{AYSE}}}\n- {{{AYSE}, body: {{mesja: a}}}}", "step 2, body/mesja", "did you mean `mesaj`?"),
        ("- {call: list_chats, query: {limitt: 1}}", "step 1, query/limitt", "did you mean `limit`?"),
        ("- {call: list_chats, body: {a: 1}}", "step 1, body", "takes no body"),
        ("- {call: accept_chat, path: {ID: 1}}", "step 1, path/ID", "did you mean `id`?"),
        ("- {call: accept_chat}", "step 1, path", "`id` is missing."),
        ("- {call: start_chat, as: {vistor: a}}", "step 1, as/vistor", "did you mean `visitor`?"),
        ("- {call: start_chat, as: {}}", "step 1, as", "Must be a `visitor` or an `operator`."),
        (
            "- {call: start_chat, as: {visitor: a, tenant: CM_DEMO_202}}",
            "step 1, as/tenant",
            "did you mean `CM_DEMO_2026`?",
        ),
        ("- {call: list_chats, as: {operator: desteg@example.com}}", "step 1, as/operator", "`destek@example.com`?"),
        ("- {call: list_chats, as: {operator: a, tenant: b}}", "step 1, as/tenant", "by email only"),
        (
            f"- {{{AYSE}, body: {{mesaj: '${{chatt}}'}}, save: {{chat: data}}}}",
            "step 1, body/mesaj",
            "there is no `chatt`",
        ),
        (f"- {{{AYSE}, save: {{chat: data.otrum.id}}}}", "step 1, save/chat", "did you mean `oturum`?"),
        (f"- {{{AYSE}, save: {{'a b': data}}}}", "step 1, save/a b", "letters, digits"),
        ("- {repeat: 2, steps: [{advance: 1m}, {call: nope}]}", "step 1.2, call", "Unknown"),
        (f"- {{{AYSE}, body: {{mesaj: '', email: x}}}}", "step 1, body/mesaj", ""),
        (
            "- {call: accept_chat, as: {operator: destek@example.com}, path: {id: 999}}",
            "step 1, call",
            "404 bulunamadi",
        ),
        ("- {call: list_chats, as: {operator: destek@example.com}, query: {limit: 0}}", "step 1, query/limit", "1"),
        ("- {advance: yarın}", "step 1, advance", "a duration"),
        ("- {advance: 9999d}", "steps", "At most 3660 days"),
        ("- {advance: 1s, repeat: 0}", "step 1, repeat", "from 1 to 10000"),
        ("- {advance: 1s, repeat: 2, each: []}", "step 1, each", "Not together"),
        ("- {repeat: 10000, steps: [{advance: 0}, {advance: 0}, {advance: 0}]}", "steps", "At most 20000"),
        ("- {}", "step 1", "Needs one of"),
        (f"- {{{AYSE}, set: {{}}}}", "step 1, as", "Unknown"),
        ("- {set: {secure_mod: true}}", "step 1, set/secure_mod", "did you mean `secure_mode`?"),
        ("- {set: {secure_mode: 1}}", "step 1, set/secure_mode", "`true` or `false`"),
        ("- {set: {allowed_origins: [firma]}}", "step 1, set/allowed_origins/0", "an origin"),
        ("- {set: {color: blue}}", "step 1, set/color", "Must be a colour such as `#2563EB`."),
        ("- {set: {name: ''}}", "step 1, set/name", "Must be one line of 1 to 120 characters."),
        (
            "- {set: {operator: destek@example.com, chat_limit: -3}}",
            "step 1, set/chat_limit",
            "Must be from 1 to 1000.",
        ),
        ("- {set: {tenant: CM_YOK, name: a}}", "step 1, set/tenant", "Unknown"),
        ("- {set: {operator: yok@example.com, role: owner}}", "step 1, set/operator", "has no member"),
        ("- {set: {operator: destek@example.com, role: boss}}", "step 1, set/role", "known: owner"),
        ("- 7", "step 1", "Must be an object."),
        ("  {}", "steps", "Must be a list."),
    ],
)
def test_what_is_wrong_is_said_with_its_step_and_field(mock: Whole, steps: str, place: str, said: str) -> None:
    with pytest.raises(WrongInput) as wrong:
        _begin(mock, steps)
    assert place_of(wrong.value.pointer) == place
    assert said in wrong.value.text.en, wrong.value


@pytest.mark.parametrize(
    ("step", "turkish", "english"),
    [
        ("- {call: accept_chat, as: {operator: destek@example.com}, path: {id: 999}}", "kayıt", "record"),
        ("- {call: list_chats, as: {operator: destek@example.com}, query: {limit: 0}}", "olmalı", "must be"),
    ],
)
def test_a_step_that_is_refused_is_told_in_both_languages(mock: Whole, step: str, turkish: str, english: str) -> None:
    with pytest.raises(WrongInput) as wrong:
        _begin(mock, step)
    text = wrong.value.text
    assert turkish in text.tr.lower(), text
    assert english in text.en.lower(), text
    assert turkish not in text.en.lower(), text


@pytest.mark.parametrize(
    ("start", "place"),
    [
        ("name: Büyük\nsteps:\n", "name"),
        ("nam: a\nsteps:\n", "nam"),
        ("name: a\nfrom: demoo\nsteps:\n", "from"),
        ("name: a\ndescription: 7\nsteps:\n", "description"),
    ],
)
def test_what_is_wrong_in_its_head_is_said(mock: Whole, start: str, place: str) -> None:
    with pytest.raises(WrongInput) as wrong:
        _begin(mock, "- {advance: 1m}", start)
    assert place_of(wrong.value.pointer) == place


def test_the_one_in_the_documentation_is_one(mock: Whole) -> None:
    text = (DOCUMENT.parent / "docs" / "mock.md").read_text("utf-8")
    (example,) = [block for block in text.split("```yaml\n") if block.startswith("name: mine")]
    state = _begin(mock, "", example.partition("```")[0])
    assert sorted(row.get("state", "waiting") for row in state["chats"]) == ["active", "waiting", "waiting", "waiting"]


# Those that came with cozum


def _dashboard(mock: Whole, email: str) -> dict[int, Any]:
    answer = mock.ask("GET", "/api/v1/operator/dashboard", **mock.signed_in(email))
    return {one["musteri_id"]: one for one in answer.json["data"]["musteriler"]}


def _banner(mock: Whole, visitor: str) -> dict[str, Any]:
    answer = mock.ask("GET", f"/api/v1/operator/context/{visitor}", **mock.signed_in())
    return {one["tip"]: one for one in answer.json["data"]["banner"]}


def test_busy_queue_has_what_it_says(mock: Whole) -> None:
    mock.control("POST", "/reset", {"senaryo": "busy-queue"})
    numbers = {**_dashboard(mock, "operator@example.com"), **_dashboard(mock, "yalniz@example.com")}
    assert sorted(numbers) == [1, 2, 3]
    assert sum(one["bekleyen"] for one in numbers.values()) == 24
    assert sum(one["aktif"] for one in numbers.values()) == 5
    state = mock.control("GET", "/state")
    assert [row["rating"] for row in state["chats"] if "rating" in row] == [5, 2, 4]
    for key in ("CM_DEMO_2026", "CM_YALNIZ_2026"):
        assert mock.widget("init", {"ziyaretci_id": "x"}, x_api_key=key).json["data"]["cevrimici"] is True


def test_trial_ending_is_red_with_two_days_left(mock: Whole) -> None:
    mock.control("POST", "/reset", {"senaryo": "trial-ending"})
    assert (_banner(mock, "abc123")["trial"]["deger"], _banner(mock, "abc123")["trial"]["kritik"]) == ("2 gün", True)
    assert _banner(mock, "user_42")["trial"]["deger"] == "Süresi doldu"
    assert _banner(mock, "yeni_uye")["trial"]["kritik"] is False
    esnaf = {"x_api_key": "CM_PRATIKESNAF", "origin": "https://pratikesnaf.com"}
    body = {"ziyaretci_id": "yeni", "mesaj": "a"}
    assert mock.widget("chat/start", body, **esnaf).status == 201
    mock.control("POST", "/clock", {"ilerlet": "2d"})
    assert mock.widget("chat/start", {**body, "ziyaretci_id": "sonra"}, **esnaf).status == 402


def test_storage_full_is_red_from_ninety_percent(mock: Whole) -> None:
    mock.control("POST", "/reset", {"senaryo": "storage-full"})
    shown = {visitor: _banner(mock, visitor)["depolama"] for visitor in ("abc123", "user_42", "sinirda")}
    assert [one["kritik"] for one in shown.values()] == [True, True, True]
    assert [one["deger"][-5:].lstrip(" (") for one in shown.values()] == ["%98)", "%100)", "%90)"]


def test_offline_has_nobody_and_a_waiting_queue(mock: Whole) -> None:
    mock.control("POST", "/reset", {"senaryo": "offline"})
    assert mock.widget("init", {"ziyaretci_id": "x"}).json["data"]["cevrimici"] is False
    state = mock.control("GET", "/state")
    assert [row.get("state", "waiting") for row in state["chats"]] == ["waiting"] * 3
    assert [row["event"]["type"] for row in state["outbox"]].count("OperatorWentOffline") == 1
    assert len(state["tickets"]) == 1


def test_empty_has_tenants_and_operators_and_nobody_else(mock: Whole) -> None:
    mock.control("POST", "/reset", {"senaryo": "empty"})
    state = mock.control("GET", "/state")
    assert [len(state[name]) for name in ("tenants", "operators", "memberships")] == [3, 3, 4]
    assert not {"visitors", "chats", "messages", "tickets", "outbox"} & state.keys()
    started = mock.widget("chat/start", {"ziyaretci_id": "ilk"})
    assert started.status == 201
    assert datetime.fromisoformat(
        started.json["data"]["oturum"]["baslangic"]
    ) - datetime.now().astimezone() < timedelta(seconds=5)


def test_a_file_that_cannot_be_built_leaves_the_one_that_was_known(mock: Whole) -> None:
    beginnings = mock.mock.parts.beginnings
    head = "name: benim\ndescription: Bir sohbet.\nfrom: demo\nsteps:\n"
    good = "- call: start_chat\n  as: {visitor: yeni}\n  body: {ziyaretci_id: yeni, mesaj: Merhaba}\n"
    bad = "- call: accept_chat\n  as: {operator: destek@example.com}\n  path: {id: 999}\n"
    mock.run(beginnings.add((head + good).encode()))
    with pytest.raises(WrongInput):
        mock.run(beginnings.add((head + bad).encode()))
    assert mock.control("POST", "/reset", {"senaryo": "benim"})["satirlar"]["chats"] == 2
