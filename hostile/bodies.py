"""Hostile bodies: every field with every value, bodies that are not JSON, media types, forms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from hostile.attempts import Attempt, Source
from hostile.calls import BOUNDARY, Call
from hostile.values import JSON_VALUES, MB, Make, not_json

Path = tuple[str | int, ...]


def fields(source: Source) -> Iterator[Attempt]:
    """Each field of each JSON body, nested ones too, and the body itself, replaced by each value; and left out."""
    for call in source.with_json():
        method = (call.method,)
        for path in _places(call):
            where = "/" + "/".join(map(str, path))
            for name, make in JSON_VALUES.items():
                what = f"{call.operation} {where} = {name}"
                yield Attempt("fields", what, partial(_with_value, call, path, make), method)
            if path:
                yield Attempt("fields", f"{call.operation} without {where}", partial(_without, call, path), method)


def _places(call: Call) -> Iterator[Path]:
    yield ()
    for name in dict.fromkeys([*call.field_names, *call.value]):
        yield (name,)
        value = call.value.get(name)
        if isinstance(value, dict):
            yield from ((name, key) for key in value)
        if isinstance(value, list) and value:
            yield name, 0


def _with_value(call: Call, path: Path, make: Make) -> bytes:
    return call.raw(body=json_with(call.value, path, make()))


def json_with(value: Any, path: Path, raw: bytes) -> bytes:
    """JSON of the value, with these bytes in the place that the path names."""
    if not path:
        return raw
    first, *rest = path
    if isinstance(value, list):
        parts = [json_with(part, tuple(rest), raw) if n == first else _dumped(part) for n, part in enumerate(value)]
        return b"[" + b",".join(parts) + b"]"
    members = {key: _dumped(part) for key, part in value.items() if key != first}
    members[str(first)] = json_with(value.get(first), tuple(rest), raw)
    return b"{" + b",".join(_dumped(key) + b":" + part for key, part in members.items()) + b"}"


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _without(call: Call, path: Path) -> bytes:
    value = json.loads(json.dumps(call.value))
    holder = value[path[0]] if len(path) == 2 else value
    if isinstance(holder, list):
        holder.pop()
    else:
        holder.pop(path[-1], None)
    return call.raw(body=_dumped(value))


def broken_json(source: Source) -> Iterator[Attempt]:
    """Bodies that are not JSON, and each valid one cut off behind each of its bytes."""
    for call in source.with_json():
        body = call.body or b""
        for name, make in not_json(body).items():
            what = f"{call.operation}: {name}"
            yield Attempt("not JSON", what, partial(_with_body, call, make), (call.method,))
        for end in range(1, min(len(body), 400)):
            build = partial(call.raw, body=body[:end])
            yield Attempt("not JSON", f"{call.operation}: cut off behind byte {end}", build, (call.method,))


def _with_body(call: Call, make: Make) -> bytes:
    return call.raw(body=make())


MEDIA_TYPES = (
    *(b"", b" ", b"/", b"text/plain", b"text/json", b"application/jsonx", b"application/problem+json", b"*/*", b"json"),
    *(
        b"application/json;",
        b"application/json;charset=utf-8",
        b"application/json; charset=utf-16",
        b"application/json;;",
    ),
    *(
        b"APPLICATION/JSON",
        b'application/json; charset="utf-8"',
        b"application/json; charset=\xff",
        b"application/json,",
    ),
    *(b"application/json, application/json", b"application/json;a=" + b"b" * 20_000, b"application/json\t; a=b"),
    *(
        b"application/json; charset=utf-7",
        b"application/json; charset=",
        b"application/x-www-form-urlencoded",
        b"text/html",
    ),
    *(
        b"multipart/form-data",
        b"multipart/form-data; boundary=",
        b'multipart/form-data; boundary="',
        b"multipart/mixed",
    ),
    *(
        b"multipart/form-data; boundary=" + b"a" * 71,
        b"multipart/form-data; boundary=a b",
        b"multipart/form-data; boundary=\xff",
    ),
    *(
        b"multipart/form-data; boundary=a; boundary=b",
        b"multipart/form-data;boundary*=utf-8''a",
        b"application/octet-stream",
    ),
    *(b"application/x-www-form-urlencoded; charset=utf-16", b"application/x-www-form-urlencoded; charset=x" * 50),
)


def media_types(source: Source) -> Iterator[Attempt]:
    """Every operation with a wrong, missing, strange or doubled `Content-Type`, those without a body too."""
    for call in source.calls:
        body = b"{}" if call.body is None else call.body
        for kind in MEDIA_TYPES:
            build = partial(call.raw, content_type=kind, body=body)
            yield Attempt("media types", f"{call.operation} as {kind[:60]!r}", build, (call.method,))
        twice = call.with_header(b"Content-Type", b"application/json")
        yield Attempt(
            "media types", f"{call.operation}: doubled", partial(call.raw, headers=twice, body=body), (call.method,)
        )
        for encoding in (b"gzip", b"br", b"identity", b"x"):
            encoded = call.with_header(b"Content-Encoding", encoding)
            build = partial(call.raw, headers=encoded, body=body)
            yield Attempt("media types", f"{call.operation} encoded as {encoding.decode()}", build, (call.method,))


def forms(source: Source) -> Iterator[Attempt]:
    """Forms of the portal: every field with what breaks percent-decoding, and forms that are none."""
    values = (
        *(
            b"",
            b"%",
            b"%zz",
            b"%00",
            b"%ff",
            b"%ed%a0%80",
            b"+",
            b"a" * 250_000,
            b"%41" * 80_000,
            b"\x00",
            b"\xff",
            b"=",
        ),
        *(
            b"&",
            b"1e400",
            b"%0d%0a",
            b"javascript:x",
            b"%D9%A1",
            b"%EF%BB%BF",
            b"a%26b=c",
            b";",
            b"[]",
            b"%F0%9F%98%80",
        ),
    )
    shapes = (
        b"",
        b"&",
        b"=" * 1_000,
        b"&" * 200_000,
        b"a=1&" * 60_000,
        b"\x00\xff",
        b"{}",
        b"a",
        b"%",
        b"a=1;b=2",
        b"a[]=1",
    )
    for call in source.calls:
        if call.media_type != "application/x-www-form-urlencoded":
            continue
        for shape in shapes:
            build = partial(call.raw, body=shape)
            yield Attempt("forms", f"{call.operation}: {shape[:30]!r}", build, (call.method,))
        valid = call.body or b""
        for name in call.field_names:
            for value in values:
                field = b"%b=%b" % (name.encode(), value)
                others = [pair for pair in valid.split(b"&") if not pair.startswith(name.encode() + b"=")]
                for what, body in (("", b"&".join([*others, field])), (" too", valid + b"&" + field)):
                    build = partial(call.raw, body=body)
                    yield Attempt("forms", f"{call.operation} {name} = {value[:30]!r}{what}", build, (call.method,))


LIMIT = 10 * 1024 * 1024
"""The contract's largest file, in bytes."""


