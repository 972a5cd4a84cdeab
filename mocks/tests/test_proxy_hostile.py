"""A live server that is down, slow or broken, and clients that leave: said clearly, never a traceback."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from contextlib import suppress

import pytest

from mocks.proxy.address import NoAddress, read_address
from mocks.proxy.connections import trusting
from mocks.proxy.upstream import Upstream
from mocks.tests.live import INIT, Proxied, Write, blurting, good_init, http, proxied, scripted, tls


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def problem_of(proxy: Proxied, **headers: str) -> tuple[int, str, str]:
    """Status, code and detail of what the client gets."""
    answer = proxy.init(**{"Accept-Language": "en"} | headers)
    assert answer.all("content-type") == ["application/problem+json"]
    assert answer.all("access-control-allow-origin") == ["*"]
    line = proxy.last
    assert line["durum"] == answer.status
    assert line["istek_kusurlari"] == []
    return answer.status, answer.json["kod"], answer.json["detail"]


async def _close(writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.close()


async def _reset(writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.transport.abort()


async def _half_a_head(writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")
    writer.close()


async def _half_a_body(writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(good_init()[:-20])
    writer.close()


async def _never(writer: asyncio.StreamWriter, request: bytes) -> None:
    await asyncio.sleep(60)


def _words(text: bytes) -> Write:
    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        writer.write(text)
        writer.close()

    return write


def test_a_server_that_is_down_is_named_with_the_reason() -> None:
    port = free_port()
    with proxied(f"127.0.0.1:{port}") as proxy:
        status, code, detail = problem_of(proxy)
        assert (status, code) == (502, "ust_sunucuya_ulasilamadi")
        assert detail.startswith(f"No connection to http://127.0.0.1:{port}: ")
        assert detail.endswith("Connection refused")
        assert proxy.last["kusurlar"] == [detail]


def test_a_server_whose_name_is_nobodys_is_named_with_the_reason() -> None:
    with proxied("http://yok.invalid") as proxy:
        status, code, detail = problem_of(proxy)
        assert (status, code) == (502, "ust_sunucuya_ulasilamadi")
        assert detail.startswith("No connection to http://yok.invalid: ")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (_close, "without sending a response"),
        (_reset, ""),
        (_half_a_head, "without sending a response"),
        (_half_a_body, "without sending complete message body"),
        (_words(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), ""),
        (_words(b"<html>\r\n\r\n"), ""),
        (_words(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"), ""),
        (_words(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), None),
        (_words(b"HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n"), "status 999"),
        (_words(b"HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 0\r\n\r\n"), "control characters"),
    ],
)
def test_an_answer_that_is_none_is_a_502_that_says_why(write: Write, said: str | None) -> None:
    with scripted(write) as server, proxied(server) as proxy:
        if said is None:  # its head had gone out before
            with pytest.raises(Exception, match="IncompleteRead"):
                proxy.init()
            assert "the answer broke off" in proxy.last["kusurlar"][0]
            return
        status, code, detail = problem_of(proxy)
        assert (status, code) == (502, "ust_sunucu_yaniti_bozuk")
        assert said in detail
        assert len(detail) > len(f"{server.address} gave no readable answer: ")


def test_an_answer_that_breaks_off_after_its_head_breaks_off_here_too() -> None:
    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        writer.write(http("200 OK", "Content-Type: text/plain", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n"))
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()

    with scripted(write) as server, proxied(server) as proxy:
        with proxy.connect() as connection:
            connection.sendall(b"GET /portal/giris HTTP/1.1\r\nHost: a\r\n\r\n")
            seen = b""
            with suppress(ConnectionError):
                while part := connection.recv(65_536):
                    seen += part
        assert seen.endswith(b"3\r\nabc\r\n")
        (fault,) = proxy.last["kusurlar"]
        assert fault.startswith(f"the answer broke off: {server.address} gave no readable answer: peer closed")


def test_json_that_breaks_off_is_a_502_where_answers_are_held_back() -> None:
    head = ("Content-Type: application/json", "X-Request-Id: 1", "Transfer-Encoding: chunked")
    with scripted(_words(http("200 OK", *head, body=b"3\r\nabc\r\n"))) as server, proxied(server, errors=True) as proxy:
        assert problem_of(proxy)[:2] == (502, "ust_sunucu_yaniti_bozuk")


def test_a_server_that_says_nothing_is_given_up() -> None:
    with scripted(_never) as server, proxied(server, seconds=0.3) as proxy:
        start = time.monotonic()
        status, code, detail = problem_of(proxy)
        assert time.monotonic() - start < 5
        assert (status, code, detail) == (
            504,
            "ust_sunucu_gecikti",
            f"{server.address} said nothing within 0.3 seconds.",
        )
        assert server.left.wait(5)


def test_a_client_that_leaves_takes_the_live_servers_work_with_it() -> None:
    asked = threading.Event()

    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        asked.set()
        await asyncio.sleep(60)

    with scripted(write) as server, proxied(server) as proxy:
        with proxy.connect() as connection:
            connection.sendall(f"GET {INIT} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert asked.wait(5)
        assert server.left.wait(15)  # who has ended its side is waited for, as everywhere in our servers
        deadline = time.monotonic() + 5
        while not len(proxy.proxy.journal) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert proxy.last["durum"] is None
        assert proxy.told == []


def test_a_client_that_leaves_an_endless_answer_ends_it() -> None:
    async def write(writer: asyncio.StreamWriter, request: bytes) -> None:
        writer.write(http("200 OK", "Content-Type: text/plain", "Transfer-Encoding: chunked"))
        while True:
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)

    with scripted(write) as server, proxied(server) as proxy:
        with proxy.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert connection.recv(100)
        assert server.left.wait(5)


def test_a_client_that_leaves_in_its_own_body_leaves_nothing_behind() -> None:
    with scripted(good_init()) as server, proxied(server) as proxy:
        with proxy.connect() as connection:
            connection.sendall(f"POST {INIT} HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n{{".encode())
            time.sleep(0.1)
        assert server.left.wait(5)
        assert proxy.init().status == 200


def test_a_server_that_answers_before_it_has_read_is_heard() -> None:
    said = http("413 Too Large", "Connection: close", body=b"no")
    with blurting(said) as address, proxied(address) as proxy:
        assert proxy.init(b"x" * 3_000_000).body == b"no"


# TLS


def test_a_certificate_that_is_believed_serves() -> None:
    with scripted(good_init(), tls()) as server, proxied(f"https://localhost:{server.port}") as proxy:
        assert proxy.init().status == 200
        assert f"host: localhost:{server.port}".encode() in server.requests[0]


def test_a_certificate_that_nobody_vouches_for_is_refused_unless_anybody_is_believed() -> None:
    async def ask(port: int, trusted: ssl.SSLContext) -> int:
        upstream = Upstream(read_address(f"https://127.0.0.1:{port}"), trusted)
        try:
            reply = await upstream.ask("GET", b"/", [(b"host", b"a")], None)
            await reply.close()
            return reply.status
        finally:
            await upstream.close()

    with scripted(good_init(), tls()) as server:
        assert asyncio.run(ask(server.port, trusting(insecure=True))) == 200
        with pytest.raises(Exception, match="ust_sunucuya_ulasilamadi") as caught:
            asyncio.run(ask(server.port, trusting()))
        assert "certificate is not trusted: self-signed" in str(getattr(caught.value, "fields", {}))


def test_plain_http_where_tls_is_expected_is_said() -> None:
    with blurting(http("400 Bad Request")) as address, proxied(f"https://{address}") as proxy:
        status, code, detail = problem_of(proxy)
        assert (status, code) == (502, "ust_sunucuya_ulasilamadi")
        assert "SSL" in detail


# Addresses


@pytest.mark.parametrize(
    ("text", "shown", "host", "base"),
    [
        ("https://staging.example", "https://staging.example", b"staging.example", b""),
        ("HTTPS://Staging.Example:443/", "https://staging.example", b"staging.example", b""),
        ("staging.example:8080/a/b/", "http://staging.example:8080/a/b", b"staging.example:8080", b"/a/b"),
        ("http://[::1]:9/", "http://[::1]:9", b"[::1]:9", b""),
        ("https://çözüm.example", "https://xn--zm-3ia4d5a.example", b"xn--zm-3ia4d5a.example", b""),
    ],
)
def test_an_address_is_read(text: str, shown: str, host: bytes, base: bytes) -> None:
    address = read_address(text)
    assert (address.shown, address.host, address.base) == (shown, host, base)


@pytest.mark.parametrize(
    "text",
    ["", "ftp://a", "http://", "http://a:b", "http://a:0", "http://a b", "https://a?x=1", "https://u:p@a", "a\\b"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(NoAddress, match="address"):
        read_address(text)
