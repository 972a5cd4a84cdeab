"""A file's media type from its bytes, for the types that may be uploaded; never from its name.

The name is a hint in one place: among texts, `.csv` is CSV. A file is what it says at its first byte (a PDF behind
other bytes is none), and a text is looked through whole. What a browser could run as a page is refused: SVG, HTML, XML,
and every text that begins like one. Macros in office files are not looked for.

Sources: the contract ("POST /api/v1/widget/upload"); PNG (RFC 2083), WebP (RFC 9649), ZIP (PKWARE APPNOTE 4.3),
OpenDocument 1.3 part 2 (3.3), Office Open XML (ECMA-376 part 2), compound files ([MS-CFB]).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterator
from struct import Struct
from typing import BinaryIO, Final

CHUNK: Final = 65_536
HEAD: Final = 4_096
"""Bytes at the beginning of a text in which nothing may look like a page; browsers look at 1,445."""

TEXT: Final = "text/plain"
CSV: Final = "text/csv"
ZIP: Final = "application/zip"
IMAGE_HEAD: Final = 33
"""Bytes that tell an image: PNG's signature with its first chunk."""


def sniff(content: BinaryIO, name: str) -> str | None:
    """The media type, or None for what may not be uploaded. `content` may stand anywhere; afterwards at its beginning.

    It is read in pieces of 64 KiB, nothing in it is unpacked.
    """
    content.seek(0)
    head = content.read(HEAD)
    try:
        return sniff_image(head) or _document(content, head) or _text(content, head, name)
    finally:
        content.seek(0)


def sniff_image(head: bytes) -> str | None:
    """PNG, JPEG, GIF or WebP from its first 33 bytes or more, else None."""
    if head.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") and len(head) >= IMAGE_HEAD:
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP" and head[12:16] in (b"VP8 ", b"VP8L", b"VP8X"):
        return "image/webp"
    return None


def _document(content: BinaryIO, head: bytes) -> str | None:
    if re.match(rb"%PDF-\d", head):
        return "application/pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(content, head)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(content)
    return None


# Texts

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_PAGE: Final = re.compile(
    r"<!doctype|<\?xml|<(html|head|body|svg|script|iframe|object|embed|style|meta|link|base|form|title)[\s/>]",
    re.IGNORECASE,
)


def _text(content: BinaryIO, head: bytes, name: str) -> str | None:
    """UTF-8 without control characters that does not begin like a page, or None."""
    beginning = head.removeprefix(BOM_UTF8).decode("utf-8", "ignore")
    if not head or beginning.lstrip().startswith("<") or _PAGE.search(beginning):
        return None
    decoder = getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(content):
            if _CONTROLS.search(decoder.decode(chunk)):
                return None
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return CSV if name.lower().endswith(".csv") else TEXT


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    content.seek(0)
    while chunk := content.read(CHUNK):
        yield chunk


# Zip archives, and what is kept in them

_LOCAL: Final = Struct("<4s2xHH8xLLHH")
"""A local file header: signature, flags, method, sizes (packed, unpacked), lengths (name, extra)."""
_CENTRAL: Final = Struct("<4s24xHHH12x")
"""An entry of the directory: signature, lengths (name, extra, comment)."""
_END: Final = Struct("<4sHHHHLLH")
"""The end of the directory: signature, disk numbers, entries (here, in all), size, offset, length of the comment."""
MAX_COMMENT: Final = 65_535

OFFICE_FOLDERS: Final = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OPEN_DOCUMENTS: Final = {
    f"application/vnd.oasis.opendocument.{kind}".encode()
    for kind in ("text", "spreadsheet", "presentation", "graphics")
}


def _zip(content: BinaryIO, head: bytes) -> str | None:
    names = _names_in_zip(content)
    if names is None:
        return None
    if b"[Content_Types].xml" in names:
        for folder, media_type in OFFICE_FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return media_type
    declared = _declared_type(head)
    return declared.decode() if declared in OPEN_DOCUMENTS else ZIP


def _names_in_zip(content: BinaryIO) -> set[bytes] | None:
    """The names in the archive's directory, or None where it is not whole: at most 65,535, by their 16-bit count."""
    size = content.seek(0, 2)
    start = max(0, size - _END.size - MAX_COMMENT)
    content.seek(start)
    tail = content.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return None
    _, disk, first_disk, here, count, length, offset, comment = _END.unpack_from(tail, at)
    whole = len(tail) - at == _END.size + comment and (disk, first_disk, here) == (0, 0, count)
    if not whole or offset + length > start + at:
        return None
    content.seek(offset)
    return _names_in_directory(content.read(length), count)


def _names_in_directory(directory: bytes, count: int) -> set[bytes] | None:
    names, at = set(), 0
    for _ in range(count):
        if len(directory) - at < _CENTRAL.size:
            return None
        signature, name, extra, comment = _CENTRAL.unpack_from(directory, at)
        at += _CENTRAL.size
        if signature != b"PK\x01\x02" or at + name + extra + comment > len(directory):
            return None
        names.add(directory[at : at + name])
        at += name + extra + comment
    return names if at == len(directory) else None


def _declared_type(head: bytes) -> bytes | None:
    """What OpenDocument says of itself: the first entry is `mimetype`, stored as it is."""
    if len(head) < _LOCAL.size:
        return None
    _, _, method, packed, _, name, extra = _LOCAL.unpack_from(head)
    after_name = _LOCAL.size + name
    if method or head[_LOCAL.size : after_name] != b"mimetype":
        return None
    return head[after_name + extra : after_name + extra + packed]


# Compound files: Office before 2007

COMPOUND_STREAMS: Final = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
ENTRY: Final = 128
"""Bytes of a directory entry; its name stands first, in 64 bytes of UTF-16, then the name's length."""


def _compound(content: BinaryIO) -> str | None:
    """Word, Excel or PowerPoint by the stream that each has; others (installers, mails, encrypted files) are None."""
    entries = {
        name.encode("utf-16-le").ljust(64, b"\0") + (2 * len(name) + 2).to_bytes(2, "little") + b"\2": media_type
        for name, media_type in COMPOUND_STREAMS.items()
    }
    for chunk in _chunks(content):  # 64 KiB hold whole entries: they stand at multiples of 128 bytes
        for entry, media_type in entries.items():
            at = chunk.find(entry)
            if at >= 0 and at % ENTRY == 0:
                return media_type
    return None
