"""Operators signing in and out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contract_tests.caller import PARAMETER
from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.document import Operation

TAB = ("id", "firma_adi", "logo_url", "renk_primary", "sira", "sessize_alindi", "rol", "max_chat_per_tenant")


@check("auth.required")
def token_is_needed(judge: Judge) -> None:
    token = judge.client.token()
    number, _, secret = token.partition("|")
    changed = ("A" if secret[0] != "A" else "B") + secret[1:]
    wrong = ["", "Bearer", f"Bearer {number}|{changed}", f"Bearer {number}|", f"Bearer |{secret}", f"Basic {token}"]
    wrong += [f"Bearer {secret}", f"Bearer 999999999|{secret}", f"Bearer {number}|{secret[:-1]}", f"Bearer {token}x"]
    for text in wrong:
        answer = judge.client.call("GET", "/api/v1/operator/chats", headers={"Authorization": text})
        judge.expect(answer, 401, "token_gecersiz")
        judge.must("www-authenticate" in answer.headers, "WWW-Authenticate", answer, answer.headers)
    for method, path in (("GET", "tenants"), ("GET", "context/x"), ("POST", "chat/1/accept"), ("GET", "tickets")):
        judge.expect(judge.client.call(method, f"/api/v1/operator/{path}"), 401, "token_gecersiz")
    judge.expect(judge.client.call("POST", "/api/v1/auth/logout"), 401, "token_gecersiz")


@check("auth.alike")
def wrong_email_and_password_answer_alike(judge: Judge) -> None:
    known = judge.target.least_needed()
    password = judge.client.login(replace(known, password="yanlis-" + known.password))
    right = judge.client.login(known)  # so that failures do not add up, where it ends their count
    email = judge.client.login(replace(known, email=f"{judge.client.visitor()}@example.com"))
    judge.expect(password, 401, "giris_hatali")
    judge.expect(email, 401, "giris_hatali")
    judge.must(_shown(password) == _shown(email), f"the same as {_shown(password)}", email)
    judge.expect(right, 200)
    judge.expect(judge.client.call("POST", "/api/v1/auth/logout", token=right.data["token"]), 200)


def _shown(answer: Answer) -> dict[str, Any]:
    return {name: value for name, value in answer.value.items() if name != "istek_id"}


@check("auth.logout")
def token_is_dead_after_logout(judge: Judge) -> None:
    client = judge.client
    kept = client.token()
    token = client.login(judge.target.operator).data["token"]
    paths = [PARAMETER.sub("0", one.path) for one in judge.document.operations if _is_reading(one)]
    for path in paths:
        _lives(judge, client.call("GET", path, token=token))
    judge.expect(client.call("POST", "/api/v1/auth/logout", token=token), 200)
    for path in paths:
        judge.refused(client.call("GET", path, token=token), 401, "token_gecersiz")
    if judge.whole:
        judge.expect(client.call("POST", "/api/v1/auth/logout", token=token), 401, "token_gecersiz")
    for path in paths:
        _lives(judge, client.call("GET", path, token=kept))


def _is_reading(operation: Operation) -> bool:
    return operation.method == "GET" and operation.path.startswith("/api/v1/operator/")


def _lives(judge: Judge, answer: Answer) -> None:
    judge.must(answer.status != 401, "a token that is known", answer)


@check("auth.tenants")
def login_answers_the_tabs(judge: Judge) -> None:
    answer = judge.client.login(judge.target.operator)
    operator = answer.data["operator"]
    tabs = operator["musteriler"]
    judge.must(answer.data["token_tipi"] == "Bearer", "token_tipi Bearer", answer)
    judge.must(operator["musteri_id"] in [tab["id"] for tab in tabs], "musteri_id among musteriler", answer)
    judge.must(all(set(TAB) <= tab.keys() for tab in tabs), f"each with {', '.join(TAB)}", answer)
    judge.expect(judge.client.call("POST", "/api/v1/auth/logout", token=answer.data["token"]), 200)
    if judge.whole:
        _stand_in_order(judge, answer, tabs)


def _stand_in_order(judge: Judge, answer: Answer, tabs: list[dict[str, Any]]) -> None:
    """In the answer to login, and in the list of which the reference shows nothing."""
    order = [tab["sira"] for tab in tabs]
    judge.must(order == sorted(order), "musteriler in tab order", answer, order)
    listed = judge.client.operator("GET", "tenants")
    judge.must({t["id"] for t in listed.data["musteriler"]} == {t["id"] for t in tabs}, "the same tenants", listed)
    order = [tab["sira"] for tab in listed.data["musteriler"]]
    judge.must(order == sorted(order), "musteriler in tab order", listed, order)
