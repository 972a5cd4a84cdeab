"""What becomes of a delivery: its attempts and their times, where they go, what closes an endpoint."""

from __future__ import annotations

import asyncio

import pytest

from impl.due import run_due
from impl.rules.retries import SCHEDULE, Outcome
from impl.rules.signing import webhook_signature
from impl.store.port import Tx
from impl.tests.client import LONELY_KEY, NOON, Client
from impl.tests.handlers.browser import HOOK, Browser, tables, tell
from impl.tests.webhooks.post import ALL_EVENTS, FAILED, OK, Scene

GONE = Outcome(410)


# An attempt


def test_event_is_sent_signed_and_recorded(client: Client) -> None:
    scene = Scene(client)
    chat = client.start_chat("v1", key=LONELY_KEY)
    assert client.run(run_due(client.world)) == 1
    (message,) = scene.post.messages
    assert message.url == HOOK
    assert scene.post.events[0]["veri"]["oturum_id"] == chat["id"]
    headers, now = message.headers, int(client.clock.timestamp())
    signature = webhook_signature(scene.endpoint["secret"], headers["webhook-id"], now, message.body)
    assert headers["webhook-signature"] == signature
    (delivery,) = scene.deliveries
    assert delivery["webhook_id"] == headers["webhook-id"]
    told = [delivery[name] for name in ("durum", "deneme_sayisi", "son_durum_kodu", "son_hata", "sonraki_deneme")]
    assert told == ["teslim_edildi", 1, 204, None, None]
    assert delivery["son_deneme"] == "2026-04-12T14:30:00+03:00"


def test_delivered_event_is_not_sent_again(client: Client) -> None:
    scene = Scene(client)
    tell(client)
    assert [scene.send_due(), scene.send_due()] == [1, 0]
    client.clock.advance(days=4)
    assert scene.send_due() == 0


def test_without_a_sender_deliveries_wait(client: Client) -> None:
    Browser(client, "yalniz@example.com").set_webhook()
    client.start_chat("v1", key=LONELY_KEY)
    assert client.run(run_due(client.world)) == 0


def test_why_no_answer_came_is_recorded(client: Client) -> None:
    scene = Scene(client, Outcome(reason="unreachable"))
    tell(client)
    scene.send_due()
    (delivery,) = scene.deliveries
    assert (delivery["son_durum_kodu"], delivery["son_hata"]) == (None, "Sunucuya bağlanılamadı")
    assert (delivery["durum"], delivery["sonraki_deneme"]) == ("bekliyor", "2026-04-12T14:30:05+03:00")


# The next ones


def test_ten_attempts_come_when_they_are_due_under_one_id_and_then_it_is_given_up(client: Client) -> None:
    scene = Scene(client, FAILED)
    tell(client)
    for number, wait in enumerate(SCHEDULE):
        if wait:
            client.clock.advance(seconds=wait.total_seconds() - 1)
            assert scene.send_due() == 0
            client.clock.advance(seconds=1)
        assert scene.send_due() == 1
        assert scene.deliveries[0]["deneme_sayisi"] == number + 1
    client.clock.advance(days=2)
    assert scene.send_due() == 0
    (delivery,) = scene.deliveries
    assert (delivery["durum"], delivery["son_hata"], delivery["sonraki_deneme"]) == (
        "basarisiz",
        "Sunucu 500 döndü",
        None,
    )
    assert set(scene.post.ids) == {delivery["webhook_id"]}
    assert len({message.body for message in scene.post.messages}) == 1
    assert len({message.headers["webhook-timestamp"] for message in scene.post.messages}) == 10


def test_retry_after_is_honoured(client: Client) -> None:
    scene = Scene(client, Outcome(503, "3600"), OK)
    tell(client)
    scene.send_due()
    assert scene.deliveries[0]["sonraki_deneme"] == "2026-04-12T15:30:00+03:00"
    client.clock.advance(minutes=59)
    assert scene.send_due() == 0
    client.clock.advance(minutes=1)
    assert scene.send_due() == 1
    assert scene.deliveries[0]["durum"] == "teslim_edildi"


def test_attempts_that_fell_due_together_are_one(client: Client) -> None:
    """A clock that was moved by days does not make up for what was missed."""
    scene = Scene(client, FAILED)
    tell(client)
    scene.send_due()
    client.clock.advance(days=3)
    assert scene.send_due() == 1


@pytest.mark.parametrize("answer", [OK, FAILED])
def test_sent_again_it_has_the_same_id_and_body(client: Client, answer: Outcome) -> None:
    scene = Scene(client, OK, answer)
    tell(client)
    scene.send_due()
    scene.owner.resend(scene.deliveries[0]["id"])
    client.clock.advance(seconds=30)
    assert scene.send_due() == 1
    first, second = scene.post.messages
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert scene.deliveries[0]["deneme_sayisi"] == 2


# What is sent to whom


