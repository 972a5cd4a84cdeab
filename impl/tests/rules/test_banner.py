"""The strip above an operator's chat: the reference's example, every boundary, and no input that raises."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.model import Profile
from impl.rules.banner import Item, banner
from impl.rules.times import ISTANBUL

NOW: Final = datetime(2026, 4, 12, 14, 30, tzinfo=ISTANBUL)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=5,
)
known_keys = st.sampled_from(
    [
        "trial_bitis",
        "trial_kalan_gun",
        "depolama_kullanilan_gb",
        "depolama_toplam_gb",
        "depolama_kullanim",
        "depolama_dolu_yuzde",
        "depolama_kritik",
    ]
)
gigabytes = st.integers(0, 10**15) | st.floats(0, 1e15)


def strip(profile: Profile) -> list[Item]:
    return banner(profile, NOW)


def storage(**extra: Any) -> Item | None:
    """The storage item of an `ekstra`; keys without their `depolama_`."""
    items = strip(Profile(extra={f"depolama_{key}": value for key, value in extra.items()}))
    assert [item.kind for item in items] in ([], ["storage"])
    return items[0] if items else None


def full(used: float, total: float) -> tuple[str, bool]:
    """Text and criticality of a storage given in numbers."""
    item = storage(kullanilan_gb=used, toplam_gb=total)
    assert item is not None
    assert item.icon == ("⚠️" if item.critical else "💾")
    assert item.critical is not None
    return item.value, item.critical


def trial(end: str | None = None, days: int | None = None) -> Item:
    (item,) = strip(Profile(trial_end=end, trial_days=days, trial_days_received_at=NOW))
    return item


def test_example_of_the_reference() -> None:
    profile = Profile(
        plan="Kurumsal",
        credit=4500,
        trial_days=2,
        trial_days_received_at=NOW,
        extra={"depolama_kullanilan_gb": 3.0, "depolama_toplam_gb": 5.0},
    )
    assert strip(profile) == [
        ("plan", "📦", "Paket", "Kurumsal", None),
        ("credit", "💰", "Kalan kontör", "4.500", None),
        ("trial", "⚠️", "Deneme bitiyor", "2 gün", True),
        ("storage", "💾", "Depolama", "3,0 / 5,0 GB (%60)", False),
    ]


def test_unknown_customer_has_an_empty_strip() -> None:
    assert strip(Profile()) == []


# Plan and credit


@pytest.mark.parametrize(("credit", "value"), [(0, "0"), (-4500, "-4.500"), (2**63 - 1, "9.223.372.036.854.775.807")])
def test_credit_appears_also_when_it_is_zero_or_negative(credit: int, value: str) -> None:
    assert strip(Profile(credit=credit)) == [("credit", "💰", "Kalan kontör", value, None)]


# Trial


def test_3_days_of_trial_are_critical() -> None:
    assert trial(days=3) == ("trial", "⚠️", "Deneme bitiyor", "3 gün", True)


def test_4_days_of_trial_are_not_critical() -> None:
    assert trial(days=4) == ("trial", "⏳", "Deneme", "4 gün", False)


def test_second_more_than_3_days_is_not_critical() -> None:
    assert trial("2026-04-15T14:30:00").critical is True
    assert trial("2026-04-15T14:30:01") == ("trial", "⏳", "Deneme", "4 gün", False)


def test_date_of_the_day_after_tomorrow_is_critical_until_its_24_00() -> None:
    assert trial("2026-04-14").value == "3 gün"
    assert trial("2026-04-14").critical is True
    assert trial("2026-04-15").value == "4 gün"


def test_trial_on_its_last_day_has_1_day() -> None:
    assert trial("2026-04-12") == ("trial", "⚠️", "Deneme bitiyor", "1 gün", True)


@pytest.mark.parametrize("end", ["2026-04-11", "2026-04-12T14:30:00", "1999-01-01"])
def test_trial_that_is_over_says_so(end: str) -> None:
    assert trial(end) == ("trial", "⚠️", "Deneme bitiyor", "Süresi doldu", True)


# Storage in numbers


@pytest.mark.parametrize(
    ("used", "total", "value", "critical"),
    [
        (3.0, 5.0, "3,0 / 5,0 GB (%60)", False),
        (89.99, 100, "90,0 / 100,0 GB (%89)", False),
        (90, 100, "90,0 / 100,0 GB (%90)", True),
        (4.4999, 5, "4,5 / 5,0 GB (%89)", False),
        (4.5, 5, "4,5 / 5,0 GB (%90)", True),
        (8.1, 9, "8,1 / 9,0 GB (%90)", True),
        (0.9, 1, "0,9 / 1,0 GB (%90)", True),
        (0.63, 0.7, "0,6 / 0,7 GB (%90)", True),
        (0, 5, "0,0 / 5,0 GB (%0)", False),
        (-0.0, 5, "0,0 / 5,0 GB (%0)", False),
        (7.5, 5, "7,5 / 5,0 GB (%150)", True),
        (0.25, 1, "0,3 / 1,0 GB (%25)", False),
        (1024, 2048.5, "1.024,0 / 2.048,5 GB (%49)", False),
    ],
)
def test_storage_in_numbers(used: float, total: float, value: str, critical: bool) -> None:
    """8.1 / 9 is 89.99… in binary floats, and 90 in decimal arithmetic."""
    assert full(used, total) == (value, critical)


@given(used=gigabytes, total=gigabytes.filter(bool))
def test_storage_reads_90_percent_or_more_exactly_when_it_is_critical(used: float, total: float) -> None:
    exact = Fraction(repr(used)) * 100 / Fraction(repr(total))
    value, critical = full(used, total)
    assert value.endswith(f" GB (%{floor(exact)})")
    assert critical is (exact >= 90)


@given(total=st.integers(1, 10_000))
def test_nine_tenths_of_any_total_are_90_percent(total: int) -> None:
    """`total / 10` in floats is often a hair off; its shortest text is not."""
    value, critical = full(float(Decimal(total * 9) / 100), float(Decimal(total) / 10))
    assert value.endswith("(%90)")
    assert critical


def test_critical_flag_is_heeded_at_any_percent() -> None:
    item = storage(kullanilan_gb=1, toplam_gb=5, kritik=True)
    assert item == ("storage", "⚠️", "Depolama", "1,0 / 5,0 GB (%20)", True)


def test_flag_of_false_does_not_calm_90_percent() -> None:
    item = storage(kullanilan_gb=4.5, toplam_gb=5, kritik=False)
    assert item == ("storage", "⚠️", "Depolama", "4,5 / 5,0 GB (%90)", True)


@pytest.mark.parametrize("flag", [False, None, 1, "true", [True]], ids=repr)
def test_only_true_is_a_flag(flag: object) -> None:
    item = storage(kullanilan_gb=1, toplam_gb=5, kritik=flag)
    assert item is not None
    assert item.critical is False


def test_numbers_win_over_the_ready_text() -> None:
    item = storage(kullanilan_gb=1, toplam_gb=5, kullanim="4 GB / 5 GB", dolu_yuzde=80)
    assert item == ("storage", "💾", "Depolama", "1,0 / 5,0 GB (%20)", False)


@pytest.mark.parametrize(
    ("used", "total"),
    [
        (1, 0),
        (1, 0.0),
        (1, -5),
        (-1, 5),
        (-0.001, 5),
        ("3", 5),
        (3, "5"),
        (True, 5),
        (3, True),
        (None, 5),
        (3, None),
        (float("nan"), 5),
        (3, float("inf")),
        (3, [5]),
        ({}, 5),
        (10**400, 5),
    ],
    ids=lambda value: repr(value)[:12],
)
def test_unusable_numbers_leave_the_item_out(used: object, total: object) -> None:
    assert storage(kullanilan_gb=used, toplam_gb=total) is None
    assert storage(kullanilan_gb=used) is None
    assert storage(toplam_gb=total) is None


# Storage as a ready text


@pytest.mark.parametrize(
    ("text", "percent", "value", "critical"),
    [
        ("3 GB / 5 GB", 60, "3 GB / 5 GB (%60)", False),
        ("3 GB / 5 GB", None, "3 GB / 5 GB", False),
        ("%60 dolu", 60, "%60 dolu", False),
        ("4,5 / 5 GB", 89.99, "4,5 / 5 GB (%89)", False),
        ("4,5 / 5 GB", 90, "4,5 / 5 GB (%90)", True),
        ("4,5 / 5 GB", 90.0, "4,5 / 5 GB (%90)", True),
        ("6 / 5 GB", 120, "6 / 5 GB (%120)", True),
        ("%95", 60, "%95", False),
    ],
)
def test_storage_as_a_ready_text(text: str, percent: float | None, value: str, critical: bool) -> None:
    icon = "⚠️" if critical else "💾"
    assert storage(kullanim=text, dolu_yuzde=percent) == ("storage", icon, "Depolama", value, critical)


def test_ready_text_heeds_the_flag() -> None:
    assert storage(kullanim="3 GB / 5 GB", kritik=True) == ("storage", "⚠️", "Depolama", "3 GB / 5 GB", True)
    item = storage(kullanim="3 GB / 5 GB", dolu_yuzde=95, kritik=False)
    assert item == ("storage", "⚠️", "Depolama", "3 GB / 5 GB (%95)", True)


@pytest.mark.parametrize(
    "percent", [-1, "60", True, float("nan"), float("inf"), [60], 10**400], ids=lambda value: repr(value)[:12]
)
def test_unusable_percent_leaves_the_item_out(percent: object) -> None:
    assert storage(kullanim="3 GB / 5 GB", dolu_yuzde=percent) is None


@pytest.mark.parametrize("text", ["", "  ", None, 3, ["3 GB"], True], ids=repr)
def test_percent_without_a_text_leaves_the_item_out(text: object) -> None:
    assert storage(kullanim=text, dolu_yuzde=95, kritik=True) is None


# Anything


@given(extra=st.dictionaries(known_keys | st.text(max_size=8), json_values, max_size=8))
def test_any_json_in_extra_gives_a_well_formed_strip(extra: dict[str, Any]) -> None:
    """At most a trial and a storage, in this order, with a text and a criticality each."""
    items = strip(Profile(extra=extra, extra_received_at=NOW))
    assert [item.kind for item in items] in ([], ["trial"], ["storage"], ["trial", "storage"])
    assert all(item.value and item.critical in (True, False) for item in items)
    assert all((item.icon == "⚠️") is item.critical for item in items)


@given(used=json_values, total=json_values, text=json_values, percent=json_values, flag=json_values)
def test_any_json_in_the_storage_fields_gives_one_item_or_none(
    used: object, total: object, text: object, percent: object, flag: object
) -> None:
    item = storage(kullanilan_gb=used, toplam_gb=total, kullanim=text, dolu_yuzde=percent, kritik=flag)
    assert item is None or item.critical or flag is not True
