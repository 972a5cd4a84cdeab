"""What a project's managers change at the portal: origins and the webhook."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.findings import NotJudged
from contract_tests.portal import Portal
from contract_tests.projects import Project, passing_browser, project

MANAGERS: Final = ("sahip", "yonetici")
MOST_ORIGINS: Final = 100
URL: Final = "https://cozum.example/webhook"
"""No name below `.example` is anybody's (RFC 6761)."""


@check("widget.settings")
def settings_show_the_embed_code(judge: Judge) -> None:
    mine = project(judge)
    answer = mine.browser.call("GET", "widget")
    data = answer.data
    judge.must((data["musteri_id"], data["api_key"]) == (mine.id, mine.tenant.key), "id and key", answer)
    judge.must(data["izinli_originler"] == [] and data["guvenli_mod"] is False, "no origins, no guvenli_mod", answer)
    code = data["gomme_kodu"]
    judge.must(code.startswith("<script ") and f'"{mine.tenant.key}"' in code, "a script tag with the key", answer)


def _listed(answer: Answer) -> Any:
    return answer.data["izinli_originler"]


def _clear(mine: Project) -> None:
    with mine.browser.client.restoring():
        for origin in _listed(mine.browser.call("GET", "widget")):
            mine.browser.remove_origin(origin)


@check("origins.list")
def origins_are_listed_once(judge: Judge) -> None:
    mine = project(judge)
    browser = mine.browser
    expected: list[str] = []
    try:
        for text, normal in (
            ("https://Bir.Example:443", "https://bir.example"),
            ("HTTP://iki.example:8080", "http://iki.example:8080"),
            ("https://çınar.example", f"https://{'çınar'.encode('idna').decode()}.example"),
        ):
            expected.append(normal)
            for status in (201, 200):
                answer = judge.expect(browser.add_origin(text), status)
                judge.must(_listed(answer) == expected, f"{expected}", answer)
        for origin in list(expected):
            expected.remove(origin)
            answer = judge.expect(browser.remove_origin(origin), 200)
            judge.must(_listed(answer) == expected, f"{expected}", answer)
            judge.expect(browser.remove_origin(origin), 404, "bulunamadi")
            shown = browser.call("GET", "widget")
            judge.must(_listed(shown) == expected, f"{expected}", shown)
    finally:
        _clear(mine)


@check("origins.effective")
def widget_follows_the_list(judge: Judge) -> None:
    mine, visitor = project(judge), judge.client.visitor()

    def statuses() -> list[int]:
        given: tuple[dict[str, str], ...] = ({"Origin": "https://bir.example"}, {"Origin": "https://iki.example"}, {})
        return [judge.client.init(visitor, mine.tenant, **headers).status for headers in given]

    last = mine.browser.call("GET", "widget")
    try:
        judge.must(statuses() == [200, 200, 200], "an empty list open to all", last, statuses())
        last = judge.expect(mine.browser.add_origin("https://bir.example"), 201)
        judge.must(statuses() == [200, 403, 403], "the listed origin only", last, statuses())
        last = judge.expect(mine.browser.add_origin("https://iki.example"), 201)
        judge.must(statuses() == [200, 200, 403], "both listed origins", last, statuses())
        last = judge.expect(mine.browser.remove_origin("https://bir.example"), 200)
        judge.must(statuses() == [403, 200, 403], "what is still listed", last, statuses())
    finally:
        _clear(mine)
    judge.must(statuses() == [200, 200, 200], "an empty list open to all", last, statuses())


@check("origins.form")
def what_is_no_origin_is_not_listed(judge: Judge) -> None:
    mine = project(judge)
    try:
        for text in (
            *("", "null", "bir.example", "ftp://bir.example", "https://", "https://bir.example/", "*"),
            *("https://bir.example/yol", "https://kisi@bir.example", "https://bir.example:99999", "https://*.example"),
            *("https://bir.example?a", "https://bir.example#a", "https://bir example", "javascript:alert(1)", 5, None),
        ):
            answer = judge.expect(mine.browser.add_origin(text), 422, "alan_hatasi")
            fields = [error["alan"] for error in answer.value["hatalar"]]
            judge.must(fields == ["/origin"], "/origin", answer, fields)
        shown = mine.browser.call("GET", "widget")
        judge.must(_listed(shown) == [], "an empty list", shown)
    finally:
        _clear(mine)


@check("origins.most")
def list_has_an_end(judge: Judge) -> None:
    mine = project(judge)
    try:
        for number in range(MOST_ORIGINS):
            judge.expect(mine.browser.add_origin(f"https://s{number}.example"), 201)
        judge.expect(mine.browser.add_origin("https://yeni.example"), 409, "koken_siniri")
        judge.expect(mine.browser.add_origin("https://s7.example"), 200)
    finally:
        _clear(mine)


def _managing(browser: Portal, **options: Any) -> list[Answer]:
    """What only managers do, with what cannot be read, or is not there."""
    return [
        browser.call("POST", "widget/originler", raw=b"{", **options),
        browser.call("DELETE", "widget/originler?origin=https%3A%2F%2Fyok.example", **options),
        browser.call("PUT", "webhook", raw=b"{", **options),
        browser.call("POST", "webhook/teslimatlar/999999999/yeniden", **options),
    ]


