"""Where a live server is, as a person says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx


class NoAddress(ValueError):
    """What was given is no address of a server; the message says what one looks like."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a live server is."""

    url: httpx.URL
    host: bytes
    """As it stands in `Host`."""
    base: bytes
    """What its paths begin with; empty, or `/…` without a slash at its end."""
    shown: str
    """As people read it."""

    @property
    def is_secure(self) -> bool:
        return self.url.scheme == "https"

    @property
    def port(self) -> int:
        return self.url.port or (443 if self.is_secure else 80)


def read_address(text: str) -> Address:
    """`https://staging.example`, with a port or a base path or without. Raises NoAddress."""
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        parts.port  # noqa: B018 - it is read to see whether it is one
        url = httpx.URL(parts.geturl())
        is_address = parts.scheme in ("http", "https") and bool(url.host) and parts.port != 0
    except (ValueError, httpx.InvalidURL):
        is_address = False
    if not is_address or re.search(r"[\s\\]", text):
        raise NoAddress(f"{text!a} is no address of a server, such as https://staging.example")
    if parts.query or parts.fragment or parts.username is not None or parts.password is not None:
        raise NoAddress(f"{text!a}: an address has no query, fragment, user or password")
    base = url.raw_path.rstrip(b"/")
    return Address(url, url.netloc, base, f"{url.scheme}://{url.netloc.decode()}{base.decode()}")
