"""What the second server decides by: signatures, origins, and the settings that its faults change."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from contract_tests.tests.second.data import Chat, Tenant
from contract_tests.tests.second.problems import Problem

PORTS: Final = {"http": 80, "https": 443}
Place = tuple[str, str, int]
"""Scheme, host, port."""


async def at_once(chat: Chat) -> None:
    """Nothing lies between asking for a message's number and writing it."""


@dataclass(frozen=True)
class Rules:
    """Parts and figures; a fault is another one."""

    tolerance: int = 300
    """Seconds that a signature may be away."""
    critical_from: int = 90
    """Percent of storage, worked out from its numbers."""
    rated_once: bool = True
    readable: Callable[[int], bool] = lambda status: True
    """Whether pages of other origins may read an answer of that status."""
    before_writing: Callable[[Chat], Any] = at_once
    """Awaited before a message that has no id of the client's."""


def check_signature(tenant: Tenant, body: dict[str, Any], now: float, tolerance: int) -> bool:
    """Whether the call is signed. Raises Problem for a signature that is wrong, or right but too old or too new."""
    if "signature" not in body:
        return False
    text = f"{body['ziyaretci_id']}|{body.get('email') or ''}|{body['timestamp']}"
    right = hmac.new(tenant.secret.encode(), text.encode(), "sha256").hexdigest()
    if not hmac.compare_digest(right.encode(), body["signature"].encode()):
        raise Problem("imza_gecersiz")
    if abs(now - body["timestamp"]) > tolerance:
        raise Problem("imza_suresi_doldu")
    return True


def check_origin(tenant: Tenant, origin: str | None, referer: str | None) -> None:
    """Raises Problem where the tenant lists its origins and this is none of them."""
    if not tenant.origins:
        return
    place = _place(origin if origin is not None else referer or "")
    if place is None or place not in {_place(one) for one in tenant.origins}:
        raise Problem("origin_izinsiz")


def _place(url: str) -> Place | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or parts.username is not None or not parts.hostname or "\\" in url:
        return None
    return parts.scheme, parts.hostname, PORTS[parts.scheme] if port is None else port
