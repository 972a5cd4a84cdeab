"""Numbers as the panel shows them, and which JSON values are numbers at all."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.numbers import grouped, one_decimal, usable


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.000"),
        (4500, "4.500"),
        (-4500, "-4.500"),
        (-999, "-999"),
        (1234567, "1.234.567"),
        (2**63 - 1, "9.223.372.036.854.775.807"),
    ],
)
def test_thousands_are_grouped_with_dots(value: int, text: str) -> None:
    assert grouped(value) == text


@given(value=st.integers())
def test_grouping_changes_no_digit_and_groups_by_three(value: int) -> None:
    first, *others = grouped(value).removeprefix("-").split(".")
    assert int(grouped(value).replace(".", "")) == value
    assert 1 <= len(first) <= 3
    assert all(len(group) == 3 for group in others)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("3", "3,0"),
        ("0", "0,0"),
        ("0.04", "0,0"),
        ("0.05", "0,1"),
        ("0.25", "0,3"),
        ("0.15", "0,2"),
        ("0.35", "0,4"),
        ("2.449", "2,4"),
        ("9.95", "10,0"),
        ("999.95", "1.000,0"),
        ("1234.5", "1.234,5"),
    ],
)
def test_one_decimal_is_rounded_half_up(value: str, text: str) -> None:
    """Not half to even, which makes 0.25 `0,2`."""
    assert one_decimal(Decimal(value)) == text


@given(value=st.decimals(0, 10**15, allow_nan=False, allow_infinity=False, places=4))
def test_one_decimal_is_the_floor_of_ten_times_the_value_and_a_half(value: Decimal) -> None:
    tenths = floor(Fraction(value) * 10 + Fraction(1, 2))
    whole, _, fraction = one_decimal(value).partition(",")
    assert int(whole.replace(".", "") + fraction) == tenths
    assert len(fraction) == 1


@pytest.mark.parametrize("value", [8.1, 0.1, 3, 4.35, 1e15, 10**15, 0, 1e-7, 5e-324])
def test_usable_number_is_the_decimal_of_its_shortest_text(value: float) -> None:
    assert usable(value) == Decimal(json.dumps(value))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        "3.0",
        "",
        [],
        [3.0],
        {},
        -1,
        -0.1,
        10**15 + 1,
        1e16,
        10**400,
        float("inf"),
        float("-inf"),
        float("nan"),
    ],
    ids=repr,
)
def test_value_that_is_no_usable_number_is_none(value: object) -> None:
    assert usable(value) is None


def test_negative_zero_is_written_without_its_sign() -> None:
    """JSON has a `-0.0`, which is not less than 0."""
    zero = usable(-0.0)
    assert zero is not None
    assert one_decimal(zero) == "0,0"


@given(value=st.integers() | st.floats())
def test_every_number_is_usable_exactly_from_0_to_1e15(value: float) -> None:
    number = usable(value)
    assert (number is not None) is (0 <= value <= 10**15)
    assert number is None or float(number) == value
