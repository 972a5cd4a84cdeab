"""Projects at the portal: choosing and opening them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer, form, sign
from contract_tests.findings import NotJudged
from contract_tests.portal import SAME_SITE, Portal, signed_in
from contract_tests.projects import DAY, Project, new_project, opened_project, passing_browser, project

TRIAL_DAYS: Final = 14
MOST: Final = 3
"""Projects that a user may open in 24 hours."""
SLACK: Final = timedelta(seconds=60)
"""Between an answer and the next reading of the server's clock."""


def _browser(judge: Judge) -> Portal:
    return signed_in(judge.client, judge.target.operator)


def _tabs(judge: Judge) -> list[Any]:
    return list(judge.client.operator("GET", "tenants").data["musteriler"])


@check("project.list")
def projects_are_the_tabs(judge: Judge) -> None:
    answer = _browser(judge).call("GET", "projeler")
    tabs = [(tab["id"], tab["firma_adi"], tab["rol"]) for tab in _tabs(judge)]
    seen = [(tab["id"], tab["firma_adi"], tab["rol"]) for tab in answer.data["musteriler"]]
    judge.must(seen == tabs, f"the tabs {tabs}", answer, seen)
    active = answer.data["aktif_musteri_id"]
    judge.must(active in [tab[0] for tab in tabs], "an active project among them", answer, active)


@check("project.unknown")
def other_projects_cannot_be_chosen(judge: Judge) -> None:
    browser, client = _browser(judge), judge.client
    others: list[object] = [999_999_999, 0, -1, "x", 2**63]
    if judge.target.outsider:
        mine = {tab["id"] for tab in _tabs(judge)}
        theirs = client.operator("GET", "tenants", judge.target.outsider).data["musteriler"]
        others += [tab["id"] for tab in theirs if tab["id"] not in mine]
    before = browser.active()
    for tenant in others:
        answer = judge.expect(browser.choose(tenant), 404)
        active = browser.active()
        judge.must(active == before, f"aktif_musteri_id {before}", answer, active)


@check("project.choose")
def chosen_project_is_the_active_one(judge: Judge) -> None:
    client, login, other = judge.client, judge.target.operator, _browser(judge)
    with passing_browser(judge) as browser:
        before, others = browser.active(), other.active()
        for tenant in [tab["id"] for tab in _tabs(judge) if tab["id"] != before][:2]:
            answer = judge.expect(browser.choose(tenant), 200)
            data = answer.data
            judge.must((data["aktif_musteri_id"], data["musteri"]["id"]) == (tenant, tenant), f"{tenant}", answer)
            judge.must(browser.active() == tenant, f"aktif_musteri_id {tenant}", browser.call("GET", "projeler"))
            judge.must(other.active() == others, "the other session as it was", other.call("GET", "projeler"))
            again = client.login(login)
            judge.expect(client.call("POST", "/api/v1/auth/logout", token=again.data["token"]), 200)
            primary = again.data["operator"]["musteri_id"]
            judge.must(primary == tenant, f"musteri_id {tenant}", again, primary)


@check("project.mine")
def my_projects_show_no_secret(judge: Judge) -> None:
    browser, target = _browser(judge), judge.target
    answer, tabs = browser.call("GET", "projelerim"), _tabs(judge)
    fields = ("id", "firma_adi", "logo_url", "renk_primary", "rol")
    expected = [{name: tab[name] for name in fields} for tab in tabs]
    seen = [{name: one[name] for name in fields} for one in answer.data["musteriler"]]
    judge.must(seen == expected, f"{expected}", answer, seen)
    keys = {one["api_key"] for one in answer.data["musteriler"]}
    known = {one.key for one in (target.tenant, target.listed) if one}
    judge.must(known <= keys, f"the keys {sorted(known)}", answer, sorted(keys))
    now = judge.client.now()
    for one in answer.data["musteriler"]:
        over = one["deneme_bitis"] is not None and datetime.fromisoformat(one["deneme_bitis"]).timestamp() <= now
        judge.must(one["deneme_bitti"] is over, f"deneme_bitti {over}", answer, one)
    secrets = [one.secret for one in (target.tenant, target.listed) if one]
    _show_nowhere(judge, browser, secrets)


def _show_nowhere(judge: Judge, browser: Portal, secrets: list[str]) -> None:
    for path in ("giris", "projeler", "projelerim", "projelerim/yeni", "widget"):
        answer = judge.expect(browser.call("GET", path), 200)
        judge.must(not any(one.encode() in answer.body for one in secrets), "no api_secret", answer, "an api_secret")


@check("project.form")
def form_tells_what_a_project_is(judge: Judge) -> None:
    browser = _browser(judge)
    answer = browser.call("GET", "projelerim/yeni")
    data, left = answer.data, browser.mine()["kalan_hak"]
    judge.must(data["deneme_gun"] == TRIAL_DAYS, f"deneme_gun {TRIAL_DAYS}", answer)
    judge.must(data["kalan_hak"] == left and 0 <= left <= MOST, f"kalan_hak {left}", answer)


