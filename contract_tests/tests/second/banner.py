"""The strip over a visitor's context: plan, credit, trial, storage."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from math import ceil
from typing import Any, Final

from contract_tests.tests.second.data import Visitor
from contract_tests.tests.second.rules import Rules

ISTANBUL: Final = timezone(timedelta(hours=3))
DAY: Final = 86400
MOMENT: Final = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?"
)
EXACT: Final = Context(prec=60)
CRITICAL: Final = 90
"""Percent from which a ready text is critical."""
LARGEST: Final = Decimal(10) ** 15
Item = dict[str, Any]


def banner(visitor: Visitor, now: float, rules: Rules) -> list[Item]:
    """Its items, each when its data is known."""
    profile = visitor.profile
    items: list[Item] = []
    if profile.get("paket") is not None:
        items.append({"tip": "paket", "icon": "📦", "label": "Paket", "deger": profile["paket"]})
    if profile.get("kontor") is not None:
        credit = f"{profile['kontor']:,}".replace(",", ".")
        items.append({"tip": "kontor", "icon": "💰", "label": "Kalan kontör", "deger": credit})
    left = _trial_left(visitor, now)
    if left is not None:
        items.append(_trial(left))
    storage = _storage(profile.get("ekstra") or {}, rules.critical_from)
    return [*items, storage] if storage else items


def end_of(text: str) -> float | None:
    """The moment in Unix seconds at which a trial ends that is said to end then; None for none in the calendar."""
    if not MOMENT.fullmatch(text):
        return None
    try:
        if len(text) == len("2026-04-12"):
            return (date.fromisoformat(text).toordinal() + 1 - date(1970, 1, 1).toordinal()) * DAY - 3 * 3600
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=ISTANBUL)).timestamp()


def _trial_left(visitor: Visitor, now: float) -> float | None:
    """Seconds; what the top level says comes before `ekstra`."""
    for told, at in (
        (visitor.profile, visitor.told_at.get("trial_kalan_gun", now)),
        (visitor.profile.get("ekstra") or {}, visitor.told_at.get("ekstra", now)),
    ):
        end, days = told.get("trial_bitis"), told.get("trial_kalan_gun")
        moment = end_of(end) if isinstance(end, str) else None
        if moment is not None:
            return moment - now
        if isinstance(days, int | float) and not isinstance(days, bool) and abs(days) <= 36_500:
            return at + days * DAY - now
    return None


def _trial(left: float) -> Item:
    days = ceil(left / DAY)
    critical = days <= 3
    return {
        "tip": "trial",
        "icon": "⚠️" if critical else "⏳",
        "label": "Deneme bitiyor" if critical else "Deneme",
        "deger": f"{days} gün" if left > 0 else "Süresi doldu",
        "kritik": critical,
    }


def _number(value: Any) -> Decimal | None:
    """A figure that can be used: of 0 to 10^15."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    exact = Decimal(repr(value))
    return exact if 0 <= exact <= LARGEST else None


def _storage(extra: dict[str, Any], critical_from: int) -> Item | None:
    used, total = extra.get("depolama_kullanilan_gb"), extra.get("depolama_toplam_gb")
    percent: Decimal | None = None
    limit = CRITICAL
    if used is not None and total is not None:
        exact_used, exact_total = _number(used), _number(total)
        if exact_used is None or not exact_total:
            return None
        percent = EXACT.divide(exact_used * 100, exact_total).to_integral_value(ROUND_FLOOR)
        limit = critical_from
        text = f"{_gigabytes(exact_used)} / {_gigabytes(exact_total)} GB (%{percent:f})"
    else:
        ready, filled = extra.get("depolama_kullanim"), extra.get("depolama_dolu_yuzde")
        if not isinstance(ready, str) or not ready.strip():
            return None
        text = ready
        if filled is not None:
            percent = _number(filled)
            if percent is None:
                return None
            percent = percent.to_integral_value(ROUND_FLOOR)
            text += "" if "%" in ready else f" (%{percent:f})"
    critical = extra.get("depolama_kritik") is True or (percent is not None and percent >= limit)
    return {
        "tip": "depolama",
        "icon": "⚠️" if critical else "💾",
        "label": "Depolama",
        "deger": text,
        "kritik": critical,
    }


def _gigabytes(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP, EXACT):f}".replace(".", ",")
