"""The worlds that sandboxes begin with."""

from __future__ import annotations

from impl.demo import demo_ids, load_demo, read_demo
from impl.files import Files
from impl.passwords import Passwords
from impl.settings import Settings
from impl.store.memory import MemoryStore
from impl.webhooks.carriers import LazyHttp
from impl.world import Presence, Waker, World
from mocks.clock import MockClock
from mocks.ids import MockIds
from mocks.sandbox import Make
from mocks.sending import RestingSender
from mocks.state.snapshot import Snapshot, put_snapshot


class Worlds:
    """Makes worlds, each with its own store, files and ids; what costs memory they share."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._passwords = Passwords()
        self._demo = read_demo()

    async def demo(self, clock: MockClock) -> World:
        """One with the demo data."""
        store, files = MemoryStore(), Files()
        await load_demo(store, self._demo, clock.now(), files)
        return self._around(store, files, Presence(), MockIds.going_on(demo_ids(self._demo)), clock)

    async def empty(self, clock: MockClock) -> World:
        """The demo's tenants with their operators and texts, without a visitor or chat."""
        store, files = MemoryStore(), Files()
        demo = {**self._demo, "visitors": [], "chats": []}
        await load_demo(store, demo, clock.now(), files)
        return self._around(store, files, Presence(), MockIds.going_on(demo_ids(demo)), clock)

    def of(self, snapshot: Snapshot) -> Make:
        """Makes worlds with that state."""

        async def make(clock: MockClock) -> World:
            store, files, presence = MemoryStore(), Files(), Presence()
            ids = await put_snapshot(snapshot, clock.now(), store, files, presence)
            return self._around(store, files, presence, ids, clock)

        return make

    def _around(self, store: MemoryStore, files: Files, presence: Presence, ids: MockIds, clock: MockClock) -> World:
        settings = self._settings
        return World(
            store,
            clock,
            ids,
            Waker(),
            self._passwords,
            presence,
            public_url=settings.public_url,
            files=files,
            sender=RestingSender(LazyHttp(anywhere=settings.webhooks_anywhere)),
            webhooks_anywhere=settings.webhooks_anywhere,
        )