@check("project.open")
def new_project_is_the_users_at_once(judge: Judge) -> None:
    mine = new_project(judge)
    listed, tabs, shown = mine.listed, mine.tabs, mine.opened["musteri"]
    judge.must(listed.data["musteriler"][-1] == shown, f"at last {shown}", listed)
    judge.must((shown["rol"], shown["deneme_bitti"]) == ("sahip", False), "sahip, on trial", listed, shown)
    judge.must(shown["firma_adi"] == "Çınar Kırtasiye", "the name as it was given", listed, shown)
    order = [tab["sira"] for tab in tabs.data["musteriler"]]
    last = tabs.data["musteriler"][-1]
    judge.must(last["id"] == mine.id and len(set(order)) == len(order), "the last tab", tabs, last)
    away = timedelta(seconds=datetime.fromisoformat(shown["deneme_bitis"]).timestamp() - mine.at)
    judge.must(abs(away - timedelta(days=TRIAL_DAYS)) < SLACK, f"{TRIAL_DAYS} days from then", listed, shown)
    form, answer = mine.browser.call("GET", "projelerim/yeni"), mine.browser.call("GET", "projelerim")
    judge.must(shown["renk_primary"] == form.data["renk_primary"], "the form's color", form, shown)
    left = answer.data["kalan_hak"]
    judge.must(form.data["kalan_hak"] == left, f"kalan_hak {left}", form)
    judge.must(mine.browser.active() == mine.id, f"aktif_musteri_id {mine.id}", mine.browser.call("GET", "projeler"))


@check("project.key")
def key_and_secret_of_a_new_project(judge: Judge) -> None:
    mine = new_project(judge)
    shown = mine.browser.call("GET", "projelerim")
    key, secret = mine.opened["api_key"], mine.opened["api_secret"]
    judge.must(re.fullmatch(r"CM_[A-Z0-9_]{12}", key) is not None, "CM_ and 12 characters", shown, key)
    judge.must(mine.opened["musteri"]["api_key"] == key, f"api_key {key}", shown, mine.opened["musteri"])
    keys = [one["api_key"] for one in shown.data["musteriler"]]
    judge.must(keys.count(key) == 1, "a key of its own", shown, keys)
    _show_nowhere(judge, mine.browser, [secret])
    judge.must(secret.encode() not in mine.browser.choose(mine.id).body, "no api_secret", shown, "an api_secret")


@check("project.works")
def new_project_works_at_once(judge: Judge) -> None:
    client, mine, visitor = judge.client, new_project(judge), judge.client.visitor()
    look = client.init(visitor, mine.tenant)
    judge.must(look.data["firma_adi"] == "Çınar Kırtasiye", "the project's name", look)
    at = client.now()
    body = {"ziyaretci_id": visitor, "timestamp": at, "signature": sign(mine.tenant.secret, visitor, None, at)}
    signed = client.call("POST", "/api/v1/context/customer-info", body=body, tenant=mine.tenant)
    judge.must(signed.value.get("identity_dogrulandi") is True, "identity_dogrulandi true", signed)
    chat = client.start_chat(visitor, mine.tenant).data["oturum"]
    judge.must(chat["musteri_id"] == mine.id, f"musteri_id {mine.id}", look, chat)
    queue = [one["id"] for one in client.queue(musteri_id=mine.id)]
    judge.must(chat["id"] in queue, f"chat {chat['id']} in the queue", client.operator("GET", "chats"), queue)
    judge.expect(client.widget("chat/end", visitor, mine.tenant, oturum_id=chat["id"]), 200)


@check("project.fields")
def projects_have_names_and_colors(judge: Judge) -> None:
    browser = project(judge).browser
    before = browser.mine()
    for body, field in (
        ({}, "/firma_adi"),
        ({"firma_adi": ""}, "/firma_adi"),
        ({"firma_adi": " \u00a0"}, "/firma_adi"),
        ({"firma_adi": "a\x00"}, "/firma_adi"),
        ({"firma_adi": "a" * 121}, "/firma_adi"),
        ({"firma_adi": 1}, "/firma_adi"),
        ({"firma_adi": "a", "renk_primary": "kırmızı"}, "/renk_primary"),
        ({"firma_adi": "a", "renk_primary": "#12345"}, "/renk_primary"),
    ):
        answer = judge.expect(browser.create(**body), 422, "alan_hatasi")
        fields = [error["alan"] for error in answer.value["hatalar"]]
        judge.must(fields == [field], field, answer, fields)
    after = browser.call("GET", "projelerim")
    judge.must(after.data == before, "the projects as they were", after)


