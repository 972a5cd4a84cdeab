"""The last metre: over real connections, whole answers are what uvicorn's own way would have written."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable
from typing import Any, Final

import pytest
import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cozum.protocol import WholeAnswers
from cozum.start import build, read_settings

BODY: Final = b'{"ziyaretci_id": "abc123"}'
POLL: Final = (
    b"GET /api/v1/widget/chat/messages?ziyaretci_id=ahmet.yilmaz&oturum_id=42 HTTP/1.1\r\nHost: x\r\n"
    b"X-API-Key: CM_PRATIKESNAF\r\nOrigin: https://pratikesnaf.com\r\n\r\n"
)
DOCS: Final = b"GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n"
UNKNOWN: Final = b"GET /yok HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD: Final = b"HEAD /api/v1/widget/chat/messages HTTP/1.1\r\nHost: x\r\n\r\n"


def init(*, version: bytes = b"1.1", more: bytes = b"", body: bytes = BODY) -> bytes:
    """A widget/init request."""
    return (
        b"POST /api/v1/widget/init HTTP/%b\r\nHost: x\r\nX-API-Key: CM_DEMO_2026\r\n%b"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (version, more, len(body), body)
    )


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


def talk_to(protocol: type[HttpToolsProtocol], talk: Talk, app: Any = None) -> Any:
    """Serve a fresh demo, or `app`, with that protocol, and run `talk` over one connection to it."""

    world, application = build(read_settings(None, "memory://", demo=True))

    async def scene() -> Any:
        config = uvicorn.Config(
            app or application.asgi,
            http=protocol,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            server_header=False,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        await server.startup(sockets=[listener])
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        try:
            async with asyncio.timeout(10):
                return await talk(reader, writer)
        finally:
            writer.close()
            world.waker.close()
            await server.shutdown(sockets=[listener])

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the server has it
        return runner.run(scene())


def until_closed(*requests: bytes) -> Talk:
    """Send these at once, and read until the server closes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"".join(requests))
        return comparable(await reader.read())

    return talk


def comparable(answer: bytes) -> bytes:
    """An answer without what differs from run to run, its header lines in order of name."""
    answer = re.sub(rb"[0-9a-f]{12}-", b"ID-", answer)
    answer = re.sub(rb"date: [^\r]*", b"date: D", answer)
    answer = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", b"T", answer)
    answer = re.sub(rb'"ziyaretci_token":"[^"]*"', b'"ziyaretci_token":"Z"', answer)
    return re.sub(rb"\r\n((?:[a-z-]+: [^\r]*\r\n)+)", _sorted_lines, answer)


def _sorted_lines(found: re.Match[bytes]) -> bytes:
    return b"\r\n" + b"\r\n".join(sorted(found[1].splitlines())) + b"\r\n"


CLOSE: Final = b"Connection: close\r\n"
CHUNKED: Final = (
    b"POST /api/v1/widget/init HTTP/1.1\r\nHost: x\r\nX-API-Key: CM_DEMO_2026\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n1a\r\n%b\r\n0\r\n\r\n" % BODY
)


@pytest.mark.parametrize(
    "requests",
    [
        [init(more=CLOSE)],
        [init(version=b"1.0")],
        [init(), init(body=b'{"ziyaretci_id": "yeni"}'), init(more=CLOSE)],
        [POLL, init(more=CLOSE)],
        [init(body=b"{}"), init(more=CLOSE)],
        [DOCS, UNKNOWN, HEAD, init(more=CLOSE)],
        [init(more=b"Expect: 100-continue\r\n"), init(more=CLOSE)],
        [CHUNKED, init(more=CLOSE)],
    ],
    ids=["close", "http-1.0", "pipelined", "get", "refused", "other-ways", "expect", "chunked"],
)
def test_answers_are_the_same_bytes_as_by_uvicorns_own_protocol(requests: list[bytes]) -> None:
    whole = talk_to(WholeAnswers, until_closed(*requests))
    assert whole == talk_to(HttpToolsProtocol, until_closed(*requests))
    assert whole.count(b"HTTP/1.1 ") >= len([r for r in requests if b" HTTP/1." in r])


def test_body_that_comes_later_than_its_head_is_waited_for() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        request = init(more=CLOSE)
        for part in (request[:-20], request[-20:-5], request[-5:]):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.02)
        return await reader.read()

    answer = talk_to(WholeAnswers, talk)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b'"firma_adi":"CozumMerkezi Demo"' in answer


def test_connection_is_kept_for_the_next_request() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[bytes]:
        lines = []
        for _ in range(3):
            writer.write(init())
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            assert length
            lines.append(head.splitlines()[0])
            await reader.readexactly(int(length[1]))
        return lines

    assert talk_to(WholeAnswers, talk) == [b"HTTP/1.1 200 OK"] * 3


def test_client_that_leaves_while_its_poll_waits_harms_nobody() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        address = writer.get_extra_info("peername")
        writer.write(POLL.replace(b"oturum_id=42", b"oturum_id=42&son_sira=1&bekle=1"))
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()
        await asyncio.sleep(1.1)  # the poll ends, with nobody to answer
        other_reader, other_writer = await asyncio.open_connection(*address)
        other_writer.write(init(more=CLOSE))
        answer = await other_reader.read()
        other_writer.close()
        return answer

    assert talk_to(WholeAnswers, talk).startswith(b"HTTP/1.1 200 OK")


