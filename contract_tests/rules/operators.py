"""The operator's side: the queue, accepting, writing, handing over, tabs."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any

from contract_tests.checks import Judge, check
from contract_tests.findings import WRONG_SHAPE, Broken, NotJudged


@check("accept.race")
def one_of_two_gets_the_chat(judge: Judge) -> None:
    client = judge.client
    for login in (judge.target.operator, judge.target.colleague):
        client.token(login)
    for _ in range(2):
        chat = client.chat(client.visitor())
        answers = judge.together(
            partial(client.accept, chat),
            partial(client.accept, chat, judge.target.colleague),
        )
        statuses = sorted(answer.status for answer in answers)
        loser = max(answers, key=lambda answer: answer.status)
        judge.must(statuses == [200, 409], "one 200 and one 409", loser, statuses)
        judge.must(loser.code == "oturum_baskasinda", "oturum_baskasinda", loser)


@check("accept.again")
def owner_may_accept_again(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    first = judge.expect(client.accept(chat), 200)
    judge.must(first.data["oturum"]["durum"] == "aktif", "durum aktif", first)
    judge.expect(client.accept(chat), 200)
    seen = client.read(visitor, chat)
    judge.must(seen.data["durum"] == "aktif", "durum aktif for the visitor", seen)
    judge.expect(client.operator("POST", f"chat/{chat}/close"), 200)
    judge.expect(client.accept(chat), 409, "oturum_kapali")


@check("operator.write")
def only_the_owner_writes(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    path, body = f"chat/{chat}/message", {"mesaj": "Buyurun"}
    judge.expect(client.operator("POST", path, body=body), 409, "oturum_sizde_degil")
    client.accept(chat).succeeded()
    judge.expect(client.operator("POST", path, body=body), 201)
    if judge.target.colleague:
        answer = client.operator("POST", path, judge.target.colleague, body={"mesaj": "Ben de"})
        judge.expect(answer, 409, "oturum_sizde_degil")
    answer = client.read(visitor, chat)
    seen = [(message["gonderen"], message["mesaj"]) for message in answer.data["mesajlar"]]
    judge.must(seen == [("operator", "Buyurun")], "the owner's message only", answer, seen)


@check("operator.transfer")
def chat_goes_to_a_member(judge: Judge) -> None:
    client = judge.client
    colleague, outsider = client.operator_id(judge.target.colleague), client.operator_id(judge.target.outsider)
    chat = client.chat(client.visitor())
    client.accept(chat).succeeded()
    path = f"chat/{chat}/transfer"
    judge.expect(client.operator("POST", path, body={"operator_id": outsider}), 404, "bulunamadi")
    judge.expect(client.operator("POST", path, body={"operator_id": 999_999_999}), 404, "bulunamadi")
    answer = judge.expect(client.operator("POST", path, body={"operator_id": colleague}), 200)
    judge.must(answer.data["oturum"]["operator_id"] == colleague, f"operator_id {colleague}", answer)
    judge.expect(client.operator("POST", f"chat/{chat}/message", body={"mesaj": "x"}), 409, "oturum_sizde_degil")


@check("queue.tenants")
def one_queue_over_all_tenants(judge: Judge) -> None:
    client, target = judge.client, judge.target
    if not judge.whole:
        _records_name_their_tenants(judge)
        return
    started = [client.start_chat(client.visitor(), tenant).data["oturum"] for tenant in (target.tenant, target.listed)]
    answer = client.operator("GET", "chats", query={"limit": 1})
    seen = {chat["id"]: chat.get("musteri_id") for chat in client.queue()}
    for chat in started:
        expected = chat["musteri_id"]
        judge.must(seen.get(chat["id"]) == expected, f"chat {chat['id']} with musteri_id {expected}", answer, seen)
    judge.must(started[0]["musteri_id"] != started[1]["musteri_id"], "two tenants", answer, started)


def _records_name_their_tenants(judge: Judge) -> None:
    """The reference says only that each record has musteri_id, and that the queue is of the operator's projects."""
    client, target = judge.client, judge.target
    for tenant in (target.tenant, target.listed):
        visitor = client.visitor()
        with suppress(Broken, *WRONG_SHAPE):  # the reference shows no id by which to close it
            client.opened(client.widget("chat/start", visitor, tenant), visitor, tenant or target.tenant)
    mine = {tab["id"] for tab in _tabs(judge)}
    answer = client.operator("GET", "chats")
    answer.succeeded()
    seen = [record.get("musteri_id") for record in _records(answer.value)]
    if not seen:
        raise NotJudged("the queue is empty")
    judge.must(set(seen) <= mine, f"in each record a musteri_id of {sorted(mine)}", answer, seen)


def _records(value: Any) -> list[dict[str, Any]]:
    """The objects in the outermost list of JSON of unknown shape."""
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    inner = value.values() if isinstance(value, dict) else ()
    return next((found for found in map(_records, inner) if found), [])


def _tabs(judge: Judge) -> list[Any]:
    """The operator's, in their order: as login answers them, which is what the reference shows."""
    if judge.whole:
        return list(judge.client.operator("GET", "tenants").data["musteriler"])
    return sorted(judge.client.login(judge.target.operator).data["operator"]["musteriler"], key=itemgetter("sira"))


