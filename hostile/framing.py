"""Hostile framing: where a message ends, how fast it comes, what it wants to become, and heads that are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from hostile.attempts import Attempt, Framing, Parts, Source
from hostile.calls import Call, Pairs, written
from hostile.values import MB

CHUNKED: Pairs = ((b"Transfer-Encoding", b"chunked"),)
JSON: Pairs = ((b"Content-Type", b"application/json"),)


def _head(call: Call, more: Pairs) -> bytes:
    """The head alone, without a length."""
    kind: Pairs = ((b"Content-Type", call.content_type),) if call.media_type else ()
    return written(call.method, call.target, (*call.headers, *kind, *more), None)


def _chunks(body: bytes, size: int) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def framing(source: Source) -> Iterator[Attempt]:
    """Chunked bodies, lengths that lie, expectations, upgrades, pipelines, slow and cut off requests."""
    for call in source.calls:
        if call.body is None:
            yield from _without_a_body(call)
        else:
            yield from _with_a_body(call, call.body)
        yield from _pipelined(call, source)


def _attempt(
    call: Call,
    what: str,
    raw: Parts | Callable[[], Parts],
    framing: Framing = Framing.WHOLE,
    *,
    half_close: bool = False,
) -> Attempt:
    build = raw if callable(raw) else partial(_same, raw)
    return Attempt("framing", f"{call.operation}: {what}", build, (call.method,), framing, half_close)


def _same(raw: Parts) -> Parts:
    return raw


def _without_a_body(call: Call) -> Iterator[Attempt]:
    head = _head(call, ())
    yield _attempt(call, "a body all the same", call.raw(body=b"{}", content_type=b"application/json"))
    yield _attempt(call, "a chunked body all the same", _head(call, CHUNKED) + _chunks(b"{}", 1))
    yield _attempt(call, "empty body of a length", _head(call, ((b"Content-Length", b"0"),)))
    yield _attempt(call, "in two parts", (head[:20], head[20:]))
    yield _attempt(call, "in single bytes", (*[head[n : n + 1] for n in range(20)], head[20:]))
    yield _attempt(call, "our side closed behind it", head, half_close=True)
    yield _attempt(call, "a head that never ends", head[:-2], Framing.CUT, half_close=True)
    for name, value in (("websocket", b"websocket"), ("h2c", b"h2c"), ("TLS", b"TLS/1.0"), ("nothing", b"")):
        more: Pairs = (
            (b"Connection", b"Upgrade, HTTP2-Settings"),
            (b"Upgrade", value),
            (b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="),
            (b"Sec-WebSocket-Version", b"13"),
            (b"HTTP2-Settings", b"AAMAAABkAARAAAAAAAIAAAAA"),
        )
        yield _attempt(call, f"upgrade to {name}", _head(call, more))
    yield _attempt(call, "Expect: 100-continue without a body", _head(call, ((b"Expect", b"100-continue"),)))
    yield _attempt(call, "HTTP/1.0", head.replace(b"HTTP/1.1", b"HTTP/1.0", 1))


def _with_a_body(call: Call, body: bytes) -> Iterator[Attempt]:
    chunked = _head(call, CHUNKED)
    half = len(body) // 2
    for size in (1, 7, 1_000):
        yield _attempt(call, f"chunks of {size}", chunked + _chunks(body, size))
    yield _attempt(call, "chunks come slowly", (chunked, b"1\r\n" + body[:1] + b"\r\n", _chunks(body[1:], 1_000)))
    yield _attempt(call, "chunked, empty", chunked + b"0\r\n\r\n")
    yield _attempt(call, "chunk extensions", chunked + b'%x;a=b;c="d"\r\n%b\r\n0;z\r\n\r\n' % (len(body), body))
    yield _attempt(call, "chunk size with zeros", chunked + b"%012x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    yield _attempt(call, "trailers", chunked + _chunks(body, 9)[:-2] + b"X-API-Key: a\r\nX-A: b\r\n\r\n")
    yield _attempt(call, "10,000 trailers", lambda: chunked + _chunks(body, 9)[:-2] + b"X-A: b\r\n" * 10_000 + b"\r\n")
    yield _attempt(
        call, "a trailer of 1 MB", lambda: chunked + _chunks(body, 9)[:-2] + b"X-A: %b\r\n\r\n" % (b"a" * MB)
    )
    yield _attempt(call, "300 KB in chunks", lambda: chunked + _chunks(b" " * 300_000, 5_000))
    yield _attempt(call, "300 KB in small chunks", lambda: chunked + _chunks(b" " * 300_000, 30))
    for name, bad in (
        *(
            ("no hexadecimal", b"zz"),
            ("negative", b"-1"),
            ("empty", b""),
            ("huge", b"f" * 17),
            ("0x", b"0x5"),
            ("a space", b" 5"),
        ),
        *(("a plus", b"+5"), ("a float", b"5.0"), ("a NUL", b"5\x00")),
    ):
        yield _attempt(call, f"chunk size: {name}", chunked + bad + b"\r\n" + body + b"\r\n0\r\n\r\n", Framing.BROKEN)
    wrong = chunked + b"%x\r\n%bxx0\r\n\r\n" % (len(body), body)
    yield _attempt(call, "a chunk longer than it says", wrong, Framing.BROKEN)
    yield _attempt(
        call, "LF between chunks", chunked + b"%x\n%b\n0\n\n" % (len(body), body), Framing.CUT, half_close=True
    )
    yield _attempt(
        call, "chunks that never end", chunked + b"%x\r\n%b\r\n" % (len(body), body), Framing.CUT, half_close=True
    )
    both = _head(call, (*CHUNKED, (b"Content-Length", b"%d" % len(body)))) + _chunks(body, 9)
    yield _attempt(call, "chunked and a length", both, Framing.BROKEN)
    for coding in (
        b"gzip",
        b"gzip, chunked",
        b"chunked, chunked",
        b"identity",
        b"xchunked",
        b"chunked, gzip",
        b"",
        b"CHUNKED",
        b"\x0bchunked",
    ):
        raw = _head(call, ((b"Transfer-Encoding", coding),)) + _chunks(body, 9)
        yield _attempt(call, f"transfer coding {coding.decode()!r}", raw, Framing.CUT, half_close=True)
    yield from _lengths(call, body)
    expecting = _head(call, ((b"Content-Length", b"%d" % len(body)), (b"Expect", b"100-continue")))
    yield _attempt(call, "Expect: 100-continue", (expecting, body))
    yield _attempt(call, "Expect: 100-continue, body at once", expecting + body)
    too_much = _head(call, ((b"Content-Length", b"%d" % (20 * MB)), (b"Expect", b"100-continue")))
    yield _attempt(call, "Expect: 100-continue, 20 MB, none sent", too_much, Framing.CUT, half_close=True)
    yield _attempt(call, "Expect: something", call.raw(headers=call.with_header(b"Expect", b"x")))
    whole = call.raw()
    yield _attempt(call, "head and body apart", (whole[: -len(body)], body[:half], body[half:]))
    yield _attempt(call, "slowly", tuple(whole[n : n + 40] for n in range(0, len(whole), 40)))
    yield _attempt(call, "our side closed behind it", whole, half_close=True)
    upgrade = call.raw(headers=(*call.headers, (b"Connection", b"Upgrade"), (b"Upgrade", b"h2c")))
    yield _attempt(call, "upgrade with a body", upgrade)
    yield _attempt(call, "HTTP/1.0", whole.replace(b"HTTP/1.1", b"HTTP/1.0", 1))


def _lengths(call: Call, body: bytes) -> Iterator[Attempt]:
    def with_length(*lengths: bytes) -> bytes:
        return _head(call, tuple((b"Content-Length", length) for length in lengths)) + body

    exact = b"%d" % len(body)
    for bad in (
        b"-1",
        b"abc",
        b"1e3",
        b"0x10",
        b"",
        b" ",
        b"5.0",
        b"9" * 30,
        b"18446744073709551616",
        b"5, 5",
        b"+5",
        b"\xd9\xa5",
    ):
        yield _attempt(call, f"length {bad[:20]!r}", with_length(bad), Framing.BROKEN)
    yield _attempt(call, "two lengths alike", with_length(exact, exact), Framing.BROKEN)
    yield _attempt(call, "two lengths that differ", with_length(exact, b"1"), Framing.BROKEN)
    yield _attempt(call, "zeros before the length", with_length(b"000" + exact))
    yield _attempt(call, "a length of 0 before a body", with_length(b"0"), Framing.BROKEN)
    yield _attempt(call, "a length too short", with_length(b"%d" % (len(body) - 3)), Framing.BROKEN)
    for more in (1, 100, 200_000, 300_000, 11 * MB, 2**40, 2**62):
        longer = with_length(b"%d" % (len(body) + more))
        yield _attempt(call, f"a length too long by {more}", longer, Framing.CUT, half_close=True)
    yield _attempt(call, "no length at all", with_length(), Framing.BROKEN)


def _pipelined(call: Call, source: Source) -> Iterator[Attempt]:
    """Several requests at once; each is answered, in order."""
    others = source.some(3)
    together = b"".join(one.raw() for one in (call, *others))
    order = tuple(one.method for one in (call, *others))
    yield Attempt("framing", f"{call.operation}: pipelined with three others", partial(_same, together), order)
    head = written(b"HEAD", call.target, call.headers, None)
    mixed = partial(_same, head + call.raw() + head)
    yield Attempt("framing", f"{call.operation}: between two HEADs", mixed, (b"HEAD", call.method, b"HEAD"))
    refused = call.raw(headers=())
    ten = partial(_same, refused * 10)
    yield Attempt("framing", f"{call.operation}: ten at once, without a key", ten, (call.method,) * 10)
    smuggled = call.raw(body=b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n", content_type=b"application/json")
    yield Attempt("framing", f"{call.operation}: a request as the body", partial(_same, smuggled), (call.method,))


def broken_heads(source: Source) -> Iterator[Attempt]:
    """Heads that break HTTP's grammar, and bytes that are no HTTP at all."""
    for call in source.calls:
        whole = call.raw()
        for name, raw in _broken(call, whole).items():
            build = partial(_same, raw)
            yield Attempt("broken heads", f"{call.operation}: {name}", build, (call.method,), Framing.BROKEN)
        for _ in range(10):
            yield _flipped(call, source)
    for name, raw in {
        "TLS ClientHello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
        "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
        "HTTP/0.9": b"GET /\r\n\r\n",
        "SSH": b"SSH-2.0-x\r\n",
        "SMTP": b"EHLO x\r\n",
        "Redis": b"*1\r\n$4\r\nPING\r\n",
        "NULs": b"\x00" * 100,
        "FFs": b"\xff" * 100,
        "PROXY": b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT": b"CONNECT kotu.example:443 HTTP/1.1\r\nHost: kotu.example:443\r\n\r\n",
        "CONNECT to a path": b"CONNECT /api/v1/widget/init HTTP/1.1\r\nHost: x\r\n\r\n",
        "a letter of 1 MB": b"A" * MB,
        "spaces": b" " * 100,
    }.items():
        method = (raw.split(b" ")[0],)
        yield Attempt("broken heads", name, partial(_same, raw), method, Framing.BROKEN)


