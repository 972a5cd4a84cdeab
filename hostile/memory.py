"""How much memory this process holds: what is in use, not what the allocator keeps for later."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

SMALL: Final = 64
"""Bytes of a small object, on average: of those Python tells only the number."""


class _MallInfo(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "k")
    ]


def held() -> int:
    """Bytes in use: by small objects, in the heaps and in mappings of malloc.

    Where the C library does not tell (musl, macOS), the resident set, after the heaps' free ends were given back.
    """
    gc.collect()
    libc = ctypes.CDLL(None)
    with suppress(AttributeError):
        tell = libc.mallinfo2
        tell.restype = _MallInfo
        info = tell()
        return sys.getallocatedblocks() * SMALL + int(info.uordblks) + int(info.hblkhd)
    return resident()


def resident() -> int:
    """Bytes of the resident set, after what malloc can give back was given back; 0 where nobody tells."""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096
    return 0
