"""Posts events to a receiver as the server's own sender does: the same headers, limits and reasons."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from cozum.errors import UsageError
from impl.rules.signing import webhook_signature
from impl.rules.webhook_urls import is_allowed
from impl.webhooks.carriers import LazyHttp, NotNow
from impl.webhooks.messages import Message
from mocks.inbox_shown import IN_ENGLISH
from mocks.watched import post


class Came(NamedTuple):
    """What a receiver answered, or why it did not."""

    status: int | None
    error: str
    milliseconds: float


class Forwarder:
    """Posts to one URL, one event after the other."""

    def __init__(self, url: str, runner: asyncio.Runner) -> None:
        self.url = url
        self._runner = runner
        self._carrier = LazyHttp(anywhere=True)

    def post(self, happening: dict[str, Any], secret: str) -> Came:
        """Post an event of the inbox as of now, signed with the secret."""
        return self._runner.run(self._post(happening, secret))

    async def _post(self, happening: dict[str, Any], secret: str) -> Came:
        body, now, webhook_id = happening["metin"].encode(), int(time.time()), happening["webhook_id"]
        signature = webhook_signature(secret, webhook_id, now, body)
        headers = happening["basliklar"] | {"webhook-timestamp": str(now), "webhook-signature": signature}
        try:
            posted = await post(self._carrier, Message(self.url, headers, body))
        except NotNow:
            return Came(None, "too many names are looked up", 0.0)
        outcome = posted.outcome
        reason = "" if outcome.reason is None else IN_ENGLISH[outcome.reason]
        return Came(outcome.status, reason[:1].lower() + reason[1:], posted.milliseconds)

    def close(self) -> None:
        """Nothing more is posted."""
        self._runner.run(self._carrier.close())


@contextmanager
def forwarder(url: str | None) -> Iterator[Forwarder | None]:
    """What posts to the URL, inside; None without one. Raises UsageError for what is no address."""
    if url is None:
        yield None
        return
    read = url if "://" in url else f"http://{url}"
    if not is_allowed(read, anywhere=True):
        raise UsageError(f"--forward {url!a}: must be an address such as http://localhost:3000/hook")
    with asyncio.Runner() as runner:
        made = Forwarder(read, runner)
        try:
            yield made
        finally:
            made.close()
