"""Planted faults: listed, added, removed; how often they strike, and that chance can be repeated."""

from __future__ import annotations

from random import Random
from statistics import mean, median

import pytest

from mocks.fault import Delay, Fault
from mocks.faults import MOST_FAULTS, Faults, NoSuchFault, Strike, TooManyFaults

UNAVAILABLE = Fault(status=503)


def _statuses(faults: Faults, times: int, operation: str = "login") -> list[int | None]:
    strikes = [faults.strike(operation) for _ in range(times)]
    return [strike.status if strike else None for strike in strikes]


def test_faults_are_listed_as_they_are_described_and_removed_by_id() -> None:
    faults = Faults()
    first, second = faults.add(Fault("login", count=2, status=503)), faults.add(Fault(delay=Delay("fixed", (5,))))
    faults.strike("login")
    assert faults.list() == [
        {"id": 1, "operation": "login", "chance": 1.0, "count": 2, "status": 503, "struck": 1},
        {"id": 2, "operation": "*", "chance": 1.0, "delay": 5, "struck": 1},
    ]
    faults.remove(first.id)
    assert [planted["id"] for planted in faults.list()] == [second.id]
    with pytest.raises(NoSuchFault):
        faults.remove(first.id)
    assert faults.add(UNAVAILABLE).id == 3


def test_replacing_begins_anew() -> None:
    faults = Faults()
    faults.add(UNAVAILABLE)
    faults.replace([Fault(status=429)], seed=5)
    assert [planted["id"] for planted in faults.list()] == [1]
    assert (_statuses(faults, 1), faults.seed) == ([429], 5)


def test_no_more_than_a_thousand_are_planted() -> None:
    faults = Faults()
    faults.replace([UNAVAILABLE] * MOST_FAULTS)
    with pytest.raises(TooManyFaults):
        faults.add(UNAVAILABLE)


def test_a_fault_strikes_as_often_as_its_count_says() -> None:
    faults = Faults()
    faults.add(Fault(status=503, count=2))
    assert _statuses(faults, 4) == [503, 503, None, None]


def test_a_fault_strikes_only_its_operations() -> None:
    faults = Faults()
    faults.add(Fault("list_*", status=503))
    assert _statuses(faults, 1, "login") == [None]
    assert _statuses(faults, 1, "list_chats") == [503]
    assert faults.list()[0]["struck"] == 1


def test_chance_is_about_what_it_says_and_goes_the_same_way_again() -> None:
    def drawn(seed: int) -> list[int | None]:
        faults = Faults(seed)
        faults.add(Fault(status=503, chance=0.2))
        return _statuses(faults, 2_000)

    assert drawn(1) == drawn(1) != drawn(2)
    assert 300 < drawn(1).count(503) < 500


def test_of_several_faults_each_adds_what_those_before_do_not_say() -> None:
    faults = Faults()
    faults.add(Fault(delay=Delay("fixed", (50,)), body="truncated"))
    faults.add(Fault(status=503, example="a", delay=Delay("fixed", (9,))))
    faults.add(Fault(status=429, throttle=10))
    assert faults.strike("login") == Strike(50, 503, "a", None, "truncated", 10)


def test_what_comes_with_the_request_goes_before_what_is_planted() -> None:
    faults = Faults()
    faults.add(UNAVAILABLE)
    strike = faults.strike("login", [("status=429", Fault(status=429))])
    assert strike == Strike(status=429)


def test_the_chance_of_a_request_of_its_own_goes_the_same_way_again() -> None:
    def drawn(seed: int) -> list[bool]:
        faults, fault = Faults(seed), Fault(status=503, chance=0.5)
        return [faults.strike("login", [("a", fault)]) is not None for _ in range(100)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 25 < sum(drawn(1)) < 75


@pytest.mark.parametrize(
    ("delay", "least", "most", "middle"),
    [
        (Delay("fixed", (800,)), 800, 800, 800),
        (Delay("uniform", (100, 900)), 100, 900, 500),
        (Delay("normal", (300, 50)), 0, 600, 300),
        (Delay("lognormal", (200, 0.5)), 20, 2_000, 200),
        (Delay("normal", (0, 100)), 0, 600, 0),
        (Delay("lognormal", (60_000, 5)), 0, 60_000, 60_000),
    ],
)
def test_delays_are_of_their_distribution_and_bounded(delay: Delay, least: float, most: float, middle: float) -> None:
    random = Random(1)
    drawn = [delay.draw(random) for _ in range(4_000)]
    assert least <= min(drawn) <= max(drawn) <= most
    assert median(drawn) == pytest.approx(middle, rel=0.1, abs=10)


def test_a_lognormal_delay_has_a_long_tail() -> None:
    random = Random(1)
    drawn = [Delay("lognormal", (200, 1.0)).draw(random) for _ in range(4_000)]
    assert mean(drawn) > 1.3 * median(drawn)
