"""A delivery as an HTTP request: its body and the headers of Standard Webhooks."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from impl.actions.deliveries import Attempt
from impl.rules.signing import webhook_signature
from impl.wire import told

USER_AGENT: Final = "cozum-webhooks/1"

_encode = msgspec.json.Encoder().encode


class Message(NamedTuple):
    """What is posted."""

    url: str
    headers: dict[str, str]
    body: bytes


def message(attempt: Attempt, timestamp: int) -> Message:
    """The request of an attempt at that Unix second, signed with the endpoint's secret over the body's bytes."""
    body, webhook_id = _encode(told(attempt.row)), attempt.delivery.webhook_id
    headers = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": webhook_signature(attempt.endpoint.secret, webhook_id, timestamp, body),
    }
    return Message(attempt.endpoint.url, headers, body)
