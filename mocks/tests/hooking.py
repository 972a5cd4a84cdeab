"""A tenant's webhook on a loopback port, for tests of what is sent there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from standardwebhooks import Webhook

from contract_tests.receiver import Receiver, receiving
from impl.wire.webhooks import EVENT_KINDS
from mocks.tests.whole import Whole

EVENTS: Final = tuple(EVENT_KINDS.values())
PATIENCE: Final = 10.0


@contextmanager
def listening() -> Iterator[Receiver]:
    """Listens on a free loopback port."""
    with receiving("http://127.0.0.1:{port}/") as receiver:
        yield receiver


def set_webhook(mock: Whole, url: str, *events: str, new_secret: bool = False, **headers: str) -> str:
    """Tenant 1's endpoint, as its owner sets it; answers its secret."""
    same_site = {"accept": "application/json", "sec_fetch_site": "same-origin", **headers}
    signed_in = mock.ask("POST", "/portal/giris", {"email": "destek@example.com", "sifre": "sifre123"}, **same_site)
    cookie = signed_in.headers["set-cookie"].partition(";")[0]
    body = {"url": url, "olaylar": events or EVENTS, "secret_yenile": new_secret}
    answer = mock.ask("PUT", "/portal/webhook", body, cookie=cookie, **same_site)
    assert answer.status == 200, answer.body.decode()
    return str(answer.json["data"]["webhook"]["secret"])


def attempted(mock: Whole, times: int = 1, sandbox: str = "") -> None:
    """Let the mock go on until the first event was sent so often, and what came of it is written down."""

    def is_done() -> bool:
        known = mock.mock.sandboxes.known(sandbox)
        event = None if known is None else known.inbox.event(1)
        return event is not None and event.delivery is not None and event.delivery.attempts == times

    async def wait() -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_done():  # noqa: ASYNC110 - nobody rings a bell
                await asyncio.sleep(0.01)

    mock.run(wait())


def trigger(mock: Whole, event: str, **options: Any) -> Any:
    """What comes of it."""
    return mock.control("POST", "/trigger", {"olay": event, **options})


def inbox(mock: Whole, query: str = "", **headers: str) -> list[Any]:
    """The events, oldest first."""
    return list(mock.control("GET", f"/inbox?{query}", **headers)["olaylar"])


def verified(secret: str, body: str | bytes, headers: Mapping[str, str]) -> Any:
    """What a receiver's library makes of it; raises when the signature is wrong, or from another time."""
    return Webhook(secret).verify(body, dict(headers))
