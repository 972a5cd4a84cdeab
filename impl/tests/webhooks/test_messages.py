"""What is posted: each kind of event as `webhooks:` documents it, signed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, get_args

import msgspec
import pytest
from standardwebhooks import Webhook

from impl import model, wire
from impl.actions.deliveries import Attempt
from impl.contract.document import load
from impl.contract.schemas import Schemas
from impl.model import Delivery, OutboxRow, WebhookEndpoint
from impl.rules.webhooks import kind_of
from impl.tests.client import DOCUMENT, NOON
from impl.webhooks.messages import Message, message

SECRET: Final = "whsec_Y296dW0tb3JuZWstaW16YS1hbmFodGFyaS0yMDI2ISE="
URL: Final = "https://yalniz.example.com/webhook"

EXAMPLES: Final[dict[str, tuple[model.Event, str]]] = {
    "yeni_chat": (model.ChatOpened(2, 42, "ahmet.yilmaz", "Ahmet Yilmaz", "web"), "chat42"),
    "yeni_ticket": (
        model.TicketCreated(1, 1, "abc123", "Ahmet Yilmaz", "Faturam görünmüyor", "high"),
        "ilkTicket",
    ),
    "chat_kapandi": (model.ChatClosed(2, 42, "Ahmet Yilmaz", "visitor", None, 0, 2), "chat42"),
    "ticket_cozuldu": (model.TicketSolved(1, 1, "Faturam görünmüyor", 7, 0), "ilkTicket"),
    "memnuniyet_puan": (model.ChatRated(2, 42, 5, "Hızlı yanıt için teşekkürler", None), "chat42"),
    "operator_cevrimdisi": (model.OperatorWentOffline(2, 7, "Örnek Operatör", "logout"), "operator7"),
}
"""An event for each example of the document."""


def posted(event: model.Event, timestamp: int = 1_775_993_400) -> Message:
    """The message of an event at noon."""
    delivery = Delivery(1, event.tenant_id, "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", kind_of(event), 9, NOON, NOON)
    endpoint = WebhookEndpoint(event.tenant_id, URL, (), SECRET, NOON, NOON)
    return message(Attempt(delivery, endpoint, OutboxRow(9, NOON, event)), timestamp)


@cache
def document() -> Any:
    return load(DOCUMENT)


def documented(name: str) -> Any:
    """What the document says of the event's body."""
    return document()["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]


def faults(name: str, event: model.Event) -> list[str]:
    """What of the event's body the document does not allow."""
    validator = Schemas(document()).validator(documented(name)["schema"])
    return [fault.message for fault in validator.iter_errors(msgspec.json.decode(posted(event).body))]


def test_there_is_an_example_of_every_event() -> None:
    assert {type(event) for event, _ in EXAMPLES.values()} == set(get_args(model.Event))
    assert set(EXAMPLES) == set(document()["webhooks"]) == set(wire.EVENT_KINDS.values())


@pytest.mark.parametrize("name", EXAMPLES)
def test_event_is_told_as_the_document_s_example(name: str) -> None:
    event, example = EXAMPLES[name]
    assert msgspec.json.decode(posted(event).body) == documented(name)["examples"][example]["value"]
    assert faults(name, event) == []


@pytest.mark.parametrize("who", get_args(model.Sender))
def test_who_closed_a_chat_is_a_word_of_the_document(who: Any) -> None:
    assert faults("chat_kapandi", model.ChatClosed(1, 42, None, who, 8, 5, 3)) == []


@pytest.mark.parametrize("reason", get_args(model.OfflineReason))
def test_why_an_operator_is_offline_is_a_word_of_the_document(reason: Any) -> None:
    assert faults("operator_cevrimdisi", model.OperatorWentOffline(1, 7, "Örnek", reason)) == []


def test_headers_are_those_of_standard_webhooks() -> None:
    sent = posted(EXAMPLES["yeni_chat"][0])
    assert sent.url == URL
    assert sent.headers == {
        "content-type": "application/json",
        "user-agent": "cozum-webhooks/1",
        "webhook-id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
        "webhook-timestamp": "1775993400",
        "webhook-signature": "v1,a4ohV6qt/ivSxHN95UZtaRYJWJG4yOFmxLc510n+aaY=",
    }


def test_receiver_with_the_secret_can_verify_it() -> None:
    sent = posted(EXAMPLES["yeni_chat"][0], int(datetime.now(UTC).timestamp()))
    assert Webhook(SECRET).verify(sent.body, sent.headers)["olay"] == "yeni_chat"
