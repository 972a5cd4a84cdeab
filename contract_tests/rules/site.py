"""What a site shows of its tenant: look, campaigns, logo."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.findings import NotJudged
from contract_tests.target import Tenant


def _tenants(judge: Judge) -> list[Tenant]:
    return [one for one in (judge.target.tenant, judge.target.listed) if one]


@check("init.look")
def widget_looks_as_its_tenant(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    tabs = {tab["id"]: tab for tab in client.operator("GET", "tenants").data["musteriler"]}
    for tenant in _tenants(judge):
        answer = client.init(visitor, tenant)
        judge.must(answer.data["aktif_oturum"] is None, "aktif_oturum null", answer)
        chat = client.start_chat(visitor, tenant).data["oturum"]
        tab = tabs[chat["musteri_id"]]
        for name in ("firma_adi", "logo_url", "renk_primary"):
            judge.must(answer.data[name] == tab[name], f"{name} {tab[name]}", answer, answer.data[name])
        again = client.init(visitor, tenant)
        seen = again.data["aktif_oturum"]
        judge.must(seen is not None and seen["id"] == chat["id"], f"aktif_oturum {chat['id']}", again, seen)
        client.widget("chat/end", visitor, tenant, oturum_id=chat["id"]).succeeded()
        closed = client.init(visitor, tenant)
        judge.must(closed.data["aktif_oturum"] is None, "aktif_oturum null", closed)


def _campaigns(judge: Judge, tenant: Tenant | None, page: str | None = None) -> tuple[Answer, list[Any]]:
    query = {} if page is None else {"sayfa_url": page}
    answer = judge.client.call("GET", "/api/v1/widget/campaigns", query=query, tenant=tenant)
    return answer, answer.data["kampanyalar"]


@check("campaign.running")
def campaigns_run_now(judge: Judge) -> None:
    now = judge.client.now()
    for tenant in _tenants(judge):
        answer, campaigns = _campaigns(judge, tenant)
        keys = [(datetime.fromisoformat(one["baslangic"]), one["id"]) for one in campaigns]
        judge.must(keys == sorted(keys, reverse=True), "the last begun first", answer, [str(key) for key in keys])
        judge.must(len(set(keys)) == len(keys), "each once", answer)
        for one in campaigns:
            begun = datetime.fromisoformat(one["baslangic"]).timestamp() <= now + 1
            running = one["bitis"] is None or datetime.fromisoformat(one["bitis"]).timestamp() >= now
            judge.must(begun and running, "a campaign that runs now", answer, one)
        _, shown = _campaigns(judge, tenant, "https://yok.example/")
        judge.must(all(one in campaigns for one in shown), "no other campaigns with sayfa_url", answer, shown)
    path = "/api/v1/widget/campaigns"
    for wrong in ("javascript:alert(1)", "x", ""):
        answer = judge.client.call("GET", path, query={"sayfa_url": wrong}, tenant=judge.target.tenant)
        judge.expect(answer, 422, "alan_hatasi")


@check("campaign.page")
def campaigns_belong_to_pages(judge: Judge) -> None:
    tenant, page = judge.target.listed or judge.target.tenant, judge.target.known_page or ""
    parts = urlsplit(page)
    _, every = _campaigns(judge, tenant)
    answer, elsewhere = _campaigns(judge, tenant, "https://yok.example/")
    own = [one["id"] for one in every if one not in elsewhere]
    judge.must(bool(own), "a campaign of its own page only", answer, [one["id"] for one in elsewhere])
    loud = f"{parts.scheme.upper()}://{parts.netloc.upper()}{parts.path}"
    for same in (page, f"{page}#konu", loud, f"{loud}#"):
        answer, shown = _campaigns(judge, tenant, same)
        seen = [one["id"] for one in shown]
        judge.must(set(own) <= set(seen), f"{own} on {same}", answer, seen)
    for other in (f"{parts.scheme}://{parts.netloc}.yok.example{parts.path}", f"https://yok.example/?a={page}"):
        answer, shown = _campaigns(judge, tenant, other)
        seen = [one["id"] for one in shown]
        judge.must(not set(own) & set(seen), f"not {own} on {other}", answer, seen)


@check("logo.public")
def logo_is_for_everybody(judge: Judge) -> None:
    client = judge.client
    looks = [client.init(client.visitor(), tenant).data for tenant in _tenants(judge)]
    paths = [urlsplit(look["logo_url"]).path for look in looks if look["logo_url"]]
    judge.expect(client.call("GET", "/storage/tenants/999999999/logo.png"), 404)
    if not paths:
        raise NotJudged("no tenant has a logo")
    for path in paths:
        answer = judge.expect(client.call("GET", path, headers={"Origin": "https://baska.example"}), 200)
        judge.must(answer.body.startswith(b"\x89PNG\r\n\x1a\n"), "a PNG", answer, answer.body[:8])
        judge.must(answer.headers.get("content-type") == "image/png", "image/png", answer)
        judge.must(answer.headers.get("x-content-type-options") == "nosniff", "nosniff", answer, answer.headers)
        judge.must("private" not in answer.headers.get("cache-control", ""), "a public answer", answer)
