"""Whether a request that changes something comes from the portal's own pages.

Source: the contract, "Who calls": unsafe requests without proof of the same site are refused. Fetch Metadata
(`Sec-Fetch-Site`) where the browser sends it, or else `Origin` (RFC 6454); a page of another site can forge neither.
"""

from __future__ import annotations

from typing import Final

from impl.rules.origins import sent_origin

SAFE: Final = frozenset({"GET", "HEAD"})
"""Methods of the portal that change nothing."""


def is_same_site(
    method: str, sec_fetch_site: str | None, origin: str | None, host: str | None, public_url: str | None = None
) -> bool:
    """Whether such a request is safe, or proves its source; `host` is the `Host` header.

    `Sec-Fetch-Site` decides when it is there. Where the server knows how browsers reach it (`public_url`, a normal
    origin), only that one is the same site. Else the origin's own scheme says which port is the default: behind a proxy
    that ends TLS the server does not know it.
    """
    if method in SAFE:
        return True
    if sec_fetch_site is not None:
        return sec_fetch_site == "same-origin"
    if origin is None:
        return False
    sender = sent_origin(origin)
    if public_url is not None:
        return sender == public_url
    if not host:
        return False
    return sender is not None and sender == sent_origin(f"{sender.partition('://')[0]}://{host}")
