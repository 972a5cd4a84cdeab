"""What a judgement leaves behind at a server: nothing that it can take back, also when its time is over."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contract_tests.caller import Caller
from contract_tests.catalogue import CATALOGUE
from contract_tests.checks import Judge
from contract_tests.client import Client
from contract_tests.document import Document
from contract_tests.findings import NotJudged
from contract_tests.hooks import listening
from contract_tests.in_process import our_server
from contract_tests.order import Order
from contract_tests.portal import Portal, signed_in
from contract_tests.probe import probe
from contract_tests.projects import Project, new_project, passing_browser, project
from contract_tests.run import judge
from contract_tests.target import Target
from contract_tests.transport import Exchange

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


# What was made


@pytest.fixture
def exchanges(monkeypatch: pytest.MonkeyPatch) -> list[Exchange]:
    """All that is asked from here on, by whichever client."""
    seen: list[Exchange] = []
    original = Caller.send

    def send(caller: Caller, *given: Any, **more: Any) -> Exchange:
        exchange = original(caller, *given, **more)
        seen.append(exchange)
        return exchange

    monkeypatch.setattr(Caller, "send", send)
    return seen


def alive(client: Client, exchanges: list[Exchange]) -> list[str]:
    """The tokens that were given and still let somebody in."""
    given = [
        json.loads(one.body)["data"]["token"] for one in exchanges if (one.operation, one.status) == ("login", 200)
    ]
    assert given
    return [token for token in given if client.call("GET", "/api/v1/operator/status", token=token).status == 200]


def test_probe_signs_out(ours: Target, client: Client, exchanges: list[Exchange]) -> None:
    probe(ours, DOCUMENT)
    assert alive(client, exchanges) == []


@pytest.mark.parametrize("rule", ["operator.transfer", "auth.logout"])
def test_every_token_is_ended(ours: Target, client: Client, exchanges: list[Exchange], rule: str) -> None:
    assert [verdict.outcome for verdict in judge(ours, DOCUMENT, Order(rules=(rule,)))] == ["passed"]
    assert alive(client, exchanges) == []


def test_token_of_a_check_that_fails_is_ended(ours: Target, client: Client, exchanges: list[Exchange]) -> None:
    other = Client(ours, DOCUMENT)
    other.login(ours.operator)
    other.forget_tokens()
    other.tidy()
    other.close()
    assert alive(client, exchanges) == []


@pytest.mark.parametrize("rule", ["isolation.visitor", "isolation.file"])
def test_every_ticket_is_closed(ours: Target, client: Client, exchanges: list[Exchange], rule: str) -> None:
    assert {verdict.outcome for verdict in judge(ours, DOCUMENT, Order(rules=(rule,)))} == {"passed"}
    made = {
        (json.loads(one.body)["data"]["ticket"]["id"], one.request_headers["X-API-Key"])
        for one in exchanges
        if (one.operation, one.status) == ("create_ticket", 201)
    }
    assert made
    assert ours.other is not None
    for ticket, key in made:
        login = ours.outsider if key == ours.other.key else ours.operator
        assert client.operator("GET", f"ticket/{ticket}", login).data["ticket"]["durum"] == "kapali"


# What was changed


def tabs(client: Client) -> list[tuple[int, bool]]:
    """The operator's, in their order, and whether they are silent."""
    return [(tab["id"], tab["sessize_alindi"]) for tab in client.operator("GET", "tenants").data["musteriler"]]


def test_silent_tab_stays_silent(ours: Target, client: Client) -> None:
    for tenant, _ in tabs(client):
        client.operator("PUT", f"tenants/{tenant}/sessize", body={"sessize": True}).succeeded()
    before = tabs(client)
    assert [verdict.outcome for verdict in judge(ours, DOCUMENT, Order(rules=("tabs.mute",)))] == ["passed"]
    after = tabs(client)
    for tenant, _ in before:
        client.operator("PUT", f"tenants/{tenant}/sessize", body={"sessize": False}).succeeded()
    assert after == before


@pytest.mark.parametrize("state", ["mesgul", "cevrimici"])
def test_operator_is_in_the_state_of_before(ours: Target, client: Client, state: str) -> None:
    client.operator("PUT", "status", body={"durum": state}).succeeded()
    assert [verdict.outcome for verdict in judge(ours, DOCUMENT, Order(rules=("status.offline",)))] == ["passed"]
    assert client.operator("GET", "status").data["durum"] == state


def test_tabs_are_put_back_where_any_order_is_taken(
    ours: Target, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at a server whose operators are shown only the tabs that were put."""
    puts: list[Any] = []
    original = Client.operator

    def operator(caller: Client, method: str, path: str, *given: Any, **more: Any) -> Any:
        if path == "tenants/sira":
            puts.append(more["body"]["order"])
        return original(caller, method, path, *given, **more)

    monkeypatch.setattr(Client, "operator", operator)
    list(judge(ours, DOCUMENT, Order(rules=("tabs.permutation",))))
    assert puts[-1] == [tenant for tenant, _ in tabs(client)]


def test_tabs_of_a_server_that_others_use_are_not_touched(ours: Target) -> None:
    (verdict,) = judge(replace(ours, owned=False), DOCUMENT, Order(rules=("tabs.permutation",)))
    assert verdict.outcome == "skipped"


def test_project_of_another_run_is_found_again(client: Client, ours: Target, exchanges: list[Exchange]) -> None:
    first = project(judging(client, "widget.settings"))
    other = Client(ours, DOCUMENT)
    again = project(judging(other, "widget.settings"))
    other.tidy()
    other.close()
    assert (again.id, again.tenant.key, again is first) == (first.id, first.tenant.key, False)
    assert [one.status for one in exchanges if one.operation == "portal_create_project"] in ([], [201])


def test_rules_about_opening_open_a_project(client: Client) -> None:
    known = project(judging(client, "widget.settings"))
    with passing_browser(judging(client, "project.open")) as browser:
        before = [one["id"] for one in browser.mine()["musteriler"]]
    other = Client(client.target, DOCUMENT)
    assert isinstance(project(judging(other, "project.open")), Project)
    new = new_project(judging(other, "project.open"))
    other.tidy()
    other.close()
    assert new.id not in before
    assert known.id in before
    assert new.tenant.secret
