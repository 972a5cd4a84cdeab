"""Attempts at delivering a webhook: when the next one is, what an answer means, when an endpoint is given up.

Source: the contract, "Webhooks": 10 attempts over 75 hours with jitter, 2xx is success, 410 and 5 days of failure
disable, `Retry-After` (capped) is honoured; Standard Webhooks, "Retries". RFC 9110, 10.2.3 for `Retry-After`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Final, Literal, NamedTuple

LIMIT_SECONDS: Final = 15
"""The longest that an attempt waits for its answer."""

SCHEDULE: Final = (
    timedelta(),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after the one before each attempt comes."""

JITTER: Final = 0.1
"""Each wait is up to so much shorter or longer, so that what failed together does not come back together."""

LONGEST_ASKED: Final = timedelta(hours=24)
"""More than this `Retry-After` cannot ask for."""
MANY_DIGITS: Final = 9
"""Of a number of seconds; so many are more than `LONGEST_ASKED` already."""

FAILING: Final = timedelta(days=5)
"""An endpoint that fails for so long is disabled."""

Reason = Literal["timeout", "unknown_host", "unreachable", "tls", "not_public", "closed", "unreadable", "not_sent"]
Meaning = Literal["delivered", "gone", "failed"]

REASONS: Final[Mapping[Reason, str]] = {
    "timeout": f"{LIMIT_SECONDS} saniyede yanıt gelmedi",
    "unknown_host": "Sunucunun adı çözülemedi",
    "unreachable": "Sunucuya bağlanılamadı",
    "tls": "Güvenli bağlantı (TLS) kurulamadı",
    "not_public": "Adres herkese açık değil",
    "closed": "Bağlantı, yanıt gelmeden kapandı",
    "unreadable": "Sunucunun yanıtı okunamadı",
    "not_sent": "İstek bizim tarafımızdaki bir hata nedeniyle gönderilemedi",
}
"""Why no answer came, for the tenant to read."""

ENDPOINT_CLOSED: Final = "Webhook adresi kapalı olduğu için gönderilmedi"
EVENT_GONE: Final = "Olay artık saklanmadığı için gönderilmedi"


class Outcome(NamedTuple):
    """How an attempt ended: with an answer, or with the reason why none came."""

    status: int | None = None
    retry_after: str | None = None
    """The header, as it came."""
    reason: Reason | None = None


def meaning(outcome: Outcome) -> Meaning:
    """2xx is success; 410 says that nobody listens any more; everything else, redirects too, is a failure."""
    status = outcome.status
    if status is None:
        return "failed"
    return "delivered" if 200 <= status < 300 else "gone" if status == 410 else "failed"


def error_text(outcome: Outcome) -> str | None:
    """Why the attempt failed, in Turkish; None when it did not."""
    if outcome.reason is not None:
        return REASONS[outcome.reason]
    match meaning(outcome):
        case "delivered":
            return None
        case "gone":
            return f"Sunucu {outcome.status} döndü; adres kapatıldı"
    is_redirect = outcome.status is not None and 300 <= outcome.status < 400
    return f"Sunucu {outcome.status} döndü" + ("; yönlendirmeler izlenmez" if is_redirect else "")


def next_attempt_at(attempts: int, retry_after: str | None, now: datetime, chance: float) -> datetime | None:
    """When to try again after so many failed attempts, in whole seconds; None: no more.

    `chance` (0 ≤ chance < 1) chooses the jitter. `Retry-After` can only put it off. A begun second counts as one: none
    comes earlier than it may.
    """
    if attempts >= len(SCHEDULE):
        return None
    wait = SCHEDULE[attempts] * (1 - JITTER + 2 * JITTER * chance)
    return now + timedelta(seconds=ceil(max(wait, asked_wait(retry_after, now)).total_seconds()))


def asked_wait(retry_after: str | None, now: datetime) -> timedelta:
    """What `Retry-After` asks for, seconds or an HTTP date, at most `LONGEST_ASKED`; nonsense asks for nothing."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        digits = text.lstrip("0")[:MANY_DIGITS]
        return min(timedelta(seconds=int(digits or 0)), LONGEST_ASKED)
    try:
        asked = parsedate_to_datetime(text)
        at = asked if asked.tzinfo else asked.replace(tzinfo=UTC)
        return min(max(at - now, timedelta()), LONGEST_ASKED)
    except (ValueError, TypeError, IndexError, OverflowError):
        return timedelta()


def has_failed_too_long(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint that fails since then, without a success in between, is to be disabled."""
    return failing_since is not None and now - failing_since >= FAILING
