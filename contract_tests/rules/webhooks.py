"""What webhooks tell: each event, provoked by each call that can cause it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from contract_tests.catalogue import CATALOGUE
from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.hooks import EVENTS, TENANT, Hook, listening
from contract_tests.receiver import Heard
from contract_tests.target import Login

NAMES: Final = ("Ayşe Yılmaz", "İbrahim Çağlayan", "Nur 🙂", 'O\'Neil "x" <b>')
AT_MOST: Final = 60
"""Seconds that the server's clock may differ from what a webhook says of now."""


def tells(judge: Judge, heard: Heard, cause: Answer, **expected: Any) -> None:
    """These stand in its `veri`."""
    seen = {name: heard.data.get(name) for name in expected}
    judge.must(seen == expected, f"{heard.event} with {expected}", cause, seen)


def lasted(judge: Judge, heard: Heard, cause: Answer, field: str, least: float, most: float | None = None) -> None:
    """A field that is a span in seconds, of `least` to `most`, which our own clock knows to about a minute."""
    span, longest = heard.data.get(field), (least if most is None else most) + AT_MOST
    judge.must(least <= span <= longest, f"{field} of {least:.0f} to {longest:.0f}", cause, span)


def _put(judge: Judge, ticket: int, state: str, login: Login | None = None) -> Answer:
    return judge.client.operator("PUT", f"ticket/{ticket}/status", login, body={"durum": state})


def set_status(judge: Judge, state: str, login: Login | None = None) -> Answer:
    """The operator goes online, busy, offline."""
    return judge.client.operator("PUT", "status", login, body={"durum": state})


