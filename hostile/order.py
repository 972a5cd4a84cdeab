"""Answers come in order and arrive: broken HTTP behind a slow request, clients that close or do not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from hostile.attempts import Attempt, Framing, Parts, Source
from hostile.calls import Call, Pairs, written
from hostile.expected import answered, refused, whole_then_refused
from hostile.values import MB

BROKEN: Final = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "a bad first line": b"GET / HTTP/1.1 x\r\n\r\n",
    "a bad header": b"POST /api/v1/widget/init HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "a bad chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\nzz\r\n",
    "a partial body, then a bad chunk": (
        b"POST /api/v1/widget/init HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n%b\r\n-1\r\n"
        % (b" " * 0x64)
    ),
}
"""Bytes that the HTTP layer refuses; never a request that is whole."""
POLL: Final = "a long poll"
"""Takes a whole second, and so is tried less often than the others."""
HUGE: Final = (3 * MB, 12 * MB)


def order(source: Source) -> Iterator[Attempt]:
    """A request that takes its time, and behind it one that is broken, or the end of our side."""
    for name, slow in _slow(source).items():
        raw = slow.raw()
        for what, broken in list(BROKEN.items())[-2:] if name == POLL else BROKEN.items():
            half = len(broken) - 4
            together: tuple[tuple[str, Parts], ...] = (
                ("at once", raw + broken),
                ("a moment later", (raw, broken)),
                ("in pieces", (raw + broken[:half], broken[half:])),
            )
            for how, parts in together:
                made = _attempt(f"{name}, behind it {what}, {how}", parts, slow, check=whole_then_refused)
                yield replace(made, methods=(slow.method, b"POST"))
        for what, parts in (("", raw), (" a moment later", (raw[:-1], raw[-1:]))):
            closing = _attempt(f"{name}, our side closed{what}", parts, slow, Framing.WHOLE, check=answered(200, 401))
            yield replace(closing, half_close=True)
        twice = _attempt(f"{name}, twice, our side closed", raw + raw, slow, Framing.WHOLE, check=answered(200, 401))
        yield replace(twice, methods=(slow.method,) * 2, half_close=True)


def _slow(source: Source) -> dict[str, Call]:
    poll = source.one("list_visitor_messages")
    waiting = replace(poll, query=(*poll.query, (b"son_sira", b"1000"), (b"bekle", b"1")))
    login = source.one("login")
    nobody = replace(login, value=login.value | {"email": "kimse@example.com", "sifre": "yanlis"})
    return {POLL: waiting, "a failed login": nobody, "a search": source.one("search_articles")}


def _attempt(what: str, parts: Parts, call: Call, framing: Framing = Framing.BROKEN, **more: object) -> Attempt:
    made = Attempt("order", what, partial(_same, parts), (call.method,), framing)
    return replace(made, **more)  # type: ignore[arg-type]


def _same(parts: Parts) -> Parts:
    return parts


def unread(source: Source) -> Iterator[Attempt]:
    """A request refused by its head, whose large body nobody wants: the refusal arrives, whatever still comes."""
    refused_by_head = [
        call for call in source.calls if call.body is not None and len(_secured(call)) < len(call.headers)
    ]
    for call in refused_by_head:
        for size in HUGE:
            for how, version, more in (
                ("Connection: close", b"HTTP/1.1", ((b"Connection", b"close"),)),
                ("HTTP/1.0", b"HTTP/1.0", ()),
                ("kept open", b"HTTP/1.1", ()),
            ):
                for deaf in (False, True):
                    reads = "reads late" if deaf else "reads"
                    what = f"{call.operation}: {size // MB} MB that nobody wants, {how}, {reads}"
                    build = partial(_large, call, size, version, more)
                    yield Attempt(
                        "unread", what, build, (call.method,), check=refused(401), deaf=deaf and size < 10 * MB
                    )


def _secured(call: Call) -> Pairs:
    return tuple(pair for pair in call.headers if pair[0] not in (b"X-API-Key", b"Authorization", b"Cookie"))


def _large(call: Call, size: int, version: bytes, more: Pairs) -> bytes:
    headers: Pairs = (*_secured(call), (b"Content-Type", call.content_type), *more)
    return written(call.method, call.target, headers, b"a" * size).replace(b"HTTP/1.1", version, 1)
