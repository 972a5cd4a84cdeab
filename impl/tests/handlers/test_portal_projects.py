"""Projects in the portal: which there are, choosing one, opening one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from impl.due import run_due
from impl.rules.identity import sign
from impl.store.port import Tx
from impl.tests.client import SECRETS, Client
from impl.tests.handlers.browser import OWNER_OF_3, SENIOR, Browser, at_once, everything, leave, tables
from impl.world import CountingIds, Secret

ESNAF_TAB = {
    "id": 2,
    "firma_adi": "PratikEsnaf.Com",
    "logo_url": "/storage/tenants/2/logo.png",
    "renk_primary": "#FF6B35",
    "sira": 0,
    "sessize_alindi": False,
    "rol": "senior",
    "max_chat_per_tenant": None,
}


@pytest.fixture
def browser(client: Client) -> Browser:
    """Operator 7, signed in."""
    return Browser(client, SENIOR)


# Choosing


def test_projects_come_in_tab_order_with_the_active_one(browser: Browser) -> None:
    data = browser.call("GET", "/portal/projeler").data
    assert [tab["id"] for tab in data["musteriler"]] == [2, 1]
    assert (data["musteriler"][0], data["aktif_musteri_id"]) == (ESNAF_TAB, 2)


def test_choosing_changes_the_session_and_the_primary_project(client: Client, browser: Browser) -> None:
    data = browser.choose(1).data
    assert (data["musteri"]["id"], data["aktif_musteri_id"]) == (1, 1)
    assert browser.active() == 1
    login = client.call("POST", "/api/v1/auth/login", body={"email": SENIOR, "sifre": "sifre123"})
    assert login.data["operator"]["musteri_id"] == 1
    assert Browser(client, SENIOR).active() == 1


def test_choosing_the_same_again_changes_nothing(client: Client, browser: Browser) -> None:
    before = everything(client)
    assert browser.choose(2).data["musteri"] == ESNAF_TAB
    assert everything(client) == before


@pytest.mark.parametrize("tenant_id", [3, 999, 0, -1, "x", 2**63])
def test_project_that_is_not_theirs_cannot_be_told_from_none(
    client: Client, browser: Browser, tenant_id: object
) -> None:
    before = everything(client)
    assert browser.choose(tenant_id).status == 404
    assert everything(client) == before


# My projects


def test_my_projects_show_key_role_and_trial_and_no_secret(browser: Browser) -> None:
    reply = browser.call("GET", "/portal/projelerim")
    assert reply.data["kalan_hak"] == 3
    assert reply.data["musteriler"][0] == {
        "id": 2,
        "firma_adi": "PratikEsnaf.Com",
        "logo_url": "/storage/tenants/2/logo.png",
        "renk_primary": "#FF6B35",
        "rol": "senior",
        "api_key": "CM_PRATIKESNAF",
        "deneme_bitis": None,
        "deneme_bitti": False,
    }


def test_secret_of_a_project_is_shown_once_and_never_again(client: Client) -> None:
    browser = Browser(client, OWNER_OF_3)
    secrets = {*SECRETS.values(), browser.create().data["api_secret"]}
    browser.add_origin("https://a.example")
    browser.set_webhook()
    paths = ("giris", "projeler", "projelerim", "projelerim/yeni", "widget", "webhook")
    for path in paths:
        body = browser.call("GET", f"/portal/{path}").body.decode()
        assert not [secret for secret in secrets if secret in body]
    for reply in (browser.choose(3), browser.add_origin("https://a.example"), browser.sign_out()):
        assert not [secret for secret in secrets if secret in reply.body.decode()]


# Opening


def test_opened_project_has_key_secret_trial_and_owner_at_once(client: Client, browser: Browser) -> None:
    reply = browser.create(renk_primary="#0F766E")
    key, secret = reply.data["api_key"], reply.data["api_secret"]
    assert (reply.status, reply.headers["cache-control"], reply.headers["vary"]) == (201, "no-store", "Accept")
    assert re.fullmatch(r"CM_[A-HJ-NP-Z2-9]{12}", key)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert reply.data["musteri"] == {
        "id": 4,
        "firma_adi": "Çınar Kırtasiye",
        "logo_url": None,
        "renk_primary": "#0F766E",
        "rol": "sahip",
        "api_key": key,
        "deneme_bitis": "2026-04-26T14:30:00+03:00",
        "deneme_bitti": False,
    }
    assert browser.mine()["musteriler"][-1] == reply.data["musteri"]
    assert client.events() == []


def test_opened_project_is_the_active_and_primary_one_and_the_last_tab(client: Client, browser: Browser) -> None:
    browser.create()
    data = browser.call("GET", "/portal/projeler").data
    assert (data["aktif_musteri_id"], [tab["id"] for tab in data["musteriler"]]) == (4, [2, 1, 4])
    assert [tab["sira"] for tab in data["musteriler"]] == [0, 1, 2]
    assert browser.settings()["musteri_id"] == 4
    assert tables(client).operators[7].primary_tenant_id == 4


def test_opened_project_s_widget_and_panel_work_at_once(client: Client, browser: Browser) -> None:
    key = browser.create().data["api_key"]
    chat = client.start_chat("ziyaretci1", "Merhaba", key)
    token = client.login()
    assert client.accept(chat["id"], token).status == 200
    assert [tab["id"] for tab in client.call("GET", "/api/v1/operator/tenants", token=token).data["musteriler"]] == [
        2,
        1,
        4,
    ]


def test_opened_project_s_secret_signs_its_visitors(client: Client, browser: Browser) -> None:
    data = browser.create().data
    at = int(client.clock.timestamp())
    body = {"ziyaretci_id": "v1", "timestamp": at, "signature": sign(data["api_secret"], "v1", None, at)}
    assert client.call("POST", "/api/v1/context/customer-info", key=data["api_key"], body=body).status == 200


def test_first_project_of_somebody_without_any_is_their_first_tab(client: Client) -> None:
    leave(client, 9, 3)
    browser = Browser(client, OWNER_OF_3)
    browser.create()
    assert browser.call("GET", "/portal/projeler").data["musteriler"][0]["sira"] == 0


def test_form_of_the_page_opens_a_project(browser: Browser) -> None:
    headers = {"host": "a.example", "origin": "http://a.example", "content-type": "application/x-www-form-urlencoded"}
    raw = "firma_adi=Çınar+Kırtasiye&renk_primary=%230F766E".encode()
    project = browser.call("POST", "/portal/projelerim", headers=headers, raw=raw).data["musteri"]
    assert (project["firma_adi"], project["renk_primary"]) == ("Çınar Kırtasiye", "#0F766E")


def test_color_has_a_default_that_the_form_tells(browser: Browser) -> None:
    form = browser.call("GET", "/portal/projelerim/yeni").data
    assert form == {"deneme_gun": 14, "kalan_hak": 3, "renk_primary": "#2563EB"}
    assert browser.create().data["musteri"]["renk_primary"] == form["renk_primary"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/firma_adi"),
        ({"firma_adi": ""}, "/firma_adi"),
        ({"firma_adi": " \u00a0"}, "/firma_adi"),
        ({"firma_adi": "a\u0000"}, "/firma_adi"),
        ({"firma_adi": "a" * 121}, "/firma_adi"),
        ({"firma_adi": 1}, "/firma_adi"),
        ({"firma_adi": "a", "renk_primary": "red"}, "/renk_primary"),
        ({"firma_adi": "a", "renk_primary": None}, "/renk_primary"),
    ],
)
def test_refused_opening_changes_nothing_and_does_not_count(
    client: Client, browser: Browser, body: Any, field: str
) -> None:
    before = everything(client)
    assert browser.call("POST", "/portal/projelerim", body=body).fields == [field]
    assert everything(client) == before
    assert browser.mine()["kalan_hak"] == 3


class FewIds(CountingIds):
    """Says the same secret several times."""

    def __init__(self, ids: CountingIds, repeated: Iterator[Secret]) -> None:
        super().__init__({"tenant": 3})
        self._ids, self._repeated = ids, repeated

    def secret(self) -> Secret:
        return next(self._repeated, None) or self._ids.secret()


def test_key_that_another_tenant_has_is_never_given_again(client: Client, browser: Browser) -> None:
    ids = client.world.ids
    assert isinstance(ids, CountingIds)
    one, secret = ids.secret(), ids.secret()
    object.__setattr__(client.world, "ids", FewIds(ids, iter([one, secret, one, one])))
    first, second = browser.create().data, browser.create().data
    assert first["api_secret"] == secret.text
    assert first["api_key"] != second["api_key"]
    assert len(tables(client).tenant_ids_by_key) == 5


# The limit


def test_right_to_open_counts_down_and_comes_back_after_24_hours_to_the_second(
    client: Client, browser: Browser
) -> None:
    left = []
    for _ in range(3):
        assert browser.create().status == 201
        left.append(browser.mine()["kalan_hak"])
        client.clock.advance(hours=1)
    assert left == [2, 1, 0]
    assert browser.call("GET", "/portal/projelerim/yeni").data["kalan_hak"] == 0
    client.clock.advance(hours=21, seconds=-1)
    browser.sign_in()
    assert browser.create().headers["retry-after"] == "1"
    client.clock.advance(seconds=1)
    browser.sign_in()
    assert browser.mine()["kalan_hak"] == 1
    assert browser.create().status == 201
    assert browser.create().headers["retry-after"] == "3600"


def test_fourth_project_of_a_day_is_refused_and_changes_nothing(client: Client, browser: Browser) -> None:
    for _ in range(3):
        browser.create()
    before = everything(client)
    reply = browser.create()
    assert (reply.status, reply.code) == (429, "proje_siniri")
    assert reply.headers["retry-after"] == "86400"
    assert reply.headers["ratelimit"] == '"projects";r=0;t=86400'
    assert reply.headers["ratelimit-policy"] == '"projects";q=3;w=86400'
    assert everything(client) == before


def test_limit_is_each_user_s_own(client: Client, browser: Browser) -> None:
    for _ in range(3):
        browser.create()
    assert Browser(client, OWNER_OF_3).create().status == 201


def test_limit_holds_over_all_browsers_of_a_user(client: Client) -> None:
    statuses = [Browser(client, SENIOR).create().status for _ in range(4)]
    assert statuses == [201, 201, 201, 429]


def test_limit_does_not_look_at_what_became_of_the_projects(client: Client, browser: Browser) -> None:
    for _ in range(3):
        browser.create()
    for tenant_id in (4, 5, 6):
        leave(client, 7, tenant_id)
        del tables(client).tenants[tenant_id]
    assert browser.create().status == 429


def test_of_ten_at_once_exactly_three_are_opened(crowd: Client) -> None:
    browser = Browser(crowd, SENIOR)
    calls = [browser.send("POST", "/portal/projelerim", body={"firma_adi": f"Firma {n}"}) for n in range(10)]
    replies = at_once(crowd, calls)
    assert sorted(reply.status for reply in replies) == [201] * 3 + [429] * 7
    tabs = browser.call("GET", "/portal/projeler").data["musteriler"]
    assert [tab["sira"] for tab in tabs] == [0, 1, 2, 3, 4]
    assert len({reply.data["api_key"] for reply in replies if reply.status == 201}) == 3


def test_opened_projects_that_no_longer_count_are_forgotten(client: Client, browser: Browser) -> None:
    browser.create()
    client.clock.advance(hours=24, seconds=-1)
    client.run(run_due(client.world))
    assert len(tables(client).projects_by_operator) == 1
    client.clock.advance(seconds=1)
    client.run(run_due(client.world))
    assert tables(client).projects_by_operator == {}


# The trial


def test_after_the_trial_the_widget_reads_and_no_longer_creates(client: Client, browser: Browser) -> None:
    key = browser.create().data["api_key"]
    chat = client.start_chat("v1", "Merhaba", key)
    client.clock.advance(days=14, seconds=-1)
    assert client.say("v1", chat["id"], "Hâlâ", key).status == 201
    client.clock.advance(seconds=1)
    refused = client.say("v1", chat["id"], "Bitti", key)
    assert (refused.status, refused.code) == (402, "deneme_suresi_doldu")
    body = {"ziyaretci_id": "v2"}
    assert client.call("POST", "/api/v1/widget/chat/start", key=key, body=body).status == 402
    assert len(client.read("v1", chat["id"], key).data["mesajlar"]) == 2
    token = client.login()
    assert client.accept(chat["id"], token).status == 200
    assert client.answer(chat["id"], token, "Merhaba").status == 201


def test_my_projects_tell_by_the_clock_whether_the_trial_is_over(client: Client, browser: Browser) -> None:
    browser.create()
    over = []
    for step in ({"days": 14, "seconds": -1}, {"seconds": 1}):
        client.clock.advance(**step)
        browser.sign_in()
        over.append([project["deneme_bitti"] for project in browser.mine()["musteriler"]])
    assert over == [[False, False, False], [False, False, True]]


def test_demo_s_tenants_are_on_no_trial(client: Client) -> None:
    async def trials(tx: Tx) -> list[Any]:
        return [tenant and tenant.trial_ends_at for tenant in [await tx.tenant(n) for n in (1, 2, 3)]]

    assert client.change(trials) == [None, None, None]
