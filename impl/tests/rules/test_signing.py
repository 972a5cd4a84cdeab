"""What is signed can be verified by whoever follows Standard Webhooks."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from impl.contract.document import follow, load
from impl.rules.signing import webhook_signature
from impl.tests.client import DOCUMENT

BODY = b'{"olay":"yeni_chat"}'


def headers(message_id: str, timestamp: int, signature: str) -> dict[str, str]:
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


@given(key=st.binary(min_size=24, max_size=64), message_id=st.from_regex(r"msg_[A-Za-z0-9_-]{1,27}", fullmatch=True))
def test_signature_is_verified_by_the_standard_s_own_package(key: bytes, message_id: str) -> None:
    secret, now = f"whsec_{b64encode(key).decode()}", int(datetime.now(UTC).timestamp())
    signature = webhook_signature(secret, message_id, now, BODY)
    assert Webhook(secret).verify(BODY, headers(message_id, now, signature)) == {"olay": "yeni_chat"}


@given(data=st.text(st.characters(exclude_categories=["Cs"])), timestamp=st.integers(0, 4_000_000_000))
def test_signature_is_the_one_that_the_package_makes(data: str, timestamp: int) -> None:
    secret = f"whsec_{b64encode(b'k' * 32).decode()}"
    theirs = Webhook(secret).sign("msg_1", datetime.fromtimestamp(timestamp, UTC), data)
    assert webhook_signature(secret, "msg_1", timestamp, data.encode()) == theirs


@pytest.mark.parametrize(
    ("message_id", "seconds", "body"),
    [("msg_2", 0, BODY), ("msg_1", 1, BODY), ("msg_1", 0, BODY + b" ")],
    ids=["id", "timestamp", "body"],
)
def test_everything_is_signed(message_id: str, seconds: int, body: bytes) -> None:
    secret, now = f"whsec_{b64encode(b'k' * 32).decode()}", int(datetime.now(UTC).timestamp())
    signature = webhook_signature(secret, "msg_1", now, BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers(message_id, now + seconds, signature))


def test_document_s_example_is_right() -> None:
    document = load(DOCUMENT)
    event = document["webhooks"]["yeni_chat"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    told = {
        name: next(iter(follow(document, f"#/components/parameters/{name}")["examples"].values()))["value"]
        for name in ("WebhookId", "WebhookTimestamp", "WebhookSignature")
    }
    signature = webhook_signature(
        "whsec_Y296dW0tb3JuZWstaW16YS1hbmFodGFyaS0yMDI2ISE=",
        told["WebhookId"],
        told["WebhookTimestamp"],
        msgspec.json.encode(event["chat42"]["value"]),
    )
    assert signature == told["WebhookSignature"]
