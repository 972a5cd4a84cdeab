"""Opening projects: trial, key, and three in any 24 hours."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.model import OpenedProject, Tenant
from impl.rules.projects import ALPHABET, TRIAL, api_key, is_trial_over, projects_left, seconds_to_wait
from impl.rules.times import ISTANBUL

NOW = datetime(2026, 4, 12, 14, 30, tzinfo=ISTANBUL)


def opened(*seconds_ago: int) -> list[OpenedProject]:
    """Oldest first."""
    times = sorted(NOW - timedelta(seconds=seconds) for seconds in seconds_ago)
    return [OpenedProject(7, number, at) for number, at in enumerate(times, start=4)]


@given(st.binary(min_size=12, max_size=32))
def test_key_has_twelve_characters_that_nobody_mistakes(random: bytes) -> None:
    key = api_key(random)
    assert re.fullmatch(r"CM_[A-Z0-9]{12}", key)
    assert not set(key[3:]) & set("IO01")


def test_every_character_of_a_key_is_as_likely_as_another() -> None:
    assert len(set(ALPHABET)) == 32
    drawn = [api_key(bytes([byte]) * 12)[3] for byte in range(256)]
    assert {drawn.count(character) for character in ALPHABET} == {8}


@pytest.mark.parametrize(
    ("ago", "left", "wait"),
    [
        ((), 3, 0),
        ((0,), 2, 0),
        ((0, 0), 1, 0),
        ((0, 0, 0), 0, 86_400),
        ((86_399, 60, 0), 0, 1),
        ((86_400, 60, 0), 1, 0),
        ((86_400, 3_600, 60, 0), 0, 82_800),
        ((3_600, 60, 30, 0), 0, 86_340),
    ],
)
def test_three_in_any_24_hours_to_the_second(ago: tuple[int, ...], left: int, wait: int) -> None:
    assert (projects_left(opened(*ago), NOW), seconds_to_wait(opened(*ago), NOW)) == (left, wait)


@pytest.mark.parametrize(("seconds", "over"), [(-1, False), (0, True), (1, True)])
def test_trial_is_over_at_its_end(seconds: int, over: bool) -> None:
    tenant = Tenant(4, "Firma", "CM_KEY_4", "secret", None, "#2563EB", trial_ends_at=NOW)
    assert is_trial_over(tenant, NOW + timedelta(seconds=seconds)) is over


def test_paying_tenant_has_no_trial_that_could_end() -> None:
    assert not is_trial_over(Tenant(1, "Firma", "CM_KEY_1", "secret", None, "#2563EB"), NOW + 100 * TRIAL)
