"""The signature of a webhook: HMAC-SHA256 over `id.timestamp.body`.

Source: Standard Webhooks, "Signature scheme", version `v1`; the contract, "Webhooks".
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from typing import Final

SECRET_PREFIX: Final = "whsec_"


def webhook_signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: `v1,` and base64, over the body's exact bytes.

    `secret` is `whsec_` and the key in base64; `timestamp` is in Unix seconds.
    """
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.digest(key, b"%s.%d.%s" % (message_id.encode(), timestamp, body), "sha256")
    return f"v1,{b64encode(signed).decode()}"
