"""Where in a scenario something stands, as a person counts."""

from __future__ import annotations

import re
from typing import Final

_STEP: Final = re.compile(r"/steps/([0-9]+)")


def place_of(pointer: str) -> str:
    """`/steps/2/steps/0/body/mesja` as `step 3.1, body/mesja`; steps are counted from 1."""
    numbers: list[str] = []
    rest = pointer
    while found := _STEP.match(rest):
        numbers.append(str(int(found[1]) + 1))
        rest = rest[found.end() :]
    step = f"step {'.'.join(numbers)}" if numbers else ""
    return ", ".join(part for part in (step, rest.lstrip("/")) if part)
