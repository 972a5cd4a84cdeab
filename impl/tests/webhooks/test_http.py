"""The carrier over HTTP: what it sends, what it makes of answers, where it refuses to go."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from impl.rules.retries import Outcome
from impl.tests.webhooks.receiver import NO_CONTENT, Receiver, receiver
from impl.webhooks import addresses
from impl.webhooks.addresses import AddressInfo, LookUp, Lookups, Resolver
from impl.webhooks.carriers import LazyHttp, NotNow
from impl.webhooks.http import LONGEST_ANSWER, Http
from impl.webhooks.messages import Message

UNTRUSTED: Final = Path(__file__).with_name("untrusted.pem")
LOOPBACK: Final = "127.0.0.1"


def info(address: str, port: int = 443) -> AddressInfo:
    """As `getaddrinfo` tells it."""
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)


def dns(*addresses: str) -> LookUp:
    """A resolver that knows these of every name."""

    async def look_up(host: str, port: int) -> Sequence[AddressInfo]:
        return [info(address, port) for address in addresses]

    return look_up


async def post(http: Http, message: Message) -> Outcome:
    """Post it and close."""
    try:
        return await http.post(message)
    finally:
        await http.close()


def posted(answer: bytes | Callable[[asyncio.StreamWriter], Awaitable[None]], seconds: float = 5) -> Outcome:
    """What a message becomes that is answered so."""

    async def scene() -> Outcome:
        async with receiver(answer) as ours:
            return await post(Http(anywhere=True, seconds=seconds), ours.message())

    return asyncio.run(scene())


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


# What is sent


def test_message_arrives_as_it_is() -> None:
    async def scene() -> Receiver:
        async with receiver() as ours:
            message = ours.message(body='{"ad":"Çınar 🙂"}'.encode())
            message.headers["webhook-id"] = "msg_1"
            assert await post(Http(anywhere=True), message) == Outcome(204)
        return ours

    ours = run(scene())
    (heard,) = ours.heard
    assert heard.line == "POST /hook?a=b HTTP/1.1"
    assert heard.body == '{"ad":"Çınar 🙂"}'.encode()
    assert heard.headers["webhook-id"] == "msg_1"
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["host"] == f"{LOOPBACK}:{ours.port}"
    assert "cookie" not in heard.headers


def test_nothing_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy: it would connect to addresses that nobody checked."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert posted(NO_CONTENT) == Outcome(204)


def test_cookies_are_not_kept() -> None:
    async def scene() -> Receiver:
        async with receiver(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n") as ours:
            http = Http(anywhere=True, look_up=dns(LOOPBACK))
            for _ in range(2):
                assert (await http.post(ours.message("hook.example"))).status == 200
            await http.close()
        return ours

    assert [("cookie" in heard.headers) for heard in run(scene()).heard] == [False, False]


def test_carrier_that_was_closed_can_post_again() -> None:
    async def scene() -> list[Outcome]:
        async with receiver() as ours:
            http = Http(anywhere=True)
            return [await post(http, ours.message()) for _ in range(2)]

    assert run(scene()) == [Outcome(204)] * 2


def test_library_is_loaded_for_the_first_message_and_once() -> None:
    async def scene() -> list[Outcome]:
        async with receiver() as ours:
            http = LazyHttp(anywhere=True)
            await http.close()
            outcomes = list(await asyncio.gather(*(http.post(ours.message()) for _ in range(3))))
            await http.close()
            return outcomes

    assert run(scene()) == [Outcome(204)] * 3


# What is made of answers


@pytest.mark.parametrize("status", [200, 302, 404, 410, 500, 503])
def test_status_is_told(status: int) -> None:
    assert posted(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nok".encode()) == Outcome(status)


def test_retry_after_is_told_as_it_came() -> None:
    answer = b"HTTP/1.1 503 X\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"
    assert posted(answer) == Outcome(503, "120")


def test_redirect_is_not_followed() -> None:
    async def scene() -> list[int]:
        async with receiver() as there:
            answer = f"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:{there.port}/\r\nContent-Length: 0\r\n\r\n"
            async with receiver(answer.encode()) as here:
                assert await post(Http(anywhere=True), here.message()) == Outcome(307)
                return [len(here.heard), len(there.heard)]

    assert run(scene()) == [1, 0]


def test_endless_answer_is_left_after_64_kib() -> None:
    written = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 16_384)
            await writer.drain()
            written += 16_384

    began = time.monotonic()
    assert posted(endless) == Outcome(200)
    assert time.monotonic() - began < 4
    assert written < 256 * LONGEST_ANSWER  # what the buffers of both ends hold


def test_body_that_never_ends_does_not_undo_the_status() -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok")
        await writer.drain()
        await asyncio.sleep(1)

    assert posted(slow, seconds=0.2) == Outcome(200)


def test_body_that_breaks_off_does_not_undo_the_status() -> None:
    assert posted(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok") == Outcome(200)


def test_compressed_answer_is_not_unpacked() -> None:
    assert posted(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno") == Outcome(200)


def test_silence_ends_after_the_time_is_over() -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)

    began = time.monotonic()
    assert posted(silent, seconds=0.2) == Outcome(reason="timeout")
    assert time.monotonic() - began < 1


def test_headers_that_drip_do_not_stretch_the_time() -> None:
    async def dripping(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(20):
            writer.write(b"X-%d: y\r\n" % number)
            await writer.drain()
            await asyncio.sleep(0.05)

    assert posted(dripping, seconds=0.3) == Outcome(reason="timeout")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 20", "closed"),
        (b"Merhaba\r\n\r\n", "unreadable"),
        (b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n", "unreadable"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "unreadable"),
    ],
    ids=["nothing", "half a line", "no HTTP", "no status", "headers without end"],
)
def test_broken_answer_is_an_outcome(answer: bytes, reason: Any) -> None:
    assert posted(answer) == Outcome(reason=reason)


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        url = f"http://{LOOPBACK}:{free.getsockname()[1]}/"
        assert run(post(Http(anywhere=True), Message(url, {}, b""))) == Outcome(reason="unreachable")


@pytest.mark.parametrize("url", ["http://a\x00b/", "http://a..b/", "http://[::1", "mailto:a@b", "http://" + "a" * 300])
def test_address_that_is_none_is_an_outcome(url: str) -> None:
    assert run(post(Http(anywhere=True), Message(url, {}, b""))).reason in ("not_public", "unknown_host", "unreadable")


def test_cancelled_post_leaves_at_once() -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    async def scene() -> None:
        async with receiver(silent) as ours:
            http = Http(anywhere=True)
            task = asyncio.create_task(http.post(ours.message()))
            await ours.came.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await http.close()

    began = time.monotonic()
    run(scene())
    assert time.monotonic() - began < 4


# TLS


def test_certificate_is_verified() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(UNTRUSTED)

    async def scene() -> tuple[Outcome, int]:
        async with receiver(tls=tls) as ours:
            http = Http(anywhere=True, look_up=dns(LOOPBACK))
            return await post(http, ours.message("hook.example", "https")), len(ours.heard)

    assert run(scene()) == (Outcome(reason="tls"), 0)


# Where it refuses to go


def refused(http: Http, host: str, scheme: str = "https") -> tuple[Outcome, int]:
    """What a message to that host at our receiver's port becomes, and how many connections came there."""
    came = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal came
        came += 1
        writer.close()

    async def scene() -> Outcome:
        server = await asyncio.start_server(count, LOOPBACK, 0)
        port = server.sockets[0].getsockname()[1]
        try:
            return await post(http, Message(f"{scheme}://{host}:{port}/", {}, b""))
        finally:
            server.close()
            await server.wait_closed()

    return run(scene()), came


