"""An uploaded file on its way in."""

from __future__ import annotations

from typing import BinaryIO, NamedTuple


class Upload(NamedTuple):
    """The file of a multipart body, read completely; gone when the request is answered."""

    name: str
    """The last part of the name that the sender gave, at most 255 characters; never a path."""
    size: int
    """Bytes; at least one."""
    content: BinaryIO
    """At its beginning."""
    digest: bytes = b""
    """SHA-256 of the content."""