@check("webhook.yeni_chat")
def opened_chat_is_told(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    name = judge.random.choice(NAMES)
    with listening(judge, "yeni_chat") as hook:
        cause = judge.expect(client.start_chat(visitor, ad=name), 201)
        chat = cause.data["oturum"]["id"]
        heard = hook.wait(cause, "yeni_chat", oturum_id=chat)
        same = {"musteri_id": hook.tenant_id, "ziyaretci_id": visitor, "ziyaretci_adi": name, "kanal": "web"}
        tells(judge, heard, cause, **same)
        again = judge.expect(client.start_chat(visitor, mesaj="Orada mısınız?"), 200)
        hook.once(again, "yeni_chat", ziyaretci_id=visitor)


@check("webhook.yeni_ticket")
def new_ticket_is_told(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    name, priority = judge.random.choice(NAMES), judge.random.choice(("dusuk", "normal", "yuksek", "acil"))
    with listening(judge, "yeni_ticket") as hook:
        cause = judge.expect(client.ticket(visitor, ad=name, oncelik=priority, konu="Fatura \U0001f4c4"), 201)
        heard = hook.once(cause, "yeni_ticket", ticket_id=cause.data["ticket"]["id"])
        same = {"musteri_id": hook.tenant_id, "ziyaretci_id": visitor, "ziyaretci_adi": name}
        tells(judge, heard, cause, **same, konu="Fatura \U0001f4c4", oncelik=priority)


def _ends(judge: Judge, chat: int, visitor: str) -> tuple[Answer, str]:
    return judge.client.end(visitor, chat), "ziyaretci"


def _closes(judge: Judge, chat: int, visitor: str) -> tuple[Answer, str]:
    return judge.client.operator("POST", f"chat/{chat}/close"), "operator"


def _erases(judge: Judge, chat: int, visitor: str) -> tuple[Answer, str]:
    query = {"musteri_id": judge.client.kept[TENANT]}
    return judge.client.operator("DELETE", f"context/{visitor}", judge.target.manager, query=query), "operator"


CLOSINGS: Final[Mapping[str, Callable[[Judge, int, str], tuple[Answer, str]]]] = {
    "end_chat": _ends,
    "close_chat": _closes,
    "erase_visitor": _erases,
}


@check("webhook.chat_kapandi", parts=lambda document: list(CLOSINGS))
def closed_chat_is_told(judge: Judge) -> None:
    client, close = judge.client, CLOSINGS[judge.part]
    accepted = judge.part != "erase_visitor"
    with listening(judge, "chat_kapandi", "yeni_ticket") as hook:
        for by_operator in (True, False) if judge.part != "close_chat" else (True,):
            visitor, name = client.visitor(), judge.random.choice(NAMES)
            chat = client.start_chat(visitor, ad=name, mesaj="Merhaba").data["oturum"]["id"]
            if by_operator:
                client.accept(chat).succeeded()
            cause, who = close(judge, chat, visitor)
            judge.expect(cause, 200)
            client.leave(chat, is_open=False)
            heard = hook.once(cause, "chat_kapandi", oturum_id=chat)
            operator = judge.client.operator_id() if by_operator else None
            same = {"musteri_id": hook.tenant_id, "ziyaretci_adi": name, "operator_id": operator}
            tells(judge, heard, cause, **same, kapatan=who, mesaj_sayisi=2)
            lasted(judge, heard, cause, "sure_saniye", 0)
        if accepted:
            judge.expect(close(judge, chat, visitor)[0], 409)


@check("webhook.ticket_cozuldu")
def solved_ticket_is_told(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    with listening(judge, "ticket_cozuldu", "yeni_ticket") as hook:
        ticket = client.ticket(visitor, konu="Çözülecek").data["ticket"]["id"]
        cause = judge.expect(_put(judge, ticket, "cozuldu"), 200)
        heard = hook.wait(cause, "ticket_cozuldu", ticket_id=ticket)
        same = {"musteri_id": hook.tenant_id, "konu": "Çözülecek", "operator_id": judge.client.operator_id()}
        tells(judge, heard, cause, **same)
        lasted(judge, heard, cause, "cozum_suresi_saniye", 0)
        for state in ("cozuldu", "kapali", "acik"):
            cause = judge.expect(_put(judge, ticket, state), 200)
        judge.expect(client.operator("POST", f"ticket/{ticket}/reply", body={"mesaj": "Bakıyoruz"}), 201)
        hook.once(cause, "ticket_cozuldu", ticket_id=ticket)
        cause = judge.expect(_put(judge, ticket, "cozuldu"), 200)
        again = hook.wait(cause, "ticket_cozuldu", count=2, ticket_id=ticket)
        judge.must(again.id != heard.id, "an event of its own", cause, again.id)


@check("webhook.memnuniyet_puan")
def rating_is_told(judge: Judge) -> None:
    client = judge.client
    with listening(judge, "memnuniyet_puan", "yeni_ticket") as hook:
        for rating, comment in ((judge.random.randint(1, 5), "Teşekkürler 🙂"), (judge.random.randint(1, 5), None)):
            visitor = client.visitor()
            chat = client.chat(visitor)
            if comment:
                client.accept(chat).succeeded()
            client.end(visitor, chat).succeeded()
            more: dict[str, Any] = {"yorum": comment} if comment else {}
            cause = judge.expect(client.widget("chat/rate", visitor, oturum_id=chat, puan=rating, **more), 200)
            heard = hook.once(cause, "memnuniyet_puan", oturum_id=chat)
            operator = judge.client.operator_id() if comment else None
            same = {"musteri_id": hook.tenant_id, "puan": rating, "yorum": comment, "operator_id": operator}
            tells(judge, heard, cause, **same)


@check("webhook.operator_cevrimdisi")
def operator_who_goes_is_told(judge: Judge) -> None:
    operator = judge.client.operator_id()
    with listening(judge, "operator_cevrimdisi", "yeni_ticket") as hook:
        for number, state in enumerate(("cevrimici", "mesgul")):
            judge.expect(set_status(judge, state), 200)
            cause = judge.expect(set_status(judge, "cevrimdisi"), 200)
            heard = hook.wait(cause, "operator_cevrimdisi", count=number + 1, operator_id=operator)
            tells(judge, heard, cause, musteri_id=hook.tenant_id, neden="manuel")
        cause = judge.expect(set_status(judge, "cevrimdisi"), 200)
        hook.mark()
        ids = {heard.id for heard in hook.heard("operator_cevrimdisi", operator_id=operator)}
        judge.must(len(ids) == 2, "two events", cause, len(ids))


def _provoke_all(judge: Judge, hook: Hook) -> list[tuple[Answer, Heard]]:
    """Each event, with the call that caused it."""
    client, visitor, operator = judge.client, judge.client.visitor(), judge.client.operator_id()
    chat = client.chat(visitor)
    cause = client.ticket(visitor)
    ticket = cause.data["ticket"]["id"]
    told = [(cause, hook.wait(cause, "yeni_chat", oturum_id=chat))]
    told.append((cause, hook.wait(cause, "yeni_ticket", ticket_id=ticket)))
    for call, event, fields in (
        (partial(client.end, visitor, chat), "chat_kapandi", {"oturum_id": chat}),
        (partial(client.rate, visitor, chat, 5), "memnuniyet_puan", {"oturum_id": chat}),
        (partial(_put, judge, ticket, "cozuldu"), "ticket_cozuldu", {"ticket_id": ticket}),
    ):
        cause = call()
        told.append((cause, hook.wait(cause, event, **fields)))
    set_status(judge, "cevrimici").succeeded()
    cause = set_status(judge, "cevrimdisi")
    told.append((cause, hook.wait(cause, "operator_cevrimdisi", operator_id=operator)))
    return told


@check("webhook.schema")
def events_are_as_documented(judge: Judge) -> None:
    now = judge.client.now()
    with listening(judge, *EVENTS) as hook:
        for cause, heard in _provoke_all(judge, hook):
            tells(judge, heard, cause, musteri_id=hook.tenant_id)
            at = datetime.fromisoformat(heard.value["zaman"]).timestamp()
            judge.must(abs(at - now) <= AT_MOST, f"zaman near {now}", cause, heard.value["zaman"])


@check("webhook.signature")
def events_are_signed(judge: Judge) -> None:
    now = judge.client.now()
    with listening(judge, *EVENTS) as hook:
        shown = hook.endpoint["secret"]
        ids = set()
        for cause, heard in _provoke_all(judge, hook):
            judge.must(hook.is_signed(heard, shown), "a signature by the portal's secret", cause, dict(heard.headers))
            judge.must(abs(heard.timestamp - now) <= AT_MOST, f"webhook-timestamp near {now}", cause, heard.timestamp)
            ids.add(heard.id)
        judge.must(len(ids) == len(EVENTS), "an id for each event", cause, sorted(ids))


# What tells nothing


def _refused_start(judge: Judge, visitor: str) -> list[Answer]:
    client = judge.client
    too_long = judge.expect(client.start_chat(visitor, ad="x" * 5000), 422)
    wrong_key = client.call(
        "POST", "/api/v1/widget/chat/start", body={"ziyaretci_id": visitor}, headers={"X-API-Key": "CM_YOK_2026"}
    )
    return [too_long, judge.expect(wrong_key, 401)]


def _refused_ticket(judge: Judge, visitor: str) -> list[Answer]:
    client = judge.client
    return [judge.expect(client.ticket(visitor, **more), 422) for more in ({"oncelik": "en acil"}, {"konu": " "})]


def _refused_end(judge: Judge, visitor: str) -> list[Answer]:
    client = judge.client
    chat = client.chat(visitor)
    strange = judge.expect(client.end(client.visitor(), chat), 404)
    return [strange]


def _refused_rating(judge: Judge, visitor: str) -> list[Answer]:
    client = judge.client
    chat = client.chat(visitor)
    early = judge.expect(client.rate(visitor, chat, 5), 409)
    client.end(visitor, chat).succeeded()
    answers = [early, *(judge.expect(client.rate(visitor, chat, wrong), 422) for wrong in (0, 6))]
    return [*answers, judge.expect(client.rate(client.visitor(), chat, 5), 404)]


def _refused_close(judge: Judge, visitor: str) -> list[Answer]:
    client = judge.client
    chat = client.chat(visitor)
    return [judge.expect(client.call("POST", f"/api/v1/operator/chat/{chat}/close"), 401)]


def _refused_state(judge: Judge, visitor: str) -> list[Answer]:
    client = judge.client
    ticket = client.ticket(visitor).data["ticket"]["id"]
    path, body = f"/api/v1/operator/ticket/{ticket}/status", {"durum": "cozuldu"}
    return [
        judge.expect(client.call("PUT", path, body=body), 401),
        judge.expect(_put(judge, ticket, "yanitlandi"), 422),
    ]


def _refused_status(judge: Judge, visitor: str) -> list[Answer]:
    set_status(judge, "cevrimici").succeeded()
    body = {"durum": "cevrimdisi"}
    return [
        judge.expect(judge.client.call("PUT", "/api/v1/operator/status", body=body), 401),
        judge.expect(set_status(judge, "izinli"), 422),
    ]


def _refused_erasure(judge: Judge, visitor: str) -> list[Answer]:
    client = judge.client
    tenant = client.start_chat(visitor).data["oturum"]["musteri_id"]
    path, query = f"/api/v1/operator/context/{visitor}", {"musteri_id": tenant}
    return [judge.expect(client.call("DELETE", path, query=query), 401)]


REFUSED: Final[Mapping[str, tuple[Callable[[Judge, str], list[Answer]], str]]] = {
    "start_chat": (_refused_start, "yeni_chat"),
    "create_ticket": (_refused_ticket, "yeni_ticket"),
    "end_chat": (_refused_end, "chat_kapandi"),
    "rate_chat": (_refused_rating, "memnuniyet_puan"),
    "close_chat": (_refused_close, "chat_kapandi"),
    "set_ticket_status": (_refused_state, "ticket_cozuldu"),
    "set_operator_status": (_refused_status, "operator_cevrimdisi"),
    "erase_visitor": (_refused_erasure, "chat_kapandi"),
}
"""Calls that are refused, and the event that they do not cause."""


@check("webhook.refused", parts=lambda document: list(CATALOGUE["webhook.refused"].operations))
def refused_call_tells_nothing(judge: Judge) -> None:
    refuse, event = REFUSED[judge.part]
    marker = "yeni_chat" if event == "yeni_ticket" else "yeni_ticket"
    with listening(judge, event, marker) as hook:
        answers = refuse(judge, judge.client.visitor())
        hook.nothing(answers[-1], event)


def _again_under_a_key(judge: Judge) -> tuple[list[Answer], str, dict[str, Any]]:
    client, visitor = judge.client, judge.client.visitor()
    headers = {"Idempotency-Key": f"{visitor}-ticket"}
    answers = [judge.expect(client.ticket(visitor, headers=headers), 201) for _ in range(2)]
    return answers, "yeni_ticket", {"ticket_id": answers[0].data["ticket"]["id"]}


def _opened_at_once(judge: Judge) -> tuple[list[Answer], str, dict[str, Any]]:
    client, visitor = judge.client, judge.client.visitor()
    return judge.together(*[partial(client.start_chat, visitor)] * 4), "yeni_chat", {"ziyaretci_id": visitor}


def _ended_at_once(judge: Judge) -> tuple[list[Answer], str, dict[str, Any]]:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    return judge.together(*[partial(client.end, visitor, chat)] * 4), "chat_kapandi", {"oturum_id": chat}


def _solved_at_once(judge: Judge) -> tuple[list[Answer], str, dict[str, Any]]:
    ticket = judge.client.ticket(judge.client.visitor()).data["ticket"]["id"]
    judge.client.token()
    return judge.together(*[partial(_put, judge, ticket, "cozuldu")] * 4), "ticket_cozuldu", {"ticket_id": ticket}


SAME: Final[Mapping[str, Callable[[Judge], tuple[list[Answer], str, dict[str, Any]]]]] = {
    "create_ticket": _again_under_a_key,
    "start_chat": _opened_at_once,
    "end_chat": _ended_at_once,
    "set_ticket_status": _solved_at_once,
}
"""Calls that ask for the same several times."""


@check("webhook.once", parts=lambda document: list(SAME))
def what_is_done_once_is_told_once(judge: Judge) -> None:
    with listening(judge, *EVENTS) as hook:
        answers, event, fields = SAME[judge.part](judge)
        cause = min(answers, key=lambda answer: answer.status)
        cause.succeeded()
        hook.once(cause, event, **fields)


@check("webhook.tenant")
def other_tenants_are_not_told(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    with listening(judge, *EVENTS) as hook:
        cause = client.start_chat(visitor, judge.target.other)
        strange = cause.data["oturum"]
        client.widget("chat/end", visitor, judge.target.other, oturum_id=strange["id"]).succeeded()
        hook.nothing(cause, "yeni_chat", "chat_kapandi", oturum_id=strange["id"])
        own = hook.tenant_id
        came = [heard for heard in hook.heard() if heard.data.get("musteri_id") != own]
        judge.must(not came, f"only what happens at tenant {own}", cause, came[0].told() if came else "")


@check("webhook.operator.tenants")
def each_tenant_is_told_of_its_own(judge: Judge) -> None:
    operator = judge.client.operator_id()
    with listening(judge, "operator_cevrimdisi", "yeni_ticket") as hook:
        set_status(judge, "cevrimici").succeeded()
        cause = judge.expect(set_status(judge, "cevrimdisi"), 200)
        heard = hook.once(cause, "operator_cevrimdisi", operator_id=operator)
        tells(judge, heard, cause, musteri_id=hook.tenant_id)
