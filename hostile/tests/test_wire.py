"""The client tells silence, an early end and a reset from an answer."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hostile.answers import BadAnswerError
from hostile.wire import Connection, NoAnswerError

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


@contextmanager
def server(behave: Callable[[socket.socket], None]) -> Iterator[Connection]:
    """A connection to a server that behaves like this."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            behave(peer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with Connection(listener.getsockname()) as connection:
            yield connection
    finally:
        thread.join(5)
        listener.close()


def _wait_for_the_end(peer: socket.socket) -> None:
    while peer.recv(65_536):
        pass


def _answer_and_wait(peer: socket.socket) -> None:
    peer.recv(100)
    peer.sendall(OK)
    _wait_for_the_end(peer)


def test_answered_connection_can_be_used_again() -> None:
    with server(_answer_and_wait) as connection:
        (answer,) = connection.exchange([b"x"], [b"GET"], 5)
        assert answer.status == 200
        assert connection.reusable


def test_silence_is_no_answer() -> None:
    with server(_wait_for_the_end) as connection, pytest.raises(NoAnswerError, match="did not come in time"):
        connection.exchange([b"x"], [b"GET"], 0.05)


def test_close_without_an_answer_is_told() -> None:
    with server(lambda peer: None) as connection, pytest.raises(NoAnswerError) as raised:
        connection.exchange([b"x"], [b"GET"], 5)
    assert str(raised.value) in {"closed before answer 1 of 1", "the connection was reset"}


def test_reset_is_told() -> None:
    def reset(peer: socket.socket) -> None:
        peer.recv(1)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with server(reset) as connection, pytest.raises(NoAnswerError, match="reset"):
        connection.exchange([b"x"], [b"GET"], 5)


def test_answer_cut_off_is_no_answer() -> None:
    def cut(peer: socket.socket) -> None:
        peer.recv(1)
        peer.sendall(OK[:-4])

    with server(cut) as connection, pytest.raises(BadAnswerError, match="and this came"):
        connection.exchange([b"x"], [b"GET"], 5)


def test_body_behind_an_answer_to_head_is_found() -> None:
    def with_body(peer: socket.socket) -> None:
        peer.recv(1)
        peer.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na")

    with server(with_body) as connection, pytest.raises(BadAnswerError, match="bytes after the answer"):
        connection.exchange([b"x"], [b"HEAD"], 5)


def test_early_answer_is_read_while_the_request_is_still_sent() -> None:
    def early(peer: socket.socket) -> None:
        peer.recv(1)
        peer.sendall(OK)
        _wait_for_the_end(peer)

    with server(early) as connection:
        (answer,) = connection.exchange([b"x" * 20_000_000], [b"GET"], 5)
        assert answer.status == 200
        assert not connection.reusable


def test_every_answer_until_the_end_is_read() -> None:
    def twice(peer: socket.socket) -> None:
        peer.recv(100)
        peer.sendall(OK + OK)
        _wait_for_the_end(peer)

    with server(twice) as connection:
        answers = connection.exhaust([b"x"], 5, half_close=False, of_head=False)
        assert [answer.status for answer in answers] == [200, 200]


def test_end_of_our_side_reaches_the_server() -> None:
    with server(_wait_for_the_end) as connection:
        assert connection.exhaust([b"a", b"b"], 5, half_close=True, of_head=False) == []


def _answer_twice(peer: socket.socket) -> None:
    peer.recv(100)
    peer.sendall(OK + b"GARBAGE")
    _wait_for_the_end(peer)


def test_what_follows_an_answer_is_a_fault() -> None:
    with server(_answer_twice) as connection, pytest.raises(BadAnswerError, match="bytes after the answer"):
        connection.exchange([b"x"], [b"GET"], 5)


def _answer_late(peer: socket.socket) -> None:
    _answer_and_wait_after(peer, OK, b"GARBAGE")


def _answer_and_wait_after(peer: socket.socket, first: bytes, second: bytes) -> None:
    peer.recv(100)
    peer.sendall(first)
    time.sleep(0.02)
    peer.sendall(second)
    _wait_for_the_end(peer)


def test_what_comes_later_is_left_over() -> None:
    with server(_answer_late) as connection:
        connection.exchange([b"x"], [b"GET"], 5)
        time.sleep(0.05)
        assert connection.left_over() == b"GARBAGE"


def _answer_at_once(peer: socket.socket) -> None:
    peer.sendall(OK)
    _wait_for_the_end(peer)


def test_deaf_client_sends_all_before_it_reads() -> None:
    with server(_answer_at_once) as connection:
        (answer,) = connection.exchange([b"x" * 3_000_000], [b"POST"], 5, deaf=True)
        assert answer.status == 200
        assert connection.reusable


def test_enough_answers_are_waited_for_before_our_side_is_ended() -> None:
    with server(_answer_each_and_close) as connection:
        answers = connection.exhaust([b"x", b"y"], 5, half_close=False, of_head=False, enough=2)
        assert len(answers) == 2


def _answer_each_and_close(peer: socket.socket) -> None:
    while peer.recv(1):
        peer.sendall(OK)
