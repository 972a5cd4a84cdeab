"""The two sides of a talk."""

from __future__ import annotations

from typing import Final, Literal

Side = Literal["operator", "visitor"]
SIDES: Final[tuple[Side, ...]] = ("operator", "visitor")
