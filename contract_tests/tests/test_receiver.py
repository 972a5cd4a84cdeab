"""The receiver keeps what came to it and answers as it is told; a tenant's endpoint is as it was after a check."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

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
from contract_tests.receiver import Heard, Receiver, Reply, always, endless, receiving
from contract_tests.run import judge
from contract_tests.target import Target

PATH = Path(__file__).parents[2] / "openapi.yaml"
DOCUMENT = Document(PATH)
ANYWHERE = "http://127.0.0.1:{port}/hook/"
EVENT = b'{"olay":"yeni_chat","veri":{"oturum_id":42}}'


def post(ours: Receiver, body: object = EVENT, path: str | None = None, **headers: str) -> tuple[int, bytes]:
    """Status and body of what it answers."""
    parts = urlsplit(ours.url)
    connection = HTTPConnection(parts.netloc, timeout=5)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", parts.path if path is None else path, body, given)  # type: ignore[arg-type]
    answer = connection.getresponse()
    told = answer.status, answer.read()
    connection.close()
    return told


def test_what_came_is_kept() -> None:
    with receiving(ANYWHERE) as ours:
        assert urlsplit(ours.url).path.startswith("/hook/")
        assert post(ours, Webhook_Id="msg_1", webhook_timestamp="1775993400") == (204, b"")
        (heard,) = ours.heard
    assert (heard.event, heard.data, heard.id, heard.timestamp) == ("yeni_chat", {"oturum_id": 42}, "msg_1", 1775993400)
    assert heard.body == EVENT


def test_chunked_body_is_read() -> None:
    with receiving(ANYWHERE) as ours:
        post(ours, iter([EVENT[:10], EVENT[10:]]))
        assert ours.heard[0].body == EVENT


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"olay":1,"veri":[]}', b"\xff"])
def test_what_makes_no_sense_is_kept_too(body: bytes) -> None:
    with receiving(ANYWHERE) as ours:
        post(ours, body, webhook_timestamp="soon")
        (heard,) = ours.heard
    assert (heard.data, heard.id, heard.timestamp) == ({}, "", 0)
    assert heard.event in (None, 1)


def test_other_paths_are_not_kept_and_those_below_are_told() -> None:
    with receiving(ANYWHERE) as ours:
        below = f"{urlsplit(ours.url).path}/elsewhere"
        assert [post(ours, path=path)[0] for path in ("/", "/hook/other", below)] == [404, 404, 404]
        assert (ours.heard, ours.elsewhere) == ([], [below])


def test_it_answers_as_it_is_told() -> None:
    with receiving(ANYWHERE) as ours:
        ours.replies = always(410)
        assert post(ours) == (410, b"")
        ours.replies = lambda heard: Reply(200, body=[heard.body])
        assert post(ours) == (200, EVENT)


def test_sender_that_leaves_is_noticed() -> None:
    with receiving(ANYWHERE) as ours:
        ours.replies = lambda heard: Reply(200, body=endless())
        parts = urlsplit(ours.url)
        with socket.create_connection((parts.hostname, parts.port)) as sender:
            sender.sendall(f"POST {parts.path} HTTP/1.1\r\nContent-Length: 0\r\n\r\n".encode())
            assert sender.recv(100).startswith(b"HTTP/1.0 200")
        assert ours.wait(lambda: ours.left_after is not None, 5)


def test_waiting_ends_when_nothing_comes() -> None:
    with receiving(ANYWHERE) as ours:
        assert ours.wait(lambda: ours.heard, 0.01) == []


def test_busy_port_cannot_be_judged() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        url = f"http://127.0.0.1:{busy.getsockname()[1]}/"
        with pytest.raises(NotJudged, match="cannot be received on port"), receiving(url):
            pass


def free_port() -> int:
    """One where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_it_listens_in_plain_http_behind_what_ends_https() -> None:
    port = free_port()
    with receiving("https://tunnel.example/hook/", port) as ours:
        parts = urlsplit(ours.url)
        assert (parts.scheme, parts.netloc) == ("https", "tunnel.example")
        ours.url = f"http://127.0.0.1:{port}{parts.path}"
        assert post(ours)[0] == 204
    assert len(ours.heard) == 1


def test_heard_is_a_value() -> None:
    assert Heard({}, b'{"olay":"x"}').told() == '{"olay":"x"}'


# A tenant's endpoint


@pytest.fixture(scope="module")
def ours() -> Iterator[Target]:
    """Our own server."""
    with our_server(PATH) as target:
        yield target


@pytest.fixture
def client(ours: Target) -> Iterator[Client]:
    made = Client(ours, DOCUMENT)
    yield made
    made.tidy()
    made.close()


def manager(client: Client) -> Portal:
    assert client.target.manager is not None
    return signed_in(client, client.target.manager)


def judging(client: Client) -> Judge:
    return Judge(CATALOGUE["webhook.yeni_chat"], client, Order())


def test_hook_listens_where_the_target_says(ours: Target) -> None:
    port = free_port()
    client = Client(replace(ours, receiver="https://tunnel.example/", receiver_port=port), DOCUMENT)
    with listening(judging(client), "yeni_ticket") as hook:
        assert hook.receiver.url.startswith("https://tunnel.example/")
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    client.tidy()
    client.close()


def test_endpoint_that_was_there_is_put_back(client: Client) -> None:
    manager(client).set_webhook("https://hook.example.com/", "yeni_chat", "chat_kapandi").succeeded()
    before = manager(client).webhook().data["webhook"]
    with listening(judging(client), "yeni_ticket") as hook:
        assert hook.endpoint["url"] == hook.receiver.url
    after = manager(client).webhook().data["webhook"]
    assert {**after, "guncellendi": ""} == {**before, "guncellendi": ""}


def test_endpoint_that_there_was_not_is_stopped(ours: Target) -> None:
    with our_server(PATH) as fresh:
        client = Client(fresh, DOCUMENT)
        with listening(judging(client), "yeni_ticket"):
            pass
        assert manager(client).webhook().data["webhook"]["etkin"] is False
        client.close()


def test_events_from_before_are_not_seen(client: Client) -> None:
    with listening(judging(client), "yeni_chat") as hook:
        hook.receiver.replies = always(500)
        chat = client.start_chat(client.visitor())
        hook.wait(chat, "yeni_chat")
        assert client.target.clock is not None
    with listening(judging(client), "yeni_ticket") as later:
        client.target.clock(400)
        assert later.receiver.wait(lambda: later.receiver.heard, 5)
        assert (later.heard(), later.deliveries) == ([], [])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receiver": "gopher://127.0.0.1:{port}/"}, "does not send webhooks to gopher://127.0.0.1:{port}/"),
        ({"manager": "outsider"}, "cannot choose tenant"),
        ({"manager": "operator"}, "does not manage tenant"),
    ],
)
def test_what_hinders_is_told(ours: Target, changes: dict[str, str], reason: str) -> None:
    if "manager" in changes:
        target = replace(ours, manager=getattr(ours, changes["manager"]))
    else:
        target = replace(ours, receiver=changes["receiver"])
    (verdict,) = judge(target, DOCUMENT, Order(rules=("webhook.yeni_chat",)))
    assert verdict.outcome == "skipped"
    assert reason in verdict.reason