@check("queue.order")
def longest_waiting_comes_first(judge: Judge) -> None:
    client, visitors = judge.client, [judge.client.visitor() for _ in range(3)]
    chats = [client.chat(visitor) for visitor in visitors]
    closed = client.closed_chat(client.visitor())
    queue = client.queue()
    answer = client.operator("GET", "chats")
    ids = [chat["id"] for chat in queue]
    judge.must([i for i in ids if i in chats] == chats, f"{chats} in this order", answer, ids)
    judge.must(closed not in ids, "no closed chat", answer, ids)
    times = [datetime.fromisoformat(chat["baslangic"]) for chat in queue]
    judge.must(times == sorted(times), "baslangic in order", answer, [str(time) for time in times])
    judge.must(len(ids) == len(set(ids)), "each once", answer, ids)


@check("queue.filter")
def queue_can_be_filtered(judge: Judge) -> None:
    client, target = judge.client, judge.target
    waiting, active = client.chat(client.visitor()), client.chat(client.visitor())
    other = client.start_chat(client.visitor(), target.listed).data["oturum"]
    client.accept(active).succeeded()
    closed = client.closed_chat(client.visitor())
    for query, inside, outside in (
        ({"durum": "bekliyor"}, {waiting, other["id"]}, {active, closed}),
        ({"durum": "aktif"}, {active}, {waiting, closed, other["id"]}),
        ({"musteri_id": other["musteri_id"]}, {other["id"]}, {waiting, active, closed}),
    ):
        seen = {chat["id"] for chat in client.queue(**query)}
        answer = client.operator("GET", "chats", query=query)
        judge.must(inside <= seen and not outside & seen, f"{inside} without {outside}", answer, sorted(seen))


@check("tabs.permutation")
def order_is_a_permutation(judge: Judge) -> None:
    client, ids = judge.client, [tab["id"] for tab in _tabs(judge)]
    try:
        for order in (ids[:-1], [*ids, ids[0]], [*ids, 999_999_999], [999_999_999], [ids[0]] * max(2, len(ids))):
            answer = client.operator("PUT", "tenants/sira", body={"order": order})
            judge.expect(answer, 422, "alan_hatasi")
    finally:
        with client.restoring():
            client.operator("PUT", "tenants/sira", body={"order": ids})


@check("tabs.order")
def tabs_stay_where_they_are_put(judge: Judge) -> None:
    client = judge.client
    ids = [tab["id"] for tab in _tabs(judge)]
    try:
        for order in (ids[::-1], ids):
            put = judge.expect(client.operator("PUT", "tenants/sira", body={"order": order}), 200)
            if judge.whole:
                answered = [tab["id"] for tab in put.data["musteriler"]]
                judge.must(answered == order, f"tabs {order}", put, answered)
            seen = [tab["id"] for tab in _tabs(judge)]
            judge.must(seen == order, f"tabs {order}", put, seen)
    finally:
        with client.restoring():
            client.operator("PUT", "tenants/sira", body={"order": ids})


@check("tabs.mute")
def muted_tab_keeps_its_chats(judge: Judge) -> None:
    client = judge.client
    before = {tab["id"]: tab["sessize_alindi"] for tab in _tabs(judge)}
    tenant = client.tenant_id() if judge.whole else next(iter(before))
    path = f"tenants/{tenant}/sessize"
    try:
        answer = judge.expect(client.operator("PUT", path, body={"sessize": True}), 200)
        muted = {tab["id"]: tab["sessize_alindi"] for tab in _tabs(judge)}
        judge.must(muted[tenant] is True, "sessize_alindi true", answer, muted)
        if judge.whole:
            chat = client.chat(client.visitor())
            judge.must(chat in [one["id"] for one in client.queue()], "its chats in the queue", answer)
        last = client.operator("PUT", path, body={"sessize": False})
        muted = {tab["id"]: tab["sessize_alindi"] for tab in _tabs(judge)}
        judge.must(muted[tenant] is False, "sessize_alindi false", last, muted)
    finally:
        with client.restoring():
            client.operator("PUT", path, body={"sessize": before[tenant]})


@check("status.offline")
def chats_return_when_their_operator_goes(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    before = client.operator("GET", "status").data["durum"]
    try:
        judge.expect(client.operator("PUT", "status", body={"durum": "cevrimici"}), 200)
        judge.must(client.init(visitor).data["cevrimici"] is True, "cevrimici", client.init(visitor))
        chat = client.chat(visitor)
        client.accept(chat).succeeded()
        answer = judge.expect(client.operator("PUT", "status", body={"durum": "cevrimdisi"}), 200)
        seen = client.read(visitor, chat)
        judge.must(seen.data["durum"] == "bekliyor", "the chat back in the queue", seen)
        told = client.operator("GET", "status")
        judge.must(told.data["durum"] == "cevrimdisi", "durum cevrimdisi", answer)
    finally:
        client.leave_status(judge.target.operator, before)


@check("canned.tenants")
def canned_responses_are_of_own_tenants(judge: Judge) -> None:
    client = judge.client
    logins = [login for login in (judge.target.operator, judge.target.outsider) if login]
    for login in logins:
        tenants = {tab["id"] for tab in client.operator("GET", "tenants", login).data["musteriler"]}
        answer = client.operator("GET", "canned-responses", login, query={"limit": 100})
        seen = {response["musteri_id"] for response in answer.data["hazir_yanitlar"]}
        judge.must(seen <= tenants, f"of the tenants {sorted(tenants)}", answer, sorted(seen))
        for tenant in sorted(tenants)[:3]:
            query = {"musteri_id": tenant, "limit": 100}
            answer = client.operator("GET", "canned-responses", login, query=query)
            own = {response["musteri_id"] for response in answer.data["hazir_yanitlar"]}
            judge.must(own <= {tenant}, f"of tenant {tenant}", answer, sorted(own))
