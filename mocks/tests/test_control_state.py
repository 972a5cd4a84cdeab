"""The state over the control API: told, loaded, begun anew, per sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from mocks.control import state
from mocks.tests.whole import Whole, whole_mock

YAML = "application/yaml"


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


def _chat(mock: Whole, visitor: str = "yeni", **headers: str) -> int:
    answer = mock.widget("chat/start", {"ziyaretci_id": visitor, "mesaj": "Merhaba"}, **headers)
    chat_id: int = answer.json["data"]["oturum"]["id"]
    return chat_id


def _visitors(mock: Whole, **headers: str) -> list[str]:
    return [row["id"] for row in mock.control("GET", "/state", **headers).get("visitors", [])]


def test_the_state_is_told_in_json_and_in_yaml(mock: Whole) -> None:
    told = mock.control("GET", "/state")
    assert told["tenants"][0]["api_key"] == "CM_DEMO_2026"
    for answer in (
        mock.ask("GET", "/_mock/state?format=yaml"),
        mock.ask("GET", "/_mock/state", accept=YAML),
        mock.ask("GET", "/_mock/state", accept="text/yaml, */*;q=0.1"),
    ):
        assert answer.headers["content-type"] == YAML
        assert [row["id"] for row in yaml.safe_load(answer.body)["chats"]] == [42]
    assert mock.ask("GET", "/_mock/state?format=json", accept=YAML).headers["content-type"] == "application/json"
    wrong = mock.ask("GET", "/_mock/state?format=ymal", accept_language="en")
    assert wrong.json["hatalar"] == [{"alan": "/format", "mesaj": "Unknown; did you mean `yaml`?"}]


@pytest.mark.parametrize("media_type", [YAML, "text/yaml; charset=utf-8", "application/json"])
def test_what_was_saved_is_loaded_again(mock: Whole, media_type: str) -> None:
    chat_id = _chat(mock)
    saved = mock.ask("GET", f"/_mock/state?format={'json' if 'json' in media_type else 'yaml'}").body
    _chat(mock, "sonra")
    loaded = mock.ask("PUT", "/_mock/state", saved, content_type=media_type)
    assert loaded.json["satirlar"]["chats"] == 2
    assert "sonra" not in _visitors(mock)
    assert _chat(mock) == chat_id, "the chat is open as it was"


def test_a_broken_state_is_refused_and_the_state_stays(mock: Whole) -> None:
    chat_id = _chat(mock)
    saved = mock.ask("GET", "/_mock/state?format=yaml").body
    for broken, field in (
        (saved.replace(b"chat_id: 42\n  sequence", b"chat_id: 41\n  sequence"), "/messages/0/chat_id"),
        (b"version: 9\nsaved_at: 2026-01-01", "/version"),
        (b"a: [", ""),
    ):
        refused = mock.ask("PUT", "/_mock/state", broken, content_type=YAML)
        assert (refused.status, refused.json["hatalar"][0]["alan"]) == (422, field)
    assert mock.ask("PUT", "/_mock/state", b"a", content_type="text/plain").status == 415
    assert mock.ask("PUT", "/_mock/state?x=1", saved, content_type=YAML).status == 422
    assert _chat(mock) == chat_id


def test_a_state_that_is_too_large_is_refused(mock: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "BODY_LIMIT", 1_000)
    refused = mock.ask("PUT", "/_mock/state", b"#" * 1_001, content_type=YAML)
    assert (refused.status, refused.json["kod"]) == (413, "govde_cok_buyuk")


def test_reset_begins_with_the_demo_again_and_the_clock_too(mock: Whole) -> None:
    _chat(mock)
    mock.control("POST", "/clock", {"ilerlet": "3d", "hiz": 0})
    told = mock.control("POST", "/reset")
    assert told["satirlar"]["chats"] == 1
    assert "yeni" not in _visitors(mock)
    clock = mock.control("GET", "/clock")
    assert (clock["hiz"], abs(clock["fark_saniye"]) < 1) == (1, True)


def test_each_sandbox_has_its_own_state(mock: Whole) -> None:
    _chat(mock, "ilk")
    mock.control("POST", "/reset", {"senaryo": "empty"}, x_mock_sandbox="a")
    assert _visitors(mock, x_mock_sandbox="a") == []
    assert "ilk" in _visitors(mock)
    saved = mock.ask("GET", "/_mock/state?format=yaml").body
    mock.ask("PUT", "/_mock/state", saved, content_type=YAML, x_mock_sandbox="b")
    assert "ilk" in _visitors(mock, x_mock_sandbox="b")
    assert _visitors(mock, x_mock_sandbox="a") == []


OWN: dict[str, Any] = {
    "name": "kendi",
    "from": "empty",
    "steps": [{"call": "start_chat", "as": {"visitor": "ayse"}, "body": {"mesaj": "Merhaba"}}],
}


def test_reset_takes_a_scenario_by_name_or_as_it_is(mock: Whole) -> None:
    told = mock.control("GET", "/scenarios")["senaryolar"]
    assert {"busy-queue", "trial-ending", "storage-full", "offline", "empty"} == {one["ad"] for one in told}
    assert all(one["aciklama"] for one in told)
    assert mock.control("POST", "/reset", {"senaryo": "busy-queue"})["satirlar"]["chats"] > 20
    assert mock.control("POST", "/reset", {"senaryo": OWN})["satirlar"]["chats"] == 1
    assert _visitors(mock) == ["ayse"]


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"senaryo": "busy-queu"}, "/senaryo", "did you mean `busy-queue`?"),
        ({"senayo": "empty"}, "/senayo", "did you mean `senaryo`?"),
        (
            {"senaryo": {**OWN, "steps": [{"call": "start_chatt"}]}},
            "/senaryo/steps/0/call",
            "did you mean `start_chat`?",
        ),
        ({"senaryo": {**OWN, "steps": [{"call": "start_chat"}]}}, "/senaryo/steps/0/call", "401"),
        ({"senaryo": 7}, "/senaryo", ""),
    ],
)
def test_a_wrong_reset_names_the_field_and_resets_nothing(
    mock: Whole, body: dict[str, Any], field: str, said: str
) -> None:
    _chat(mock, "ilk")
    refused = mock.ask("POST", "/_mock/reset", body, accept_language="en")
    assert (refused.status, refused.json["hatalar"][0]["alan"]) == (422, field)
    assert said in refused.json["hatalar"][0]["mesaj"]
    assert "ilk" in _visitors(mock)
