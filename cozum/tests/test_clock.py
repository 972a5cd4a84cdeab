"""`cozum clock`: what it refuses, by the names that were typed."""

from __future__ import annotations

import pytest

from cozum.commands.clock import clock
from cozum.control import NobodyThere
from cozum.errors import UsageError
from cozum.tests.test_hooks import _mock


@pytest.mark.parametrize("speed", ["nan", "inf", "-inf", "-1", "100001", "1e9", "fast"])
def test_a_speed_that_cannot_be_is_told_with_its_limits(speed: str) -> None:
    with pytest.raises(UsageError) as refused:
        clock("speed", speed, url="127.0.0.1:9")
    assert str(refused.value) == f"speed '{speed}': must be a number between 0 and 100000"


@pytest.mark.parametrize("speed", ["0", "0.5", "100000"])
def test_a_speed_that_can_be_is_asked_for(speed: str) -> None:
    with pytest.raises(NobodyThere):
        clock("speed", speed, url="127.0.0.1:9")


def test_what_the_mock_refuses_is_told_by_the_action_that_was_typed() -> None:
    refusals = [
        ("set", "yarın", "set: Must be an instant such as"),
        ("set", "2020-01-01", "set: The clock does not go back"),
        ("set", "9" * 50, "set: Must have 40 characters at most"),
        ("advance", "5x", "advance: "),
        ("advance", "9999d", "advance: The clock goes at most"),
    ]
    with _mock() as (_, url):
        for action, value, said in refusals:
            with pytest.raises(UsageError) as refused:
                clock(action, value, url=url)  # type: ignore[arg-type]
            assert str(refused.value).startswith(said)
