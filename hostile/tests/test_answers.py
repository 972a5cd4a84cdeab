"""The strict reader of answers."""

from __future__ import annotations

import pytest

from hostile.answers import Answer, BadAnswerError, take_answer


def take(raw: bytes, *, of_head: bool = False, ended: bool = False) -> Answer | None:
    return take_answer(bytearray(raw), of_head=of_head, ended=ended)


def test_answer_of_a_length_is_taken_off_and_the_next_one_left() -> None:
    buffer = bytearray(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP")
    assert take_answer(buffer, of_head=False, ended=False) == Answer(200, {"content-length": "2"}, b"ab")
    assert buffer == b"HTTP"


def test_chunks_are_put_together() -> None:
    answer = take(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n")
    assert answer
    assert answer.body == b"abc"


def test_interim_answer_is_passed_over() -> None:
    answer = take(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
    assert answer
    assert answer.status == 204


def test_answer_to_head_has_no_body() -> None:
    answer = take(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", of_head=True)
    assert answer
    assert answer.body == b""


def test_answer_without_a_length_ends_with_the_connection() -> None:
    raw = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\nabc"
    assert take(raw) is None
    answer = take(raw, ended=True)
    assert answer
    assert answer.body == b"abc"
    assert answer.closes


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\na",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
    ],
)
def test_incomplete_answer_is_none_yet(raw: bytes) -> None:
    assert take(raw) is None


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\n", "no status line"),
        (b"HTTP/1.1 20 OK\r\n\r\n", "no status line"),
        (b"HTTP/1.1 200 OK\r\nX : a\r\n\r\n", "no header line"),
        (b"HTTP/1.1 200 OK\r\nX: a\nb\r\n\r\n", "no header line"),
        (b"HTTP/1.1 200 OK\r\nx: a\r\nX: b\r\n\r\n", "twice"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "content-length"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\ntransfer-encoding: chunked\r\n\r\n", "not clear"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n", "not clear"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "neither a length"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "no chunk size"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc", "does not end"),
    ],
)
def test_anything_else_is_no_answer(raw: bytes, why: str) -> None:
    with pytest.raises(BadAnswerError, match=why):
        take(raw)
