"""Values that have broken servers before: for JSON fields, for query and path, for headers; each with a name."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Final

Make = Callable[[], bytes]
"""Makes the bytes when they are needed: a list of all 1 MB strings would be large."""

MB: Final = 1_000_000


def _same(text: str | bytes) -> Make:
    raw = text.encode() if isinstance(text, str) else text
    return lambda: raw


def _quoted(text: str | bytes) -> Make:
    """As a JSON string, escaped already where that is needed."""
    raw = text.encode() if isinstance(text, str) else text
    return lambda: b'"%b"' % raw


def _often(raw: bytes, times: int, before: bytes = b"", after: bytes = b"") -> Make:
    return lambda: before + raw * times + after


_LITERALS: Final = (
    *("null", "true", "false", "0", "-1", "-0", "1", "1.0", "1.5", "42.0", "1e2", "1e400", "-1e400", "1e-400", "NaN"),
    *("Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x10", "1_000", "True", "None", "undefined", "'a'", "٣", ""),
    *(str(2**31), str(2**53 + 1), str(2**63 - 1), str(2**63), str(2**64), str(-(2**63) - 1), "1e308", "1.8e308"),
    *("[]", "{}", "[null]", "[[]]", '{"a":1,"a":2}', '{"":""}', '{"__proto__":{"x":1}}', '{"$ref":"#"}', "[1,2]"),
)
_WORDS: Final = (
    *(
        "",
        " ",
        r"\t\r\n",
        "\u00a0",
        "\u200b",
        "\ufeff",
        "\u2028",
        "a",
        "42",
        "-1",
        "1.0",
        "1e400",
        str(2**63),
        "٤٢",
        "²",
    ),
    *(
        "true",
        "null",
        "{}",
        "[]",
        "NaN",
        "none",
        "%00",
        "%s%n%x",
        "{0.__class__}",
        "${jndi:ldap://x}",
        "'; DROP TABLE--",
    ),
    *(
        r"\u0000",
        r"a\u0000b",
        r"\ud800",
        r"\udc00",
        r"\udfff\ud800",
        r"a\ud83d",
        "\ufffe",
        "\uffff",
        "\U0010ffff",
        "😀",
    ),
    *(
        "\u202eabc",
        "e" + "\u0301" * 3_000,
        "İıŞş",
        "ﬃ",
        "<script>alert(1)</script>",
        r"a\r\nSet-Cookie: x=1",
        r"\u0007",
    ),
    *("../../etc/passwd", r"..\\..\\win.ini", "/etc/passwd", "CON", "a|b", "a/b", ".", "..", "%2e%2e", "|", "||"),
    *("2026-02-30", "2026-13-01", "0000-00-00", "2026-02-30T10:00:00+03:00", "2026-04-12T24:00:00Z", "9999-12-31"),
    *(
        "9999-12-31T23:59:60+23:59",
        "0001-01-01T00:00:00+23:59",
        "2026-04-12T14:30:00+99:99",
        "+99999-01-01",
        "2026-W15",
    ),
    *("2026-04-12T14:30:00.123456789012345678Z", "2026-04-12 14:30", "12/04/2026", "9999-12-31T23:59:59-23:59"),
    *("http://", "http:", "//", "//kotu.example", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"),
    *(
        "http://[::1",
        "http://[::1]:99999/",
        "http://a b/",
        "http://[fe80::1%25eth0]/",
        "http://[v1.x]/",
        "http://١.com",
    ),
    *(
        "https://pratikesnaf.com@kotu.example/",
        r"https://kotu.example\\@pratikesnaf.com",
        "http://\u2100.com",
        "HTTP://X",
    ),
    *(
        "http://a:b@c:d/",
        "https://xn--",
        "https://a..b",
        "https://.",
        "https://pratikesnaf.com:0",
        "http://x:65536",
        "http://%",
    ),
    *("a@", "@b", "a@b@c", '\\"a b\\"@c', "a@b.c", "a@[1.2.3.4]", "ş@ğ.com", "a" * 64 + "@" + "b" * 250 + ".com"),
    *(
        "data:image/png;base64,",
        "data:image/png;base64,@@@@",
        "data:image/png;base64,AAAA====",
        "data:;base64,iVBORw0KGgo=",
    ),
    *(
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:image/png,%00",
        "#FFFFFF",
        "#GGGGGG",
        "#12345",
        "\x7f",
        "ABCDEF0123" * 7,
    ),
)
_RAW_STRINGS: Final[Mapping[str, bytes]] = {
    "raw NUL": b"a\x00b",
    "raw control characters": b"\x01\x1f",
    "raw line end": b"a\r\nb",
    "raw surrogate": b"\xed\xa0\x80",
    "overlong slash": b"\xc0\xaf",
    "overlong NUL": b"\xe0\x80\x80",
    "byte FF": b"\xff\xfe",
    "beyond Unicode": b"\xf4\x90\x80\x80",
    "UTF-8 cut off": b"abc\xe2\x82",
    "a continuation alone": b"\x80",
    "an unknown escape": rb"\x41",
    "an escape cut off": rb"\u12",
    "a backslash before the end": b"a\\",
}
_LARGE: Final[Mapping[str, Make]] = {
    "a string of 200 KB": _often(b"a", 200_000, b'"', b'"'),
    "a string of 1 MB": _often(b"a", MB, b'"', b'"'),
    "1 MB of escapes": _often(rb"\u0041", MB // 6, b'"', b'"'),
    "200 KB of emoji": _often("😀".encode(), 50_000, b'"', b'"'),
    "200,000 open arrays": _often(b"[", 200_000),
    "100,000 nested arrays": lambda: b"[" * 100_000 + b"]" * 100_000,
    "200,000 nested arrays": lambda: b"[" * 200_000 + b"]" * 200_000,
    "33 nested arrays": lambda: b"[" * 33 + b"]" * 33,
    "31 nested arrays": lambda: b"[" * 31 + b"]" * 31,
    "1,000 nested arrays": lambda: b"[" * 1_000 + b"]" * 1_000,
    "30,000 nested objects": lambda: b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "30,000 open objects": _often(b'{"a":', 30_000),
    "an array of 100,000 items": _often(b"0,", 100_000, b"[", b"0]"),
    "an array of 100,000 objects": _often(b"{},", 80_000, b"[", b"{}]"),
    "an object of 15,000 keys": lambda: b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(15_000)) + b"}",
    "a key of 200 KB": _often(b"k", 200_000, b'{"', b'":1}'),
    "10^400": _often(b"0", 400, b"1"),
    "a number of 5,000 digits": _often(b"9", 5_000),
    "a number of 200,000 digits": _often(b"9", 200_000),
    "200,000 decimals": _often(b"1", 200_000, b"0."),
    "an exponent of 10,000 digits": _often(b"9", 10_000, b"1e"),
    "spaces of 200 KB before": _often(b" ", 200_000, b"", b"1"),
}

JSON_VALUES: Final[Mapping[str, Make]] = {
    **{text or "nothing": _same(text) for text in _LITERALS},
    **{f'"{text[:40]}"': _quoted(text) for text in _WORDS},
    **{name: _quoted(raw) for name, raw in _RAW_STRINGS.items()},
    **_LARGE,
}
"""What may stand where a JSON value belongs; not all of it is JSON."""


def not_json(valid: bytes) -> dict[str, Make]:
    """Bodies that are not JSON, or not quite, made from one that is."""
    text = valid.decode()
    return {
        "empty": _same(b""),
        "one space": _same(b" "),
        "one NUL": _same(b"\x00"),
        "a BOM before it": _same(b"\xef\xbb\xbf" + valid),
        "a BOM alone": _same(b"\xef\xbb\xbf"),
        "UTF-16": lambda: text.encode("utf-16"),
        "UTF-16 BE": lambda: text.encode("utf-16-be"),
        "UTF-32": lambda: text.encode("utf-32"),
        "Latin-9": lambda: text.encode("iso-8859-9", "replace"),
        "EBCDIC": lambda: text.encode("cp500", "replace"),
        "gzip": _same(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab\xae\x05\x00\x43\xbf\xa6\xa3\x02\x00\x00\x00"),
        "trailing comma": _same(valid[:-1] + b",}"),
        "trailing garbage": _same(valid + b"x"),
        "twice": _same(valid + valid),
        "two lines": _same(valid + b"\n" + valid),
        "trailing NUL": _same(valid + b"\x00"),
        "trailing spaces": _same(valid + b" \r\n\t"),
        "100 KB of spaces after": _same(valid + b" " * 100_000),
        "single quotes": _same(valid.replace(b'"', b"'")),
        "no quotes": _same(valid.replace(b'"', b"")),
        "a comment": _same(b"/* x */" + valid),
        "a line comment": _same(valid + b"// x"),
        "a prefix against hijacking": _same(b")]}',\n" + valid),
        "XML": _same(b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"),
        "YAML": _same(b"!!python/object/apply:os.system [id]"),
        "a pickle": _same(b"\x80\x04\x95\x00."),
        "MessagePack": _same(b"\x81\xa1a\x01"),
        "a form": _same(b"ziyaretci_id=abc123&mesaj=x"),
        "in an array": _same(b"[" + valid + b"]"),
        "as a string": _same(b'"' + valid.replace(b'"', b'\\"') + b'"'),
        "duplicate keys": _same(valid[:-1] + b"," + valid[1:]),
        "an unknown key": _same(valid[:-1] + b',"bilinmeyen":[1,{"a":null}]}'),
        "unknown keys, 10,000": lambda: valid[:-1] + b"".join(b',"u%d":1' % n for n in range(10_000)) + b"}",
        "an unknown key with a NUL": _same(valid[:-1] + rb',"u":"\u0000"}'),
        "an unknown key with a surrogate": _same(valid[:-1] + rb',"u":"\ud800"}'),
        "a NUL in a key": _same(valid[:-1] + rb',"\u0000":1}'),
        "a surrogate in a key": _same(valid[:-1] + rb',"\ud800":1}'),
        "an unknown key, deep": lambda: valid[:-1] + b',"u":' + b"[" * 200_000 + b"]" * 20_000,
        "1 MB after it": lambda: valid + b" " * MB,
        "9 MB": lambda: b'{"a":"' + b"a" * (9 * MB) + b'"}',
    }


QUERY_VALUES: Final[Mapping[str, Make]] = {
    **{
        ascii(text): _same(text)
        for text in (
            *(
                "",
                "%",
                "%z",
                "%zz",
                "%00",
                "a%00b",
                "%ff",
                "%c0%af",
                "%ed%a0%80",
                "%f4%90%80%80",
                "%u0041",
                "+",
                "%2B1",
            ),
            *(
                "+1",
                " ",
                "%20",
                "%20%20",
                "0",
                "-0",
                "-1",
                "00",
                "1.0",
                "1e2",
                "1e400",
                "NaN",
                "0x1",
                "1_0",
                "١",
                "%D9%A1",
            ),
            *(
                "99999999999999999999",
                str(2**31),
                str(2**63 - 1),
                str(2**63),
                str(2**64),
                str(-(2**63)),
                "true",
                "null",
            ),
            *(
                "[]",
                "{}",
                "a,b",
                "a|b",
                "a;b",
                "..",
                "../..",
                "%2e%2e%2f",
                "%0d%0aSet-Cookie:x",
                "%F0%9F%98%80",
                "%C2%85",
            ),
            *("javascript:x", "http://[::1", "http://[v1.x]/", "https%3A%2F%2Fx%5C%40y", "http://%E2%84%80.com", "//"),
            *(
                "e%CC%81",
                "%E2%80%AE",
                "%EF%BB%BF",
                "'",
                '"',
                "<script>",
                "`",
                "$(id)",
                "{{7*7}}",
                "=",
                "==",
                "?",
                "a=b",
            ),
            *("AAAA", "____", "e30", "bnVsbA", "W10", "WzEsMl0", "eyJhIjoxfQ", "MTIz", "A" * 199, "A" * 200, "A" * 201),
        )
    },
    "cursor of a huge number": lambda: urlsafe_b64encode(b"[1e400,9223372036854775808]").rstrip(b"="),
    "cursor of deep arrays": lambda: urlsafe_b64encode(b"[" * 140).rstrip(b"="),
    "cursor of wrong bytes": lambda: urlsafe_b64encode(b"\xff\xfe\x00" * 20).rstrip(b"="),
    "cursor of a huge instant": lambda: urlsafe_b64encode(b"9" * 30 + b"|" + b"9" * 30).rstrip(b"="),
    "400 digits": _often(b"9", 400),
    "5,000 digits": _often(b"9", 5_000),
    "10 KB": _often(b"a", 10_000),
    "30 KB of escapes": _often(b"%41", 10_000),
    "10 KB of broken escapes": _often(b"%", 10_000),
}
"""What may stand as the value of a query parameter or as a segment of a path, as it is sent.