def test_address_events_and_secret_are_those_of_now(client: Client) -> None:
    scene = Scene(client, FAILED)
    tell(client)
    scene.send_due()
    renewed = scene.owner.set_webhook("https://new.example.com/", ["yeni_chat"], secret_yenile=True)
    client.clock.advance(seconds=5)
    scene.send_due()
    message = scene.post.messages[-1]
    assert message.url == "https://new.example.com/"
    timestamp, headers = int(client.clock.timestamp()), message.headers
    expected = webhook_signature(renewed.data["webhook"]["secret"], headers["webhook-id"], timestamp, message.body)
    assert headers["webhook-signature"] == expected


def test_endpoint_that_was_stopped_gets_nothing_more(client: Client) -> None:
    scene = Scene(client, FAILED)
    tell(client)
    scene.send_due()
    scene.owner.set_webhook(events=ALL_EVENTS, etkin=False)
    client.clock.advance(seconds=5)
    assert scene.send_due() == 1
    assert len(scene.post.messages) == 1
    (delivery,) = scene.deliveries
    assert (delivery["durum"], delivery["deneme_sayisi"]) == ("basarisiz", 1)
    assert delivery["son_hata"] == "Webhook adresi kapalı olduğu için gönderilmedi"


def test_event_that_is_kept_no_more_is_given_up(client: Client) -> None:
    scene = Scene(client)
    tell(client)
    tables(client).outbox_by_id.clear()
    scene.send_due()
    assert scene.post.messages == []
    assert scene.deliveries[0]["son_hata"] == "Olay artık saklanmadığı için gönderilmedi"


# Endpoints that are closed


def test_410_closes_the_endpoint_and_what_waits(client: Client) -> None:
    scene = Scene(client, FAILED, GONE)
    tell(client)
    scene.send_due()
    tell(client)
    scene.send_due()
    assert (scene.endpoint["etkin"], scene.endpoint["kapanma_nedeni"]) == (False, "yanit_410")
    client.clock.advance(seconds=5)
    scene.send_due()
    assert len(scene.post.messages) == 2
    assert [delivery["durum"] for delivery in scene.deliveries] == ["basarisiz", "basarisiz"]
    tell(client)
    assert len(scene.deliveries) == 2


def test_endpoint_that_was_opened_again_gets_events_again(client: Client) -> None:
    scene = Scene(client, GONE, OK)
    tell(client)
    scene.send_due()
    scene.owner.set_webhook(events=ALL_EVENTS)
    tell(client)
    scene.send_due()
    assert [delivery["durum"] for delivery in scene.deliveries] == ["basarisiz", "teslim_edildi"]


def fail_daily(scene: Scene, hours: float, days: int) -> None:
    """An event, at once and then every so many hours, for so many times."""
    for _ in range(days):
        tell(scene.client)
        scene.send_due()
        scene.client.clock.advance(hours=hours)


def test_5_days_of_failure_close_the_endpoint(client: Client) -> None:
    scene = Scene(client, FAILED)
    fail_daily(scene, 24, 5)
    client.clock.advance(seconds=-1)
    tell(client)
    scene.send_due()
    assert scene.endpoint["etkin"] is True
    client.clock.advance(seconds=1)
    tell(client)
    scene.send_due()
    assert (scene.endpoint["etkin"], scene.endpoint["kapanma_nedeni"]) == (False, "bes_gun_hata")


def test_a_success_in_between_begins_the_5_days_anew(client: Client) -> None:
    scene = Scene(client, FAILED, FAILED, FAILED, OK, FAILED)
    for _ in range(6):
        client.change(_forget_deliveries)
        tell(client)
        scene.send_due()
        client.clock.advance(hours=30)
    assert scene.endpoint["etkin"] is True


async def _forget_deliveries(tx: Tx) -> None:
    """So that only the newest is attempted."""
    await tx.delete_deliveries(NOON.replace(year=2030))


def test_setting_the_endpoint_begins_the_5_days_anew(client: Client) -> None:
    scene = Scene(client, FAILED)
    fail_daily(scene, 24, 4)
    scene.owner.set_webhook(events=ALL_EVENTS)
    fail_daily(scene, 24, 3)
    assert scene.endpoint["etkin"] is True


def test_answer_of_the_address_before_says_nothing_of_the_new_one(client: Client) -> None:
    scene = Scene(client, GONE)
    tell(client)
    scene.post.open.clear()
    owner = scene.owner

    async def meanwhile() -> None:
        sending = asyncio.create_task(scene.sender.send_due(client.world))
        await scene.post.came.wait()
        client.clock.advance(seconds=1)
        body = {"url": "https://new.example.com/", "olaylar": ALL_EVENTS}
        assert (await owner.send("PUT", "/portal/webhook", body=body)).status == 200
        scene.post.open.set()
        await sending

    client.run(meanwhile())
    assert scene.endpoint["etkin"] is True
    assert scene.deliveries[0]["durum"] == "bekliyor"
