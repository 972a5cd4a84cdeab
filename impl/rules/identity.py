"""Whether a site vouches for its visitor: HMAC-SHA256 over `ziyaretci_id|email|timestamp`.

Source: the reference, "HMAC anti-spoofing": tolerance of ±300 s, lower-case hex, secret of the tenant.
"""

from __future__ import annotations

import hmac
from typing import Final, Literal

from impl.rules.hashing import hmac_sha256

TOLERANCE_SECONDS: Final = 300

Verdict = Literal["valid", "wrong", "expired"]


def signed_text(visitor_id: str, email: str | None, timestamp: int) -> str:
    """The text that is signed; an absent email is the empty string: `abc123||1775993400`."""
    return f"{visitor_id}|{email or ''}|{timestamp}"


def sign(secret: str, visitor_id: str, email: str | None, timestamp: int) -> str:
    """The signature in lower-case hex, 64 characters, over the exact UTF-8 bytes."""
    return hmac_sha256(secret, signed_text(visitor_id, email, timestamp))


def verify(secret: str, visitor_id: str, email: str | None, timestamp: int, signature: str, now: int) -> Verdict:
    """Judge a signature at `now` (Unix seconds): first the signature, then its age.

    Compared in constant time, as bytes; upper-case hex is another string and so wrong.
    """
    expected = hmac_sha256(secret, signed_text(visitor_id, email, timestamp))
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return "wrong"
    return "valid" if abs(now - timestamp) <= TOLERANCE_SECONDS else "expired"
