"""The sender at work: how many attempts at once, its loop, what fails in it, what survives the end of a process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from impl.actions.deliveries import claim, record
from impl.due import keep_running, run_due
from impl.rules.retries import SCHEDULE
from impl.tests.client import DEMO_KEY, LONELY_KEY, Client
from impl.tests.handlers.browser import HOOK, OWNER_OF_1, Browser, tell
from impl.tests.webhooks.post import ALL_EVENTS, FAILED, OK, Post, Scene
from impl.webhooks import sender as sender_module
from impl.webhooks.carriers import NotNow
from impl.webhooks.sender import AT_ONCE_FOR_ONE, Sender

# At once


def test_one_endpoint_gets_few_at_once_and_holds_no_other_up(client: Client) -> None:
    scene = Scene(client)
    Browser(client, OWNER_OF_1).set_webhook("https://other.example.com/", ALL_EVENTS)
    for number in range(20):
        client.start_chat(f"v{number}", key=LONELY_KEY)
    client.start_chat("other", key=DEMO_KEY)
    scene.post.open.clear()

    async def meanwhile() -> int:
        sending = asyncio.create_task(scene.sender.send_due(client.world))
        await turns(200)
        urls = [message.url for message in scene.post.messages]
        assert (urls.count(HOOK), len(urls)) == (AT_ONCE_FOR_ONE, AT_ONCE_FOR_ONE + 1)
        scene.post.open.set()
        return await sending

    assert client.run(meanwhile()) == 21
    assert scene.post.most <= AT_ONCE_FOR_ONE + 1
    assert len(set(scene.post.ids)) == 21


def test_all_endpoints_together_get_so_many_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "AT_ONCE", 3)
    scene = Scene(client)
    for number in range(10):
        client.start_chat(f"v{number}", key=LONELY_KEY)
    assert scene.send_due() == 10
    assert scene.post.most == 3


def test_loop_and_moved_clock_send_each_event_once(client: Client) -> None:
    scene = Scene(client)
    for _ in range(12):
        tell(client)

    async def meanwhile() -> None:
        loop = asyncio.create_task(scene.sender.run(client.world))
        await asyncio.gather(*(run_due(client.world) for _ in range(3)))
        loop.cancel()
        await asyncio.gather(loop, return_exceptions=True)

    client.run(meanwhile())
    assert (len(scene.post.ids), len(set(scene.post.ids))) == (12, 12)


def test_of_two_processes_each_event_is_sent_by_one(client: Client) -> None:
    scene = Scene(client)
    for _ in range(12):
        tell(client)
    other = Sender(scene.post)

    async def meanwhile() -> None:
        await asyncio.gather(*(sender.send_due(client.world) for sender in (scene.sender, other)))

    client.run(meanwhile())
    assert (len(scene.post.ids), len(set(scene.post.ids))) == (12, 12)


# The loop


def loop_until(client: Client, work: Any) -> Any:
    """Run what a server runs beside its requests until `work` is done."""

    async def scene() -> Any:
        loop = asyncio.create_task(keep_running(client.world))
        try:
            async with asyncio.timeout(10):
                return await work()
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)

    return client.run(scene())


def test_event_is_sent_as_soon_as_it_is_committed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "EVERY", 1000)
    scene = Scene(client)

    async def work() -> None:
        await turns()
        await client.send("POST", "/api/v1/widget/chat/start", key=LONELY_KEY, body={"ziyaretci_id": "v1"})
        await scene.post.came.wait()

    loop_until(client, work)
    assert len(scene.post.ids) == 1


def test_what_is_to_be_sent_again_is_sent_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "EVERY", 1000)
    scene = Scene(client)
    tell(client)
    scene.send_due()
    scene.post.came.clear()
    owner = scene.owner

    async def work() -> None:
        await turns()
        assert (await owner.send("POST", "/portal/webhook/teslimatlar/1/yeniden")).status == 202
        await scene.post.came.wait()

    loop_until(client, work)
    assert len(scene.post.ids) == 2


async def turns(count: int = 50) -> None:
    """Let others go on until they wait."""
    for _ in range(count):
        await asyncio.sleep(0)


def test_what_falls_due_by_itself_is_sent(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "EVERY", 0.01)
    scene = Scene(client, FAILED, OK)
    tell(client)

    async def work() -> None:
        while len(scene.post.messages) < 2:
            await asyncio.sleep(0.01)
            client.clock.advance(seconds=5)

    loop_until(client, work)
    assert len(set(scene.post.ids)) == 1


def test_loop_goes_on_after_what_failed(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sender_module, "EVERY", 0.01)
    scene = Scene(client)
    tell(client)
    failures = [RuntimeError("planted")]

    async def failing(*args: Any) -> Any:
        if failures:
            raise failures.pop()
        return await claim(*args)

    monkeypatch.setattr(sender_module, "claim", failing)
    loop_until(client, scene.post.came.wait)
    assert "planted" in caplog.text


# Failures of ours


def test_attempt_that_we_fail_at_counts(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene(client)
    tell(client)

    async def failing(message: Any) -> Any:
        raise RuntimeError("planted")

    scene.post.post = failing  # type: ignore[method-assign]
    for wait in SCHEDULE:
        client.clock.advance(seconds=wait.total_seconds())
        assert scene.send_due() == 1
    (delivery,) = scene.deliveries
    assert "planted" in caplog.text
    assert (delivery["durum"], delivery["deneme_sayisi"], delivery["son_durum_kodu"]) == ("basarisiz", 10, None)
    assert delivery["son_hata"] == "İstek bizim tarafımızdaki bir hata nedeniyle gönderilemedi"


def test_attempt_that_could_not_be_recorded_is_made_when_its_lease_is_over(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scene = Scene(client)
    tell(client)
    failures = [RuntimeError("planted")]

    async def failing(*args: Any) -> Any:
        if failures:
            raise failures.pop()
        return await record(*args)

    monkeypatch.setattr(sender_module, "record", failing)
    assert scene.send_due() == 1
    assert "planted" in caplog.text
    client.clock.advance(seconds=59)
    assert scene.send_due() == 0
    client.clock.advance(seconds=1)
    assert scene.send_due() == 1
    assert scene.deliveries[0]["durum"] == "teslim_edildi"


def test_attempt_that_had_to_wait_for_us_does_not_count(client: Client) -> None:
    scene = Scene(client)
    tell(client)
    carrier_post, refusals = scene.post.post, [NotNow()]

    async def crowded(message: Any) -> Any:
        if refusals:
            raise refusals.pop()
        return await carrier_post(message)

    scene.post.post = crowded  # type: ignore[method-assign]
    assert scene.send_due() == 1
    (delivery,) = scene.deliveries
    assert (delivery["durum"], delivery["deneme_sayisi"], delivery["son_hata"]) == ("bekliyor", 0, None)
    client.clock.advance(seconds=60)
    assert scene.send_due() == 1
    assert (scene.deliveries[0]["durum"], scene.deliveries[0]["deneme_sayisi"]) == ("teslim_edildi", 1)


# The end of a process


def test_end_leaves_at_once_and_another_process_sends_it_again(client: Client) -> None:
    scene = Scene(client)
    tell(client)
    scene.post.open.clear()
    loop_until(client, scene.post.came.wait)
    assert (scene.post.under_way, scene.post.closed) == (0, 1)
    assert (scene.deliveries[0]["durum"], scene.deliveries[0]["deneme_sayisi"]) == ("bekliyor", 0)
    post = Post()
    client.world = replace(client.world, sender=Sender(post))
    assert client.run(run_due(client.world)) == 0
    client.clock.advance(seconds=60)
    assert client.run(run_due(client.world)) == 1
    assert post.ids == scene.post.ids


def test_what_another_process_recorded_meanwhile_stands(client: Client) -> None:
    """Its lease had run out while the first was still at it."""
    scene = Scene(client, FAILED)
    tell(client)
    scene.post.open.clear()
    other = Sender(Post(OK))

    async def meanwhile() -> None:
        sending = asyncio.create_task(scene.sender.send_due(client.world))
        await scene.post.came.wait()
        client.clock.advance(seconds=60)
        assert await other.send_due(client.world) == 1
        scene.post.open.set()
        await sending

    client.run(meanwhile())
    (delivery,) = scene.deliveries
    assert (delivery["durum"], delivery["deneme_sayisi"], delivery["son_durum_kodu"]) == ("teslim_edildi", 1, 204)


def test_clock_that_is_moved_beyond_a_lease_does_not_double_what_is_under_way(client: Client) -> None:
    scene = Scene(client)
    tell(client)
    scene.post.open.clear()

    async def meanwhile() -> None:
        sending = asyncio.create_task(scene.sender.send_due(client.world))
        await scene.post.came.wait()
        client.clock.advance(seconds=61)
        again = asyncio.create_task(scene.sender.send_due(client.world))
        await turns()
        scene.post.open.set()
        await asyncio.gather(sending, again)

    client.run(meanwhile())
    assert len(scene.post.messages) == 1
    assert scene.deliveries[0]["durum"] == "teslim_edildi"
