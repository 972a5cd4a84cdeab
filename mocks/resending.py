"""Sending an event of the inbox again, as it was or edited, correctly signed either way."""

from __future__ import annotations

from impl.rules.signing import webhook_signature
from impl.webhooks.carriers import LazyHttp
from impl.webhooks.messages import Message
from mocks.inbox import MOCK_SECRET, Happening
from mocks.watched import Posted, post


def message_to(event: Happening, url: str, secret: str, timestamp: int, body: bytes | None = None) -> Message:
    """The event's request to that URL as of that Unix second, under the same `webhook-id`.

    Another body than the event's own is sent as it is; the signature is over its exact bytes.
    """
    made = event.message_at(timestamp, secret, url)
    if body is None:
        return made
    signature = webhook_signature(secret, event.webhook_id, timestamp, body)
    return Message(url, made.headers | {"webhook-signature": signature}, body)


def secret_for(url: str, endpoint_url: str | None, endpoint_secret: str) -> str:
    """The endpoint's own secret at its own URL; at any other the mock's, which `cozum listen` prints."""
    return endpoint_secret if url == endpoint_url else MOCK_SECRET


async def resend(message: Message, *, anywhere: bool) -> Posted:
    """Post it now, once. `anywhere`: http and addresses that are not public are allowed. Raises NotNow."""
    carrier = LazyHttp(anywhere=anywhere)
    try:
        return await post(carrier, message)
    finally:
        await carrier.close()
