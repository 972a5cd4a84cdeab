"""Numbers as people in Türkiye write them: `4.500`, `3,0`."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

LARGEST: Final = Decimal(10) ** 15

_TO_TURKISH: Final = str.maketrans(",.", ".,")


def usable(value: object) -> Decimal | None:
    """A JSON number as the decimal of its shortest text (8.1 is exactly 8.1), or None.

    Not usable: what is not a number, booleans, negative numbers, numbers over 10^15.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 <= value <= LARGEST:
        return None
    return Decimal(repr(abs(value)))  # -0.0 is written 0,0


def grouped(value: int) -> str:
    """4500 as `4.500`."""
    return f"{value:,}".translate(_TO_TURKISH)


def one_decimal(value: Decimal) -> str:
    """3 as `3,0`, 0.25 as `0,3` (half up), 1234.5 as `1.234,5`."""
    return f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP):,}".translate(_TO_TURKISH)
