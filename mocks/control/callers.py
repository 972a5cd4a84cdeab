"""Who may call the control API, and by which names: this machine, and no page of another site."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from impl.problems import Text

PRIVATE_NAMES: Final = (".localhost", ".internal")
"""Ends of names that nobody can point at this machine from outside."""

OTHER_MACHINE: Final = Text(
    "Denetim yalnız bu makineden çağrılır; başkaları için `--control-anywhere` ile başlatın.",
    "Only this machine may call it; for others start with `--control-anywhere`.",
)
OTHER_NAME: Final = Text(
    "`Host` bu makinenin adı değil: bir web sayfası kendi adını bu adrese yönlendirmiş olabilir. Ad sizinse "
    "`--allow-host` ile başlatın.",
    "`Host` is not a name of this machine: a web page may have pointed its own name at this address. If it is yours, "
    "start with `--allow-host`.",
)
OTHER_SITE: Final = Text(
    "Başka sitelerin sayfaları denetimi çağıramaz (`Origin`, `Sec-Fetch-Site`).",
    "Pages of other sites may not call it (`Origin`, `Sec-Fetch-Site`).",
)


@dataclass(frozen=True)
class Callers:
    """Who may call."""

    anywhere: bool = False
    """Other machines too; pages of other sites still may not."""
    names: frozenset[str] = frozenset()
    """Names of this machine, in lower case, beside those that no stranger can have chosen."""

    def why_not(self, request: Request) -> Text | None:
        """Why the caller may not, or None. A browser sends what gives a page of another site away."""
        if not self.anywhere and request.client is not None and not _is_loopback(request.client.host):
            return OTHER_MACHINE
        host = request.headers.get("host", "")
        if not self.knows(host):
            return OTHER_NAME
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "none")
        if site not in ("none", "same-origin") or origin not in (None, f"http://{host}", f"https://{host}"):
            return OTHER_SITE
        return None

    def knows(self, host: str) -> bool:
        """Whether no stranger can have chosen that `Host`: an address, a name that is never public, or one of ours."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        if not name:
            return False
        return "." not in name or name.endswith(PRIVATE_NAMES) or name in self.names or _is_address(name)


LOCAL: Final = Callers()
"""This machine only, by the names that it has anyway."""


def _is_loopback(host: str) -> bool:
    if not _is_address(host):
        return False
    address = ipaddress.ip_address(host)
    mapped = getattr(address, "ipv4_mapped", None)
    return address.is_loopback or (mapped is not None and mapped.is_loopback)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
