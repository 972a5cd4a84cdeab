"""Which web origins may call a tenant's widget API.

Source: the reference, `izinli_originler`: scheme and host (and effective port) equal to an entry; an empty
list accepts all. RFC 6454 for what an origin is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
LARGEST_PORT: Final = 65_535
LONGEST: Final = 300
"""Characters of the longest origin that is looked at; a host has 253 at most (RFC 1035)."""
LONGEST_LISTED: Final = 267
"""`https://`, a host of 253 characters, and a port."""

_ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[^\s/?#@:\[\]\\%]+)(?::([0-9]{1,5}))?", re.ASCII | re.IGNORECASE)
_LISTED_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]+)(:[0-9]{1,5})?", re.ASCII)
_NO_HOST = re.compile(r"[\x00- /?#@:\[\]\\%]")


@lru_cache(maxsize=4096)
def normal_origin(text: str) -> str | None:
    """`HTTPS://Site.COM:443` as `https://site.com`; None for what is not exactly one http(s) origin.

    A Unicode host is taken in its ASCII form (IDNA), as browsers send it. Userinfo, paths, spaces and
    `null` make no origin.
    """
    found = _ORIGIN.fullmatch(text)
    if not found:
        return None
    scheme, host, port = found[1].lower(), found[2].lower(), found[3]
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return None
        if _NO_HOST.search(host):  # `site.com：8443` with a full-width colon is no host, nor a port
            return None
    if port is None or int(port) == DEFAULT_PORTS[scheme]:
        return f"{scheme}://{host}"
    if int(port) > LARGEST_PORT:
        return None
    return f"{scheme}://{host}:{int(port)}"


def sent_origin(text: str) -> str | None:
    """`normal_origin` of what a browser sent: ASCII, and no longer than an origin can be."""
    return normal_origin(text) if len(text) <= LONGEST and text.isascii() else None


def origin_of_url(url: str) -> str | None:
    """The normal origin of a whole URL, such as a `Referer`: what stands before its path."""
    scheme, separator, rest = url[: 2 * LONGEST].partition("://")
    if not separator:
        return None
    return sent_origin(f"{scheme}://{re.split(r'[/?#]', rest, maxsplit=1)[0]}")


def listed_origin(text: str) -> str | None:
    """`normal_origin` of what a tenant may list: its host is a name of ASCII letters, digits, `-_.`, or an address."""
    origin = normal_origin(text)
    if origin is None or len(origin) > LONGEST_LISTED or not _LISTED_HOST.fullmatch(origin.partition("://")[2]):
        return None
    return origin


def may_call(allowed: tuple[str, ...], origin: str | None, referer: str | None) -> bool:
    """Whether a call with these headers may use a tenant that lists `allowed` (normal origins).

    `Origin` decides when it is there, `null` included; without it `Referer`; with neither the call is refused.
    """
    if not allowed:
        return True
    if origin is not None:
        return origin in allowed or sent_origin(origin) in allowed
    return referer is not None and origin_of_url(referer) in allowed
