"""A carrier that tells somebody of every attempt that it carries."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import NamedTuple

from impl.rules.retries import Outcome
from impl.webhooks.carriers import Carrier
from impl.webhooks.messages import Message


class Posted(NamedTuple):
    """A message that was posted, and what came of it."""

    message: Message
    outcome: Outcome
    milliseconds: float
    """Of the machine's time, whatever the mock's clock does."""
    by_hand: bool = False
    """Whether somebody sent it again through the control API."""


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


async def post(carrier: Carrier, message: Message, *, by_hand: bool = False) -> Posted:
    """Post it once. Raises NotNow."""
    began = perf_counter()
    outcome = await carrier.post(message)
    return Posted(message, outcome, (perf_counter() - began) * 1000, by_hand)
