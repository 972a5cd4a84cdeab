"""`Prefer` chooses an answer of the mock, and says so; what it cannot choose it says too."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from impl.contract.plan import Plan
from impl.tests.client import DEMO_KEY, application
from mocks.documented import examples_of
from mocks.faults import Faults
from mocks.tests.asking import Got, Mock

PLANS: Final = application().plans
INIT: Final = "/api/v1/widget/init"
START: Final = "/api/v1/widget/chat/start"
CHATS: Final = "/api/v1/operator/chats"
KEY: Final = ("x-api-key", DEMO_KEY)


@pytest.fixture
def mock() -> Iterator[Mock]:
    made = Mock()
    yield made
    made.client.close()


def _prefer(mock: Mock, preference: str, method: str = "POST", path: str = INIT, *more: tuple[str, str]) -> Got:
    return mock.ask(method, path, [("prefer", preference), *more])


def _path(plan: Plan) -> str:
    return re.sub("{[^}]*}", "5", plan.path)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
def test_every_documented_status_can_be_chosen_and_keeps_the_contract(mock: Mock, plan: Plan) -> None:
    for code, response in plan.responses.items():
        got = _prefer(mock, f"code={code}", plan.method, _path(plan))
        assert (got.status, got.headers["preference-applied"]) == (int(code), f"code={code}")
        assert {name.lower() for name in response.get("headers", {})} <= got.headers.keys()
    assert not mock.broken


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
def test_generated_answers_of_every_operation_keep_the_contract(mock: Mock, plan: Plan) -> None:
    for code in plan.responses:
        for number in range(20):
            got = _prefer(mock, f"code={code}, dynamic=true", plan.method, f"{_path(plan)}?n={number}")
            assert got.status == int(code)
    assert not mock.broken


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
def test_every_documented_example_can_be_chosen_by_its_name(mock: Mock, plan: Plan) -> None:
    for code, response in plan.responses.items():
        for media_type, media in response.get("content", {}).items():
            for name, value in examples_of(media).items():
                accept = ("accept", media_type)
                got = _prefer(mock, f"code={code}, example={name}", plan.method, _path(plan), accept)
                assert got.headers["content-type"].startswith(media_type)
                changed = {"istek_id": got.headers["x-request-id"]} if media_type.startswith("application/p") else {}
                assert (got.json == value | changed) if media_type.endswith("json") else (got.body.decode() == value)


def test_a_chosen_answer_needs_no_key_and_changes_no_state(mock: Mock) -> None:
    body = {"ziyaretci_id": "abc123"}
    got = mock.ask("POST", START, [("prefer", "code=201"), KEY], body)
    assert (got.status, got.json["data"]["oturum"]["id"]) == (201, 43)
    assert _prefer(mock, "code=201", "POST", START).status == 201
    real = mock.ask("POST", START, [KEY], body)
    assert (real.status, real.json["data"]["oturum"]["id"]) == (201, 43)


@pytest.mark.parametrize(
    ("query", "preference"),
    [
        ("__code=429", "code=429"),
        ("__code=404&limit=5", "code=404"),
        ("__dynamic=true&__code=200", "code=200, dynamic=true"),
        ("__example=ziyaretci", "example=ziyaretci"),
        ("__code=999", "code=999"),
        ("__code=429&__code=500", "code=429"),
        ("__code=503&__delay=1", "code=503, delay=1"),
    ],
)
def test_a_preference_in_the_query_means_the_same(mock: Mock, query: str, preference: str) -> None:
    got, meant = mock.ask("POST", f"{INIT}?{query}"), _prefer(mock, preference)
    assert (got.status, got.json.keys()) == (meant.status, meant.json.keys())
    assert got.headers.get("preference-applied") == meant.headers.get("preference-applied")


def test_a_header_goes_before_the_query_and_other_parameters_are_none(mock: Mock) -> None:
    assert _prefer(mock, "code=429", "POST", f"{INIT}?__code=403").status == 429
    assert _prefer(mock, "delay=1", "POST", f"{INIT}?__code=403").status == 403
    assert mock.ask("POST", f"{INIT}?__kod=403", [KEY], {"ziyaretci_id": "abc123"}).status == 200


def test_429_says_when_to_try_again(mock: Mock) -> None:
    got = _prefer(mock, "code=429")
    assert (got.headers["retry-after"], got.headers["ratelimit"]) == ("30", '"login";r=0;t=30')
    assert (got.json["status"], got.json["istek_id"]) == (429, got.headers["x-request-id"])


def test_an_example_alone_is_found_in_whichever_answer_has_it(mock: Mock) -> None:
    assert _prefer(mock, "example=ziyaretci").status == 200
    got = _prefer(mock, "example=ziyaretciToken")
    assert (got.status, got.json["kod"]) == (401, "ziyaretci_token_gerekli")


def test_a_documented_problem_is_in_english_where_that_is_preferred(mock: Mock) -> None:
    got = _prefer(mock, "code=429", "POST", INIT, ("accept-language", "en"))
    assert got.headers["content-language"] == "en"
    assert (got.json["title"], got.json["detail"]) == ("Too many requests", "Try again in 30 seconds.")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("application/*;q=0.1, text/*", "text/html; charset=utf-8"),
        ("text/*, text/html;q=0", "application/json"),
        ("image/gif", "application/json"),
    ],
)
def test_of_page_and_json_the_one_comes_that_accept_prefers(mock: Mock, accept: str, media_type: str) -> None:
    got = _prefer(mock, "code=200", "GET", "/portal/projeler", *([("accept", accept)] if accept else []))
    assert got.headers["content-type"] == media_type


@pytest.mark.parametrize(
    ("preference", "why"),
    [
        ("code=418", "`code=418`: `widget_init` has no such answer in the document."),
        ("code=200, example=yok", "`example=yok`: 200 has no example of that name."),
        ("code=200, example=cok", "`example=cok`: 200 has no example of that name."),
        ("example=yok", "`example=yok`: `widget_init` has no example of that name."),
        ("delay=x", "`delay=x` must be an integer from 0 to 60000 (milliseconds)."),
        ("dynamic=x", "`dynamic=x` must be true or false."),
    ],
)
def test_a_wrong_preference_says_which_codes_and_examples_exist(mock: Mock, preference: str, why: str) -> None:
    got = _prefer(mock, preference, "POST", INIT, ("accept-language", "en"))
    assert (got.status, got.json["kod"]) == (400, "gecersiz_tercih")
    assert got.json["detail"].startswith(f"{why} This operation has: 200 (ziyaretci); 400 (json); 401 (anahtar, ")
    assert got.json["secenekler"]["401"] == ["anahtar", "ziyaretciToken"]
    assert "preference-applied" not in got.headers
    assert not mock.broken


def test_a_wrong_preference_is_told_in_turkish_too(mock: Mock) -> None:
    detail = _prefer(mock, "code=418").json["detail"]
    assert detail.startswith("`code=418`: `widget_init` için belgede böyle bir yanıt yok. Bu işlemde olanlar: 200")


def test_every_refusal_of_a_preference_keeps_the_contract(mock: Mock) -> None:
    for plan in PLANS:
        assert _prefer(mock, "code=299", plan.method, _path(plan)).status == 400
    assert not mock.broken


def test_the_same_request_is_generated_the_same_answer_and_another_one_another(mock: Mock) -> None:
    def data(path: str, body: object = None, seeded: Mock = mock) -> Any:
        return seeded.ask("GET", path, [("prefer", "dynamic=true")], body).json["data"]

    other_seed = Mock(Faults(seed=7))
    first = data(CHATS)
    assert data(CHATS) == first
    assert data(f"{CHATS}?limit=5") != first
    assert data(CHATS, {"a": 1}) != first
    assert data(CHATS, seeded=other_seed) != first
    other_seed.client.close()


def test_generated_texts_look_turkish(mock: Mock) -> None:
    got = b"".join(_prefer(mock, "dynamic=true", "GET", f"{CHATS}?n={number}").body for number in range(10)).decode()
    assert set("çğıöşü") <= set(got)
    assert "+03:00" in got


def test_delay_alone_holds_back_the_stateful_answer(mock: Mock) -> None:
    start = time.perf_counter()
    got = mock.ask("POST", START, [("prefer", "delay=120"), KEY], {"ziyaretci_id": "abc123"})
    assert time.perf_counter() - start >= 0.12
    assert (got.status, got.headers["preference-applied"]) == (201, "delay=120")
    assert mock.ask("POST", START, [KEY], {"ziyaretci_id": "abc123"}).status == 200


def test_delay_holds_back_a_chosen_answer_too(mock: Mock) -> None:
    start = time.perf_counter()
    assert _prefer(mock, "code=503, delay=100").status == 503
    assert time.perf_counter() - start >= 0.1


def test_pages_of_other_origins_can_read_what_was_applied(mock: Mock) -> None:
    assert "Preference-Applied" in _prefer(mock, "code=429").headers["access-control-expose-headers"]


@pytest.mark.parametrize("preference", ["respond-async", "return=minimal", ""])
def test_other_preferences_are_ignored(mock: Mock, preference: str) -> None:
    got = mock.ask("POST", INIT, [("prefer", preference), KEY], {"ziyaretci_id": "abc123"})
    assert got.status == 200
    assert "preference-applied" not in got.headers


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/yok", 404), ("GET", INIT, 405), ("GET", "/docs", 200)]
)
def test_what_is_no_operation_has_nothing_to_choose(mock: Mock, method: str, path: str, status: int) -> None:
    assert _prefer(mock, "code=429", method, path).status == status


def test_an_unpreferred_answer_is_the_applications_own(mock: Mock) -> None:
    assert "preference-applied" not in mock.ask("POST", INIT, [KEY], {"ziyaretci_id": "abc123"}).headers
