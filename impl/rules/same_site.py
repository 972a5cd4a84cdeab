"""Whether an unsafe request comes from this site's own pages, and not from another site's (CSRF).

Source: the contract, "Portal users"; Fetch Metadata (`Sec-Fetch-Site`), RFC 6454 for `Origin`.
"""

from __future__ import annotations

from typing import Final

from impl.rules.origins import normal_origin

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_site(method: str, sec_fetch_site: str | None, origin: str | None, host: str | None) -> bool:
    """What the browser says of itself decides; without it `Origin` must be the `Host` that was asked."""
    if method in SAFE:
        return True
    if sec_fetch_site is not None:
        return sec_fetch_site == "same-origin"
    if origin is None or host is None:
        return False
    scheme = origin.partition("://")[0]
    mine = normal_origin(f"{scheme}://{host}")
    return mine is not None and normal_origin(origin) == mine
