"""The mock's clock: it can stand still, be set, moved on, and run faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from impl.world import SystemClock

FASTEST: Final = 100_000.0
"""How many of its seconds may pass in one of ours."""


class MockClock(SystemClock):
    """Goes with the machine's clock until it is told otherwise; never back.

    Tokens, chats and deliveries hold times: a clock that goes back would make a state that no server can have.
    """

    def __init__(self, machine: Callable[[], float] = time.time) -> None:
        """`machine` tells Unix seconds."""
        super().__init__()
        self._machine = machine
        self._since = machine()
        self._at = self._since
        self._speed = 1.0

    def timestamp(self) -> float:
        return self._at + (self._machine() - self._since) * self._speed

    def machine_time(self) -> float:
        """Unix seconds of the machine's clock."""
        return self._machine()

    @property
    def speed(self) -> float:
        """How many of its seconds pass in one of ours; 0: it stands still."""
        return self._speed

    def run(self, speed: float) -> None:
        """From now on at that speed; 0 stands still. Raises ValueError for less than 0 or more than FASTEST."""
        if not 0 <= speed <= FASTEST:
            raise ValueError(f"the speed must be between 0 and {FASTEST:.0f}")
        self._start_from(self.timestamp(), speed)

    def move_to(self, instant: datetime | float) -> None:
        """Go on from that instant (Unix seconds). Raises ValueError for one that has passed."""
        seconds = instant.timestamp() if isinstance(instant, datetime) else instant
        if seconds < self.timestamp():
            raise ValueError("the clock does not go back; reset the state to begin anew")
        self._start_from(seconds, self._speed)

    def _start_from(self, seconds: float, speed: float) -> None:
        self._at, self._since, self._speed = seconds, self._machine(), speed