def _broken(call: Call, whole: bytes) -> dict[str, bytes]:
    line, _, rest = whole.partition(b"\r\n")
    with_line = b"%b\r\n%b\r\n%b" % (line, b"%b", rest)
    extra = {
        "a folded header": b"X-A: b\r\n c",
        "a folded header of spaces": b"X-A: b\r\n  ",
        "a first line folded": b" X: a",
        "an empty name": b": a",
        "a space before the colon": b"X-A : b",
        "a space in the name": b"X A: b",
        "no colon": b"XA",
        "NUL in a name": b"X\x00A: b",
        "NUL in a value": b"X-A: a\x00b",
        "a control character in a value": b"X-A: a\x01\x7fb",
        "CR in a value": b"X-A: a\rb",
        "LF behind a header": b"X-A: b\nX-B: c",
        "letters beyond ASCII in a name": "Xş: b".encode(),
        "two hosts": b"Host: kotu.example",
        "a host of nonsense": b"Host: a b:c/\\@",
        "a key in parentheses": b"(X): b",
        "a name with a quote": b'"X": b',
    }
    method, target, _ = line.split(b" ", 2)
    return {
        **{name: with_line.replace(b"%b", header, 1) for name, header in extra.items()},
        "no host": whole.replace(b"\r\nHost: 127.0.0.1", b"", 1),
        "LF only": whole.replace(b"\r\n", b"\n"),
        "CR only": whole.replace(b"\r\n", b"\r"),
        "empty lines before": b"\r\n\r\n\r\n" + whole,
        "a space before": b" " + whole,
        "a tab in the first line": whole.replace(b" ", b"\t", 2),
        "two spaces in the first line": whole.replace(b" ", b"  ", 1),
        **{
            f"version {version!r}": whole.replace(b"HTTP/1.1", version, 1)
            for version in (
                b"HTTP/1.9",
                b"HTTP/2.0",
                b"HTTP/9.9",
                b"http/1.1",
                b"HTTP/1",
                b"HTTP/1.1.1",
                b"HTTPS/1.1",
                b"X",
                b"HTTP/\xff",
            )
        },
        "no version": b"%b %b\r\n%b" % (method, target, rest),
        "no target": b"%b HTTP/1.1\r\n%b" % (method, rest),
        "a BOM before": b"\xef\xbb\xbf" + whole,
    }


def _flipped(call: Call, source: Source) -> Attempt:
    """Some bytes changed at random: it may have become anything, a request that never ends too."""
    raw = bytearray(call.raw())
    changed = sorted(source.random.sample(range(len(raw)), source.random.randint(1, 3)))
    for at in changed:
        raw[at] = source.random.randrange(256)
    what = f"{call.operation}: bytes {changed} changed"
    return Attempt("broken heads", what, partial(_same, bytes(raw)), (call.method,), Framing.CUT, half_close=True)
