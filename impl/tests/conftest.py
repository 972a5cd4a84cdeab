"""Fixtures of the backend's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from impl.tests.client import Client

settings.register_profile("cozum", deadline=None, print_blob=True)
settings.load_profile("cozum")


@pytest.fixture
def client() -> Iterator[Client]:
    """A fresh demo world at 2026-04-12T14:30:00+03:00."""
    made = Client()
    yield made
    made.close()


@pytest.fixture
def token(client: Client) -> str:
    """Operator 7, signed in."""
    return client.login()
