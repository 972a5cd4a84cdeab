"""Webhook endpoints: which kinds of events there are, their secrets and ids, how long deliveries are kept.

Source: the contract, "Webhooks"; Standard Webhooks for the forms of secret and id.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from impl.model import Event, EventKind

KINDS: Final[Mapping[str, EventKind]] = {
    "ChatOpened": "chat_opened",
    "TicketCreated": "ticket_created",
    "ChatClosed": "chat_closed",
    "TicketSolved": "ticket_solved",
    "ChatRated": "chat_rated",
    "OperatorWentOffline": "operator_went_offline",
}
"""The kind of each event in `model`, by the name of its class."""

KEPT: Final = timedelta(days=30)
"""How long deliveries and their events are kept."""

ID_CHARACTERS: Final = 27

_TO_STANDARD_BASE64: Final = str.maketrans("-_", "+/")


def kind_of(event: Event) -> EventKind:
    """The kind of an event, which endpoints choose by."""
    return KINDS[type(event).__name__]


def signing_secret(random: str) -> str:
    """`whsec_` and the base64 of 32 bytes, from their 43 URL-safe characters."""
    return f"whsec_{random.translate(_TO_STANDARD_BASE64)}="


def message_id(random: str) -> str:
    """`msg_` and 27 URL-safe characters (162 bits) of a longer random text."""
    return f"msg_{random[:ID_CHARACTERS]}"
