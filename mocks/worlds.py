"""The worlds that sandboxes begin with."""

from __future__ import annotations

from impl.demo import demo_ids, load_demo, read_demo
from impl.files import Files
from impl.passwords import Passwords
from impl.settings import Settings
from impl.store.memory import MemoryStore
from impl.webhooks.carriers import LazyHttp
from impl.world import Waker, World
from mocks.clock import MockClock
from mocks.sandbox import Make
from mocks.sending import RestingSender


def demo_worlds(settings: Settings) -> Make:
    """Makes worlds with the demo data, each with its own store, files and ids; what costs memory they share."""
    demo, passwords = read_demo(), Passwords()

    async def make(clock: MockClock) -> World:
        store, files = MemoryStore(), Files()
        await load_demo(store, demo, clock.now(), files)
        return World(
            store,
            clock,
            demo_ids(demo),
            Waker(),
            passwords,
            public_url=settings.public_url,
            files=files,
            sender=RestingSender(LazyHttp(anywhere=settings.webhooks_anywhere)),
            webhooks_anywhere=settings.webhooks_anywhere,
        )

    return make
