"""How requests are sent: never for longer than allowed, over connections that live, and what comes back of headers."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from contract_tests.findings import CannotRun
from contract_tests.tests.bad_servers import listening, says
from contract_tests.transport import Exchange, NoAnswer, Transport

EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"


def ask(transport: Transport, timeout: float = 5.0) -> Exchange:
    """A request."""
    return transport.send("x", "POST", "/x?a=1", b"{}", {}, timeout)


@contextmanager
def reaching(url: str) -> Iterator[Transport]:
    """A transport that is closed at the end."""
    transport = Transport(url)
    try:
        yield transport
    finally:
        transport.close()


def for_ever(first: bytes, part: bytes) -> Callable[[socket.socket], None]:
    """A server that sends the part again and again."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(first)
        until = time.monotonic() + 5
        while time.monotonic() < until:
            connection.sendall(part)
            time.sleep(0.02)

    return behave


@pytest.mark.parametrize(
    ("first", "part"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"A"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
    ],
)
def test_an_answer_that_never_ends_is_waited_for_no_longer_than_allowed(first: bytes, part: bytes) -> None:
    with listening(for_ever(first, part)) as url, reaching(url) as transport:
        start = time.monotonic()
        with pytest.raises(NoAnswer, match="longer than"):
            ask(transport, 0.4)
        assert time.monotonic() - start < 1.5


def test_a_kept_connection_that_the_server_closed_is_no_accusation() -> None:
    with listening(says(EMPTY)) as url, reaching(url) as transport:  # and closes, though it does not say so
        assert [ask(transport).status for _ in range(20)] == [204] * 20
        time.sleep(0.05)
        assert ask(transport).status == 204


def test_a_kept_connection_that_ends_at_the_next_request_is_tried_anew() -> None:
    answered: list[socket.socket] = []

    def once(connection: socket.socket) -> bool | None:
        if connection in answered:
            return None  # the second request on it: the end, without a byte
        answered.append(connection)
        connection.sendall(EMPTY)
        return True

    with listening(once) as url, reaching(url) as transport:
        assert [ask(transport).status for _ in range(3)] == [204] * 3


def test_a_new_connection_without_an_answer_is_tried_once() -> None:
    asked: list[int] = []
    with listening(lambda connection: asked.append(1)) as url, reaching(url) as transport:
        with pytest.raises(NoAnswer):
            ask(transport)
        assert asked == [1]


def test_repeated_headers_are_all_kept() -> None:
    lines = ("HTTP/1.1 204 x", "Set-Cookie: a=1; Path=/", "Vary: A", "Date: x", "set-cookie: b=2", "Vary: B", "Date: y")
    raw = "\r\n".join([*lines, "", ""]).encode()
    with listening(says(raw)) as url, reaching(url) as transport:
        headers = ask(transport).headers
    assert headers == {"set-cookie": "a=1; Path=/\nb=2", "vary": "A, B", "date": "y"}


def test_the_path_of_the_url_is_no_part_of_what_was_asked() -> None:
    with listening(says(EMPTY)) as url, reaching(f"{url}/destek/") as transport:
        exchange = ask(transport)
    assert (exchange.url, exchange.path) == (f"{url}/destek/x?a=1", "/x")


@pytest.mark.parametrize("url", ["http://a:b@h", "http://h?x=1", "http://h/#x", "http://h?", "ftp://h", "http://h:x"])
def test_an_address_has_host_port_and_path_only(url: str) -> None:
    with pytest.raises(CannotRun):
        Transport(url)