@check("project.limit")
def three_projects_in_a_day(judge: Judge) -> None:
    if judge.target.clock:
        judge.advance(DAY)
    with passing_browser(judge) as browser:
        told = browser.call("GET", "projelerim/yeni")
        left = MOST if judge.target.clock else told.data["kalan_hak"]
        judge.must(told.data["kalan_hak"] == left, f"kalan_hak {left}", told)
        known = len(browser.mine()["musteriler"])
        answers = judge.together(*[partial(browser.create, firma_adi=f"Deneme {n}") for n in range(MOST + 2)])
        statuses = sorted(answer.status for answer in answers)
        expected = [201] * left + [429] * (MOST + 2 - left)
        judge.must(statuses == expected, f"{expected}", max(answers, key=lambda one: one.status), statuses)
        for answer in [one for one in answers if one.status != 201]:
            _is_over_the_limit(judge, answer)
        after = browser.call("GET", "projelerim")
        judge.must(after.data["kalan_hak"] == 0, "kalan_hak 0", after)
        judge.must(len(after.data["musteriler"]) == known + left, f"{left} projects more", after)
        if judge.target.clock:
            _is_free_after_a_day(judge, browser)


def _is_over_the_limit(judge: Judge, answer: Answer) -> None:
    judge.expect(answer, 429, "proje_siniri")
    wait = answer.headers.get("retry-after", "")
    judge.must(wait.isdigit() and 0 < int(wait) <= DAY, f"Retry-After to {DAY}", answer, wait)
    judge.must("ratelimit" in answer.headers, "RateLimit", answer, answer.headers)


def _is_free_after_a_day(judge: Judge, browser: Portal) -> None:
    judge.advance(DAY - 600)
    browser.sign_in(judge.target.operator).succeeded()
    _is_over_the_limit(judge, browser.create(firma_adi="Deneme"))
    judge.advance(660)
    told = browser.call("GET", "projelerim/yeni")
    judge.must(told.data["kalan_hak"] == MOST, f"kalan_hak {MOST}", told)


@check("project.once")
def secrets_are_not_repeated(judge: Judge) -> None:
    client, login = judge.client, judge.target.operator
    key = {"Idempotency-Key": client.visitor()}
    body = {"email": login.email, "sifre": login.password}
    tokens = [client.call("POST", "/api/v1/auth/login", body=body, headers=key) for _ in range(2)]
    for answer in tokens:
        judge.expect(client.call("POST", "/api/v1/auth/logout", token=answer.data["token"]), 200)
    judge.must(tokens[0].data["token"] != tokens[1].data["token"], "another token", tokens[1])
    with passing_browser(judge) as browser:
        if browser.mine()["kalan_hak"] < len(tokens):
            raise NotJudged("the operator has no two projects left to open today")
        headers = {**SAME_SITE, **key}
        answers = [browser.call("POST", "projelerim", body={"firma_adi": "İki"}, headers=headers) for _ in tokens]
        ids = {judge.expect(answer, 201).data["musteri"]["id"] for answer in answers}
        judge.must(len(ids) == len(answers), "two projects", answers[1], ids)


def _creating(judge: Judge, mine: Project, visitor: str, chat: int, ticket: int) -> list[Answer]:
    client, page = judge.client, {"ziyaretci_id": visitor}
    raw, headers = form(page, "not.txt", b"a")

    def context(path: str, **body: Any) -> Answer:
        return client.call("POST", f"/api/v1/context/{path}", body={**page, **body}, tenant=mine.tenant)

    return [
        client.start_chat(client.visitor(), mine.tenant),
        client.widget("chat/message", visitor, mine.tenant, oturum_id=chat, mesaj="Orada mısınız?"),
        client.widget("ticket/create", visitor, mine.tenant, ad="a", email="a@example.com", konu="a", mesaj="a"),
        client.widget(f"ticket/{ticket}/reply", visitor, mine.tenant, mesaj="a"),
        client.call("POST", "/api/v1/widget/upload", raw=raw, headers=headers, tenant=mine.tenant),
        context("page-info", sayfa_url="https://x.example/", baslik="x"),
        context("error-log", mesaj="x"),
        context("screenshot", goruntu="data:image/png;base64,AAAA"),
    ]


@check("trial.over")
def trial_ends_what_creates(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    with passing_browser(judge) as browser:
        mine = opened_project(judge, browser)
        tenant = mine.tenant
        judge.advance(TRIAL_DAYS * DAY - 600)
        chat = client.start_chat(visitor, tenant, mesaj="Merhaba").data["oturum"]["id"]
        body = {"ad": "a", "email": "a@example.com", "konu": "a", "mesaj": "a"}
        ticket = client.widget("ticket/create", visitor, tenant, **body)
        judge.advance(660)
        for answer in _creating(judge, mine, visitor, chat, judge.expect(ticket, 201).data["ticket"]["id"]):
            judge.expect(answer, 402, "deneme_suresi_doldu")
        read = client.read(visitor, chat, tenant)
        judge.must(len(read.data["mesajlar"]) == 1, "one message", read)
        judge.expect(client.init(visitor, tenant), 200)
        judge.expect(client.accept(chat), 200)
        judge.expect(client.operator("POST", f"chat/{chat}/message", body={"mesaj": "Buyurun"}), 201)
        judge.expect(client.widget("chat/end", visitor, tenant, oturum_id=chat), 200)
        browser.sign_in(judge.target.operator).succeeded()
        over = [one["deneme_bitti"] for one in browser.mine()["musteriler"] if one["id"] == mine.id]
        judge.must(over == [True], "deneme_bitti true", browser.call("GET", "projelerim"), over)
