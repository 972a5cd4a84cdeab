"""Data URIs (RFC 2397) with base64 (RFC 4648)."""

from __future__ import annotations

from binascii import Error, a2b_base64


def read_data_uri(uri: str) -> tuple[str, bytes] | None:
    """Media type and bytes of `data:image/png;base64,…`; None where the base64 is broken.

    Its padding must be right, and the bits that no byte has must be zero: then one text is one content.
    """
    head, comma, text = uri.partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        return None
    try:
        content = a2b_base64(text.encode("ascii"), strict_mode=True)
    except (Error, UnicodeEncodeError):
        return None
    media_type = head.removeprefix("data:").removesuffix(";base64")
    return (media_type, content) if _is_canonical(text) else None


_SPARE_BITS = {1: "AEIMQUYcgkosw048", 2: "AQgw"}
"""The last digit before so many `=`."""


def _is_canonical(text: str) -> bool:
    padding = len(text) - len(text.rstrip("="))
    return not padding or text[-padding - 1] in _SPARE_BITS[padding]
