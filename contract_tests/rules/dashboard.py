"""The operator's dashboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.findings import NotJudged
from contract_tests.projects import DAY, Project, project

COUNTS: Final = ("bekleyen", "aktif", "bugun_kapanan", "acik_ticket")
ISTANBUL: Final = timezone(timedelta(hours=3))
NEAR: Final = 180
"""Seconds."""
RATINGS: Final = (5, 4, 4, 4, 4, 4, 4, 4)
MEAN: Final = 4.13
"""33 / 8 is 4.125."""


@check("dashboard.total")
def totals_are_sums(judge: Judge) -> None:
    for tenant in (judge.target.tenant, judge.target.listed):
        if tenant is not None:  # one number in one tab is its own sum
            judge.client.chat(judge.client.visitor(), tenant)
    answer = judge.client.operator("GET", "dashboard")
    rows, total = answer.data["musteriler"], answer.data["toplam"]
    tabs = [(tab["id"], tab["firma_adi"]) for tab in judge.client.operator("GET", "tenants").data["musteriler"]]
    seen = [(row["musteri_id"], row["firma_adi"]) for row in rows]
    judge.must(seen == tabs, f"{tabs}", answer, seen)
    for count in COUNTS:
        expected = sum(row[count] for row in rows)
        judge.must(total[count] == expected, f"{count} {expected}", answer, total[count])


def _row(judge: Judge, mine: Project) -> tuple[Answer, Any]:
    answer = judge.client.operator("GET", "dashboard")
    return answer, next(row for row in answer.data["musteriler"] if row["musteri_id"] == mine.id)


def _changes(judge: Judge, mine: Project, what: str, call: Callable[[], Answer], **expected: int) -> Answer:
    """The call changes the project's counts by that much."""
    _, before = _row(judge, mine)
    done = call()
    done.succeeded()
    answer, after = _row(judge, mine)
    seen = {count: after[count] - before[count] for count in COUNTS}
    judge.must(seen == dict.fromkeys(COUNTS, 0) | expected, f"{what} to change {expected}", answer, seen)
    return done


@check("dashboard.counts")
def counts_follow_every_change(judge: Judge) -> None:
    client, mine, visitor = judge.client, project(judge), judge.client.visitor()
    _stay_in_one_day(judge)
    ticket = {"ad": "a", "email": "a@example.com", "konu": "a", "mesaj": "a"}
    started = _changes(judge, mine, "a chat", lambda: client.start_chat(visitor, mine.tenant), bekleyen=1)
    chat = started.data["oturum"]["id"]
    _changes(judge, mine, "accepting", lambda: client.accept(chat), bekleyen=-1, aktif=1)
    close = f"chat/{chat}/close"
    _changes(judge, mine, "closing", lambda: client.operator("POST", close), aktif=-1, bugun_kapanan=1)
    made = _changes(
        judge, mine, "a ticket", lambda: client.widget("ticket/create", visitor, mine.tenant, **ticket), acik_ticket=1
    )
    path = f"ticket/{made.data['ticket']['id']}"
    reply = {"mesaj": "Bakıyoruz"}
    _changes(judge, mine, "a reply", lambda: client.operator("POST", f"{path}/reply", body=reply), acik_ticket=-1)
    body = {"durum": "acik"}
    _changes(judge, mine, "opening", lambda: client.operator("PUT", f"{path}/status", body=body), acik_ticket=1)
    client.operator("PUT", f"{path}/status", body={"durum": "kapali"}).succeeded()


def _seconds_of_the_day(judge: Judge) -> int:
    now = datetime.fromtimestamp(judge.client.now(), ISTANBUL)
    return int((now - now.replace(hour=0, minute=0, second=0)).total_seconds())


def _stay_in_one_day(judge: Judge) -> None:
    """Midnight does not come between two readings."""
    left = DAY - _seconds_of_the_day(judge)
    if left < NEAR and judge.target.clock is None:
        raise NotJudged("the day in Istanbul is about to end")
    if left < NEAR:
        judge.advance(left + 1)


