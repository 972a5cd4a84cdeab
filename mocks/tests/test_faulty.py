"""What faults do to answers, and to the state behind them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from impl.tests.client import DEMO_KEY
from mocks.fault import Delay, Fault
from mocks.faults import Faults
from mocks.tests.asking import Got, Mock

KEY: Final = ("x-api-key", DEMO_KEY)
START: Final = "/api/v1/widget/chat/start"
INIT: Final = "/api/v1/widget/init"
VISITOR: Final = {"ziyaretci_id": "abc123"}


@pytest.fixture
def mock() -> Iterator[Mock]:
    made = Mock()
    yield made
    made.client.close()


def _init(mock: Mock, fault: str = "") -> Got:
    return mock.ask("POST", INIT, [KEY, *([("x-mock-fault", fault)] if fault else [])], VISITOR)


def _start(mock: Mock) -> Got:
    return mock.ask("POST", START, [KEY], VISITOR)


def test_a_status_is_the_documented_problem_and_nothing_is_handled(mock: Mock) -> None:
    mock.faults.add(Fault("start_chat", count=1, status=429))
    got = _start(mock)
    assert (got.status, got.json["kod"], got.headers["retry-after"]) == (429, "cok_fazla_istek", "30")
    assert _start(mock).status == 201


def test_a_status_can_name_its_example(mock: Mock) -> None:
    mock.faults.add(Fault(status=401, example="ziyaretciToken"))
    assert _init(mock).json["kod"] == "ziyaretci_token_gerekli"
    assert mock.ask("POST", "/api/v1/auth/login", body={}).json["kod"] == "giris_hatali"


@pytest.mark.parametrize(
    ("status", "code", "title"),
    [(500, "sunucu_hatasi", "Sunucu hatası"), (502, "yapay_hata", "Yapay hata"), (418, "yapay_hata", "Yapay hata")],
)
def test_a_status_that_is_not_documented_is_a_problem_too(mock: Mock, status: int, code: str, title: str) -> None:
    got = _init(mock, f"status={status}")
    assert (got.status, got.json["status"], got.json["kod"], got.json["title"]) == (status, status, code, title)
    assert got.json["istek_id"] == got.headers["x-request-id"]
    assert not mock.broken


def test_closing_before_handling_changes_nothing_and_after_it_loses_only_the_answer(mock: Mock) -> None:
    mock.faults.replace([Fault(count=1, close="request")])
    assert _start(mock) == Got(0, {}, [], whole=False)
    mock.faults.replace([Fault(count=1, close="before")])
    assert _start(mock) == Got(0, {}, [], whole=False)
    assert _start(mock).status == 200  # the second one opened the chat
    assert mock.statuses == [0, 0, 200]


def test_closing_inside_the_body_promises_more_than_comes(mock: Mock) -> None:
    whole = _init(mock)
    got = _init(mock, "close=inside")
    assert (got.status, got.whole) == (200, False)
    assert got.body == whole.body[: len(whole.body) // 2]
    assert int(got.headers["content-length"]) == len(whole.body)


def test_a_truncated_body_has_a_true_length_and_is_no_json(mock: Mock) -> None:
    got = _init(mock, "body=truncated")
    assert got.whole
    assert int(got.headers["content-length"]) == len(got.body)
    with pytest.raises(json.JSONDecodeError):
        json.loads(got.body)


def test_a_malformed_body_is_no_json(mock: Mock) -> None:
    got = _init(mock, "body=malformed")
    assert (got.status, got.headers["content-type"]) == (200, "application/json")
    assert int(got.headers["content-length"]) == len(got.body)
    with pytest.raises(json.JSONDecodeError):
        json.loads(got.body)


def test_a_fault_that_was_asked_for_is_not_told_as_a_broken_contract(mock: Mock) -> None:
    for fault in ("body=malformed", "body=truncated", "close=inside", "status=502"):
        _init(mock, fault)
    assert not mock.broken


def test_a_throttled_body_comes_in_parts_at_that_rate(mock: Mock) -> None:
    whole = _init(mock)
    start = time.perf_counter()
    got = _init(mock, f"throttle={len(whole.body) * 2}")
    seconds = time.perf_counter() - start
    assert (got.body, got.whole) == (whole.body, True)
    assert 4 <= len(got.parts) <= 6
    assert 0.35 <= seconds < 3


def test_an_answer_is_late_by_what_the_fault_says(mock: Mock) -> None:
    mock.faults.add(Fault(delay=Delay("fixed", (120,))))
    start = time.perf_counter()
    assert _init(mock).status == 200
    assert time.perf_counter() - start >= 0.12


@pytest.mark.parametrize("fault", ["delay=60000", "delay=10, throttle=1"])
def test_a_late_answer_is_given_up_once_its_client_has_left(mock: Mock, fault: str) -> None:
    async def receive() -> Any:
        return told.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    sent: list[Any] = []
    told = [{"type": "http.request", "body": json.dumps(VISITOR).encode()}, *[{"type": "http.disconnect"}] * 9]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": INIT,
        "query_string": b"",
        "client": ("127.0.0.1", 1),
    }
    headers = [(b"x-api-key", DEMO_KEY.encode()), (b"content-type", b"application/json")]
    scope |= {"headers": [*headers, (b"x-mock-fault", fault.encode())], "cozum.tests.world": mock.client.world}

    async def leaving() -> None:
        async with asyncio.timeout(5):
            await mock.app(scope, receive, send)

    mock.client.run(leaving())
    assert len(sent) <= 2


def test_the_header_takes_json_too(mock: Mock) -> None:
    assert _init(mock, '{"status": 503, "chance": 1}').status == 503


def test_several_headers_add_up(mock: Mock) -> None:
    got = mock.ask("POST", INIT, [KEY, ("x-mock-fault", "status=503"), ("x-mock-fault", "body=truncated")], VISITOR)
    assert (got.status, got.body[-1:] != b"}") == (503, True)


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        ("stauts=503", "`X-Mock-Fault` (/stauts): there is no such member. Did you mean `status`? There are operation"),
        ("status=200", "`X-Mock-Fault` (/status): must be an integer from 400 to 599."),
        ("status", "`X-Mock-Fault`: `status` cannot be read"),
        ("{", "`X-Mock-Fault`: is not JSON: "),
        ("status=503, count=1", "`X-Mock-Fault` (/count): the header is for this request alone"),
        ("status=503, operation=login", "`X-Mock-Fault` (/operation): the header is for this request alone"),
        ("", "`X-Mock-Fault`: needs at least one of `delay`, `status`"),
    ],
)
def test_a_header_that_is_no_fault_is_refused_with_the_reason(mock: Mock, fault: str, detail: str) -> None:
    got = mock.ask("POST", INIT, [KEY, ("x-mock-fault", fault), ("accept-language", "en")], VISITOR)
    assert (got.status, got.json["kod"]) == (400, "gecersiz_hata_tanimi")
    assert got.json["detail"].startswith(detail)
    assert not mock.broken


def test_the_reason_is_turkish_too(mock: Mock) -> None:
    assert "(/stauts): Böyle bir üye yok. `status` mi demek istediniz?" in _init(mock, "stauts=503").json["detail"]


def test_a_fault_meets_a_preferred_answer_too(mock: Mock) -> None:
    got = mock.ask("POST", INIT, [("prefer", "code=200"), ("x-mock-fault", "body=malformed")])
    assert (got.status, got.body[-2:]) == (200, b",]")


def test_of_the_same_seed_the_same_requests_meet_the_same_faults() -> None:
    def statuses(seed: int) -> list[int]:
        mock = Mock(Faults(seed))
        mock.faults.add(Fault(status=503, chance=0.5))
        met = [_init(mock).status for _ in range(30)]
        mock.client.close()
        return met

    assert statuses(1) == statuses(1) != statuses(2)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/yok", 404), ("GET", INIT, 405), ("GET", "/docs", 200)]
)
def test_what_is_no_operation_meets_no_fault(mock: Mock, method: str, path: str, status: int) -> None:
    mock.faults.add(Fault(status=503))
    assert mock.ask(method, path, [("x-mock-fault", "status=500")]).status == status


def test_preflights_allow_what_only_the_mock_reads_where_it_is_asked_for(mock: Mock) -> None:
    def allowed(asked: str) -> str:
        got = mock.ask("OPTIONS", INIT, [("access-control-request-headers", asked)])
        assert got.status == 204
        return got.headers["access-control-allow-headers"]

    usual = allowed("x-api-key")
    assert not {"prefer", "x-mock-fault"} & set(usual.lower().split(", "))
    assert allowed("prefer, x-api-key,x-mock-fault") == f"{usual}, Prefer, X-Mock-Fault"


def test_what_has_no_preflight_gets_none(mock: Mock) -> None:
    asked = [("access-control-request-headers", "prefer")]
    got = mock.ask("OPTIONS", "/api/v1/operator/chats", asked)
    assert got.status == 405
    assert "access-control-allow-headers" not in got.headers