None is a whole number from 1 to 25: the document's `bekle` would wait for so many seconds.
"""

HEADER_VALUES: Final[Mapping[str, Make]] = {
    **{
        ascii(text): _same(text)
        for text in (
            *(
                "",
                " ",
                "a",
                "null",
                "*",
                "0",
                "-1",
                "true",
                ",",
                ";",
                "=",
                "a,b",
                "a;b=c",
                '"',
                "\\",
                "%00",
                "{}",
                "\t",
            ),
            *("Bearer", "Bearer ", "Bearer |", "Bearer 1|", "Bearer |a", "Bearer 0|a", "Bearer 01|a", "Bearer -1|a"),
            *("Bearer 13|a", "Bearer 13|" + "a" * 201, "Bearer 9223372036854775808|a", "Bearer " + "9" * 30 + "|a"),
            *(
                "Bearer 13|a b",
                "bearer 13|a",
                "Basic YTpi",
                "Basic",
                "Digest x",
                "Bearer 13||",
                "Bearer  13|a",
                "Bearer ١|a",
            ),
            *("CM_", "CM_DEMO_2026 ", "cm_demo_2026", "CM_DEMO_2026,CM_DEMO_2026", "CM_DEMO_2026\t", "CM_" + "A" * 33),
            *(
                "https://pratikesnaf.com.",
                "https://pratikesnaf.com:443",
                "https://pratikesnaf.com/",
                "https://pratikesnaf.com@x",
            ),
            *(
                "http://[::1",
                "http://[v1.x]",
                "https://pratikesnaf.com:99999",
                "https://\u2100",
                "https://a\\@b",
                "//",
                "https:",
            ),
            *(
                "application/json",
                "text/html;q=9",
                "*/*;q=NaN",
                "application/json;q=1e400",
                "a/b;q=0.0001," * 50,
                "/",
                "text/",
            ),
            *("en;q=1e400", "en;q=-1", "en;q=", ";q=1", "en-", "-", "en,tr;q=" + "9" * 400, "x" * 100, "tr;q=0,en;q=0"),
            *("cozum_portal=", "cozum_portal=a; cozum_portal=b", "=;=;=", "cozum_portal=%00", "a" * 4_096, "; ; ;"),
            *(
                "gzip",
                "deflate, br",
                "identity;q=0",
                "bytes=0-",
                "bytes=-1",
                "bytes=9-1",
                "bytes=0-0,1-1," + "2-2," * 50,
            ),
            *(
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Thu, 99 Foo 0000 99:99:99",
                'W/"x"',
                '"' * 50,
                "same-origin",
                "cross-site",
            ),
            *(
                "127.0.0.1",
                "::1",
                "kotu.example",
                "a:b:c",
                "DELETE",
                "100-continue, x",
                "for=_x;proto=https",
                "../..",
                "<x>",
            ),
        )
    },
    "Latin-1": _same(b"\xe7\xf6z\xfcm"),
    "UTF-8": _same("çözüm 😀"),
    "all high bytes": _same(bytes(range(0x80, 0x100))),
    "byte FF": _same(b"\xff"),
    "5,000 digits": _often(b"9", 5_000),
    "20 KB": _often(b"a", 20_000),
    "32 KiB": _often(b"a", 32_768),
    "60 KB": _often(b"a", 60_000),
    "20 KB of commas": _often(b",", 20_000),
    "20 KB of semicolons": _often(b";q=", 6_000),
}


def _repeated(piece: Callable[[int], bytes], around: bytes) -> Callable[[int], bytes]:
    """So many bytes of pieces, numbered, between the brackets."""

    def make(size: int) -> bytes:
        length = len(piece(1_000_000)) + 1
        return around[:1] + b",".join([piece(1_000_000 + n) for n in range(max(1, size // length))]) + around[1:]

    return make


MANY: Final[Mapping[str, Callable[[int], bytes]]] = {
    "names with NUL": _repeated(rb'"\u0000%d":0'.__mod__, b"{}"),
    "names with a surrogate": _repeated(rb'"\ud800%d":0'.__mod__, b"{}"),
    "names": _repeated(rb'"%d":[]'.__mod__, b"{}"),
    "values with NUL": _repeated(rb'"%d":"\u0000"'.__mod__, b"{}"),
    "empty names": _repeated(lambda n: b'"":0', b"{}"),
    "numbers": _repeated(lambda n: b"1", b"[]"),
    "different numbers": _repeated(b"%d".__mod__, b"[]"),
    "texts": _repeated(b'"%d"'.__mod__, b"[]"),
    "texts with NUL": _repeated(rb'"\u0000%d"'.__mod__, b"[]"),
    "arrays": _repeated(lambda n: b"[]", b"[]"),
    "objects": _repeated(lambda n: b"{}", b"[]"),
    "objects with names with NUL": _repeated(rb'{"\u0000%d":0}'.__mod__, b"[]"),
    "a text of NULs": lambda size: b'"' + rb"\u0000" * (size // 6) + b'"',
}
"""JSON of about so many bytes that is wrong in as many places as it can be."""
