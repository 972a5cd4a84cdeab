"""Reads a recording (HAR 1.2): what was asked, and how it was answered."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from mocks.answer import Answer
from mocks.hiding import HIDDEN
from mocks.proxy.hops import HOP_BY_HOP

CUT: Final = "cut to "
"""How the comment of a body begins that was not kept whole."""
OURS: Final = b'{"log":{"version":"1.2","creator":{"name":"cozum"'

LEFT_OUT: Final = frozenset({name.decode() for name in HOP_BY_HOP} | {"content-encoding", "content-length", "date"})
"""Headers of an answer that are those of one connection or one moment, or of a body that is decoded in a recording."""

STAND_INS: Final[Mapping[str, str]] = {
    "token": "1|" + "kayitta-yok-" * 3,
    "ziyaretci_token": ("kayitta-yok-" * 4)[:43],
    "api_secret": ("kayitta-yok-" * 4)[:43],
    "secret": "whsec_a2F5aXR0YS15b2sta2F5aXR0YS15b2sta2F5aXR0YQ==",
    "sifre": "kayitta-yok",
}
"""What answers have in the place of secrets that were left out: of their form, so that clients go on."""
_HIDDEN_MEMBER = re.compile(rf'"({"|".join(STAND_INS)})"(\s*:\s*)"(?:{HIDDEN}|\\u2026)"')


class NoRecording(ValueError):
    """The file is none; the message says what is wrong with it."""


class Recorded(NamedTuple):
    """A request and its answer."""

    method: str
    path: str
    """As sent, percent-encoded."""
    query: str
    accept: str
    media_type: str
    body: str
    answer: Answer
    """Its body without a content-encoding, and without a length: that is the sender's."""

    def __str__(self) -> str:
        """`POST /api/v1/widget/init`"""
        return f"{self.method} {self.path}{'?' if self.query else ''}{self.query}"


class Recording(NamedTuple):
    """What can be played, in the order in which it was recorded."""

    exchanges: Sequence[Recorded]
    left_out: int
    """Exchanges without an answer, or of which not all was kept."""


class _Pair(Struct):
    name: str
    value: str


class _Text(Struct, rename="camel"):
    mime_type: str = ""
    text: str = ""
    encoding: str = ""
    comment: str = ""
    size: int = 0


class _Request(Struct, rename="camel"):
    method: str
    url: str
    headers: list[_Pair] = []
    post_data: _Text | None = None


class _Response(Struct):
    status: int
    headers: list[_Pair]
    content: _Text


class _Entry(Struct):
    request: _Request
    response: _Response


class _Log(Struct):
    entries: list[_Entry]


class _Har(Struct):
    log: _Log


_read = msgspec.json.Decoder(_Har).decode
_read_entry = msgspec.json.Decoder(_Entry).decode


def read_recording(raw: bytes) -> Recording:
    """A recording of `cozum proxy`, also one that breaks off, or what browsers and other tools export.

    Raises NoRecording.
    """
    try:
        entries = _read(raw).log.entries
    except msgspec.ValidationError as error:
        raise NoRecording(f"is no recording (HAR 1.2): {error}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        entries = _whole_lines(raw)
        if not entries:
            cut = "breaks off before the end of its first exchange" if "truncated" in str(error) else str(error)
            raise NoRecording(f"is no recording (HAR 1.2): {cut}") from None
    exchanges = []
    for place, entry in enumerate(entries):
        try:
            recorded = _recorded(entry)
        except (ValueError, binascii.Error) as error:
            raise NoRecording(f"is no recording (HAR 1.2): entry {place}: {error}") from None
        if recorded is not None:
            exchanges.append(recorded)
    if not exchanges:
        raise NoRecording("has no exchange that can be played")
    return Recording(exchanges, len(entries) - len(exchanges))


def _whole_lines(raw: bytes) -> list[_Entry]:
    """What was written to the end, of a recording of ours whose last line was not."""
    found: list[_Entry] = []
    first, *lines = raw.split(b"\n")
    if first.startswith(OURS):
        for line in lines:
            try:
                found.append(_read_entry(line.rstrip(b",")))
            except (msgspec.DecodeError, UnicodeError):
                break
    return found


def _recorded(entry: _Entry) -> Recorded | None:
    """None for what cannot be played. Raises ValueError."""
    request, response, content = entry.request, entry.response, entry.response.content
    is_cut = content.comment.startswith(CUT) or (content.size > 0 and not content.text)
    if not 200 <= response.status <= 599 or (is_cut and request.method != "HEAD"):
        return None
    url = urlsplit(request.url)
    body = b64decode(content.text, validate=True) if content.encoding == "base64" else _shown(content.text).encode()
    answer = Answer(response.status, list(_headers(response.headers)), body)
    posted = request.post_data or _Text()
    accept = next((pair.value for pair in request.headers if pair.name.lower() == "accept"), "")
    return Recorded(request.method, url.path or "/", url.query, accept, posted.mime_type, posted.text, answer)


def _headers(pairs: Sequence[_Pair]) -> list[tuple[str, str]]:
    named = [(pair.name.lower(), pair.value) for pair in pairs]
    kept = [(name, value) for name, value in named if name not in LEFT_OUT and name[:1] != ":" and value != HIDDEN]
    for name, value in kept:
        (name + value).encode("latin-1")
    return kept


def _shown(text: str) -> str:
    """A body with something of its form in the place of each secret that was left out."""
    return _HIDDEN_MEMBER.sub(lambda found: f'"{found[1]}"{found[2]}"{STAND_INS[found[1]]}"', text)
