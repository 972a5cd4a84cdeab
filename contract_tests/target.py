"""What is known of a server under test: where it is, who may call it, and what it can offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from contract_tests.catalogue import Capability


@dataclass(frozen=True)
class Tenant:
    """A tenant whose site we are: its widget key, the secret that signs, an origin that it lists (None: no list)."""

    key: str
    secret: str = field(repr=False)
    origin: str | None = None


@dataclass(frozen=True)
class Login:
    """An operator's."""

    email: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Target:
    """A server under test. The defaults are the demo data."""

    base_url: str
    tenant: Tenant = Tenant("CM_DEMO_2026", "demo_api_secret_2026")
    operator: Login = Login("operator@example.com", "sifre123")
    """A member of `tenant`, and of `listed`."""
    listed: Tenant | None = Tenant("CM_PRATIKESNAF", "pratikesnaf_api_secret_2026", "https://pratikesnaf.com")
    other: Tenant | None = Tenant("CM_YALNIZ_2026", "yalniz_api_secret_2026")
    """One that the operator is no member of."""
    secure: Tenant | None = None
    """One with `guvenli_mod`; the demo data has none."""
    colleague: Login | None = Login("destek@example.com", "sifre123")
    """Another operator of `tenant`."""
    outsider: Login | None = Login("yalniz@example.com", "sifre123")
    """An operator who is no member of `tenant`."""
    manager: Login | None = Login("destek@example.com", "sifre123")
    """An operator who is sahip or yonetici of `tenant`; may be the colleague."""
    known_word: str | None = "şifre"
    """A word of a published article of `tenant`, with Turkish letters."""
    known_page: str | None = "https://pratikesnaf.com/kampanya"
    """A page of `listed` with a campaign that runs on no other site."""
    owned: bool = False
    """Whether nobody else uses the server."""
    clock: Callable[[float], None] | None = None
    """Moves the server's clock on by that many seconds, and does what falls due meanwhile."""
    receiver: str | None = None
    """Under which URL the server reaches our receiver of webhooks: with `{port}` where it may listen anywhere."""
    receiver_port: int | None = None
    """Where the receiver listens, in plain HTTP, when a tunnel or proxy leads there; None: as the URL says."""

    def least_needed(self) -> Login:
        """Whose failures to sign in may count for a while: a server may refuse them after some judgements in a row."""
        return self.outsider or self.colleague or self.operator

    def tenants(self) -> list[Tenant]:
        """All that we know the secrets of."""
        return [one for one in (self.tenant, self.listed, self.other, self.secure) if one]

    def capabilities(self) -> frozenset[Capability]:
        """What the target offers of what rules may need."""
        offered: dict[Capability, bool] = {
            "open_origins": self.tenant.origin is None,
            "origin_list": self.listed is not None,
            "second_tenant": self.other is not None,
            "secure_mode": self.secure is not None,
            "colleague": self.colleague is not None,
            "outsider": self.outsider is not None,
            "knowledge": self.known_word is not None,
            "manager": self.manager is not None,
            "campaign": self.known_page is not None and self.listed is not None,
            "owned": self.owned,
            "clock": self.clock is not None,
            "receiver": self.receiver is not None and self.manager is not None,
        }
        return frozenset(name for name, there in offered.items() if there)
