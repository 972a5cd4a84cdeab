"""The strip above an operator's chat: plan, credit, trial, storage.

Source: the reference's banner example and the contract, "Banner": storage of 90 % or more, or a trial of three
days or less, is critical and shown in red.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple

from impl.model import Profile
from impl.rules.numbers import grouped, one_decimal, usable
from impl.rules.trial import days_left

CRITICAL_TRIAL_DAYS: Final = 3
CRITICAL_STORAGE_PERCENT: Final = 90

WARNING: Final = "⚠️"


class Item(NamedTuple):
    """One item of the strip; `critical` is None where the notion does not apply."""

    kind: Literal["plan", "credit", "trial", "storage"]
    icon: str
    label: str
    value: str
    critical: bool | None = None


def banner(profile: Profile, now: datetime) -> list[Item]:
    """The items whose data is known, in their order: plan, credit, trial, storage."""
    items = (_plan(profile), _credit(profile), _trial(profile, now), _storage(profile.extra))
    return [item for item in items if item]


def _plan(profile: Profile) -> Item | None:
    return Item("plan", "📦", "Paket", profile.plan) if profile.plan else None


def _credit(profile: Profile) -> Item | None:
    if profile.credit is None:
        return None
    return Item("credit", "💰", "Kalan kontör", grouped(profile.credit))


def _trial(profile: Profile, now: datetime) -> Item | None:
    days = days_left(profile, now)
    if days is None:
        return None
    if days > CRITICAL_TRIAL_DAYS:
        return Item("trial", "⏳", "Deneme", f"{days} gün", critical=False)
    return Item("trial", WARNING, "Deneme bitiyor", f"{days} gün" if days else "Süresi doldu", critical=True)


def _storage(extra: Mapping[str, Any]) -> Item | None:
    used, total = extra.get("depolama_kullanilan_gb"), extra.get("depolama_toplam_gb")
    flag = extra.get("depolama_kritik") is True
    if used is None or total is None:
        return _ready_storage(extra, flag)
    return _counted_storage(usable(used), usable(total), flag)


def _counted_storage(used: Decimal | None, total: Decimal | None, flag: bool) -> Item | None:
    if used is None or not total:
        return None
    percent = percent_full(used, total)
    return _storage_item(f"{one_decimal(used)} / {one_decimal(total)} GB (%{percent})", percent, flag)


def _ready_storage(extra: Mapping[str, Any], flag: bool) -> Item | None:
    text, given = extra.get("depolama_kullanim"), extra.get("depolama_dolu_yuzde")
    if not isinstance(text, str) or not text.strip():
        return None
    if given is None:
        return _storage_item(text, None, flag)
    percent = usable(given)
    if percent is None:
        return None
    whole = int(percent)
    return _storage_item(text if "%" in text else f"{text} (%{whole})", whole, flag)


def _storage_item(value: str, percent: int | None, flag: bool) -> Item:
    critical = flag or (percent is not None and percent >= CRITICAL_STORAGE_PERCENT)
    return Item("storage", WARNING if critical else "💾", "Depolama", value, critical)


def percent_full(used: Decimal, total: Decimal) -> int:
    """Percent, rounded down from the exact quotient: 8.1 of 9 is 90, 4.4999 of 5 is 89."""
    return int(Fraction(used) * 100 / Fraction(total))
