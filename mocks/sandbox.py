"""One world of the mock, and how time passes in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from math import inf
from time import monotonic
from typing import Final

from impl.due import run_due, run_steps
from impl.store.memory import MemoryStore
from impl.world import World
from mocks.clock import MockClock
from mocks.falling_due import Part, next_due
from mocks.faults import Faults
from mocks.inbox import Inbox
from mocks.sending import RestingSender

Make = Callable[[MockClock], Awaitable[World]]
"""Makes a world with that clock, whose store is a `MemoryStore` and whose sender a `RestingSender`."""

Aim = Callable[[MockClock], datetime | None]
"""Where a clock shall go; None: nowhere else."""

EVERY: Final = 5.0
"""Seconds between two rounds of what falls due, as in the server."""
EVERY_FAST: Final = 0.25
"""The same where the clock runs faster than ours."""
FARTHEST: Final = timedelta(days=3_660)
"""How far a clock goes at once."""
MOST_ACTS: Final = 1_000
"""What the parts of a sandbox do at most while its clock is moved on; the rest is done where it arrives, and later."""

log = logging.getLogger("cozum")


class Sandbox:
    """A world with its own clock, store, files and ids; `name` is empty for the one of requests that name none."""

    def __init__(self, name: str, clock: MockClock, world: World) -> None:
        self.name = name
        self.clock = clock
        self.world = world
        self.faults = Faults()
        """What goes wrong in this one only."""
        self.inbox = Inbox(self.store)
        self.used_at = self._looked_at = monotonic()
        """When it was last asked for, on the machine's monotonic clock."""
        self.parts: list[Part] = []
        """What of the mock acts in it by itself."""
        self._busy = asyncio.Lock()
        self._moving = False

    @classmethod
    async def open(cls, name: str, make: Make) -> Sandbox:
        """A new one, at the machine's time."""
        clock = MockClock()
        made = cls(name, clock, await make(clock))
        made._introduce()
        return made

    async def begin(self, make: Make) -> None:
        """Begin anew: another world, at the machine's time. Who waits in the old one waits no more."""
        async with self._busy:
            clock = MockClock()
            world = await make(clock)
            old, self.clock, self.world = self.world, clock, world
            self.inbox.begin(self.store)
            self._introduce()
            self.send()
        await _end(old)

    async def end(self) -> None:
        """Nobody asks for it any more."""
        await _end(self.world)

    def _introduce(self) -> None:
        """Tell the sender whose webhooks it sends, and who hears of them."""
        sender = self.world.sender
        if isinstance(sender, RestingSender):
            sender.world = self.world
            sender.watched.tell = self.inbox.attempted

    def send(self) -> None:
        """Look for webhooks that wait; from inside the loop that serves, or what sends them ends with another one."""
        if self.world.sender is not None and self.store.tables.waiting:
            self.world.sender.wake()

    @property
    def store(self) -> MemoryStore:
        """The world's store, into which the mock may look."""
        store = self.world.store
        if not isinstance(store, MemoryStore):
            raise TypeError("the mock keeps its state in memory")
        return store

    async def change_clock(self, aim: Aim, speed: float | None = None) -> int:
        """Set the clock to what `aim` says of it then, and let it run at that speed (None: as before).

        What falls due on the way is done, each at its time, before this returns; answers how much that was. Of several
        at once the next begins when the one before has arrived. Raises what `aim` raises; then nothing has changed.
        """
        async with self._busy:
            clock = self.clock
            target = aim(clock)
            speed = clock.speed if speed is None else speed
            clock.run(0)
            try:
                return 0 if target is None else await self._move_on(target)
            finally:
                clock.run(speed)

    async def move_on(self, target: datetime) -> int:
        """The same to that instant, which is not in the past."""
        return await self.change_clock(lambda clock: target)

    async def _move_on(self, target: datetime) -> int:
        clock, self._moving = self.clock, True
        try:
            acts = await self._act()
            done = await self._run_due()
            while (instant := self._next_due(parts=acts < MOST_ACTS)) < target.timestamp():
                clock.move_to(max(instant, clock.timestamp()))
                acts += await self._act()
                done += await self._run_due()
            clock.move_to(max(target.timestamp(), clock.timestamp()))
            acts += await self._act()
            return acts + done + await self._run_due()
        finally:
            self._moving = False

    def _next_due(self, *, parts: bool) -> float:
        """When something next falls due, in Unix seconds; of the parts too, or not."""
        callers = {operator_id for part in self.parts for operator_id in part.callers()}
        instant = next_due(self.store.tables, self.world.presence, self.clock.now(), callers)
        instants = [None if instant is None else instant.timestamp()]
        if parts:
            instants += [part.next_due() for part in self.parts]
        return min([when for when in instants if when is not None], default=inf)

    async def _act(self) -> int:
        return sum([await part.run_due() for part in self.parts])

    async def act(self) -> None:
        """Let the parts do what is due now; not while the clock is moved on, which does it itself."""
        if not self._moving:
            await self._act()

    async def _run_due(self) -> int:
        self.inbox.keep_up()  # the store forgets what is old
        return await run_due(self.world)

    async def look_after(self) -> None:
        """Do what is due now, if it is time to look again; what fails is logged."""
        now = monotonic()
        every = EVERY_FAST if self.clock.speed > 1 else EVERY
        if now - self._looked_at < every or self._busy.locked():
            return
        self._looked_at = now
        async with self._busy:
            try:
                await self._act()
                self.inbox.keep_up()
                await run_steps(self.world)
                self.send()
            except Exception:
                log.exception("what was due could not be done")

    def release(self) -> None:
        """Nobody waits in it any more: the process ends."""
        self.world.waker.close()


async def _end(world: World) -> None:
    world.waker.close()
    if isinstance(world.sender, RestingSender):
        await world.sender.stop()
    world.files.close()
