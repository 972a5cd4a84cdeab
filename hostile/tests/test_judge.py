"""The judge finds what is wrong with an answer, and nothing where nothing is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from hostile.answers import Answer
from hostile.attempts import Attempt, Framing, framing_of
from hostile.judge import Judge, failures

JUDGE = Judge([b"demo_api_secret_2026"], ["upload_file"])
WIDGET = b"POST /api/v1/widget/init HTTP/1.1\r\n\r\n"
PLAIN = Answer(400, {"connection": "close"}, b"Invalid HTTP request received.")


def problem(status: int = 422, headers: Mapping[str, str | None] | None = None, **changes: Any) -> Answer:
    """A refusal that is as it should be, but for the changes."""
    body = {"type": "t", "title": "t", "status": status, "detail": "d", "basarili": False, "kod": "k", "istek_id": "i"}
    merged = {"content-type": "application/problem+json", "x-request-id": "i"} | dict(headers or {})
    kept = {name: value for name, value in merged.items() if value is not None}
    return Answer(status, kept, json.dumps(body | changes).encode())


def attempt(framing: Framing = Framing.WHOLE, method: bytes = b"POST") -> Attempt:
    return Attempt("fields", "what", bytes, (method,), framing)


def test_right_refusal_passes() -> None:
    assert JUDGE.of(b"POST", problem()) == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (problem(500), "status 500"),
        (problem(501), "status 501"),
        (problem(headers={"x-request-id": None}, istek_id=None), "no X-Request-Id"),
        (problem(headers={"content-type": "text/html"}), "422 as text/html"),
        (problem(basarili=True), "basarili is True"),
        (problem(status=400, istek_id="j"), "istek_id is 'j'"),
        (problem(kod=None), "no kod"),
        (problem(401), "401 without www-authenticate"),
        (problem(405), "405 without allow"),
        (problem(429), "429 without retry-after"),
        (problem(429, {"retry-after": "1"}), "429 without ratelimit"),
        (problem(kod="alan_hatasi"), "alan_hatasi without hatalar"),
        (problem(kod="alan_hatasi", hatalar=[]), "alan_hatasi without hatalar"),
        (problem(kod="alan_hatasi", hatalar=[{"mesaj": "m"}]), "alan is None"),
        (problem(kod="alan_hatasi", hatalar=[{"alan": "ad"}]), "alan is 'ad'"),
        (problem(detail="demo_api_secret_2026"), "shows 'demo_api_secret_2026'"),
        (problem(detail="Traceback (most recent call last)"), "shows 'Traceback (most recent call last)'"),
        (Answer(400, problem().headers, b"\xff"), "the envelope is not JSON"),
        (Answer(400, problem().headers, b"[]"), "the envelope is no object"),
    ],
)
def test_defect_is_found(answer: Answer, found: str) -> None:
    assert any(sentence.startswith(found) for sentence in JUDGE.of(b"POST", answer))


def test_501_is_right_for_an_operation_that_is_not_written() -> None:
    answer = problem(501, detail="`upload_file` işlemi henüz yazılmadı.")
    raw = Answer(501, answer.headers, json.dumps(json.loads(answer.body), ensure_ascii=False).encode())
    assert JUDGE.of(b"POST", raw) == []


def test_widget_s_answers_must_be_readable_by_pages() -> None:
    assert failures(attempt(), WIDGET, [problem()], 1, JUDGE) == ["422 without CORS"]
    assert failures(attempt(), WIDGET, [problem(headers={"access-control-allow-origin": "*"})], 1, JUDGE) == []


def test_operator_s_answers_must_not_be_readable_by_pages() -> None:
    raw = b"GET /api/v1/operator/chats HTTP/1.1\r\n\r\n"
    answer = problem(headers={"access-control-allow-origin": "*"})
    assert failures(attempt(), raw, [answer], 1, JUDGE) == ["CORS where there should be none"]


def test_http_layer_s_plain_400_is_for_broken_http_only() -> None:
    assert failures(attempt(Framing.BROKEN), WIDGET, [PLAIN], 0, JUDGE) == []
    assert "0 of 1 requests reached the application" in failures(attempt(), WIDGET, [PLAIN], 0, JUDGE)


def test_connection_must_not_go_on_after_broken_http() -> None:
    stays = Answer(400, {}, PLAIN.body)
    found = failures(attempt(Framing.BROKEN), WIDGET, [stays], 0, JUDGE)
    assert found == ["the connection stays open after broken HTTP"]


@pytest.mark.parametrize("target", [b"", b"a", b"/a b", b"/\xff", b"%2Fa", b"/" + b"a" * 70_000, b"http://"])
def test_what_is_no_target_is_broken_http(target: bytes) -> None:
    assert framing_of(target) is Framing.BROKEN


@pytest.mark.parametrize("target", [b"/", b"//", b"/%", b"/a?b#c", b"http://127.0.0.1/a", b"HTTPS://x.y:80/"])
def test_target_is_whole_however_strange(target: bytes) -> None:
    assert framing_of(target) is Framing.WHOLE
