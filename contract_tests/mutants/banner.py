"""Servers whose banner says the wrong thing."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from contract_tests.mutants.planting import Patch, mutant
from impl.actions import visitors
from impl.rules import banner, times, trial


@mutant("banner.order", "The banner begins with the storage.")
def banner_reversed(patch: Patch) -> None:
    patch.wrap(visitors, "banner", lambda original, profile, now: original(profile, now)[::-1])


@mutant("banner.order", "Another icon stands before the plan.")
def banner_icon(patch: Patch) -> None:
    patch.wrap(banner, "_plan", lambda plan, profile: (item := plan(profile)) and item._replace(icon="🎁"))


@mutant("banner.credit", "Thousands are grouped with commas.")
def credit_with_commas(patch: Patch) -> None:
    patch.set(banner, "grouped", lambda value: f"{value:,}")


@mutant("banner.credit", "Thousands are not grouped.")
def credit_ungrouped(patch: Patch) -> None:
    patch.set(banner, "grouped", str)


@mutant("banner.storage.critical", "Storage is critical from 91 percent on.")
def critical_from_91(patch: Patch) -> None:
    patch.set(banner, "CRITICAL_STORAGE_PERCENT", 91)


@mutant("banner.storage.critical", "Storage is critical from 89 percent on.")
def critical_from_89(patch: Patch) -> None:
    patch.set(banner, "CRITICAL_STORAGE_PERCENT", 89)


@mutant("banner.storage.critical", "Percent is rounded half up.")
def percent_rounded(patch: Patch) -> None:
    patch.set(banner, "percent_full", lambda used, total: int(used * 100 / total + Decimal("0.5")))


@mutant("banner.storage.critical", "Percent is worked out in floating point.")
def percent_in_floats(patch: Patch) -> None:
    patch.set(banner, "percent_full", lambda used, total: int(float(used) / float(total) * 100))


@mutant("banner.storage.flag", "The flag does not count.")
def flag_ignored(patch: Patch) -> None:
    patch.wrap(banner, "_storage_item", lambda item, value, percent, flag: item(value, percent, flag=False))


@mutant("banner.storage.flag", "A flag of false hides 92 percent.")
def flag_decides(patch: Patch) -> None:
    patch.wrap(
        banner, "_ready_storage", lambda ready, extra, flag: (i := ready(extra, flag)) and i._replace(critical=flag)
    )


@mutant("banner.storage.text", "Gigabytes have a decimal point.")
def storage_with_points(patch: Patch) -> None:
    patch.set(banner, "one_decimal", lambda value: f"{value:.1f}")


@mutant("banner.storage.text", "Gigabytes are rounded half to even.")
def storage_half_even(patch: Patch) -> None:
    table = str.maketrans(",.", ".,")
    patch.set(
        banner, "one_decimal", lambda value: f"{value.quantize(Decimal('0.1'), ROUND_HALF_EVEN):,}".translate(table)
    )


@mutant("banner.storage.text", "The percent sign stands behind the number.")
def percent_sign_behind(patch: Patch) -> None:
    def item(original: Any, value: str, percent: int | None, flag: bool) -> Any:
        return original(value.replace(f"%{percent}", f"{percent}%"), percent, flag)

    patch.wrap(banner, "_storage_item", item)


@mutant("banner.trial.critical", "A trial of three days is not critical.")
def trial_critical_below_three(patch: Patch) -> None:
    patch.set(banner, "CRITICAL_TRIAL_DAYS", 2)


@mutant("banner.trial.critical", "A trial of four days is critical.")
def trial_critical_from_four(patch: Patch) -> None:
    patch.set(banner, "CRITICAL_TRIAL_DAYS", 4)


@mutant("banner.trial.days", "A date ends as it begins, at 00:00.")
def trial_ends_at_midnight_before(patch: Patch) -> None:
    patch.wrap(times, "end_of_day", lambda end_of_day, day: end_of_day(day) - timedelta(days=1))


@mutant("banner.trial.days", "Days are rounded down.")
def trial_rounded_down(patch: Patch) -> None:
    patch.wrap(trial, "_until", lambda until, end, now: (left := until(end, now)) and left // trial.DAY * trial.DAY)
