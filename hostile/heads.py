"""Hostile heads: methods, paths, queries, headers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from hostile.attempts import Attempt, Check, Framing, Source, framing_of
from hostile.calls import Call, Pairs, parameters_of, written
from hostile.expected import answered, not_allowed, refused
from hostile.values import HEADER_VALUES, MB, QUERY_VALUES, Make
from impl.contract.replies import CORS_PREFIXES

METHODS: Final = (
    *(
        b"GET",
        b"POST",
        b"PUT",
        b"PATCH",
        b"DELETE",
        b"HEAD",
        b"OPTIONS",
        b"TRACE",
        b"PROPFIND",
        b"MKCOL",
        b"PURGE",
        b"LINK",
    ),
    *(b"SEARCH", b"REPORT", b"QUERY", b"M-SEARCH", b"BIND", b"SOURCE", b"LOCK", b"UNSUBSCRIBE", b"MERGE", b"ACL"),
)
NO_METHODS: Final = (
    b"get",
    b"Post",
    b"FOO",
    b"G",
    b"GETT",
    b"P\x00ST",
    b"POST\t",
    b"\xff",
    b"GET,POST",
    b"X" * 1_000,
    b"PRI",
)
BESIDE: Final = (
    b"/",
    b"/docs",
    b"/openapi.json",
    b"/openapi.yaml",
    b"/docs/start.js",
    b"/docs/swagger-ui.css",
    b"/nowhere",
)


def methods(source: Source) -> Iterator[Attempt]:
    """Each path with each method, with and without a body; preflights; methods that are none."""
    paths = {call.template: call for call in source.calls}.values()
    allowed: defaultdict[str, set[bytes]] = defaultdict(set)
    for call in source.calls:
        allowed[call.template].add(call.method)
    for call in paths:
        known = allowed[call.template]
        for method in METHODS:
            build = partial(written, method, call.target, call.headers, None)
            check = _expected(call, method, known)
            yield Attempt("methods", f"{method.decode()} {call.template}", build, (method,), check=check)
        for method in (b"HEAD", b"TRACE", b"OPTIONS", b"DELETE", b"GET"):
            build = partial(
                written, method, call.target, (*call.headers, (b"Content-Type", b"application/json")), b"{}"
            )
            check = _expected(call, method, known)
            yield Attempt("methods", f"{method.decode()} {call.template} with a body", build, (method,), check=check)
        for asked in (b"POST", b"", b"*", b"\xff", b"A" * 20_000, b"DELETE, PUT"):
            headers = ((b"Origin", b"https://a.example"), (b"Access-Control-Request-Method", asked))
            build = partial(
                written, b"OPTIONS", call.target, (*headers, (b"Access-Control-Request-Headers", asked)), None
            )
            check = _expected(call, b"OPTIONS", known)
            what = f"preflight of {call.template} for {asked[:20]!r}"
            yield Attempt("methods", what, build, (b"OPTIONS",), check=check)
        method = source.random.choice(NO_METHODS)
        build = partial(written, method, call.target, call.headers, None)
        yield Attempt("methods", f"{method[:20]!r} {call.template}", build, (method,), Framing.BROKEN)
    for path in BESIDE:
        for method in METHODS:
            yield Attempt(
                "methods", f"{method.decode()} {path.decode()}", partial(written, method, path, (), None), (method,)
            )


def _expected(call: Call, method: bytes, known: set[bytes]) -> Check | None:
    """405 to all but the path's own methods; a preflight of the widget's paths is answered."""
    if method in known:
        return None
    if method == b"OPTIONS" and call.template.startswith(CORS_PREFIXES):
        return answered(204)
    return not_allowed(sorted(known))


def paths(source: Source) -> Iterator[Attempt]:
    """Each path with dots, doubled and encoded slashes, other letters; each path parameter with each value."""
    for call in source.calls:
        for name, target in _tricks(call, source).items():
            yield _to(call, "paths", f"{call.operation}: {name}", target)
        for parameter in call.path_values:
            for name, make in QUERY_VALUES.items():
                value = make()
                changed = replace(call, path_values={**call.path_values, parameter: value})
                yield _to(call, "paths", f"{call.operation} {{{parameter}}} = {name}", changed.target)
    some = source.one("widget_init")
    for target in (
        b"*",
        b"http://kotu.example:99999/docs",
        b"http://",
        b"http:///docs",
        b"//kotu.example/docs",
        b"",
        b"/" * 10_000,
        b"/%" * 5_000,
        b"/a" * 16_000,
        b"a",
        b"?",
        b"#",
        b"/?" + b"a" * 30_000,
        b"\\",
    ):
        yield _to(some, "paths", f"target {target[:20]!r}", target)


def _tricks(call: Call, source: Source) -> dict[str, bytes]:
    path, query = call.path, call.target[len(call.path) :]
    letter = source.random.choice([n for n, byte in enumerate(path) if chr(byte).isalpha()])
    slash = source.random.choice([n for n, byte in enumerate(path) if byte == 0x2F])
    return {
        "slash behind": path + b"/" + query,
        "doubled slashes": path.replace(b"/", b"//") + query,
        "one slash doubled": path[:slash] + b"/" + path[slash:] + query,
        "upper case": path.upper() + query,
        "a letter encoded": path[:letter] + b"%%%02X" % path[letter] + path[letter + 1 :] + query,
        "all encoded": b"/" + b"".join(b"%%%02x" % byte for byte in path[1:]) + query,
        "encoded twice": path[:letter] + b"%%25%02X" % path[letter] + path[letter + 1 :] + query,
        "a slash encoded": path[:slash] + b"%2F" + path[slash + 1 :] + query,
        "a backslash": path[:slash] + b"\\" + path[slash + 1 :] + query,
        "dots": path + b"/../" + query,
        "dots inside": path[:slash] + b"/.." + path[slash:] + query,
        "a dot inside": path[:slash] + b"/." + path[slash:] + query,
        "dots encoded": path[:slash] + b"/%2e%2e" + path[slash:] + query,
        "another operation behind dots": path + b"/../../../operator/chats",
        "a path parameter of old": path + b";a=b" + query,
        "NUL": path + b"%00" + query,
        "a line end": path + b"%0d%0aX:%20y" + query,
        "a question mark encoded": path + b"%3F" + query[1:],
        "a fragment": path + b"#x",
        "not UTF-8": path + b"%ff" + query,
        "raw bytes": path + b"\xff" + query,
        "overlong": path.replace(b"/", b"%c0%af") + query,
        "broken escape": path + b"%" + query,
        "broken escape inside": path[:slash] + b"/%zz" + path[slash:] + query,
        "full width": path[:letter] + "\uff41".encode() + path[letter + 1 :] + query,
        "cut off": path[:letter] + query,
        "longer": path + b"x" + query,
        "absolute": b"http://127.0.0.1" + path + query,
        "absolute, another host": b"http://kotu.example:80" + path + query,
        "absolute, https": b"HTTPS://127.0.0.1" + path + query,
        "a space behind": path + b" " + query,
        "a tab": path + b"\t" + query,
        "very long": path + b"/" + b"a" * 30_000,
        "longer than a head may be": path + b"?" + b"a" * 70_000,
    }


def _to(call: Call, category: str, what: str, target: bytes) -> Attempt:
    return Attempt(category, what, partial(call.raw, target=target), (call.method,), framing_of(target))


def queries(source: Source) -> Iterator[Attempt]:
    """Each query parameter with each value, doubled and misspelt; queries that are none."""
    seen: set[str] = set()
    for call in source.calls:
        if call.operation in seen:
            continue
        seen.add(call.operation)
        for parameter in parameters_of(source.document, call.operation, "query"):
            yield from _parameter(call, parameter.encode())
        for shape in (
            b"&" * 1_000,
            b"=" * 1_000,
            b"%",
            b"a",
            b"&&a=%zz&&",
            b"a=1&" * 7_000,
            b"\xff=1",
            b"[]=1",
            b"?" * 100,
        ):
            target = call.target + (b"&" if call.query else b"?") + shape
            yield _to(call, "queries", f"{call.operation}: {shape[:20]!r}", target)
    call = source.one("list_tickets")
    many = call.target + b"&a=1" * 100_000
    yield Attempt("queries", "100,000 parameters", partial(call.raw, target=many), (call.method,), Framing.BROKEN)


def _parameter(call: Call, parameter: bytes) -> Iterator[Attempt]:
    others = tuple(pair for pair in call.query if pair[0] != parameter)
    value = dict(call.query).get(parameter, b"0")
    for name, make in QUERY_VALUES.items():
        target = replace(call, query=(*others, (parameter, make()))).target
        yield _to(call, "queries", f"{call.operation} ?{parameter.decode()}={name}", target)
    encoded = b"%%%02X" % parameter[0] + parameter[1:]
    for pairs in (
        ((parameter, value), (parameter, value)),
        ((parameter, value), (encoded, value)),
        ((parameter + b"[]", value),),
        ((parameter.upper(), value),),
        ((encoded, value),),
        ((b"%20" + parameter, value),),
        ((parameter, value),) * 1_000,
        (),
    ):
        target = replace(call, query=(*others, *pairs)).target
        yield _to(call, "queries", f"{call.operation} ?{parameter.decode()}: {pairs[:2]!r}", target)
    bare = call.path + b"?" + b"&".join([parameter, *[b"%b=%b" % pair for pair in others]])
    yield _to(call, "queries", f"{call.operation} ?{parameter.decode()} without =", bare)


HEADERS: Final = (
    *(
        b"X-API-Key",
        b"Origin",
        b"Referer",
        b"Authorization",
        b"Cookie",
        b"X-Ziyaretci-Token",
        b"Idempotency-Key",
        b"Accept",
    ),
    *(
        b"Accept-Language",
        b"Accept-Encoding",
        b"Accept-Charset",
        b"Range",
        b"If-None-Match",
        b"If-Modified-Since",
        b"If-Match",
    ),
    *(
        b"Forwarded",
        b"X-Forwarded-For",
        b"X-Forwarded-Host",
        b"X-HTTP-Method-Override",
        b"X-Request-Id",
        b"Sec-Fetch-Site",
    ),
    *(
        b"Connection",
        b"Keep-Alive",
        b"TE",
        b"Via",
        b"Date",
        b"User-Agent",
        b"Proxy-Authorization",
        b"Traceparent",
        b"Max-Forwards",
    ),
)
ONCE: Final = frozenset(
    {b"X-API-Key", b"Origin", b"Referer", b"Authorization", b"Cookie", b"X-Ziyaretci-Token", b"Idempotency-Key"}
    | {b"Sec-Fetch-Site"}
)
"""Who is calling, and from where: two of them would let two readers see different callers."""
CREDENTIALS: Final = frozenset({b"X-API-Key", b"Authorization", b"Cookie"})
_ONES_OWN: Final = 4
"""Operations that each header and value is tried on."""


def headers(source: Source) -> Iterator[Attempt]:
    """Each header with each value on some operations; credentials doubled on all of them."""
    for header in HEADERS:
        for name, make in HEADER_VALUES.items():
            for call in source.some(_ONES_OWN):
                what = f"{call.operation} with {header.decode()}: {name}"
                yield Attempt("headers", what, partial(_with_header, call, header, make), (call.method,))
    for call in source.calls:
        for header in (*HEADERS[:11], b"Sec-Fetch-Site"):
            own = dict(call.headers).get(header, b"a")
            check = refused(400, "cift_baslik") if header in ONCE else None
            for values in ((own, own), (own, b"b"), (b"", own)):
                build = partial(call.raw, headers=call.with_header(header, *values))
                what = f"{call.operation} with {header.decode()} twice"
                yield Attempt("headers", what, build, (call.method,), check=check)
        yield Attempt(
            "headers",
            f"{call.operation} without headers",
            partial(call.raw, headers=()),
            (call.method,),
            check=refused(401) if CREDENTIALS & {name for name, _ in call.headers} else None,
        )
    for name, more in _many().items():
        for call in source.some(12):
            yield Attempt("headers", f"{call.operation} with {name}", partial(_with_more, call, more), (call.method,))


def _with_header(call: Call, header: bytes, make: Make) -> bytes:
    return call.raw(headers=call.with_header(header, make()))


def _many() -> dict[str, tuple[tuple[bytes, bytes], ...]]:
    """Many and large headers, all well-formed, and no more than the server reads before it gives up."""
    return {
        "100 headers": tuple((b"X-%d" % n, b"a") for n in range(100)),
        "1,000 headers": tuple((b"X-%d" % n, b"a") for n in range(1_000)),
        "5,000 headers": tuple((b"X%d" % n, b"") for n in range(5_000)),
        "one header 1,000 times": ((b"X-A", b"a"),) * 1_000,
        "a cookie 500 times": ((b"Cookie", b"a=b"),) * 500,
        "a header name of 20 KB": ((b"X" * 20_000, b"a"),),
        "a header of 32 KiB": ((b"X-A", b"a" * 32_768),),
        "a header of 31 KiB": ((b"X-A", b"a" * 31_000),),
        "a header of 60 KB": ((b"X-A", b"a" * 60_000),),
        "tokens of strange letters": ((b"!#$%&'*+-.^_`|~09az", b"a"),),
        "empty values": tuple((b"X-%d" % n, b"") for n in range(50)),
    }


def _with_more(call: Call, more: tuple[tuple[bytes, bytes], ...]) -> bytes:
    return call.raw(headers=(*call.headers, *more))


def huge_heads(source: Source) -> Iterator[Attempt]:
    """Heads far beyond what the server reads: it may end them by its plain 431, but it must answer."""
    sizes = {"100 KB": 100_000, "1 MB": MB, "5 MB": 5 * MB}
    for call in source.some(30):
        for name, size in sizes.items():
            for what, more in (
                ("a header", lambda size=size: ((b"X-A", b"a" * size),)),
                ("a header name", lambda size=size: ((b"X" * size, b"a"),)),
                ("headers", lambda size=size: tuple((b"X-%d" % n, b"a" * 90) for n in range(size // 100))),
                ("a key", lambda size=size: ((b"X-API-Key", b"a" * size),)),
            ):
                build = partial(_with_made, call, more)
                yield Attempt(
                    "huge heads", f"{call.operation} with {what} of {name}", build, (call.method,), Framing.BROKEN
                )


def _with_made(call: Call, more: Callable[[], Pairs]) -> bytes:
    return call.raw(headers=(*call.headers, *more()))
