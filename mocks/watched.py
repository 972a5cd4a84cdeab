"""A carrier that tells somebody of every attempt that it carries."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from importlib import import_module
from time import perf_counter
from typing import Final, NamedTuple

from impl.rules.retries import Outcome
from impl.webhooks.carriers import Carrier
from impl.webhooks.messages import Message

HTTP: Final = "impl.webhooks.http"


class Posted(NamedTuple):
    """A message that was posted, and what came of it."""

    message: Message
    outcome: Outcome
    milliseconds: float
    """Of the machine's time, whatever the mock's clock does."""


class Watched:
    """Implements `Carrier` around another one. What was not posted for want of something of ours is not told."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self.tell: Callable[[Posted], object] | None = None

    async def post(self, message: Message) -> Outcome:
        posted = await post(self._carrier, message)
        if self.tell is not None:
            self.tell(posted)
        return posted.outcome

    async def close(self) -> None:
        await self._carrier.close()


async def post(carrier: Carrier, message: Message) -> Posted:
    """Post it once. Raises NotNow."""
    if HTTP not in sys.modules:  # a carrier imports it for the first message: that is not the receiver's time
        await asyncio.to_thread(import_module, HTTP)
    began = perf_counter()
    outcome = await carrier.post(message)
    return Posted(message, outcome, (perf_counter() - began) * 1000)