def multipart(source: Source) -> Iterator[Attempt]:
    """Broken, doubled, huge and nested parts."""
    for call in source.uploads():
        other = {name: str(value).encode() for name, value in call.value.items() if name != "dosya"}
        for name, make in _multipart_bodies(other).items():
            build = partial(_with_body, call, make)
            yield Attempt("multipart", f"{call.operation}: {name}", build, (call.method,))
        valid = call.body or b""
        for end in range(1, len(valid), 3):
            what = f"{call.operation}: cut off behind byte {end}"
            yield Attempt("multipart", what, partial(call.raw, body=valid[:end]), (call.method,))
        for kind in (
            *MEDIA_TYPES,
            b'multipart/form-data; boundary="%b"' % BOUNDARY.encode(),
            b"multipart/form-data; boundary=other",
        ):
            build = partial(call.raw, content_type=kind)
            yield Attempt("multipart", f"{call.operation} as {kind[:60]!r}", build, (call.method,))


def part(head: bytes, content: bytes = b"x") -> bytes:
    """One part with this head."""
    return b"--%b\r\n%b\r\n\r\n%b\r\n" % (BOUNDARY.encode(), head, content)


def _file(head: bytes = b'filename="a.txt"\r\nContent-Type: text/plain', content: bytes = b"metin\n") -> bytes:
    return part(b'Content-Disposition: form-data; name="dosya"; ' + head, content)


