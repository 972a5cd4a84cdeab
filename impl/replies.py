"""What a handler may answer beside a plain shape."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

Headers = tuple[tuple[bytes, bytes], ...]


class Answered(NamedTuple):
    """A shape with a status and headers of its own, such as `Set-Cookie`."""

    status: int
    shape: Any
    headers: Headers = ()


class Download(NamedTuple):
    """Bytes, as they are: a file."""

    media_type: str
    size: int
    chunks: AsyncIterator[bytes]
    headers: Headers = ()
