"""The portal's session cookie, as `Set-Cookie` says it (RFC 6265).

Source: the contract, "Who calls": HttpOnly, SameSite=Lax, Secure on https.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

NAME: Final = "cozum_portal"
SESSION_LIFE: Final = timedelta(hours=12)


def set_cookie(value: str, *, secure: bool) -> str:
    """Give the browser a session, for as long as it lasts."""
    return _cookie(value, int(SESSION_LIFE.total_seconds()), secure)


def empty_cookie(*, secure: bool) -> str:
    """Take it away."""
    return _cookie("", 0, secure)


def _cookie(value: str, max_age: int, secure: bool) -> str:
    https = "; Secure" if secure else ""
    return f"{NAME}={value}; Path=/portal; Max-Age={max_age}; HttpOnly; SameSite=Lax{https}"
