"""Who takes part: the sites of tenants, their visitors, and operators with the tenants that they are members of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contract_tests.client import Client
from contract_tests.target import Login, Tenant


@dataclass(frozen=True)
class Site:
    """A tenant, under the id that it has at the server."""

    tenant: Tenant
    id: int
    told: str


@dataclass(frozen=True)
class Visitor:
    """A visitor of one site. The same id at another site is somebody else."""

    id: str
    site: Site
    told: str

    @property
    def name(self) -> str:
        """As which they introduce themselves."""
        return f"Ziyaretçi {self.told}"


@dataclass(frozen=True)
class Staff:
    """An operator."""

    login: Login
    id: int
    name: str | None
    """None where the server does not tell it."""
    tenants: frozenset[int]
    limited: bool
    """Whether they can have only so many chats at once: how many they have already, nobody tells."""
    told: str


@dataclass(frozen=True)
class Cast:
    """All who take part, as far as the target knows them; the first site and operator are always there."""

    sites: Sequence[Site]
    staff: Sequence[Staff]

    @property
    def takers(self) -> list[Staff]:
        """Who can take any number of chats."""
        return [staff for staff in self.staff if not staff.limited]

    def visitors(self, client: Client) -> list[Visitor]:
        """New ones: two at the first site, one at each of the others, who has the first one's id there."""
        first, second = client.visitor(), client.visitor()
        home, *others = self.sites
        namesakes = [Visitor(first, site, f"A at {site.told}") for site in others]
        return [Visitor(first, home, "A"), Visitor(second, home, "B"), *namesakes]


def gather(client: Client) -> Cast:
    """Sign the operators in, and learn the tenants' ids by opening a chat at each."""
    target = client.target
    sites = [
        _site(client, tenant, told)
        for tenant, told in (
            (target.tenant, "the tenant"),
            (target.listed, "the tenant with a list of origins"),
            (target.other, "the other tenant"),
        )
        if tenant
    ]
    logins = ((target.operator, "the operator"), (target.colleague, "the colleague"), (target.outsider, "the outsider"))
    return Cast(sites, [_staff(client, login, told) for login, told in logins if login])


def _site(client: Client, tenant: Tenant, told: str) -> Site:
    visitor = client.visitor()
    chat = client.start_chat(visitor, tenant).data["oturum"]
    client.widget("chat/end", visitor, tenant, oturum_id=chat["id"]).succeeded()
    return Site(tenant, chat["musteri_id"], told)


def _staff(client: Client, login: Login, told: str) -> Staff:
    client.token(login)  # so that the one that follows is not the last
    answer = client.login(login)
    operator: dict[str, Any] = answer.data["operator"]
    client.call("POST", "/api/v1/auth/logout", token=answer.data["token"]).succeeded()
    tabs = operator["musteriler"]
    limited = any(tab["max_chat_per_tenant"] is not None for tab in tabs)
    return Staff(login, operator["id"], operator.get("ad"), frozenset(tab["id"] for tab in tabs), limited, told)
