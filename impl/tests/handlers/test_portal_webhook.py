"""The webhook in the portal: its endpoint, its deliveries, and how these come to be."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from impl import wire
from impl.contract.document import follow, load
from impl.due import run_due
from impl.model import Delivery, Role
from impl.rules.cursors import write_cursor
from impl.tests.client import DOCUMENT, ESNAF_KEY, LONELY_KEY, NOON, Client
from impl.tests.handlers.browser import (
    HOOK,
    OWNER_OF_1,
    OWNER_OF_3,
    SENIOR,
    Browser,
    at_once,
    everything,
    put_delivery,
    tables,
    tell,
)

ALL_EVENTS = [*wire.EVENT_KINDS_READ]


@pytest.fixture
def owner(client: Client) -> Browser:
    """Operator 9, owner of tenant 3."""
    return Browser(client, OWNER_OF_3)


def finished(delivery_id: int = 1, **changes: Any) -> Delivery:
    """A delivery of tenant 3 that was given up."""
    given_up = Delivery(
        delivery_id,
        3,
        f"msg_{delivery_id}",
        "chat_opened",
        outbox_id=9,
        created_at=NOON,
        next_attempt_at=None,
        state="failed",
        attempts=10,
        last_status=500,
        last_error="Sunucu 500 döndü",
        last_attempt_at=NOON,
    )
    return replace(given_up, **changes)


def deliveries(browser: Browser, **query: Any) -> Any:
    return browser.webhook(**query).data["teslimatlar"]


# Words


@pytest.mark.parametrize(
    ("written", "reference"),
    [
        (wire.EVENT_KINDS, "#/components/schemas/EventName"),
        (wire.DELIVERY_STATES, "#/components/schemas/DeliveryState"),
        (wire.DISABLED_REASONS, "#/components/schemas/WebhookEndpoint/properties/kapanma_nedeni"),
    ],
    ids=["EVENT_KINDS", "DELIVERY_STATES", "DISABLED_REASONS"],
)
def test_words_of_a_table_are_those_of_the_document(written: dict[str, str], reference: str) -> None:
    documented = [word for word in follow(load(DOCUMENT), reference)["enum"] if word is not None]
    assert sorted(written.values()) == sorted(documented)


# The endpoint


def test_without_an_endpoint_there_is_nothing_to_show(owner: Browser) -> None:
    assert owner.webhook().data == {"webhook": None, "teslimatlar": [], "sonraki_imlec": None}


def test_first_setting_makes_a_secret_of_32_bytes(owner: Browser) -> None:
    reply = owner.set_webhook(events=["yeni_ticket", "yeni_chat"])
    secret = reply.data["webhook"].pop("secret")
    assert reply.headers["cache-control"] == "no-store"
    assert len(b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    assert reply.data["webhook"] == {
        "musteri_id": 3,
        "url": HOOK,
        "olaylar": ["yeni_ticket", "yeni_chat"],
        "etkin": True,
        "kapanma_nedeni": None,
        "olusturuldu": "2026-04-12T14:30:00+03:00",
        "guncellendi": "2026-04-12T14:30:00+03:00",
    }
    shown = owner.webhook()
    assert shown.data["webhook"] == reply.data["webhook"] | {"secret": secret}
    assert shown.headers["cache-control"] == "no-store"


def test_change_keeps_secret_and_beginning(client: Client, owner: Browser) -> None:
    first = owner.set_webhook().data["webhook"]
    client.clock.advance(hours=1)
    second = owner.set_webhook("https://other.example.com/", ALL_EVENTS).data["webhook"]
    assert second == first | {
        "url": "https://other.example.com/",
        "olaylar": ALL_EVENTS,
        "guncellendi": "2026-04-12T15:30:00+03:00",
    }


def test_secret_is_renewed_only_when_asked_for(owner: Browser) -> None:
    first, second, third = (
        owner.set_webhook(secret_yenile=renew).data["webhook"]["secret"] for renew in (True, False, True)
    )
    assert first == second != third


def test_endpoint_can_be_stopped_and_started(owner: Browser) -> None:
    owner.set_webhook()
    stopped = owner.set_webhook(etkin=False).data["webhook"]
    assert (stopped["etkin"], stopped["kapanma_nedeni"]) == (False, "elle")
    started = owner.set_webhook().data["webhook"]
    assert (started["etkin"], started["kapanma_nedeni"]) == (True, None)


@pytest.mark.parametrize(("reason", "word"), [("gone", "yanit_410"), ("failing", "bes_gun_hata")])
def test_endpoint_that_was_closed_by_itself_says_why_and_opens_again(
    client: Client, owner: Browser, reason: Any, word: str
) -> None:
    owner.set_webhook()
    webhooks = tables(client).webhooks
    webhooks[3] = replace(webhooks[3], enabled=False, disabled_reason=reason)
    assert owner.webhook().data["webhook"]["kapanma_nedeni"] == word
    assert owner.set_webhook(etkin=True).data["webhook"]["kapanma_nedeni"] is None


def test_of_two_first_settings_at_once_both_tell_the_secret_that_holds(crowd: Client) -> None:
    owner = Browser(crowd, OWNER_OF_3)
    body = {"url": HOOK, "olaylar": ["yeni_chat"]}
    replies = at_once(crowd, [owner.send("PUT", "/portal/webhook", body=body) for _ in range(5)])
    secrets = {reply.data["webhook"]["secret"] for reply in replies}
    assert secrets == {owner.webhook().data["webhook"]["secret"]}


@pytest.mark.parametrize(
    "url",
    [
        "http://yalniz.example.com/webhook",
        "https://localhost/webhook",
        "https://127.0.0.1/webhook",
        "https://2130706433/",
        "https://[::ffff:10.0.0.1]/",
        "https://user:pass@example.com/",
        "https://example.com:99999/",
        "https://metadata.internal/",
    ],
)
def test_address_that_is_not_https_and_public_is_a_field_error(client: Client, owner: Browser, url: str) -> None:
    owner.set_webhook()
    before = everything(client)
    reply = owner.set_webhook(url)
    assert (reply.status, reply.fields) == (422, ["/url"])
    assert everything(client) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"olaylar": ["yeni_chat"]}, "/url"),
        ({"url": "x", "olaylar": ["yeni_chat"]}, "/url"),
        ({"url": HOOK}, "/olaylar"),
        ({"url": HOOK, "olaylar": []}, "/olaylar"),
        ({"url": HOOK, "olaylar": ["yeni_chat", "yeni_chat"]}, "/olaylar"),
        ({"url": HOOK, "olaylar": ["chat_opened"]}, "/olaylar/0"),
        ({"url": HOOK, "olaylar": ["yeni_chat"], "etkin": "evet"}, "/etkin"),
        ({"url": HOOK, "olaylar": ["yeni_chat"], "secret_yenile": None}, "/secret_yenile"),
    ],
)
def test_broken_body_is_a_field_error(owner: Browser, body: Any, field: str) -> None:
    assert owner.call("PUT", "/portal/webhook", body=body).fields == [field]


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("manager", True), ("senior", False), ("junior", False)])
def test_only_owners_and_managers_see_and_change_the_webhook(client: Client, role: Role, may: bool) -> None:
    client.add_member(9, 3, role=role)
    put_delivery(client, finished())
    browser = Browser(client, OWNER_OF_3)
    before = everything(client)
    replies = [browser.set_webhook(), browser.webhook(), browser.resend(1)]
    assert [reply.status for reply in replies] == ([200, 200, 202] if may else [403, 403, 403])
    if not may:
        assert {reply.code for reply in replies} == {"yetki_yok"}
        assert everything(client) == before


def test_endpoint_of_another_project_is_neither_seen_nor_changed(client: Client, owner: Browser) -> None:
    owner.set_webhook()
    tell(client)
    other = Browser(client, OWNER_OF_1)
    assert other.webhook().data == {"webhook": None, "teslimatlar": [], "sonraki_imlec": None}
    other.set_webhook("https://other.example.com/")
    assert owner.webhook().data["webhook"]["url"] == HOOK
    assert other.resend(1).status == 404


# How deliveries come to be


def test_event_that_is_wanted_becomes_a_delivery_that_waits(client: Client, owner: Browser) -> None:
    owner.set_webhook()
    client.start_chat("v1", key=LONELY_KEY)
    (delivery,) = deliveries(owner)
    assert re.fullmatch(r"msg_[A-Za-z0-9_-]{27}", delivery.pop("webhook_id"))
    assert delivery == {
        "id": 1,
        "musteri_id": 3,
        "olay": "yeni_chat",
        "durum": "bekliyor",
        "deneme_sayisi": 0,
        "son_durum_kodu": None,
        "son_hata": None,
        "son_deneme": None,
        "sonraki_deneme": "2026-04-12T14:30:00+03:00",
        "zaman": "2026-04-12T14:30:00+03:00",
    }
    assert tables(client).deliveries_by_id[1].outbox_id == tables(client).outbox[-1].id


def test_every_kind_that_is_written_yet_is_delivered_under_its_name(client: Client, owner: Browser) -> None:
    owner.set_webhook(events=ALL_EVENTS)
    token = client.login(OWNER_OF_3)
    client.call("PUT", "/api/v1/operator/status", token=token, body={"durum": "cevrimici"})
    chat = client.start_chat("v1", key=LONELY_KEY)
    client.end("v1", chat["id"], LONELY_KEY)
    client.rate("v1", chat["id"], key=LONELY_KEY)
    client.call("POST", "/api/v1/auth/logout", token=token)
    told = [delivery["olay"] for delivery in reversed(deliveries(owner))]
    assert told == ["yeni_chat", "chat_kapandi", "memnuniyet_puan", "operator_cevrimdisi"]


def test_what_is_not_wanted_becomes_none(client: Client, owner: Browser) -> None:
    owner.set_webhook(events=["chat_kapandi"])
    client.start_chat("v1", key=LONELY_KEY)
    assert deliveries(owner) == []
    assert len(client.events()) == 1


def test_without_an_enabled_endpoint_there_is_no_delivery(client: Client, owner: Browser) -> None:
    client.start_chat("v1", key=LONELY_KEY)
    owner.set_webhook(etkin=False)
    client.start_chat("v2", key=LONELY_KEY)
    client.start_chat("v3", key=ESNAF_KEY)
    assert tables(client).deliveries_by_id == {}
    owner.set_webhook()
    client.start_chat("v4", key=LONELY_KEY)
    assert [delivery["id"] for delivery in deliveries(owner)] == [1]


def test_refused_change_leaves_no_delivery(client: Client, owner: Browser) -> None:
    owner.set_webhook(events=ALL_EVENTS)
    chat = client.start_chat("v1", key=LONELY_KEY)
    client.end("v1", chat["id"], LONELY_KEY)
    before = everything(client)
    assert client.end("v1", chat["id"], LONELY_KEY).status == 409
    assert everything(client) == before


# The list


def test_deliveries_come_newest_first_in_pages(client: Client, owner: Browser) -> None:
    owner.set_webhook(events=ALL_EVENTS)
    for number in range(7):
        client.clock.advance(seconds=number % 2)
        tell(client)
    seen, query = [], {"limit": 3}
    for _ in range(3):
        data = owner.webhook(**query).data
        seen.append([delivery["id"] for delivery in data["teslimatlar"]])
        query["imlec"] = data["sonraki_imlec"]
        tell(client)
    assert seen == [[7, 6, 5], [4, 3, 2], [1]]
    assert query["imlec"] is None


def test_page_that_is_just_full_has_no_next_one(client: Client, owner: Browser) -> None:
    owner.set_webhook(events=ALL_EVENTS)
    tell(client)
    tell(client)
    assert owner.webhook(limit=2).data["sonraki_imlec"] is None
    assert owner.webhook(limit=1).data["sonraki_imlec"] is not None


def test_cursor_of_another_project_shows_nothing_of_it(client: Client, owner: Browser) -> None:
    owner.set_webhook(events=ALL_EVENTS)
    tell(client)
    cursor = write_cursor(NOON + timedelta(days=1), 1)
    assert Browser(client, OWNER_OF_1).webhook(imlec=cursor).data["teslimatlar"] == []


@pytest.mark.parametrize(("query", "field"), [("imlec=x", "/imlec"), ("limit=0", "/limit"), ("limit=101", "/limit")])
def test_broken_parameter_is_a_field_error(owner: Browser, query: str, field: str) -> None:
    assert owner.call("GET", f"/portal/webhook?{query}").fields == [field]


def test_deliveries_of_the_last_30_days_are_shown(client: Client, owner: Browser) -> None:
    put_delivery(client, finished(1, created_at=NOON - timedelta(days=30, seconds=1)))
    put_delivery(client, finished(2, created_at=NOON - timedelta(days=30)))
    assert [delivery["id"] for delivery in deliveries(owner)] == [2]


def test_older_deliveries_and_events_are_deleted(client: Client, owner: Browser) -> None:
    owner.set_webhook(events=ALL_EVENTS)
    tell(client)
    client.clock.advance(days=30)
    client.run(run_due(client.world))
    assert (len(tables(client).deliveries_by_id), tables(client).outbox[0].id) == (1, 1)
    client.clock.advance(seconds=1)
    client.run(run_due(client.world))
    assert [row.at for row in tables(client).outbox if row.at == NOON] == []
    assert [delivery.id for delivery in tables(client).deliveries_by_id.values()] == []


# Sending again


@pytest.mark.parametrize("state", ["failed", "delivered"])
def test_finished_delivery_waits_again_under_the_same_id(client: Client, owner: Browser, state: Any) -> None:
    owner.set_webhook()
    put_delivery(client, finished(state=state))
    client.clock.advance(minutes=5)
    reply = owner.resend(1)
    assert reply.status == 202
    assert reply.data["teslimat"] == {
        "id": 1,
        "musteri_id": 3,
        "webhook_id": "msg_1",
        "olay": "yeni_chat",
        "durum": "bekliyor",
        "deneme_sayisi": 10,
        "son_durum_kodu": 500,
        "son_hata": "Sunucu 500 döndü",
        "son_deneme": "2026-04-12T14:30:00+03:00",
        "sonraki_deneme": "2026-04-12T14:35:00+03:00",
        "zaman": "2026-04-12T14:30:00+03:00",
    }
    assert deliveries(owner) == [reply.data["teslimat"]]


def test_delivery_that_waits_is_not_queued_twice(client: Client, owner: Browser) -> None:
    owner.set_webhook()
    put_delivery(client, finished())
    assert owner.resend(1).status == 202
    before = everything(client)
    assert (owner.resend(1).status, owner.resend(1).code) == (409, "teslimat_suruyor")
    assert everything(client) == before


def test_of_many_at_once_one_queues_it(crowd: Client) -> None:
    owner = Browser(crowd, OWNER_OF_3)
    owner.set_webhook()
    put_delivery(crowd, finished())
    calls = [owner.send("POST", "/portal/webhook/teslimatlar/1/yeniden") for _ in range(5)]
    assert sorted(reply.status for reply in at_once(crowd, calls)) == [202, 409, 409, 409, 409]


def test_nothing_is_queued_for_an_endpoint_that_is_closed_or_missing(client: Client, owner: Browser) -> None:
    put_delivery(client, finished())
    assert (owner.resend(1).status, owner.resend(1).code) == (409, "webhook_kapali")
    owner.set_webhook(etkin=False)
    before = everything(client)
    assert owner.resend(1).code == "webhook_kapali"
    assert everything(client) == before


@pytest.mark.parametrize("delivery_id", [2, 0, -1, "x", 2**63])
def test_delivery_that_is_none_is_not_found(client: Client, owner: Browser, delivery_id: object) -> None:
    owner.set_webhook()
    put_delivery(client, finished())
    assert owner.resend(delivery_id).status == 404


def test_delivery_of_another_project_cannot_be_told_from_none(client: Client, owner: Browser) -> None:
    owner.set_webhook()
    put_delivery(client, finished())
    other = Browser(client, OWNER_OF_1)
    other.set_webhook()
    before = everything(client)
    assert other.resend(1).code == other.resend(99).code == "bulunamadi"
    assert everything(client) == before


def test_delivery_is_sent_again_for_30_days(client: Client, owner: Browser) -> None:
    owner.set_webhook()
    put_delivery(client, finished(1, created_at=NOON - timedelta(days=30, seconds=1)))
    put_delivery(client, finished(2, created_at=NOON - timedelta(days=30)))
    assert (owner.resend(1).status, owner.resend(2).status) == (404, 202)


def test_member_without_a_right_learns_nothing_about_deliveries(client: Client) -> None:
    browser = Browser(client, SENIOR)
    assert browser.resend(1).code == browser.resend("x").code == "yetki_yok"
