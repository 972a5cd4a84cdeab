"""Opening a project (a tenant) at the portal: its trial, its key, and how many in a day.

Source: the reference: a free trial of 14 days, 3 projects in 24 hours; the contract: new keys have 12 characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from impl.model import OpenedProject, Tenant
from impl.rules import windows

TRIAL: Final = timedelta(days=14)
COLOR: Final = "#2563EB"
"""The widget's color when none is given."""

PROJECTS: Final = 3
WINDOW: Final = timedelta(hours=24)

KEY_PREFIX: Final = "CM_"
KEY_CHARACTERS: Final = 12
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 characters, without I, O, 0 and 1, which look alike."""


def api_key(random: bytes) -> str:
    """A tenant's key from 12 random bytes or more: `CM_7K2P9XQ4M8RT`, 60 bits."""
    return KEY_PREFIX + "".join([ALPHABET[byte % len(ALPHABET)] for byte in random[:KEY_CHARACTERS]])


def is_trial_over(tenant: Tenant, now: datetime) -> bool:
    """Whether the tenant's trial has ended; a paying tenant has none."""
    return tenant.trial_ends_at is not None and now >= tenant.trial_ends_at


def projects_left(opened: Sequence[OpenedProject], now: datetime) -> int:
    """How many more the operator may open now; `opened` are theirs, oldest first."""
    return max(0, PROJECTS - len(windows.counting(_times(opened), now, WINDOW)))


def seconds_to_wait(opened: Sequence[OpenedProject], now: datetime) -> int:
    """Whole seconds until the operator may open one more; 0: now."""
    return windows.seconds_to_wait(_times(opened), now, PROJECTS, WINDOW)


def _times(opened: Sequence[OpenedProject]) -> list[datetime]:
    return [project.opened_at for project in opened]
