"""How many days are left of the trial that a site's customer is in.

Source: the contract, "Banner": `trial_bitis`, or else `trial_kalan_gun` counted from its receipt, the top level
before `ekstra`; days rounded up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from impl.model import Profile
from impl.rules.times import read_instant

DAY: Final = timedelta(days=1)
LONGEST: Final = 36_500


def days_left(profile: Profile, now: datetime) -> int | None:
    """Whole days until the trial ends, rounded up; 0 when it is over; None when nothing is known."""
    extra = profile.extra
    for left in (
        _until(profile.trial_end, now),
        _counted(profile.trial_days, profile.trial_days_received_at, now),
        _until(extra.get("trial_bitis"), now),
        _counted(extra.get("trial_kalan_gun"), profile.extra_received_at, now),
    ):
        if left is not None:
            return max(0, -(-left // DAY))
    return None


def _until(end: object, now: datetime) -> timedelta | None:
    instant = read_instant(end) if isinstance(end, str) else None
    return instant - now if instant else None


def _counted(days: object, received_at: datetime | None, now: datetime) -> timedelta | None:
    if isinstance(days, float) and days.is_integer():
        days = int(days)  # 2.0 is an integer in JSON Schema
    if isinstance(days, bool) or not isinstance(days, int) or received_at is None or abs(days) > LONGEST:
        return None
    return timedelta(days=days) - (now - received_at)