@check("settings.role")
def others_change_no_settings(judge: Judge) -> None:
    with passing_browser(judge) as browser:
        tabs = browser.call("GET", "projeler").data["musteriler"]
        theirs = next((tab["id"] for tab in tabs if tab["rol"] not in MANAGERS), None)
        if theirs is None:
            raise NotJudged("the operator is sahip or yonetici everywhere")
        browser.choose(theirs).succeeded()
        for answer in (*_managing(browser), browser.webhook()):
            judge.expect(answer, 403, "yetki_yok")
        judge.expect(browser.call("GET", "widget"), 200)


@check("settings.source")
def settings_come_from_the_portal(judge: Judge) -> None:
    browser = project(judge).browser
    for proof in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        for answer in _managing(browser, headers=proof):
            judge.expect(answer, 403, "kaynak_dogrulanmadi")


@check("webhook.settings")
def endpoint_is_kept(judge: Judge) -> None:
    mine = project(judge)
    first = judge.expect(mine.browser.set_webhook(URL, "yeni_chat", "yeni_ticket"), 200)
    _shows(judge, first, mine, URL, ["yeni_chat", "yeni_ticket"], on=True)
    _shows(judge, mine.browser.webhook(), mine, URL, ["yeni_chat", "yeni_ticket"], on=True)
    other = f"{URL}?yeni"
    _shows(judge, mine.browser.set_webhook(other, "chat_kapandi", etkin=False), mine, other, ["chat_kapandi"], on=False)
    again = mine.browser.webhook()
    _shows(judge, again, mine, other, ["chat_kapandi"], on=False)
    same = again.data["webhook"]["olusturuldu"] == first.data["webhook"]["olusturuldu"]
    judge.must(same, "olusturuldu as it was", again)
    _shows(judge, mine.browser.set_webhook(URL, "chat_kapandi"), mine, URL, ["chat_kapandi"], on=True)


def _shows(judge: Judge, answer: Answer, mine: Project, url: str, events: list[str], *, on: bool) -> None:
    shown = judge.expect(answer, 200).data["webhook"]
    judge.must((shown["musteri_id"], shown["url"]) == (mine.id, url), f"{url} of {mine.id}", answer)
    judge.must(sorted(shown["olaylar"]) == sorted(events), f"{events}", answer, shown["olaylar"])
    state = (shown["etkin"], shown["kapanma_nedeni"])
    judge.must(state == (on, None if on else "elle"), "etkin" if on else "not etkin, elle", answer, state)


@check("webhook.secret")
def signing_secret_stays(judge: Judge) -> None:
    browser = project(judge).browser
    secrets = []
    for more in ({}, {}, {"secret_yenile": True}, {"secret_yenile": False}):
        answer = judge.expect(browser.set_webhook(URL, "yeni_chat", **more), 200)
        secrets.append(answer.data["webhook"]["secret"])
        shown = browser.webhook()
        judge.must(shown.data["webhook"]["secret"] == secrets[-1], "the same secret", shown)
    judge.must(secrets[0] == secrets[1], "the secret as it was", answer, secrets[:2])
    judge.must(secrets[1] != secrets[2], "a new secret", answer, secrets[1:3])
    judge.must(secrets[2] == secrets[3], "the secret as it was", answer, secrets[2:])


@check("webhook.url")
def endpoints_have_addresses(judge: Judge) -> None:
    browser = project(judge).browser
    before = judge.expect(browser.set_webhook(URL, "yeni_chat", etkin=False), 200).data["webhook"]
    for url in (
        "",
        "x",
        "ftp://cozum.example/",
        "//cozum.example/",
        "https://kisi:sifre@cozum.example/",
        "https://",
        5,
    ):
        _is_refused(judge, browser.set_webhook(url, "yeni_chat"), "/url")
    for events in ((), ("baska",), ("yeni_chat", "yeni_chat")):
        _is_refused(judge, browser.set_webhook(URL, *events), "/olaylar")
    after = browser.webhook()
    judge.must(after.data["webhook"] == before, "the endpoint as it was", after)


def _is_refused(judge: Judge, answer: Answer, field: str) -> None:
    judge.expect(answer, 422, "alan_hatasi")
    fields = [error["alan"] for error in answer.value["hatalar"]]
    judge.must(all(one.startswith(field) for one in fields), field, answer, fields)


@check("webhook.resend")
def waiting_delivery_is_not_sent_again(judge: Judge) -> None:
    client, mine, visitor = judge.client, project(judge), judge.client.visitor()
    mine.browser.set_webhook(URL, "yeni_chat").succeeded()
    try:
        chat = client.start_chat(visitor, mine.tenant).data["oturum"]["id"]
        judge.expect(client.widget("chat/end", visitor, mine.tenant, oturum_id=chat), 200)
        page = mine.browser.webhook(limit=1)
        (delivery,) = page.data["teslimatlar"]
        judge.must((delivery["olay"], delivery["musteri_id"]) == ("yeni_chat", mine.id), "yeni_chat", page, delivery)
        if delivery["durum"] == "bekliyor":
            judge.expect(mine.browser.resend(delivery["id"]), 409, "teslimat_suruyor")
        for other in (999_999_999, 0, "x"):
            judge.expect(mine.browser.resend(other), 404)
    finally:
        with client.restoring():
            mine.browser.set_webhook(URL, "yeni_chat", etkin=False)
