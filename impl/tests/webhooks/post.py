"""A carrier that keeps what it should have posted, and answers as a test wants."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Final

import msgspec

from impl.rules.retries import Outcome
from impl.tests.client import Client
from impl.tests.handlers.browser import HOOK, OWNER_OF_3, Browser
from impl.webhooks.messages import Message
from impl.webhooks.sender import Sender
from impl.wire import EVENT_KINDS_READ

OK: Final = Outcome(204)
FAILED: Final = Outcome(500)
ALL_EVENTS: Final = [*EVENT_KINDS_READ]


class Post:
    """Implements `Carrier`."""

    def __init__(self, *answers: Outcome) -> None:
        """The last answer goes on for ever."""
        self.messages: list[Message] = []
        self.answers = list(answers or [OK])
        self.open = asyncio.Event()
        """Nothing is answered while it is not set."""
        self.open.set()
        self.under_way = 0
        self.most = 0
        self.came = asyncio.Event()
        self.closed = 0

    async def post(self, message: Message) -> Outcome:
        self.messages.append(message)
        self.came.set()
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.open.wait()
            await asyncio.sleep(0)
        finally:
            self.under_way -= 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def close(self) -> None:
        self.closed += 1

    @property
    def events(self) -> list[Any]:
        """The bodies, read."""
        return [msgspec.json.decode(message.body) for message in self.messages]

    @property
    def ids(self) -> list[str]:
        return [message.headers["webhook-id"] for message in self.messages]


class Scene:
    """A demo world with a sender over such a post, and tenant 3's endpoint."""

    def __init__(self, client: Client, *answers: Outcome) -> None:
        self.client = client
        self.post = Post(*answers)
        self.sender = Sender(self.post, chance=lambda: 0.5)
        client.world = replace(client.world, sender=self.sender)
        self._browser = Browser(client)
        self.owner.set_webhook(HOOK, ALL_EVENTS)

    @property
    def owner(self) -> Browser:
        """The owner's browser; signs in anew when time has passed."""
        if not self._browser.is_signed_in():
            assert self._browser.sign_in(OWNER_OF_3).status == 200
        return self._browser

    @property
    def deliveries(self) -> list[Any]:
        """As the portal shows them, oldest first."""
        shown: list[Any] = self.owner.webhook(limit=100).data["teslimatlar"]
        return shown[::-1]

    @property
    def endpoint(self) -> Any:
        return self.owner.webhook().data["webhook"]

    def send_due(self) -> int:
        return self.client.run(self.sender.send_due(self.client.world))
