"""Addresses of pages that a browser told."""

from __future__ import annotations

import re
from typing import Final

MIN_LENGTH: Final = 8

_BLANK = "\\x00-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\ufeff"
_HTTP = re.compile(rf"""https?://[^/?#"<>\\{_BLANK}][^"<>\\{_BLANK}]*""", re.IGNORECASE)


def http_url(text: str | None) -> str | None:
    """The text where it is an http(s) address as the document's `PageUrl`, else None: operators may follow it."""
    return text if text and len(text) >= MIN_LENGTH and _HTTP.fullmatch(text) else None
