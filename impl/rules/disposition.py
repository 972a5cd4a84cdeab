"""`Content-Disposition` of a download (RFC 6266, RFC 8187)."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import combining, normalize
from urllib.parse import quote

MAX_ENCODED: Final = 1_500
"""Characters of the encoded name; the document promises a header of at most 2,000."""
ATTR_CHARS: Final = "!#$&+-.^_`|~"
"""What RFC 8187 leaves as it is, beside letters and digits."""

_NOT_PLAIN = re.compile(r"[^ !#$&'()+,.0-9=@A-Z^_`a-z{}~-]")
_FOLDED = str.maketrans("ıİ", "iI")


def attachment(name: str) -> bytes:
    """`attachment` with the file's name, in ASCII and as it is; whatever the name has, it is one header's value."""
    printable = "".join(letter if letter.isprintable() else "_" for letter in name)
    plain = "".join(letter for letter in normalize("NFKD", printable.translate(_FOLDED)) if not combining(letter))
    fallback = _NOT_PLAIN.sub("_", plain)[:255] or "_"
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{_encoded(printable)}".encode("ascii")


def _encoded(name: str) -> str:
    """Percent-encoded; a name that would be too long loses the end of its stem, not its ending."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 16:
        stem, dot, ending = name, "", ""
    tail = quote(dot + ending, safe=ATTR_CHARS)
    letters, room = [], MAX_ENCODED - len(tail)
    for letter in stem:
        encoded = quote(letter, safe=ATTR_CHARS)
        room -= len(encoded)
        if room < 0:
            break
        letters.append(encoded)
    return "".join(letters) + tail
