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
DOCUMENTATION: Final = IPv6Network("3fff::/20")
"""RFC 9637; Python 3.11 takes it for global."""
NAT64: Final = IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address."""

LONGEST_NAME: Final = 253
LARGEST_PORT: Final = 65_535
_UNREADABLE = re.compile(r"[\x00-\x20\x7f\\]")
_HOST_AND_PORT = re.compile(r"(?:\[([^\[\]@]+)\]|([^\[\]@:]+))(?::([0-9]{0,5}))?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


def is_allowed(url: str, *, anywhere: bool) -> bool:
    """Whether webhooks may be sent there: `is_public_https`, or (`anywhere`, for development) `is_http`."""
    return is_http(url) if anywhere else is_public_https(url)


def is_public_https(url: str) -> bool:
    """Whether this is an https URL with a host that may be on the public Internet, and without userinfo."""
    scheme, address, name = _parts(url)
    if scheme != "https":
        return False
    return _is_public_ipv6(address) if address else _is_public_name(name)


def is_http(url: str) -> bool:
    """Whether this is an http or https URL with some host, and without userinfo."""
    return _parts(url)[0] in ("http", "https")


def is_public_address(address: str) -> bool:
    """Whether an IPv4 or IPv6 address is one of the public Internet: what is connected to, whatever its name says."""
    return _is_public_ipv6(address) if ":" in address else _is_public_ipv4(address)


def _parts(url: str) -> tuple[str, str, str]:
    """Scheme, IPv6 address (or empty) and name or IPv4 address (or empty); three empty ones for what is no such URL."""
    nothing = "", "", ""
    if _UNREADABLE.search(url):
        return nothing
    try:
        parts = urlsplit(url)
    except ValueError:
        return nothing
    found = _HOST_AND_PORT.fullmatch(parts.netloc)
    if not found or not 0 < int(found[3] or 443) <= LARGEST_PORT:
        return nothing
    return parts.scheme, found[1] or "", found[2] or ""


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
    return address in GLOBAL_UNICAST and address not in DOCUMENTATION and address.is_global


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that this one leads to: mapped, behind NAT64, or 6to4."""
    if address in NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour


def _is_global(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast
