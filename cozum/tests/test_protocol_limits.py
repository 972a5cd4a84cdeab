"""Over real connections: how long a client is waited for, how much may wait, and that no answer is lost by the end."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import Any, ClassVar, Final

import pytest

from cozum.protocol import MAX_QUEUED, WholeAnswers
from cozum.tests.test_protocol import (
    BODY,
    CHUNKED,
    CLOSE,
    DOCS,
    LOGIN,
    POLL,
    UNKNOWN,
    Talk,
    flood,
    half_closed,
    init,
    talk_to,
    until_closed,
)

LONG_POLL: Final = POLL.replace(b"oturum_id=42", b"oturum_id=42&son_sira=1&bekle=1")
CLOSES: Final = init(more=CLOSE)
CHUNK: Final = b"x" * 60_000


class Hasty(WholeAnswers):
    """Waits for a fifth of a second wherever the server waits for long."""

    HEAD_SECONDS: ClassVar = 0.2
    BODY_SECONDS: ClassVar = 0.2
    REQUEST_SECONDS: ClassVar = 0.6
    HALF_CLOSED_SECONDS: ClassVar = 0.2
    LINGER_SECONDS: ClassVar = 0.2


class Restless(Hasty):
    """Keeps no idle connection for long either."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.timeout_keep_alive = 0.3  # type: ignore[assignment]


class WithPatience(Hasty):
    """Waits longer than a test that comes 0.2 s after the answer, shorter than the answer took."""

    HEAD_SECONDS: ClassVar = 0.5
    BODY_SECONDS: ClassVar = 0.5


class Leaving(WholeAnswers):
    """Keeps half-closed connections for half a second."""

    HALF_CLOSED_SECONDS: ClassVar = 0.4


def statuses(answers: bytes) -> list[bytes]:
    """The status of each answer."""
    return [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]]


