"""The sender of a sandbox: its loop begins with the first delivery, so that a thousand sandboxes cost nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from impl.webhooks.carriers import Carrier
from impl.webhooks.sender import CHANCE, Sender
from impl.world import World
from mocks.watched import Watched


class RestingSender(Sender):
    """Sleeps until it is woken for the first time."""

    def __init__(self, carrier: Carrier, chance: Callable[[], float] = CHANCE) -> None:
        self.watched = Watched(carrier)
        super().__init__(self.watched, chance)
        self.world: World | None = None
        """Whose webhooks it sends: told once that is made."""
        self._running: asyncio.Task[None] | None = None

    def wake(self) -> None:
        super().wake()
        if self._running is None and self.world is not None:
            self._running = asyncio.get_running_loop().create_task(self.run(self.world))

    async def stop(self) -> None:
        """Send no more; what is under way is let go."""
        self.watched.tell = None
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self.close()  # what was sent while the clock was moved on kept a session open too
        self.world = self._running = None
