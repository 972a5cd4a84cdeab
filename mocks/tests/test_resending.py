"""An event is sent again: to the endpoint or anywhere, as it was or edited, rightly signed in each case."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from contract_tests.receiver import Receiver, always
from mocks.inbox import MOCK_SECRET
from mocks.tests.hooking import attempted, inbox, listening, set_webhook, trigger, verified
from mocks.tests.whole import Answer, Whole, whole_mock


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as made:
        yield made


def _resend(mock: Whole, event_id: int = 1, **asked: Any) -> Answer:
    return mock.ask("POST", f"/_mock/inbox/{event_id}/resend", asked, accept_language="en")


def test_to_any_url_it_goes_signed_with_the_secret_that_the_mock_shows(mock: Whole, receiver: Receiver) -> None:
    trigger(mock, "yeni_chat")
    (event,) = inbox(mock)
    told = _resend(mock, url=receiver.url).json
    (heard,) = receiver.heard
    assert verified(MOCK_SECRET, heard.body, heard.headers) == event["govde"]
    assert heard.body.decode() == event["metin"]
    assert heard.id == event["webhook_id"] == told["webhook_id"]
    assert told["basliklar"].items() <= heard.headers.items()
    assert told["secret"] == MOCK_SECRET
    attempt = told["deneme"]
    assert (attempt["url"], attempt["durum"], attempt["hata"], attempt["elle"]) == (receiver.url, 204, None, True)
    assert inbox(mock, accept_language="en")[0]["denemeler"] == [attempt]


def test_to_the_tenants_endpoint_it_goes_signed_with_its_secret(mock: Whole, receiver: Receiver) -> None:
    secret = set_webhook(mock, receiver.url)
    trigger(mock, "yeni_chat")
    attempted(mock)
    sent = inbox(mock)[0]["basliklar"]
    assert _resend(mock).json["secret"] == secret
    assert _resend(mock, url=receiver.url).json["secret"] == secret
    first, *again = receiver.heard
    assert [verified(secret, heard.body, heard.headers) for heard in again] == [first.value] * 2
    assert {heard.id for heard in receiver.heard} == {first.id}
    (told,) = inbox(mock)
    assert [one["elle"] for one in told["denemeler"]] == [False, True, True]
    assert told["basliklar"] == sent, "as the sender sent it"
    assert told["teslimat"]["deneme_sayisi"] == 1, "the tenant's own deliveries are not touched"


def test_it_goes_without_a_body_too(mock: Whole, receiver: Receiver) -> None:
    set_webhook(mock, receiver.url, "yeni_ticket")
    trigger(mock, "yeni_chat")
    assert mock.ask("POST", "/_mock/inbox/1/resend").json["deneme"]["durum"] == 204


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        ({"govde": {"olay": "yeni_chat", "veri": {"ad": "Ş"}}}, '{"olay":"yeni_chat","veri":{"ad":"Ş"}}'.encode()),
        ({"govde": None}, b"null"),
        ({"metin": '{ "olay" :\n"yeni_chat" } '}, b'{ "olay" :\n"yeni_chat" } '),
        ({"metin": "{bozuk"}, b"{bozuk"),
        ({"metin": ""}, b""),
    ],
)
def test_an_edited_body_is_signed_over_its_exact_bytes(
    mock: Whole, receiver: Receiver, asked: dict[str, Any], body: bytes
) -> None:
    trigger(mock, "yeni_chat")
    headers = _resend(mock, url=receiver.url, **asked).json["basliklar"]
    (heard,) = receiver.heard
    assert heard.body == body
    assert heard.headers["webhook-signature"] == headers["webhook-signature"]
    signed = f"{heard.id}.{heard.timestamp}.".encode() + body
    assert _signature(signed) == headers["webhook-signature"]
    assert inbox(mock)[0]["govde"]["veri"]["oturum_id"] == 43, "the event itself stays"


def _signature(signed: bytes) -> str:
    """Worked out by hand."""
    import hashlib
    import hmac
    from base64 import b64decode, b64encode

    key = b64decode(MOCK_SECRET.removeprefix("whsec_"))
    return f"v1,{b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def test_it_bears_the_machines_time_wherever_the_mocks_clock_is(mock: Whole, receiver: Receiver) -> None:
    mock.control("POST", "/clock", {"ilerlet": "2d"})
    trigger(mock, "yeni_chat")
    _resend(mock, inbox(mock)[-1]["id"], url=receiver.url)
    (heard,) = receiver.heard
    assert abs(heard.timestamp - time.time()) < 10
    assert verified(MOCK_SECRET, heard.body, heard.headers)


def test_what_a_receiver_does_is_told(mock: Whole, receiver: Receiver) -> None:
    trigger(mock, "yeni_chat")
    receiver.replies = always(302, {"Location": receiver.url + "/elsewhere"})
    assert _resend(mock, url=receiver.url).json["deneme"]["durum"] == 302
    assert receiver.elsewhere == []
    down = _resend(mock, url="http://127.0.0.1:1/hook").json["deneme"]
    assert (down["durum"], down["hata"]) == (None, "The server could not be connected to")


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({}, "/url", "has no endpoint"),
        ({"url": "localhost:3000"}, "/url", "Must be an address"),
        ({"url": "ftp://localhost/hook"}, "/url", "Must be an address"),
        ({"url": "http://u:p@localhost/hook"}, "/url", "Must be an address"),
        ({"url": "http://127.0.0.1:1/", "govde": {}, "metin": ""}, "/metin", "Not together"),
        ({"ulr": "http://127.0.0.1:1/"}, "/ulr", "did you mean `url`"),
        ({"url": 7}, "/url", "text"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_not_sent(mock: Whole, asked: dict[str, Any], field: str, said: str) -> None:
    trigger(mock, "yeni_chat")
    refused = _resend(mock, **asked)
    assert refused.status == 422
    assert refused.json["hatalar"][0]["alan"] == field
    assert said in refused.json["hatalar"][0]["mesaj"]
    assert inbox(mock)[0]["denemeler"] == []


def test_what_is_not_there_is_not_sent(mock: Whole) -> None:
    assert _resend(mock, 7, url="http://127.0.0.1:1/").status == 404
    assert mock.ask("POST", "/_mock/inbox/a/resend", {}).status == 422


def test_a_world_that_sends_only_to_the_public_internet_does_so_here_too(mock: Whole, receiver: Receiver) -> None:
    trigger(mock, "yeni_chat")
    sandbox = mock.mock.sandboxes.main
    sandbox.world = replace(sandbox.world, webhooks_anywhere=False)
    assert _resend(mock, url=receiver.url).status == 422
    assert receiver.heard == []
