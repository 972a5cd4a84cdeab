"""Whether a webhook's address is https and public, as far as its text tells; DNS is asked when it is connected to.

Source: the contract, "Webhooks". IPv4 is taken only as its four decimal numbers: `0x7f.1`, `2130706433` and
`0177.0.0.1` are what attackers write for 127.0.0.1, and readers disagree about them (WHATWG URL, "IPv4 parser").
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Final
from urllib.parse import urlsplit

NOT_PUBLIC: Final = (
    *("localhost", "localdomain", "local", "internal", "home.arpa", "lan", "home", "corp", "intranet", "private"),
    *("test", "invalid", "onion", "alt"),
)
"""Names, and all below them, that no public DNS knows (RFC 6761, 6762, 8375, ICANN's `.internal`)."""

GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
NAT64: Final = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address."""

LONGEST_NAME: Final = 253
LARGEST_PORT: Final = 65_535
_UNREADABLE = re.compile(r"[\x00-\x20\x7f\\]")
_HOST_AND_PORT = re.compile(r"(?:\[([^\[\]@]+)\]|([^\[\]@:]+))(?::([0-9]{0,5}))?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


def is_public_https(url: str) -> bool:
    """Whether this is an https URL with a host that may be on the public Internet, and without userinfo."""
    if _UNREADABLE.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    found = _HOST_AND_PORT.fullmatch(parts.netloc)
    if parts.scheme != "https" or not found or not 0 < int(found[3] or 443) <= LARGEST_PORT:
        return False
    return _is_public_ipv6(found[1]) if found[1] else _is_public_name(found[2])


def _is_public_name(text: str) -> bool:
    try:
        host = (text if text.isascii() else text.encode("idna").decode()).lower().removesuffix(".")
    except UnicodeError:
        return False
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _is_public_ipv4(host)
    if len(labels) == 1 or len(host) > LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        return False  # a name of one label is found only in somebody's own network
    return not any(host == name or host.endswith(f".{name}") for name in NOT_PUBLIC)


def _is_public_ipv4(text: str) -> bool:
    try:
        return _is_global(IPv4Address(text))
    except ValueError:
        return False


def _is_public_ipv6(text: str) -> bool:
    try:
        address = IPv6Address(text)
    except ValueError:
        return False
    if address.scope_id is not None:
        return False
    inside = _inside(address)
    if inside is not None:
        return _is_global(inside)
    return address in GLOBAL_UNICAST and address.is_global


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that this one leads to: mapped, behind NAT64, or 6to4."""
    if address in NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


def _is_global(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast
