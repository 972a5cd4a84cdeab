"""How an event of the inbox is shown: the request that tells it, whether that is right, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from impl.problems import Language, Text
from impl.rules.retries import LIMIT_SECONDS, REASONS, Reason
from impl.rules.times import ISTANBUL
from impl.wire.webhooks import DELIVERY_STATES, EVENT_KINDS
from mocks.event_contract import EventContract, is_signed
from mocks.inbox import Happening, Tried

IN_ENGLISH: Final[Mapping[Reason, str]] = {
    "timeout": f"No answer came in {LIMIT_SECONDS} seconds",
    "unknown_host": "The server's name has no address",
    "unreachable": "The server could not be connected to",
    "tls": "No secure connection (TLS) could be made",
    "not_public": "The address may not be sent to",
    "closed": "The connection was closed before an answer came",
    "unreadable": "The server's answer could not be read",
    "not_sent": "The request could not be sent, by a mistake of ours",
}


def event_of(event: Happening, url: str | None, contract: EventContract, language: Language) -> dict[str, Any]:
    """All there is of an event; `url` is that of the tenant's endpoint."""
    name, message = EVENT_KINDS[event.kind], event.message
    return {
        "id": event.id,
        "zaman": event.row.at.isoformat(),
        "olay": name,
        "musteri_id": event.tenant_id,
        "webhook_id": event.webhook_id,
        "govde": msgspec.Raw(message.body),
        "metin": message.body.decode(),
        "basliklar": message.headers,
        "secret": event.secret,
        "imza_gecerli": is_signed(message, event.secret),
        "kusurlar": contract.faults(name, message),
        "teslimat": _delivery(event, url),
        "denemeler": [attempt_of(tried, language) for tried in event.attempts],
    }


def _delivery(event: Happening, url: str | None) -> dict[str, Any] | None:
    delivery = event.delivery
    if delivery is None:
        return None
    due = delivery.next_attempt_at
    return {
        "id": delivery.id,
        "url": url if event.sent is None else event.sent.url,
        "durum": DELIVERY_STATES[delivery.state],
        "deneme_sayisi": delivery.attempts,
        "sonraki_deneme": None if due is None else due.isoformat(),
        "son_hata": delivery.last_error,
    }


def attempt_of(tried: Tried, language: Language) -> dict[str, Any]:
    """An attempt: when, where, and the status that came or why none did."""
    outcome = tried.outcome
    return {
        "zaman": datetime.fromtimestamp(tried.timestamp, ISTANBUL).isoformat(),
        "url": tried.url,
        "durum": outcome.status,
        "hata": None if outcome.reason is None else reason_text(outcome.reason).in_language(language),
        "sure_ms": round(tried.milliseconds, 1),
        "elle": tried.by_hand,
    }


def reason_text(reason: Reason) -> Text:
    """Why no answer came."""
    return Text(REASONS[reason], IN_ENGLISH[reason])
