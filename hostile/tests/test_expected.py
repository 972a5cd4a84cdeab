"""The checks find what is not as the contract says, and nothing where it is."""

from __future__ import annotations

import json

import pytest

from hostile.answers import Answer
from hostile.attempts import Check
from hostile.expected import (
    answered,
    each,
    first_again,
    key_reused,
    no_replay,
    not_allowed,
    refused,
    whole_then_refused,
)

CREATED = Answer(201, {}, b'{"data": 1}')
OTHER = Answer(201, {}, b'{"data": 2}')
PLAIN = Answer(400, {"connection": "close"}, b"Invalid HTTP request received.")


def problem(status: int, code: str, **headers: str) -> Answer:
    return Answer(status, headers, json.dumps({"kod": code}).encode())


CLASH = problem(422, "anahtar_cakismasi")
NO_GET = problem(405, "yontem_desteklenmiyor", allow="GET, POST")


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (refused(404, "bulunamadi"), [problem(404, "bulunamadi")], [problem(404, "yol_bulunamadi")]),
        (refused(401), [problem(401, "token_gecersiz")], [problem(403, "yetki_yok")]),
        (refused(400, "cift_baslik"), [Answer(400, {}, b"")], [CREATED]),
        (answered(200, 201), [CREATED], [problem(409, "oturum_kapali")]),
        (not_allowed([b"GET", b"POST"]), [NO_GET], [problem(405, "yontem_desteklenmiyor", allow="GET")]),
        (each(201, 422), [CREATED, CLASH], [CREATED, CREATED]),
        (first_again, [CREATED, CREATED], [CREATED, OTHER]),
        (key_reused, [CREATED, CLASH], [CREATED, CREATED]),
        (no_replay, [CREATED, OTHER], [CREATED, CREATED]),
        (no_replay, [problem(404, "bulunamadi"), CLASH], [CREATED, CLASH]),
        (whole_then_refused, [Answer(200, {}, b"{}"), PLAIN], [PLAIN]),
        (whole_then_refused, [Answer(200, {}, b"{}"), PLAIN], [Answer(200, {}, b"{}")]),
    ],
)
def test_check_finds_the_wrong_answers_alone(check: Check, right: list[Answer], wrong: list[Answer]) -> None:
    assert check(right) == []
    assert len(check(wrong)) == 1
