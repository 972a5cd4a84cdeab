"""Fixtures of the operations' tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest

from impl.store.memory import MemoryStore
from impl.store.port import Store
from impl.tests.client import Client
from impl.tests.store.yielding import YieldingStore

STORES: Final[Mapping[str, Callable[[], Store]]] = {"memory": MemoryStore, "yielding": YieldingStore}
"""What the tests with many callers at once run over."""


@pytest.fixture(params=STORES)
def crowd(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A fresh demo world over each store, for what happens at once."""
    made = Client(STORES[request.param]())
    yield made
    made.close()


@pytest.fixture
def colleague(client: Client) -> str:
    """Operator 8, signed in and a member of tenant 2 as well as of 1."""
    client.add_member(8, 2)
    return client.login("destek@example.com")


@pytest.fixture
def stranger(client: Client) -> str:
    """Operator 9, signed in: a member of tenant 3 only."""
    return client.login("yalniz@example.com")