def flood(head: bytes, line: bytes, size: int) -> Talk:
    """Send a head, then headers until it is that many bytes; read until the server closes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(head)
        for sent in range(0, size, len(line)):
            writer.write(b"X-%d: %b\r\n" % (sent, line))
            await writer.drain()
        return await reader.read()

    return talk


def test_head_that_never_ends_is_refused_and_the_client_can_read_it() -> None:
    """What it still sends is thrown away: bytes unread at the close would lose the answer."""
    answer = talk_to(WholeAnswers, flood(b"GET /docs HTTP/1.1\r\n", b"x" * 1000, 10_000_000))
    assert answer.startswith(b"HTTP/1.1 431 ")


def test_refusal_waits_for_the_answer_to_the_request_before_it() -> None:
    answer = talk_to(WholeAnswers, until_closed(init(), b"no HTTP at all\r\n\r\n"))
    first, second = answer.split(b"HTTP/1.1 ")[1:]
    assert first.startswith(b"200 OK")
    assert second.startswith(b"400 ")


def test_refusal_waits_for_all_the_requests_before_it() -> None:
    answer = talk_to(WholeAnswers, until_closed(LOGIN, init(), LOGIN, b"\0\r\n\r\n"))
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"200", b"400"]


def test_body_that_breaks_off_is_refused_at_once_and_nothing_is_done() -> None:
    broken = CHUNKED.replace(b"\r\n0\r\n\r\n", b"\r\nno size\r\n\r\n")
    answer = talk_to(WholeAnswers, until_closed(broken))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


LOGIN_BODY: Final = b'{"email": "operator@example.com", "sifre": "sifre123"}'
LOGIN: Final = (
    b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
    % (len(LOGIN_BODY), LOGIN_BODY)
)


def half_closed(*requests: bytes) -> Talk:
    """Send these and end our side; read until the server closes its own."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"".join(requests))
        writer.write_eof()
        return await reader.read()

    return talk


def test_client_that_has_said_all_is_answered() -> None:
    """A sign-in waits for the password to be checked; the connection stays until then."""
    answer = talk_to(WholeAnswers, half_closed(LOGIN))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b'"token"' in answer


def test_client_that_has_said_all_is_answered_everything() -> None:
    answer = talk_to(WholeAnswers, half_closed(LOGIN, init(), LOGIN))
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200"] * 3


@pytest.mark.parametrize("sent", [b"", init()[:-3], b"GET / HT"], ids=["nothing", "half a body", "half a head"])
def test_client_that_ends_amid_its_request_is_not_answered(sent: bytes) -> None:
    assert talk_to(WholeAnswers, half_closed(sent)) == b""


def test_application_that_fails_is_logged_and_its_connection_closed(caplog: pytest.LogCaptureFixture) -> None:
    async def failing(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("planted")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(init())
        return await reader.read()

    assert talk_to(WholeAnswers, talk, failing) == b""
    assert "planted" in caplog.text


def test_long_body_and_the_next_head_in_one_chunk_are_no_endless_head() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        long = BODY[:-1] + b" " * 200_000 + b"}"
        last = init(more=CLOSE)
        writer.write(init(body=long) + last[:60])
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(last[60:])
        return await reader.read()

    assert talk_to(WholeAnswers, talk).count(b"HTTP/1.1 200 OK") == 2


def test_a_thousand_requests_at_once_are_all_answered() -> None:
    answers = talk_to(WholeAnswers, until_closed(*[init()] * 1000, init(more=CLOSE)))
    assert answers.count(b"HTTP/1.1 200 OK") == 1001


def test_trailers_are_no_headers() -> None:
    """A key behind the body is one that no proxy in front has looked at (RFC 9110, 6.5.1)."""
    keyless = CHUNKED.replace(b"X-API-Key: CM_DEMO_2026\r\n", b"Connection: close\r\n")
    trailed = keyless[:-2] + b"X-API-Key: CM_DEMO_2026\r\n\r\n"
    assert talk_to(WholeAnswers, until_closed(trailed)).startswith(b"HTTP/1.1 401 ")


def test_trailers_without_end_are_refused() -> None:
    answer = talk_to(WholeAnswers, flood(CHUNKED[:-2], b"x" * 60_000, 40_000_000))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_body_that_goes_on_behind_its_refusal_is_thrown_away() -> None:
    """The application's own 413 arrives, however much is sent before it is read."""
    head = init().partition(b"Content-Length")[0] + b"Content-Length: 60000000\r\n\r\n"
    answer = talk_to(WholeAnswers, flood(head, b"x" * 60_000, 40_000_000))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"govde_cok_buyuk" in answer
    assert answer.count(b"HTTP/1.1 ") == 1


def test_offered_upgrade_ends_the_connection_and_its_body_is_no_request() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        head, _, _ = init(more=b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n").partition(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(DOCS)
        return await reader.read()

    answer = talk_to(WholeAnswers, talk)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer


def test_client_that_leaves_with_answers_pending_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"".join([DOCS.replace(b"/openapi.yaml", b"/docs/swagger-ui-bundle.js")] * 20))
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.transport.abort()
        await asyncio.sleep(0.3)

    talk_to(WholeAnswers, talk)
    assert caplog.text == ""
