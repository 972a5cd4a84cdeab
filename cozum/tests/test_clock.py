"""`cozum clock`: what it refuses before it asks a mock."""

from __future__ import annotations

import pytest

from cozum.commands.clock import clock
from cozum.control import NobodyThere
from cozum.errors import UsageError


@pytest.mark.parametrize("speed", ["nan", "inf", "-inf", "-1", "100001", "1e9", "fast"])
def test_a_speed_that_cannot_be_is_told_with_its_limits(speed: str) -> None:
    with pytest.raises(UsageError) as refused:
        clock("speed", speed, url="127.0.0.1:9")
    assert str(refused.value) == f"speed '{speed}': must be a number between 0 and 100000"


@pytest.mark.parametrize("speed", ["0", "0.5", "100000"])
def test_a_speed_that_can_be_is_asked_for(speed: str) -> None:
    with pytest.raises(NobodyThere):
        clock("speed", speed, url="127.0.0.1:9")
