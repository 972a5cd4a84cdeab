"""Kinds of events, secrets and ids of webhooks."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64decode
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from impl.model import ChatRated, Event, EventKind
from impl.rules.webhooks import KINDS, kind_of, message_id, signing_secret
from impl.world import CountingIds


def test_every_event_has_a_kind_of_its_own() -> None:
    assert {event.__name__ for event in get_args(Event)} <= set(KINDS)
    assert sorted(KINDS.values()) == sorted(get_args(EventKind))
    assert kind_of(ChatRated(1, 42, 5, None, None)) == "chat_rated"


@given(st.integers(1, 70))
def test_secret_is_the_base64_of_32_random_bytes(count: int) -> None:
    ids = CountingIds()
    for _ in range(count):
        text = ids.secret().text
        secret = signing_secret(text)
        assert secret.startswith("whsec_")
        assert b64decode(secret.removeprefix("whsec_"), validate=True) == urlsafe_b64decode(text + "=")


def test_message_id_is_as_long_as_the_document_s_example() -> None:
    assert message_id("a" * 43) == "msg_" + "a" * 27