def drip(*parts: bytes, pause: float = 0.1) -> Talk:
    """Send these with a pause behind each, while the server listens; read until it closes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        answers = asyncio.ensure_future(reader.read())
        for part in parts:
            if answers.done():
                break
            writer.write(part)
            await asyncio.sleep(pause)
        async with asyncio.timeout(3):
            return await answers

    return talk


async def slow(scope: Any, receive: Any, send: Any) -> None:
    """Answers after half a second."""
    await asyncio.sleep(0.5)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


def test_client_that_says_nothing_is_not_kept() -> None:
    assert talk_to(Hasty, drip()) == b""


@pytest.mark.parametrize(
    "parts",
    [
        [b"G"],
        [init()[:60]],
        [bytes([letter]) for letter in init()[:30]],
        [init()[:-3]],
        [CHUNKED[:-5]],
        [b"\r\n\r\n", b"G"],
    ],
    ids=["a letter", "half a head", "a head by letters", "half a body", "chunks without end", "blank lines"],
)
def test_request_that_does_not_come_to_its_end_is_told_that_it_took_too_long(parts: list[bytes]) -> None:
    answer = talk_to(Hasty, drip(*parts, pause=0.05))
    assert statuses(answer) == [b"408"]
    assert b"connection: close\r\n" in answer


def test_request_behind_an_answer_is_not_waited_for_longer() -> None:
    assert statuses(talk_to(Hasty, drip(init() + init()[:60]))) == [b"200", b"408"]
    assert statuses(talk_to(Hasty, drip(init(), init()[:60]))) == [b"200", b"408"]
    assert statuses(talk_to(Hasty, drip(init(), init()[:-3]))) == [b"200", b"408"]


def test_body_that_comes_slowly_is_read_as_long_as_it_moves() -> None:
    request = init(more=CLOSE)
    parts = [request[:-20], request[-20:-15], request[-15:-10], request[-10:-5], request[-5:]]
    assert statuses(talk_to(Hasty, drip(*parts))) == [b"200"]


def test_body_that_moves_for_ever_is_given_up() -> None:
    parts = [bytes([letter]) for letter in BODY]
    assert statuses(talk_to(Hasty, drip(init()[: -len(BODY)], *parts))) == [b"408"]


def test_body_that_stands_still_behind_its_refusal_is_given_up_without_another_word() -> None:
    head = init().partition(b"Content-Length")[0] + b"Content-Length: 60000000\r\n\r\n"
    assert statuses(talk_to(Hasty, drip(head + b"x"))) == [b"413"]


def test_client_that_waits_for_its_answer_is_never_too_slow() -> None:
    poll = LONG_POLL.replace(b"Host: x", b"Host: x\r\nConnection: close")
    assert statuses(talk_to(Restless, drip(poll, pause=0.9))) == [b"200"]


def test_time_of_a_request_begins_behind_the_answer_to_the_one_before_it() -> None:
    parts = [LONG_POLL + CLOSES[:60], b"", CLOSES[60:]]
    assert statuses(talk_to(WithPatience, drip(*parts, pause=0.6))) == [b"200", b"200"]
    parts = [LONG_POLL + CLOSES[:-3], b"", CLOSES[-3:]]
    assert statuses(talk_to(WithPatience, drip(*parts, pause=0.6))) == [b"200", b"200"]


def test_client_that_reads_its_answer_slowly_is_not_hurried() -> None:
    async def large(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"30000000")]})
        for sent in range(30):
            await send({"type": "http.response.body", "body": bytes(1_000_000), "more_body": sent < 29})

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        writer.write(DOCS)
        writer.write_eof()
        await asyncio.sleep(0.7)
        return len(await reader.read())

    assert talk_to(Hasty, talk, large) > 30_000_000


def test_connection_between_requests_is_kept_longer_than_a_head_may_take() -> None:
    assert statuses(talk_to(Hasty, drip(init(), b"", b"", b"", init(more=CLOSE)))) == [b"200", b"200"]


def test_connection_that_was_idle_for_long_is_closed() -> None:
    assert statuses(talk_to(Restless, drip(init(), b"", init(), b"", b"", b"", b"", init()))) == [b"200", b"200"]


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        ([LONG_POLL, CHUNKED.replace(b"\r\n0\r\n\r\n", b"\r\nno size\r\n\r\n")], [b"200", b"400"]),
        ([LONG_POLL, LONG_POLL, b"\0\r\n\r\n"], [b"200", b"200", b"400"]),
        ([LOGIN, init()[:-9] + b"\r\n"], [b"200"]),
    ],
    ids=["a broken chunk", "two polls", "half a body"],
)
def test_answers_before_what_broke_are_not_lost(requests: list[bytes], expected: list[bytes]) -> None:
    answers = talk_to(WholeAnswers, half_closed(*requests))
    assert statuses(answers) == expected


def test_answer_before_a_body_that_breaks_later_is_not_lost() -> None:
    parts = [LOGIN + CHUNKED[:-5], b"no size\r\n\r\n"]
    assert statuses(talk_to(WholeAnswers, drip(*parts, pause=0.005))) == [b"200", b"400"]


def test_request_that_waits_for_its_turn_is_not_read_on() -> None:
    """However often the application of the one before it asks whether the client has left."""
    most = 0

    class Watched(WholeAnswers):
        def data_received(self, data: bytes) -> None:
            nonlocal most
            super().data_received(data)
            most = max([most, *(len(self._unread) + len(cycle.body) for cycle, _ in self.pipeline)])

    async def asking(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if scope["method"] == "GET":
            for _ in range(20):
                leaving = asyncio.ensure_future(receive())
                await asyncio.sleep(0.01)
                leaving.cancel()
        await slow(scope, receive, send)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(DOCS + init(more=CLOSE, body=b"x" * 5_000_000))
        return await reader.read()

    assert statuses(talk_to(Watched, talk, asking)) == [b"200", b"200"]
    assert 0 < most < 300_000  # what is read at once


@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
def test_last_answer_arrives_however_much_of_the_body_is_still_sent(version: bytes) -> None:
    head = init(version=version, more=CLOSE).partition(b"Content-Length")[0] + b"Content-Length: 60000000\r\n\r\n"
    assert statuses(talk_to(WholeAnswers, flood(head, CHUNK, 40_000_000))) == [b"413"]


def test_last_whole_answer_arrives_however_much_of_the_body_is_still_sent() -> None:
    head = POLL.replace(b"\r\n\r\n", b"\r\nConnection: close\r\nContent-Length: 60000000\r\n\r\n")
    assert statuses(talk_to(WholeAnswers, flood(head, CHUNK, 40_000_000))) == [b"200"]


def test_last_answer_arrives_however_many_requests_are_sent_behind_it() -> None:
    """The application may say that it is the last one, when others wait already."""

    async def last(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.2)
        headers = [(b"content-length", b"0"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body"})

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(UNKNOWN * 2)
        await asyncio.sleep(0.05)
        for _ in range(200):
            writer.write(UNKNOWN * 1_500)
            await writer.drain()
        return await reader.read()

    assert statuses(talk_to(WholeAnswers, talk, last)) == [b"200"]


def test_client_that_goes_on_after_the_last_answer_is_cut_off() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(init(more=CLOSE)[:-20])
        answer = await reader.read()
        for _ in range(9):
            if not writer.is_closing():
                writer.write(b"x")
                await asyncio.sleep(0.1)
        assert writer.is_closing()
        return answer

    assert statuses(talk_to(Hasty, talk, _refusing)) == [b"413"]


async def _refusing(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(os.listdir("/dev/fd"))


def test_polls_of_clients_that_have_left_are_not_kept() -> None:
    poll = LONG_POLL.replace(b"bekle=1", b"bekle=25")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, int, int]:
        before = descriptors()
        for _ in range(20):
            _, other = await asyncio.open_connection(*writer.get_extra_info("peername"))
            other.write(poll)
            await other.drain()
            await asyncio.sleep(0.005)
            other.close()
        await asyncio.sleep(0.05)
        meanwhile = descriptors()
        await asyncio.sleep(0.6)
        return before, meanwhile, descriptors()

    before, meanwhile, after = talk_to(Leaving, talk)
    assert meanwhile >= before + 20
    assert after == before


def test_client_that_has_said_all_is_answered_if_the_answer_does_not_take_long() -> None:
    assert statuses(talk_to(WholeAnswers, half_closed(DOCS), slow)) == [b"200"]
    assert talk_to(Hasty, half_closed(DOCS), slow) == b""


def test_no_more_than_so_many_requests_wait_and_all_are_answered() -> None:
    most = 0

    class Watched(WholeAnswers):
        def on_headers_complete(self) -> None:
            nonlocal most
            super().on_headers_complete()
            most = max(most, len(self.pipeline))

    small = b"GET / HTTP/1.1\r\nHost:\r\n\r\n"
    answers = talk_to(Watched, until_closed(LONG_POLL, small * 3_000, CLOSES))
    assert len(statuses(answers)) == 3_002
    assert MAX_QUEUED // 2 < most <= MAX_QUEUED


def test_requests_that_wait_unread_are_answered_before_the_refusal() -> None:
    answers = talk_to(WholeAnswers, until_closed(UNKNOWN * 1_000, b"\0\r\n\r\n"))
    assert statuses(answers) == [b"404"] * 1_000 + [b"400"]


@pytest.mark.parametrize(
    ("hosts", "version", "status"),
    [
        (b"", b"1.1", b"400"),
        (b"Host: x\r\nHost: x\r\n", b"1.1", b"400"),
        (b"host: x\r\nHOST: y\r\n", b"1.0", b"400"),
        (b"", b"1.0", b"200"),
        (b"hOsT: x\r\n", b"1.1", b"200"),
    ],
)
def test_request_says_once_for_which_host_it_is(hosts: bytes, version: bytes, status: bytes) -> None:
    request = init(version=version, more=CLOSE).replace(b"Host: x\r\n", hosts)
    assert statuses(talk_to(WholeAnswers, until_closed(request))) == [status]


def test_client_that_asks_before_it_sends_its_body_is_told_to_go_on() -> None:
    head, _, body = init(more=CLOSE + b"Expect: 100-Continue\r\n").partition(b"\r\n\r\n")
    assert statuses(talk_to(Hasty, drip(head + b"\r\n\r\n", body))) == [b"100", b"200"]


def test_hosts_of_one_request_are_not_those_of_the_next() -> None:
    trailed = CHUNKED[:-2] + b"Host: y\r\n\r\n"
    assert statuses(talk_to(WholeAnswers, until_closed(trailed, init(), CLOSES))) == [b"200"] * 3


def test_server_that_ends_does_not_wait_for_who_was_answered_for_the_last_time() -> None:
    times: list[float] = []

    class Stays(WholeAnswers):
        LINGER_SECONDS: ClassVar = 1.5

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            times.append(self.loop.time())

    lingering = socket.socket()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lingering.connect(writer.get_extra_info("peername"))
        lingering.sendall(CHUNKED[:-5] + b"no size\r\n\r\n")
        await asyncio.to_thread(lingering.recv, 1_000)
        times.append(asyncio.get_running_loop().time())

    with lingering:
        talk_to(Stays, talk)
    assert times[-1] - times[0] < 1