_END = b"--%b--\r\n" % BOUNDARY.encode()
_FILE_NAMES = (
    *(
        b"",
        b".",
        b"..",
        b"/",
        b"../../etc/passwd",
        b"..\\..\\a",
        b"C:\\a.txt",
        b"a\x00.txt",
        b"a%00.txt",
        b"a" * 300,
        b"CON",
    ),
    *(
        b"\xff\xfe",
        "çözüm 😀.txt".encode(),
        "\u202etxt.exe".encode(),
        b'a\\"b',
        b"a\tb",
        b" ",
        b"a.html",
        b"a.svg",
        b"-rf",
        b"a;b",
    ),
    *(
        b"%2e%2e%2f",
        b"\xed\xa0\x80",
        b"a\x01b",
        b".htaccess",
        b"a.txt/",
        b"$(id)",
        b"a\\",
        b"\\\\host\\a",
        b"x" * 8_000,
    ),
)
_CONTENTS = {
    "empty": b"",
    "NUL": b"\x00" * 100,
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "a PNG's first bytes": b"\x89PNG\r\n\x1a\n",
    "a PNG of huge size": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x02\x00\x00\x00",
    "a zip's first bytes": b"PK\x03\x04",
    "a zip's end, entries beyond": b"PK\x05\x06" + b"\xff" * 18,
    "a zip of nothing": b"PK\x05\x06" + b"\x00" * 18,
    "a PDF's first bytes": b"%PDF-1.4\n%\xff\xff",
    "a JPEG's first bytes": b"\xff\xd8\xff\xe0\xff\xff",
    "a WebP's head": b"RIFF\xff\xff\xff\xffWEBPVP8 ",
    "a GIF's head": b"GIF89a\xff\xff\xff\xff",
    "an executable": b"MZ\x90\x00",
    "UTF-16": "metin".encode("utf-16"),
    "broken UTF-8": b"metin \xff\xfe \xc0\xaf",
    "almost a boundary": b"\r\n--cozum-hostile-boundar\r\n--\r\n-",
    "text then NUL": b"a" * 5_000 + b"\x00",
    "OLE": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600,
}


