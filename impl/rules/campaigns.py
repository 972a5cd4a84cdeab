"""Which page a campaign is for.

Source: the contract (widget/campaigns): a target is an address with `*` for anything, `#` and what follows does not
count. Scheme and host have no case (RFC 3986, 6.2.2.1), and no path is the path `/` (6.2.3).
"""

from __future__ import annotations

import re
from functools import lru_cache

_head = re.compile(r"[^/?#]*://[^/?#]*")


def matches(target: str | None, page: str) -> bool:
    """Whether a normalised page is one that the target means; without a target every page is.

    Looks for each part between the stars once, from the left, and never goes back.
    """
    if target is None:
        return True
    first, middle, last = _parts(target)
    if last is None:
        return page == first
    end = len(page) - len(last)
    at = len(first)
    if end < at or not page.startswith(first) or not page.endswith(last):
        return False
    for part in middle:
        at = page.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


@lru_cache(maxsize=4096)
def _parts(target: str) -> tuple[str, list[str], str | None]:
    """What stands before the first star, between the stars, and after the last; without a star no last one."""
    first, *others = normalised(target).split("*")
    return (first, others[:-1], others[-1]) if others else (first, [], None)


def normalised(address: str) -> str:
    """The address without fragment, scheme and host in small letters, at least `/` for a path."""
    address = address.partition("#")[0]
    head = _head.match(address)
    if head is None:
        return address
    rest = address[head.end() :]
    slash = "" if rest.startswith("/") or head[0].endswith("*") else "/"
    return head[0].lower() + slash + rest
