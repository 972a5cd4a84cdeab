"""The parts of a world: clock, ids, and who waits for what."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Final

import pytest

from impl.world import CountingIds, Memo, SystemClock, Waker

LONG: Final = 60.0
"""Seconds that no test waits for: it is woken, or fails."""


# SystemClock


def test_system_clock_tells_whole_seconds_of_istanbul(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_775_993_400.987)
    now = SystemClock().now()
    assert now.isoformat() == "2026-04-12T14:30:00+03:00"
    assert now.utcoffset() == timedelta(hours=3)


def test_system_clock_goes_on_with_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([100.0, 100.999, 101.0, 99.5])
    monkeypatch.setattr(time, "time", lambda: next(seconds))
    clock = SystemClock()
    assert [clock.now().timestamp() for _ in range(4)] == [100, 100, 101, 99]


def test_system_clock_keeps_the_fraction_of_its_timestamp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_775_993_400.987)
    assert SystemClock().timestamp() == 1_775_993_400.987


def test_system_clock_is_the_machines() -> None:
    before = int(time.time())
    clock = SystemClock()
    assert before <= clock.now().timestamp() <= clock.timestamp() <= time.time()


# CountingIds


def test_ids_count_each_kind_from_1() -> None:
    ids = CountingIds()
    assert [ids.next("chat"), ids.next("chat"), ids.next("message"), ids.next("chat")] == [1, 2, 1, 3]


def test_ids_go_on_after_the_last_ones_given() -> None:
    last = {"chat": 42}
    ids = CountingIds(last)
    assert [ids.next("chat"), ids.next("token")] == [43, 1]
    assert last == {"chat": 42}


def test_secrets_are_43_url_safe_characters_and_never_the_same() -> None:
    ids = CountingIds()
    secrets = {ids.secret().text for _ in range(100)}
    assert len(secrets) == 100
    assert {len(secret) for secret in secrets} == {43}
    assert all(secret.replace("-", "").replace("_", "").isalnum() and secret.isascii() for secret in secrets)


# Waker


def test_change_between_listening_and_waiting_is_not_missed() -> None:
    """Listen, read, then wait: what changes after the reading wakes at once."""

    async def scene() -> None:
        waker = Waker()
        future = waker.listen(42)
        waker.wake(42)
        assert future.done()
        await waker.wait(future, LONG)

    asyncio.run(scene())


def test_wake_reaches_all_who_wait_for_that_chat_and_nobody_else() -> None:
    async def scene() -> None:
        waker = Waker()
        mine = [waker.listen(42), waker.listen(42)]
        other = waker.listen(43)
        waiting = asyncio.gather(*(waker.wait(future, LONG) for future in mine))
        await asyncio.sleep(0)
        assert not waiting.done()
        waker.wake(42)
        await waiting
        assert not other.done()

    asyncio.run(scene())


def test_wake_without_listeners_is_not_kept_for_later() -> None:
    async def scene() -> None:
        waker = Waker()
        waker.wake(42)
        assert not waker.listen(42).done()

    asyncio.run(scene())


def test_wait_ends_after_its_seconds_without_an_error() -> None:
    async def scene() -> None:
        waker = Waker()
        future = waker.listen(42)
        await waker.wait(future, 0)
        waker.wake(42)
        assert future.cancelled()

    asyncio.run(scene())


def test_who_was_woken_waits_again_only_after_listening_again() -> None:
    async def scene() -> None:
        waker = Waker()
        first = waker.listen(42)
        waker.wake(42)
        second = waker.listen(42)
        assert first.done()
        assert not second.done()
        waker.wake(42)
        assert second.done()

    asyncio.run(scene())


def test_who_is_forgotten_is_not_woken_and_the_others_are() -> None:
    async def scene() -> None:
        waker = Waker()
        gone, stays = waker.listen(42), waker.listen(42)
        waker.forget(42, gone)
        waker.wake(42)
        assert not gone.done()
        assert stays.done()

    asyncio.run(scene())


def test_forgetting_is_safe_after_a_wake_and_twice() -> None:
    async def scene() -> None:
        waker = Waker()
        future = waker.listen(42)
        waker.wake(42)
        waker.forget(42, future)
        waker.forget(42, future)
        waker.forget(7, future)
        later = waker.listen(42)
        waker.wake(42)
        assert later.done()

    asyncio.run(scene())


def test_forgetting_leaves_nothing_behind() -> None:
    """A poll a second over a million chats must not fill the memory."""

    async def scene() -> None:
        waker = Waker()
        for chat_id in range(100):
            waker.forget(chat_id, waker.listen(chat_id))
        assert not vars(waker)["_waiting"]

    asyncio.run(scene())


def test_closing_wakes_everybody_and_nobody_waits_any_more() -> None:
    async def scene() -> None:
        waker = Waker()
        futures = [waker.listen(chat_id) for chat_id in (41, 42, 42)]
        before = waker.closed
        waker.close()
        assert (before, waker.closed) == (False, True)
        assert all(future.done() for future in futures)
        await waker.wait(waker.listen(43), LONG)

    asyncio.run(scene())


def test_cancelled_waiter_does_not_disturb_the_wake_of_others() -> None:
    async def scene() -> None:
        waker = Waker()
        first, second = waker.listen(42), waker.listen(42)
        waiting = asyncio.ensure_future(waker.wait(first, LONG))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert waiting.cancelled()
        waker.wake(42)
        assert second.done()

    asyncio.run(scene())


def test_memo_keeps_what_was_used_lately() -> None:
    memo = Memo(size=2)
    memo.put("a", 1)
    memo.put("b", 2)
    assert memo.get("a") == 1
    memo.put("c", 3)
    assert (memo.get("a"), memo.get("b"), memo.get("c")) == (1, None, 3)


def test_memo_knows_the_last_value_of_a_key() -> None:
    memo = Memo(size=2)
    memo.put("a", 1)
    memo.put("a", 2)
    memo.put("b", 3)
    assert (memo.get("a"), memo.get("b")) == (2, 3)