def _chat(judge: Judge, mine: Project) -> tuple[str, int]:
    visitor = judge.client.visitor()
    return visitor, judge.client.start_chat(visitor, mine.tenant).data["oturum"]["id"]


def _answer_after(judge: Judge, mine: Project, seconds: int) -> int:
    """A chat that is replied to after so long; how long it was, in whole seconds."""
    client, visitor = judge.client, judge.client.visitor()
    chat = client.start_chat(visitor, mine.tenant).data["oturum"]
    judge.advance(seconds)
    client.accept(chat["id"]).succeeded()
    path = f"chat/{chat['id']}/message"
    said = client.operator("POST", path, body={"mesaj": "Buyurun"}).data["mesaj"]
    client.operator("POST", path, body={"mesaj": "Başka?"}).succeeded()
    client.operator("POST", f"chat/{chat['id']}/close").succeeded()
    return int((datetime.fromisoformat(said["zaman"]) - datetime.fromisoformat(chat["baslangic"])).total_seconds())


def _unrated(judge: Judge) -> Project:
    """A project without ratings in the last 30 days: other checks share it."""
    mine = project(judge)
    _, row = _row(judge, mine)
    if row["ortalama_puan"] is not None:
        judge.advance(30 * DAY)
        mine = project(judge)
    return mine


@check("dashboard.means")
def means_are_of_all(judge: Judge) -> None:
    client, mine = judge.client, _unrated(judge)
    _stay_in_one_day(judge)
    answer, row = _row(judge, mine)
    none = (row["ortalama_puan"], row["ortalama_ilk_yanit_saniye"])
    judge.must(none == (None, None), "no mean of nothing", answer, none)
    for rating in RATINGS:
        visitor, chat = _chat(judge, mine)
        client.widget("chat/end", visitor, mine.tenant, oturum_id=chat).succeeded()
        client.widget("chat/rate", visitor, mine.tenant, oturum_id=chat, puan=rating).succeeded()
    told = sum(_answer_after(judge, mine, seconds) for seconds in (10, 20, 90)) / 3
    answer, row = _row(judge, mine)
    judge.must(row["ortalama_puan"] == MEAN, f"ortalama_puan {MEAN}", answer, row["ortalama_puan"])
    seen = row["ortalama_ilk_yanit_saniye"]
    judge.must(seen is not None and abs(seen - told) <= 1, f"ortalama_ilk_yanit_saniye {told:.0f}", answer, seen)


def _close_what_is_open(judge: Judge, mine: Project) -> None:
    """Nothing closes by itself meanwhile: other checks share the project."""
    for chat in judge.client.queue(musteri_id=mine.id):
        judge.client.accept(chat["id"])
        judge.client.operator("POST", f"chat/{chat['id']}/close").succeeded()


@check("dashboard.days")
def days_are_istanbuls(judge: Judge) -> None:
    client, mine = judge.client, _unrated(judge)
    _close_what_is_open(judge, mine)
    _stay_in_one_day(judge)
    visitor, chat = _chat(judge, mine)
    client.widget("chat/end", visitor, mine.tenant, oturum_id=chat).succeeded()
    client.widget("chat/rate", visitor, mine.tenant, oturum_id=chat, puan=5).succeeded()
    _, row = _row(judge, mine)
    closed, rating = row["bugun_kapanan"], row["ortalama_puan"]
    left = DAY - _seconds_of_the_day(judge)
    for seconds, expected in (
        (left - 30, (closed, rating)),
        (60, (0, rating)),
        (28 * DAY, (0, rating)),
        (DAY, (0, None)),
    ):
        judge.advance(seconds)
        answer, row = _row(judge, mine)
        seen = (row["bugun_kapanan"], row["ortalama_puan"])
        judge.must(closed > 0 and seen == expected, f"bugun_kapanan, ortalama_puan {expected}", answer, seen)
