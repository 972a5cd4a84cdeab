"""Durations as people write them: `90`, `90s`, `5m`, `2h30m`, `1d`."""

from __future__ import annotations

import re
from typing import Final

from impl.problems import Text

SECONDS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "ms": 0.001}

NOT_A_DURATION: Final = Text(
    "Saniye sayısı ya da `90s`, `5m`, `2h30m`, `1d` gibi bir süre olmalı.",
    "Must be a number of seconds, or a duration such as `90s`, `5m`, `2h30m`, `1d`.",
)

_PART: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)(ms|[dhms])")
_NUMBER: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


def read_duration(value: object) -> float | None:
    """Seconds, not negative and less than 10¹²; None for what is no duration."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if 0 <= value < 10**12 else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * SECONDS[unit] for number, unit in parts)