@pytest.mark.parametrize(
    ("host", "scheme"),
    [(LOOPBACK, "https"), ("localhost", "https"), ("[::1]", "https"), ("127.1", "https"), ("hook.example", "http")],
)
def test_address_that_was_allowed_once_is_judged_again(host: str, scheme: str) -> None:
    """Such as one that was set while the server allowed all."""
    assert refused(Http(look_up=dns(LOOPBACK)), host, scheme) == (Outcome(reason="not_public"), 0)


@pytest.mark.parametrize("address", [LOOPBACK, "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"])
def test_name_that_leads_to_a_private_address_is_refused(address: str) -> None:
    assert refused(Http(look_up=dns(address)), "hook.example") == (Outcome(reason="not_public"), 0)


def test_socket_itself_asks_whatever_the_resolver_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    careless = Resolver(dns(LOOPBACK), anywhere=True)
    monkeypatch.setattr("impl.webhooks.http.Resolver", lambda *args, **more: careless)
    assert refused(Http(), "hook.example") == (Outcome(reason="not_public"), 0)


def test_unknown_name_is_told() -> None:
    async def unknown(host: str, port: int) -> Sequence[AddressInfo]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert refused(Http(look_up=unknown), "hook.example")[0] == Outcome(reason="unknown_host")


def test_name_whose_servers_are_silent_takes_no_longer_than_an_attempt() -> None:
    async def silent(host: str, port: int) -> Sequence[AddressInfo]:
        await asyncio.sleep(10)
        return []

    began = time.monotonic()
    assert refused(Http(look_up=silent, seconds=0.2), "hook.example")[0] == Outcome(reason="timeout")
    assert time.monotonic() - began < 2


def test_anywhere_reaches_this_machine_by_name() -> None:
    async def scene() -> Outcome:
        async with receiver() as ours:
            return await post(Http(anywhere=True), ours.message("localhost"))

    assert run(scene()) == Outcome(204)


# Names that are waited for


def crowded(monkeypatch: pytest.MonkeyPatch, seconds: float) -> Coroutine[Any, Any, Outcome]:
    """An attempt within 0.2 s, whose turn to ask for its name comes after so many; then it is refused."""
    monkeypatch.setattr(addresses, "LOOKUPS_AT_ONCE", 1)
    monkeypatch.setattr(addresses, "PATIENCE", 1)

    def ask(host: str, port: int) -> Sequence[AddressInfo]:
        if host == "dead.example":
            time.sleep(seconds)
        return [info("10.0.0.1")]

    monkeypatch.setattr(addresses, "_ask", ask)

    async def scene() -> Outcome:
        http = Http(seconds=0.2, look_up=Lookups())
        dead, other = (Message(f"https://{name}.example/", {}, b"") for name in ("dead", "other"))
        assert await http.post(dead) == Outcome(reason="timeout")
        return await post(http, other)

    return scene()


def test_time_that_a_name_waits_for_its_turn_is_not_the_receivers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(crowded(monkeypatch, 0.6)) == Outcome(reason="not_public")


def test_name_that_gets_no_turn_is_no_failure_of_the_receiver(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotNow):
        run(crowded(monkeypatch, 1.5))
