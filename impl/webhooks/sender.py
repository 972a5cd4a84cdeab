"""The sender: claims what is due, posts it, a bounded number at once, and records what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from random import SystemRandom
from typing import Final

from impl.actions.deliveries import Attempt, claim, record
from impl.rules.retries import Outcome
from impl.webhooks.carriers import Carrier, NotNow
from impl.webhooks.messages import message
from impl.world import World

AT_ONCE: Final = 128
"""Attempts under way at most."""
AT_ONCE_FOR_ONE: Final = 4
"""Of them, for one endpoint: one that is slow holds no other up."""

EVERY: Final = 1.0
"""Seconds between two looks for what fell due by itself."""

CHANCE: Final = SystemRandom().random

log = logging.getLogger("cozum")


class Sender:
    """Implements `world.Sender`, for one world. `chance` gives numbers from 0 to 1, for the jitter."""

    def __init__(self, carrier: Carrier, chance: Callable[[], float] = CHANCE) -> None:
        self._carrier = carrier
        self._chance = chance
        self._under_way: dict[asyncio.Task[None], Attempt] = {}
        self._claiming = asyncio.Lock()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def run(self, world: World) -> None:
        try:
            while True:
                self._woken.clear()
                try:
                    while await self._begin(world, world.clock.now()):
                        pass
                except Exception:
                    log.exception("webhooks could not be claimed")
                with suppress(TimeoutError):
                    async with asyncio.timeout(EVERY):
                        await self._woken.wait()
        finally:
            await self.close()

    async def send_due(self, world: World) -> int:
        now, begun = world.clock.now(), 0
        while True:
            claimed = await self._begin(world, now)
            begun += claimed
            due = [task for task, attempt in self._under_way.items() if _is_due(attempt, now)]
            if due and not claimed:
                await asyncio.wait(due, return_when=asyncio.FIRST_COMPLETED)
            elif not claimed:
                return begun

    async def close(self) -> None:
        """Let go of what is under way: its lease runs out, and it is sent again."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._carrier.close()

    async def _begin(self, world: World, now: datetime) -> int:
        """Claim and begin as much as there is room for; answers how many were claimed."""
        async with self._claiming:
            room = AT_ONCE - len(self._under_way)
            if room <= 0:
                return 0
            busy = Counter(attempt.delivery.tenant_id for attempt in self._under_way.values())
            claimed = await claim(world, now, room, AT_ONCE_FOR_ONE, busy)
            ours = {attempt.delivery.id for attempt in self._under_way.values()}
            for attempt in claimed.attempts:
                if attempt.delivery.id not in ours:  # the clock was moved beyond its lease
                    task = asyncio.create_task(self._attempt(world, attempt))
                    self._under_way[task] = attempt
                    task.add_done_callback(self._ended)
            return claimed.count

    async def _attempt(self, world: World, attempt: Attempt) -> None:
        try:
            await record(world, attempt, await self._outcome(world, attempt), self._chance())
        except NotNow:
            log.warning("delivery %d waits: too many names are looked up", attempt.delivery.id)
        except Exception:
            log.exception("the attempt at delivery %d could not be recorded", attempt.delivery.id)

    async def _outcome(self, world: World, attempt: Attempt) -> Outcome:
        """How the attempt ended. One that we fail at counts like any other, or it were repeated for ever."""
        try:
            return await self._carrier.post(message(attempt, int(world.clock.timestamp())))
        except NotNow:
            raise
        except Exception:
            log.exception("the attempt at delivery %d could not be made", attempt.delivery.id)
            return Outcome(reason="not_sent")

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._woken.set()  # there is room for another


def _is_due(attempt: Attempt, now: datetime) -> bool:
    at = attempt.delivery.next_attempt_at
    return at is not None and at <= now
