"""SHA-256 and HMAC-SHA256 (RFC 2104) over CPython's own SHA-256.

`hashlib` and `hmac` go through OpenSSL 3, which looks its algorithm up at every call: between two requests, with cold
caches, 7 µs for a signature and 3 µs for a digest, against 2 µs and 1 µs here. Where an interpreter is built without
its own, `hashlib`'s is used.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha256 import sha256  # Python 3.11
    except ImportError:
        try:
            from _sha2 import sha256  # Python 3.12 and newer
        except ImportError:
            from hashlib import sha256

BLOCK_BYTES: Final = 64

_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


def digest(secret: str) -> bytes:
    """What is kept of a random secret: its SHA-256, 32 bytes."""
    return sha256(secret.encode()).digest()


def hmac_sha256(key: str, message: str) -> str:
    """HMAC-SHA256 of the UTF-8 bytes, in lower-case hex, 64 characters."""
    inner, outer = _keyed(key)
    inner = inner.copy()
    inner.update(message.encode())
    outer = outer.copy()
    outer.update(inner.digest())
    return str(outer.hexdigest())


@lru_cache(maxsize=1024)
def _keyed(key: str) -> tuple[Any, Any]:
    """The two hash states that have taken in the padded key."""
    block = key.encode()
    if len(block) > BLOCK_BYTES:
        block = sha256(block).digest()
    block = block.ljust(BLOCK_BYTES, b"\0")
    return sha256(block.translate(_INNER)), sha256(block.translate(_OUTER))
