"""What time changes by itself."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from typing import Final

from contract_tests.checks import Judge, banner_item, check
from contract_tests.client import Answer
from contract_tests.findings import NotJudged
from contract_tests.target import Login

HOUR: Final = 3600
DAY: Final = 24 * HOUR
NEAR: Final = 120
"""Seconds that what is called by the way may take: so far from an edge is judged."""
TRIES: Final = 6
TIMES: Final = 6
"""Who is so many times as quick does less."""
SHORT: Final = 0.003
"""Seconds: who checks a password as quickly keeps nothing secret by it."""
LONGEST: Final = 400 * DAY
"""No token is waited for longer."""


def _state(judge: Judge, token: str) -> Answer:
    return judge.client.call("GET", "/api/v1/operator/tenants", token=token)


@check("auth.expiry")
def token_dies_when_it_says(judge: Judge) -> None:
    answer = judge.client.login(judge.target.operator)
    token, told = answer.data["token"], answer.data.get("gecerlilik")
    if not told:
        raise NotJudged("login does not tell how long a token lives")
    left = datetime.fromisoformat(told).timestamp() - judge.client.now()
    judge.must(left > 0, "gecerlilik in the future", answer, told)
    if left > LONGEST or left < 3 * NEAR:
        raise NotJudged(f"a token lives for {left:.0f} s")
    judge.advance(left - NEAR)
    judge.expect(_state(judge, token), 200)
    judge.advance(2 * NEAR)
    judge.expect(_state(judge, token), 401, "token_gecersiz")


def _dead_tokens(judge: Judge) -> None:
    """Let all tokens die that somebody may have, so that the next one is the only one."""
    answer = judge.client.login(judge.target.operator)
    told = answer.data.get("gecerlilik")
    left = datetime.fromisoformat(told).timestamp() - judge.client.now() if told else LONGEST
    if left >= LONGEST:
        raise NotJudged("nobody knows when the other tokens die")
    judge.advance(left + NEAR)


@check("status.logout")
def last_logout_goes_offline(judge: Judge) -> None:
    _dead_tokens(judge)
    client, visitor = judge.client, judge.client.visitor()
    first = client.token()
    client.operator("PUT", "status", body={"durum": "cevrimici"}).succeeded()
    chat = client.chat(visitor)
    client.accept(chat).succeeded()
    second = client.login(judge.target.operator).data["token"]
    for token, state, where in ((second, "cevrimici", "aktif"), (first, "cevrimdisi", "bekliyor")):
        answer = judge.expect(client.call("POST", "/api/v1/auth/logout", token=token), 200)
        judge.must(answer.data["durum"] == state, f"durum {state}", answer)
        seen = client.read(visitor, chat)
        judge.must(seen.data["durum"] == where, f"the chat {where}", seen)
    client.forget_tokens()


@check("chat.forgotten")
def forgotten_chat_is_closed(judge: Judge) -> None:
    """Chats that nobody called after, the visitor asked after, and the operator did."""
    client = judge.client
    visitors = [client.visitor() for _ in range(3)]
    left, visited, answered = chats = [client.chat(visitor) for visitor in visitors]
    judge.advance(DAY - HOUR)
    client.read(visitors[1], visited).succeeded()
    client.operator("GET", f"chat/{answered}/messages").succeeded()
    queue = {chat["id"] for chat in client.queue()}
    judge.must(set(chats) <= queue, "all three open after 23 h", client.operator("GET", "chats"), sorted(queue))
    judge.advance(HOUR + NEAR)
    answer = client.read(visitors[0], left)
    senders = [message["gonderen"] for message in answer.data["mesajlar"]]
    told = answer.data["durum"], senders
    judge.must(told == ("kapandi", ["sistem"]), "kapandi after 24 h, by sistem", answer, told)
    for visitor, chat in zip(visitors[1:], (visited, answered), strict=True):
        answer = client.read(visitor, chat)
        judge.must(answer.data["durum"] == "bekliyor", "a chat that was asked after open", answer)


@check("idempotency.day")
def key_counts_for_a_day(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    key = {"Idempotency-Key": f"k-{visitor}"}
    first = judge.expect(client.ticket(visitor, headers=key), 201).data["ticket"]["id"]
    for hours, same in ((23, True), (2, False)):
        judge.advance(hours * HOUR)
        answer = judge.expect(client.ticket(visitor, headers=key), 201)
        seen = answer.data["ticket"]["id"]
        judge.must((seen == first) is same, f"{'the first' if same else 'a new'} ticket", answer, seen)


@check("banner.trial.counted")
def trial_counts_down(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    client.customer_info(visitor, trial_kalan_gun=5).succeeded()
    for seconds, text, critical in (
        (DAY * 3 // 2, "4 gün", False),
        (DAY, "3 gün", True),
        (DAY * 5 // 2, "Süresi doldu", True),
    ):
        judge.advance(seconds)
        client.customer_info(visitor, ad="Ayşe").succeeded()
        answer = client.context(visitor)
        item = banner_item(answer.data, "trial")
        seen = item and (item["deger"], item["kritik"])
        judge.must(seen == (text, critical), f"{text}, kritik {critical}", answer, seen)


@check("auth.time")
def unknown_email_takes_as_long(judge: Judge) -> None:
    """The quickest of some tries each, more of them while there is doubt: noise makes none quicker than its work."""
    known = judge.target.least_needed()
    password = replace(known, password="yanlis-" + known.password)
    email = replace(known, email=f"{judge.client.visitor()}@example.com")
    slow, quick = float("inf"), float("inf")
    for _ in range(TRIES):
        slow = min(slow, _seconds(judge, password)[0])
        seconds, answer = _seconds(judge, email)
        quick = min(quick, seconds)
        if quick > slow / TIMES or slow < SHORT:
            break
    right = judge.client.login(known)  # so that failures do not add up
    judge.client.call("POST", "/api/v1/auth/logout", token=right.data["token"]).succeeded()
    kept = quick > slow / TIMES or slow < SHORT
    judge.must(kept, f"about {slow * 1000:.0f} ms, as with a wrong password", answer, f"{quick * 1000:.0f} ms")


def _seconds(judge: Judge, login: Login) -> tuple[float, Answer]:
    began = time.monotonic()
    answer = judge.expect(judge.client.login(login), 401, "giris_hatali")
    return time.monotonic() - began, answer
