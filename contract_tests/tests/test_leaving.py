"""What a judgement leaves behind at a server: nothing that it can take back, also when its time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.catalogue import CATALOGUE
from contract_tests.checks import Judge
from contract_tests.client import Client
from contract_tests.document import Document
from contract_tests.findings import NotJudged
from contract_tests.hooks import listening
from contract_tests.in_process import our_server
from contract_tests.order import Order
from contract_tests.portal import Portal, signed_in
from contract_tests.projects import passing_browser
from contract_tests.target import Target

PATH = Path(__file__).parents[2] / "openapi.yaml"
DOCUMENT = Document(PATH)


@pytest.fixture(scope="module")
def ours() -> Iterator[Target]:
    """Our own server."""
    with our_server(PATH) as target:
        yield target


@pytest.fixture
def client(ours: Target) -> Iterator[Client]:
    made = Client(ours, DOCUMENT)
    yield made
    made.until = float("inf")
    made.tidy()
    made.close()


def judging(client: Client, rule: str) -> Judge:
    return Judge(CATALOGUE[rule], client, Order())


def manager(client: Client) -> Portal:
    assert client.target.manager is not None
    return signed_in(client, client.target.manager)


def times_out(client: Client) -> None:
    """From here on nothing is judged."""
    client.until = time.monotonic() - 1
    with pytest.raises(NotJudged):
        client.now()


# When the time is over


def test_chat_is_closed_after_the_time(client: Client) -> None:
    visitor = client.visitor()
    chat = client.chat(visitor)
    times_out(client)
    client.leave(chat, is_open=True)
    client.until = float("inf")
    assert client.read(visitor, chat).data["durum"] == "kapandi"
    assert not client.is_ours(chat)


def test_chat_that_could_not_be_closed_is_not_forgotten(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = client.chat(client.visitor())
    with monkeypatch.context() as patch:
        patch.setattr(client, "widget", lambda *args, **more: client.call("GET", "/nothing"))
        client.leave(chat, is_open=True)
    assert client.is_ours(chat)


def test_time_is_over_again_after_restoring(client: Client) -> None:
    times_out(client)
    with client.restoring():
        assert client.now() > 0
    with pytest.raises(NotJudged):
        client.now()


def test_endpoint_is_put_back_after_the_time(client: Client) -> None:
    url = "https://hook.example.com/"
    manager(client).set_webhook(url, "yeni_chat", etkin=False).succeeded()
    with listening(judging(client, "webhook.yeni_chat"), "yeni_ticket"):
        times_out(client)
    client.until = float("inf")
    after = manager(client).webhook().data["webhook"]
    assert (after["url"], after["etkin"]) == (url, False)


def test_project_is_chosen_again_after_the_time(client: Client) -> None:
    before = signed_in(client, client.target.operator).active()
    with passing_browser(judging(client, "widget.settings")) as browser:
        other = next(one["id"] for one in browser.call("GET", "projeler").data["musteriler"] if one["id"] != before)
        browser.choose(other).succeeded()
        times_out(client)
    client.until = float("inf")
    assert signed_in(client, client.target.operator).active() == before
