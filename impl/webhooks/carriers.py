"""Who carries a message to its receiver."""

from __future__ import annotations

import asyncio
from typing import Protocol

from impl.rules.retries import Outcome
from impl.webhooks.messages import Message


class NotNow(Exception):
    """The message was not posted for want of something of ours: that says nothing of its receiver."""


class Carrier(Protocol):
    """Posts messages. Whatever the receiver does is an outcome: nothing is raised but NotNow, and for cancelling."""

    async def post(self, message: Message) -> Outcome:
        """Post it once, and tell how that ended."""
        ...

    async def close(self) -> None:
        """Drop what is kept for later messages; another may follow all the same."""
        ...


class LazyHttp:
    """The carrier over HTTP. Its library takes 0.2 s and 7 MiB, so it is imported for the first message, in a thread.

    `anywhere`: http and addresses that are not public are allowed too.
    """

    def __init__(self, *, anywhere: bool) -> None:
        self._anywhere = anywhere
        self._carrier: Carrier | None = None

    async def post(self, message: Message) -> Outcome:
        if self._carrier is None:
            made = await asyncio.to_thread(self._make)
            self._carrier = self._carrier or made  # of several first messages one was faster
        return await self._carrier.post(message)

    async def close(self) -> None:
        if self._carrier is not None:
            await self._carrier.close()

    def _make(self) -> Carrier:
        from impl.webhooks.http import Http

        return Http(anywhere=self._anywhere)