def _multipart_bodies(other: dict[str, bytes]) -> dict[str, Make]:
    """`other`: the fields beside the file."""
    rest = b"".join(part(b'Content-Disposition: form-data; name="%b"' % k.encode(), v) for k, v in other.items())
    name, value = next(iter(other.items()))
    disposition = b'Content-Disposition: form-data; name="%b"' % name.encode()
    small = {
        "empty": b"",
        "the end alone": _END,
        "only dashes": b"--",
        "no parts": b"--%b\r\n" % BOUNDARY.encode(),
        "no final boundary": _file() + rest,
        "a preamble and an epilogue": b"preamble\r\n" + _file() + rest + _END + b"epilogue" * 1_000,
        "LF only": (_file() + rest + _END).replace(b"\r\n", b"\n"),
        "CR only": (_file() + rest + _END).replace(b"\r\n", b"\r"),
        "the file alone": _file() + _END,
        "the fields alone": rest + _END,
        "the file twice": _file() + _file() + rest + _END,
        "the field twice": _file() + rest + rest + _END,
        "the file as a field": part(b'Content-Disposition: form-data; name="dosya"') + rest + _END,
        "the field as a file": _file() + part(disposition + b'; filename="a"', value) + _END,
        "the field not UTF-8": _file() + part(disposition, b"\xff") + _END,
        "the field with NUL": _file() + part(disposition, b"a\x00b") + _END,
        "the field empty": _file() + part(disposition, b"") + _END,
        "the field beyond 64 bits": _file() + part(disposition, b"9" * 30) + _END,
        "the field of 5,000 digits": _file() + part(disposition, b"9" * 5_000) + _END,
        "the field as a float": _file() + part(disposition, b"2.0") + _END,
        "the field in UTF-16": _file()
        + part(disposition + b"\r\nContent-Type: text/plain; charset=utf-16", b"a\x00")
        + _END,
        "no name": part(b"Content-Disposition: form-data") + rest + _END,
        "no disposition": part(b"Content-Type: text/plain") + rest + _END,
        "no head": part(b"") + rest + _END,
        "a head without a colon": part(b"Content-Disposition") + rest + _END,
        "a head with NUL": part(b'Content-Disposition: form-data; name="do\x00sya"') + rest + _END,
        "a head not UTF-8": part(b'Content-Disposition: form-data; name="\xff"') + rest + _END,
        "a name without quotes": part(b"Content-Disposition: form-data; name=dosya; filename=a") + rest + _END,
        "a quote that never ends": part(b'Content-Disposition: form-data; name="dosya; filename="a') + rest + _END,
        "two names": part(b'Content-Disposition: form-data; name="dosya"; name="b"; filename="a"') + rest + _END,
        "two dispositions": part(b'Content-Disposition: form-data; name="a"\r\n' + disposition) + rest + _END,
        "another disposition": part(b'Content-Disposition: attachment; name="dosya"; filename="a"') + rest + _END,
        "in base64": _file(b'filename="a"\r\nContent-Transfer-Encoding: base64', b"!!!!") + rest + _END,
        "RFC 5987 name": _file(b"filename*=utf-8''%ff%00%2e%2e%2f") + rest + _END,
        "RFC 5987 name, unknown charset": _file(b"filename*=x-none''a") + rest + _END,
        "nested": part(b"Content-Type: multipart/form-data; boundary=b", b"--b\r\n\r\n--b--") + rest + _END,
        "a folded head": part(b'Content-Disposition: form-data;\r\n name="dosya"; filename="a"') + rest + _END,
        "JSON": b'{"dosya": "x"}',
        **{f"file {name}": _file(content=content) + rest + _END for name, content in _CONTENTS.items()},
        **{f"file name {name[:20]!r}": _file(b'filename="%b"' % name) + rest + _END for name in _FILE_NAMES},
    }
    large: dict[str, Make] = {
        "10,000 parts": lambda: part(disposition) * 10_000 + _END,
        "100,000 boundaries": lambda: (b"--%b\r\n" % BOUNDARY.encode()) * 100_000,
        "a part head of 1 MB": lambda: part(b"X-A: " + b"a" * MB) + rest + _END,
        "1,000 head lines": lambda: (
            part(b"X-A: b\r\n" * 1_000 + b'Content-Disposition: form-data; name="dosya"') + _END
        ),
        "a name of 100 KB": lambda: part(b'Content-Disposition: form-data; name="%b"' % (b"a" * 100_000)) + rest + _END,
        "a field of 1 MB": lambda: _file() + part(disposition, b"a" * MB) + _END,
        "CRLF of 1 MB": lambda: _file(content=b"\r\n" * (MB // 2)) + rest + _END,
        "almost boundaries of 1 MB": lambda: _file(content=b"\r\n--cozum-hostile-" * (MB // 18)) + rest + _END,
        "dashes of 1 MB": lambda: b"-" * MB,
        "a preamble of 1 MB": lambda: b"a" * MB + _file() + rest + _END,
        "the largest file": lambda: _file(content=b"a" * LIMIT) + rest + _END,
        "a byte more than the largest file": lambda: _file(content=b"a" * (LIMIT + 1)) + rest + _END,
        "12 MB": lambda: _file(content=b"a" * (12 * MB)) + rest + _END,
    }
    return {name: partial(bytes, raw) for name, raw in small.items()} | large
