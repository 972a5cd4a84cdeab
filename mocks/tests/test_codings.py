"""Coded bodies are read as they are meant, and never unfold without end."""

from __future__ import annotations

import gzip
import zlib

import pytest

from mocks.codings import MOST, Readable, readable

BODY = b'{"a": "' + b"x" * 1_000 + b'"}'


def gzipped(body: bytes) -> bytes:
    """The same bytes whenever it is asked."""
    return gzip.compress(body, mtime=0)


RAW = zlib.compressobj(wbits=-15)
RAW_DEFLATE = RAW.compress(BODY) + RAW.flush()


@pytest.mark.parametrize(
    ("coding", "raw"),
    [
        ("gzip", gzipped(BODY)),
        ("X-GZIP", gzipped(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", RAW_DEFLATE),
        ("identity", BODY),
        ("", BODY),
        ("deflate, gzip", gzipped(zlib.compress(BODY))),
        ("gzip, identity, gzip", gzipped(gzipped(BODY))),
    ],
)
def test_a_body_is_read_through_its_codings(coding: str, raw: bytes) -> None:
    assert readable(coding, raw) == Readable(BODY)


def test_no_body_needs_no_coding() -> None:
    assert readable("br", b"") == readable("gzip", b"") == Readable(b"")


def test_what_unfolds_without_end_is_let_be() -> None:
    bomb = gzip.compress(b"0" * (MOST + 1), 9)
    assert len(bomb) < 20_000
    assert readable("gzip", bomb).note == f"neither judged nor recorded: the decoded body is longer than {MOST} bytes"
    assert len(readable("gzip", gzip.compress(b"0" * MOST, 9)).body) == MOST


@pytest.mark.parametrize("raw", [b"x", gzipped(BODY)[:-1], b"\x1f\x8b"])
def test_a_broken_coding_is_a_fault(raw: bytes) -> None:
    assert readable("gzip", raw).fault.startswith("the body is not gzip: ")
