"""The strip above an operator's chat."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final

from hypothesis import strategies as st

from contract_tests.checks import Judge, banner_item, check
from contract_tests.client import Answer

ISTANBUL: Final = timezone(timedelta(hours=3))
"""Turkey has had this offset all year since 2016."""


def _shown(judge: Judge, kind: str, **info: Any) -> tuple[Any, Answer]:
    """The banner's item of this kind, once the site told that of a new visitor."""
    visitor = judge.client.visitor()
    judge.client.customer_info(visitor, **info).succeeded()
    answer = judge.client.context(visitor)
    item = banner_item(answer.data, kind)
    judge.must(item is not None, f"an item {kind} for {info}", answer, answer.data["banner"])
    return item, answer


def _storage(judge: Judge, used: float, total: float, **more: Any) -> tuple[Any, Answer]:
    return _shown(judge, "depolama", ekstra={"depolama_kullanilan_gb": used, "depolama_toplam_gb": total, **more})


def _percent(used: float, total: float) -> int:
    return int(Fraction(Decimal(repr(used))) * 100 / Fraction(Decimal(repr(total))))


def _turkish(value: float) -> str:
    return str(Decimal(repr(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)).replace(".", ",")


@check("banner.order")
def items_stand_in_order(judge: Judge) -> None:
    visitor = judge.client.visitor()
    told: dict[str, Any] = {
        "ekstra": {"depolama_kullanilan_gb": 1, "depolama_toplam_gb": 2},
        "kontor": 1,
    }
    if judge.whole:  # the reference does not say how a trial is told
        told["trial_kalan_gun"] = 9
    judge.client.customer_info(visitor, **told, paket="Pro").succeeded()
    answer = judge.client.context(visitor)
    seen = [(item["tip"], item["icon"], item["label"], item["deger"]) for item in answer.data["banner"]]
    expected = [
        ("paket", "📦", "Paket", "Pro"),
        ("kontor", "💰", "Kalan kontör", "1"),
        *([("trial", "⏳", "Deneme", "9 gün")] if judge.whole else []),
        ("depolama", "💾", "Depolama", "1,0 / 2,0 GB (%50)"),
    ]
    judge.must(seen == expected, str(expected), answer, seen)


@check("banner.credit")
def credit_is_turkish(judge: Judge) -> None:
    for credit in [4500, 999, 1000, *judge.draw(st.integers(0, 10**12), 0.2)]:
        item, answer = _shown(judge, "kontor", kontor=credit)
        expected = f"{credit:,}".replace(",", ".")
        judge.must(item["deger"] == expected, expected, answer, item["deger"])


@check("banner.storage.critical")
def storage_is_critical_from_90_percent(judge: Judge) -> None:
    edge = [(8.1, 9), (4.5, 5), (4.4999, 5), (0.9, 1), (89.999, 100), (89.5, 100), (90.5, 100), (0.09, 0.1), (6, 5)]
    edge += [(0, 5), (2.7, 3), (6.3, 7)]
    totals = st.integers(1, 5000).map(lambda n: n / 10)
    shares = st.integers(870, 930)
    drawn = [(round(total * share / 1000, 4), total) for total, share in judge.draw(st.tuples(totals, shares), 0.5)]
    for used, total in [*edge, *drawn]:
        if not judge.whole and 89 <= used / total * 100 < 90:
            continue  # whether 89.5 percent are 90 it does not say
        item, answer = _storage(judge, used, total)
        percent = _percent(used, total)
        judge.must(
            item["kritik"] is (percent >= 90) and (item["icon"] == "⚠️") is (percent >= 90),
            f"kritik {percent >= 90} for {used} of {total} GB, {percent} %",
            answer,
            item,
        )


@check("banner.storage.flag")
def flag_is_critical_at_any_percent(judge: Judge) -> None:
    for used, flag, critical in ((1, True, True), (4.8, False, True), (1, False, False)):
        item, answer = _storage(judge, used, 5, depolama_kritik=flag)
        judge.must(item["kritik"] is critical, f"kritik {critical} for {used} of 5 GB, flag {flag}", answer, item)
    ready = {"depolama_kullanim": "4,6 GB / 5 GB", "depolama_dolu_yuzde": 92, "depolama_kritik": False}
    item, answer = _shown(judge, "depolama", ekstra=ready)
    judge.must(item["kritik"] is True, "kritik at 92 percent of a ready text", answer, item)


@check("banner.storage.text")
def storage_is_written_in_turkish(judge: Judge) -> None:
    """Below 1,000: the contract does not say whether gigabytes have thousands."""
    fixed = [(3.0, 5.0), (0.25, 1), (999.94, 999), (0.05, 0.1), (2.45, 9.95)]
    numbers = st.integers(1, 99_994).map(lambda n: n / 100)
    drawn = fixed + judge.draw(st.tuples(numbers, numbers), 0.2)
    if not judge.whole:  # how to round it does not say
        drawn = [(share * total / 10, total) for share, total in ((6, 5.0), (3, 2.0), (1, 10.0), (8, 250.0), (10, 1.0))]
    for used, total in drawn:
        item, answer = _storage(judge, used, total)
        expected = f"{_turkish(used)} / {_turkish(total)} GB (%{_percent(used, total)})"
        judge.must(item["deger"] == expected, expected, answer, item["deger"])


@check("banner.trial.critical")
def trial_of_three_days_is_critical(judge: Judge) -> None:
    for days in (-1, 0, 1, 2, 3, 4, 5, 14, judge.random.randint(5, 999)):
        item, answer = _shown(judge, "trial", trial_kalan_gun=days)
        critical = days <= 3
        text = f"{days} gün" if days > 0 else "Süresi doldu"
        expected = ("⚠️" if critical else "⏳", "Deneme bitiyor" if critical else "Deneme", text, critical)
        seen = (item["icon"], item["label"], item["deger"], item["kritik"])
        judge.must(seen == expected, str(expected), answer, seen)


@check("banner.trial.days")
def trial_ends_with_its_day(judge: Judge) -> None:
    for days in (0, 1, 2, 3, 40):
        for _ in range(3):  # midnight may come between
            today = datetime.fromtimestamp(judge.client.now(), ISTANBUL).date()
            item, answer = _shown(judge, "trial", trial_bitis=str(today + timedelta(days=days)))
            if datetime.fromtimestamp(judge.client.now(), ISTANBUL).date() == today:
                break
        expected = f"{days + 1} gün"
        judge.must(item["deger"] == expected, f"{expected}, {days} days after today", answer, item["deger"])
