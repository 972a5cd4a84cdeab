"""Waiting before an answer goes on, for no longer than somebody waits for it."""

from __future__ import annotations

import asyncio
from typing import Final

from impl.contract.replies import Receive

LONGEST_DELAY: Final = 60_000
"""Milliseconds that an answer may be held back: longer than a browser's patience, short enough to notice a mistake."""
BETWEEN_MESSAGES: Final = 0.01
"""Seconds: a body that nobody read comes slowly, and a server that repeats itself keeps no processor busy."""


async def pause(milliseconds: float, receive: Receive) -> bool:
    """Wait that long; False, and at once, when the client has left. What is unread of the request's body is lost."""
    if milliseconds <= 0:
        return True
    leaving = asyncio.ensure_future(_left(receive))
    try:
        done, _ = await asyncio.wait((leaving,), timeout=milliseconds / 1000)
        return not done
    finally:
        leaving.cancel()


async def _left(receive: Receive) -> None:
    """Until the client has left."""
    while (await receive())["type"] != "http.disconnect":  # noqa: ASYNC110 - it is the server that is asked
        await asyncio.sleep(BETWEEN_MESSAGES)
