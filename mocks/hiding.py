"""Leaves tokens, cookies and passwords out of what is written down: of headers, addresses and bodies."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from json import loads
from typing import Final
from urllib.parse import quote, unquote_plus

from mocks.codings import GZIP_OR_ZLIB, INFLATED, RAW_DEFLATE
from mocks.show import text_of

HIDDEN: Final = "…"
SECRET_HEADERS: Final = ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-ziyaretci-token")
ADDRESSES: Final = ("location", "content-location", "referer")
"""Headers that hold an address, whose query may hold a secret."""
SECRETS: Final = ("token", "sifre", "secret", "api_secret", "ziyaretci_token")
"""Fields, members and parameters."""

_MEMBER = re.compile(rf'"({"|".join(SECRETS)}|[^"\\]{{0,40}}(?:\\u[0-9a-fA-F]{{4}}[^"\\]{{0,40}})+)"\s*:\s*', re.I)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?$)', re.S)
_BRACKETS = re.compile(r'[\[{\]}]|"(?:[^"\\]|\\.)*+(?:"|\\?$)', re.S)
_SCALAR = re.compile(r"[^,\]}\s]*")
_NOTHING: Final = ("", "null", "true", "false")
_FIELD = re.compile(rf"((?:^|&)(?:{'|'.join(SECRETS)})=)[^&]*", re.I)
_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]+)"|([^\s;"]+))', re.I)
_NAME = re.compile(rb';\s*name=(?:"([^"\\%\r\n]*)"|([^\s;"*]+))', re.I)


def is_secret(name: str) -> bool:
    """Whether a field of that name holds what nobody else may read."""
    return name.strip().lower() in SECRETS


def hide_in_header(name: str, value: str) -> str:
    """The value of a header (by lower-case name) without what is secret."""
    if name in SECRET_HEADERS:
        return HIDDEN
    return hide_in_address(value) if name in ADDRESSES else value


def hide_in_address(address: str) -> str:
    """An address whose query has no secrets; where there are none, as it came."""
    path, mark, rest = address.partition("?")
    query, hash_, fragment = rest.partition("#")
    return path + mark + hide_in_query(query) + hash_ + fragment


def hide_in_query(query: str) -> str:
    """The same of a query or a form, percent-encoded as it was."""
    return "&".join(map(_hidden_pair, query.split("&")))


def _hidden_pair(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={quote(HIDDEN)}" if equals and is_secret(unquote_plus(name)) else pair


def hide_in_text(text: str) -> str:
    """A body's text without tokens and passwords, whatever JSON stands for them; one that was cut, too."""
    shown, at = [], 0
    for found in _MEMBER.finditer(text):
        if found.start() >= at and is_secret(_spelt(found[1])):
            end = _end_of_value(text, found.end())
            if text[found.end() : end] not in _NOTHING:
                shown += [text[at : found.end()], f'"{HIDDEN}"']
                at = end
    return _FIELD.sub(rf"\1{HIDDEN}", "".join([*shown, text[at:]]))


def hide_in_sentence(text: str) -> str:
    """A fault without the value that it names: `data/token: …`."""
    place, colon, _ = text.partition(": ")
    if colon and any(map(is_secret, re.split("[/ ]", place))):
        return f"{place}: {HIDDEN}"
    return hide_in_text(text)


def _spelt(name: str) -> str:
    return str(loads(f'"{name}"')) if "\\" in name else name


def _end_of_value(text: str, start: int) -> int:
    """Where a JSON value ends, or the text that was cut."""
    string = _STRING.match(text, start)
    if string is not None:
        return string.end()
    if text[start : start + 1] not in ("[", "{"):
        scalar = _SCALAR.match(text, start)
        return start if scalar is None else scalar.end()
    depth = 0
    for found in _BRACKETS.finditer(text, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return len(text)


def hide_in_parts(body: bytes, media_type: str) -> bytes | None:
    """A multipart body without the values of secret fields; None where its fields cannot be told apart."""
    boundary = _BOUNDARY.search(media_type)
    if boundary is None:
        return None
    before, *parts = re.split(rb"(--%b)" % re.escape((boundary[1] or boundary[2]).encode("latin-1", "replace")), body)
    if before.strip() or not parts:
        return None
    return b"".join(part if place % 2 == 0 else _hidden_part(part) for place, part in enumerate(parts))


def _hidden_part(part: bytes) -> bytes:
    """Of a part without a name that can be read nothing remains but its headers."""
    head, blank, _ = part.partition(b"\r\n\r\n")
    if not blank:
        return part if part.strip(b"-\r\n \t") == b"" else b"\r\n"
    found = _NAME.search(head)
    if found is not None and not is_secret((found[1] or found[2] or b"").decode("utf-8", "replace")):
        return _hidden_json(part)
    return head + blank + HIDDEN.encode() + (b"\r\n" if part.endswith(b"\r\n") else b"")


def _hidden_json(part: bytes) -> bytes:
    try:
        return hide_in_text(part.decode()).encode()
    except UnicodeDecodeError:  # a file
        return part


def is_still_coded(body: bytes, codings: Iterable[str]) -> bool:
    """Whether a body is still in one of its content-encodings, so that nobody sees what is secret in it."""
    names = [name for coding in codings for part in coding.split(",") if (name := part.strip().lower())]
    names = [name for name in names if name != "identity"]
    if any(name not in INFLATED for name in names):
        return bool(body)
    if not names or text_of(body, cut=True) is not None:
        return False  # text is what was decoded: a coding's first bytes are none
    return any(_unfolds(body, bits) for bits in (GZIP_OR_ZLIB, RAW_DEFLATE))


def _unfolds(body: bytes, bits: int) -> bool:
    try:
        return bool(zlib.decompressobj(bits).decompress(body, 1))
    except zlib.error:
        return False
