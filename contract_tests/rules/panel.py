"""The operator panel: tickets, messages, members, files, status, visitors of several tenants."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer, form
from contract_tests.portal import signed_in
from contract_tests.projects import project
from contract_tests.target import Login, Tenant

LARGEST: Final = 10 * 1024 * 1024
PDF: Final = (b"%PDF-1.7\n", b"\n%%EOF\n")
STATES: Final = ("cevrimici", "mesgul", "cevrimdisi")


def _ticket(judge: Judge, tenant: Tenant | None = None, **more: Any) -> Any:
    body = {"ad": "a", "email": "a@example.com", "konu": "a", "mesaj": "a"} | more
    if tenant is None:
        return judge.client.ticket(judge.client.visitor(), **body).data["ticket"]
    return judge.client.widget("ticket/create", judge.client.visitor(), tenant, **body).data["ticket"]


def _listed(judge: Judge, **query: Any) -> tuple[Answer, list[Any]]:
    answer = judge.client.operator("GET", "tickets", query={"limit": 100, **query})
    return answer, answer.data["ticketlar"]


@check("ticket.queue")
def one_list_of_tickets(judge: Judge) -> None:
    client, target = judge.client, judge.target
    tenants = [client.tenant_id(), client.tenant_id(target.listed)]
    first, second = _ticket(judge), _ticket(judge, target.listed)
    answer, listed = _listed(judge)
    seen = [(one["id"], one["musteri_id"]) for one in listed if one["id"] in (first["id"], second["id"])]
    expected = [(second["id"], tenants[1]), (first["id"], tenants[0])]
    judge.must(sorted(seen) == sorted(expected), f"{expected}", answer, seen)
    client.operator("PUT", f"ticket/{second['id']}/status", body={"durum": "kapali"}).succeeded()


@check("ticket.order")
def last_changed_ticket_comes_first(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    ids = [client.ticket(visitor).data["ticket"]["id"] for _ in range(3)]
    judge.advance(60)
    client.operator("POST", f"ticket/{ids[1]}/reply", body={"mesaj": "Bakıyoruz"}).succeeded()
    judge.advance(60)
    client.widget(f"ticket/{ids[0]}/reply", visitor, mesaj="Teşekkürler").succeeded()
    expected = [ids[0], ids[1], ids[2]]
    answer, listed = _listed(judge, musteri_id=client.tenant_id())
    seen = [one["id"] for one in listed if one["id"] in ids]
    judge.must(seen == expected, f"{expected}", answer, seen)
    own = [one["id"] for one in client.tickets(visitor)]
    judge.must(own == expected, f"{expected}", answer, own)


@check("ticket.filter")
def tickets_can_be_filtered(judge: Judge) -> None:
    client, target = judge.client, judge.target
    tenant = client.tenant_id(target.listed)
    plain, urgent, other = _ticket(judge), _ticket(judge, oncelik="acil"), _ticket(judge, target.listed)
    solved = _ticket(judge)
    client.operator("PUT", f"ticket/{solved['id']}/status", body={"durum": "cozuldu"}).succeeded()
    every = {one["id"] for one in (plain, urgent, other, solved)}
    for query, inside in (
        ({}, every),
        ({"durum": "acik"}, every - {solved["id"]}),
        ({"durum": "cozuldu"}, {solved["id"]}),
        ({"oncelik": "acil"}, {urgent["id"]}),
        ({"musteri_id": tenant}, {other["id"]}),
        ({"durum": "kapali", "oncelik": "acil"}, set()),
    ):
        answer, listed = _listed(judge, **query)
        seen = {one["id"] for one in listed} & every
        judge.must(seen == inside, f"{sorted(inside)} with {query}", answer, sorted(seen))
    client.operator("PUT", f"ticket/{other['id']}/status", body={"durum": "kapali"}).succeeded()


@check("operator.messages")
def both_read_the_same(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    client.say(visitor, chat, "Merhaba").succeeded()
    client.accept(chat).succeeded()
    client.operator("POST", f"chat/{chat}/message", body={"mesaj": "Buyurun 👋"}).succeeded()
    client.say(visitor, chat, "Faturam yok").succeeded()
    for query in ({}, {"son_sira": 1}, {"limit": 2}, {"son_sira": 2, "limit": 1}, {"son_sira": 9}):
        theirs = client.read(visitor, chat, **query).data
        answer = client.operator("GET", f"chat/{chat}/messages", query=query)
        seen, expected = _read(answer.data), _read(theirs)
        judge.must(seen == expected, f"{expected}", answer, seen)
        judge.must(answer.data["durum"] == theirs["durum"] == "aktif", "durum aktif", answer)


def _read(data: Any) -> list[Any]:
    return [(one["sira"], one["id"], one["gonderen"], one["mesaj"]) for one in data["mesajlar"]]


@check("operator.close")
def operator_closes_a_chat(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    client.accept(chat).succeeded()
    answer = judge.expect(client.operator("POST", f"chat/{chat}/close"), 200)
    judge.must(answer.data["oturum"]["durum"] == "kapandi", "durum kapandi", answer)
    seen = client.read(visitor, chat)
    last = seen.data["mesajlar"][-1]["gonderen"] if seen.data["mesajlar"] else None
    judge.must((seen.data["durum"], last) == ("kapandi", "sistem"), "kapandi, by sistem", seen)
    judge.expect(client.operator("POST", f"chat/{chat}/close"), 409, "oturum_kapali")
    judge.expect(client.say(visitor, chat, "a"), 409, "oturum_kapali")


def _members(judge: Judge, tenant: int) -> tuple[Answer, list[Any]]:
    answer = judge.client.operator("GET", f"tenants/{tenant}/operators", query={"limit": 100})
    return answer, answer.data["operatorler"]


def _id(judge: Judge, login: Login) -> int:
    return int(signed_in(judge.client, login).call("GET", "giris").data["operator"]["id"])


@check("members.listed")
def members_are_listed_by_id(judge: Judge) -> None:
    client, tenant = judge.client, judge.client.tenant_id()
    answer, members = _members(judge, tenant)
    ids = [one["id"] for one in members]
    judge.must(ids == sorted(set(ids)), "each once, by id", answer, ids)
    judge.must({one["musteri_id"] for one in members} == {tenant}, f"musteri_id {tenant}", answer)
    for login in [one for one in (judge.target.operator, judge.target.colleague) if one]:
        tab = next(one for one in client.operator("GET", "tenants", login).data["musteriler"] if one["id"] == tenant)
        number = _id(judge, login)
        seen = [(one["rol"], one["max_chat_per_tenant"]) for one in members if one["id"] == number]
        judge.must(
            seen == [(tab["rol"], tab["max_chat_per_tenant"])], f"operator {number} as in their tab", answer, seen
        )
    if judge.target.outsider:
        judge.must(_id(judge, judge.target.outsider) not in ids, "members only", answer, ids)


@check("members.active")
def accepted_chats_are_counted(judge: Judge) -> None:
    client, mine, visitor = judge.client, project(judge), judge.client.visitor()

    def count(expected: int) -> None:
        answer, members = _members(judge, mine.id)
        seen = [one["aktif_sohbet_sayisi"] for one in members]
        judge.must(seen == [expected], f"aktif_sohbet_sayisi {expected}", answer, seen)

    count(0)
    chat = client.start_chat(visitor, mine.tenant).data["oturum"]["id"]
    count(0)
    client.accept(chat).succeeded()
    count(1)
    client.operator("POST", f"chat/{chat}/close").succeeded()
    count(0)


def _upload(judge: Judge, tenant: int, name: str, content: bytes) -> Answer:
    raw, headers = form({"musteri_id": str(tenant)}, name, content)
    return judge.client.operator("POST", "upload", raw=raw, headers=headers)


@check("upload.operator")
def operators_file_stays_in_its_tenant(judge: Judge) -> None:
    client, target, tenant = judge.client, judge.target, judge.client.tenant_id()
    judge.expect(_upload(judge, 999_999_999, "not.txt", b"a"), 404, "bulunamadi")
    judge.expect(_upload(judge, tenant, "not.png", b"<html></html>"), 422, "dosya_turu_izinsiz")
    answer = judge.expect(_upload(judge, tenant, "not.png", "düz yazı".encode()), 201)
    file = answer.data["dosya"]["dosya_id"]
    judge.must(answer.data["dosya"]["tur"] == "text/plain", "text/plain", answer)
    visitor = client.visitor()
    chat, ticket = client.chat(visitor), _ticket(judge)
    other = client.start_chat(client.visitor(), target.listed).data["oturum"]["id"]
    for one in (chat, other):
        client.accept(one).succeeded()
    sent = judge.expect(client.operator("POST", f"chat/{chat}/message", body={"dosya_id": file}), 201)
    judge.must(sent.data["mesaj"]["dosya"]["dosya_id"] == file, f"dosya {file}", sent)
    reply = {"mesaj": "a", "dosyalar": [file]}
    judge.expect(client.operator("POST", f"ticket/{ticket['id']}/reply", body=reply), 201)
    judge.expect(client.operator("POST", f"chat/{other}/message", body={"dosya_id": file}), 404, "bulunamadi")
    judge.expect(client.widget("chat/message", visitor, oturum_id=chat, dosya_id=file), 404, "bulunamadi")


@check("upload.size")
def files_have_ten_mebibytes(judge: Judge) -> None:
    client, visitor, tenant = judge.client, judge.client.visitor(), judge.client.tenant_id()
    most = PDF[0] + bytes(LARGEST - sum(map(len, PDF))) + PDF[1]
    answer = judge.expect(client.upload(visitor, "belge.pdf", most), 201)
    judge.must(answer.data["dosya"]["boyut"] == LARGEST, f"boyut {LARGEST}", answer)
    judge.expect(client.upload(visitor, "belge.pdf", most + b"\n"), 413)
    judge.expect(_upload(judge, tenant, "belge.pdf", most + b"\n"), 413)


def _put(judge: Judge, state: Any) -> Answer:
    return judge.client.operator("PUT", "status", body={"durum": state})


def _state(judge: Judge, expected: str, token: str | None = None) -> None:
    answer = judge.client.call("GET", "/api/v1/operator/status", token=token or judge.client.token())
    judge.must(answer.data["durum"] == expected, f"durum {expected}", answer)


@check("status.states")
def states_stay_as_they_are_put(judge: Judge) -> None:
    for state in (*STATES, "cevrimdisi"):
        answer = judge.expect(_put(judge, state), 200)
        judge.must(answer.data["durum"] == state, f"durum {state}", answer)
        _state(judge, state)
    for wrong in ("online", "", None, "Cevrimici"):
        judge.expect(_put(judge, wrong), 422, "alan_hatasi")
    _state(judge, "cevrimdisi")


@check("status.login")
def login_leaves_the_status(judge: Judge) -> None:
    client = judge.client
    for state in ("mesgul", "cevrimdisi"):
        judge.expect(_put(judge, state), 200)
        token = client.login(judge.target.operator).data["token"]
        _state(judge, state, token)
        judge.expect(client.call("POST", "/api/v1/auth/logout", token=token), 200)
        _state(judge, state)


@check("status.timeout")
def silent_operator_goes_offline(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    judge.expect(_put(judge, "cevrimici"), 200)
    chat = client.chat(visitor)
    client.accept(chat).succeeded()
    for seconds, expected in ((100, "aktif"), (30, "bekliyor")):
        judge.advance(seconds)
        seen = client.read(visitor, chat)
        judge.must(seen.data["durum"] == expected, f"durum {expected}", seen)
    _state(judge, "cevrimdisi")


def _tell(judge: Judge, visitor: str, tenant: Tenant | None, name: str) -> None:
    body = {"ziyaretci_id": visitor, "ad": name}
    judge.client.call("POST", "/api/v1/context/customer-info", body=body, tenant=tenant).succeeded()


def _is_shown(judge: Judge, visitor: str, name: str, **query: Any) -> None:
    answer = judge.client.operator("GET", f"context/{visitor}", query=query)
    judge.must(answer.data["musteri"]["ad"] == name, f"ad {name}", answer, answer.data["musteri"])


@check("context.tenant")
def tenant_chooses_the_visitor(judge: Judge) -> None:
    client, target, visitor = judge.client, judge.target, judge.client.visitor()
    tenants = [client.tenant_id(), client.tenant_id(target.listed)]
    _tell(judge, visitor, target.tenant, "Bir")
    _is_shown(judge, visitor, "Bir")
    path = f"context/{visitor}"
    judge.expect(client.operator("GET", path, query={"musteri_id": tenants[1]}), 404, "bulunamadi")
    _tell(judge, visitor, target.listed, "İki")
    _is_shown(judge, visitor, "Bir", musteri_id=tenants[0])
    _is_shown(judge, visitor, "İki", musteri_id=tenants[1])
    judge.expect(client.operator("GET", path, query={"musteri_id": 999_999_999}), 404, "bulunamadi")


@check("context.latest")
def last_seen_tenant_is_shown(judge: Judge) -> None:
    target, visitor = judge.target, judge.client.visitor()
    for tenant, name in ((target.tenant, "Bir"), (target.listed, "İki"), (target.tenant, "Üç")):
        judge.advance(60)
        _tell(judge, visitor, tenant, name)
        _is_shown(judge, visitor, name)
