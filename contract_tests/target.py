"""What is known of a server under test: where it is, who may call it, and what it can offer."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.catalogue import Capability
from contract_tests.findings import CannotRun


@dataclass(frozen=True)
class Tenant:
    """A tenant whose site we are: its widget key, the secret that signs, an origin that it lists (None: no list)."""

    key: str
    secret: str
    origin: str | None = None


@dataclass(frozen=True)
class Login:
    """An operator's."""

    email: str
    password: str


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
    colleague: Login | None = Login("destek@example.com", "sifre123")
    """Another operator of `tenant`."""
    outsider: Login | None = Login("yalniz@example.com", "sifre123")
    """An operator who is no member of `tenant`."""
    manager: Login | None = Login("destek@example.com", "sifre123")
    """An operator who is sahip or yonetici of `tenant`; may be the colleague."""
    known_word: str | None = "şifre"
    """A word of a published article of `tenant`, with Turkish letters."""
    owned: bool = False
    """Whether nobody else uses the server."""
    clock: Callable[[float], None] | None = None
    """Moves the server's clock on by that many seconds, and does what falls due meanwhile."""
    receiver: str | None = None
    """Under which URL the server reaches our receiver of webhooks: with `{port}` where it may listen anywhere."""

    def capabilities(self) -> frozenset[Capability]:
        """What the target offers of what rules may need."""
        offered: dict[Capability, bool] = {
            "open_origins": self.tenant.origin is None,
            "origin_list": self.listed is not None,
            "second_tenant": self.other is not None,
            "colleague": self.colleague is not None,
            "outsider": self.outsider is not None,
            "knowledge": self.known_word is not None,
            "manager": self.manager is not None,
            "owned": self.owned,
            "clock": self.clock is not None,
            "receiver": self.receiver is not None and self.manager is not None,
        }
        return frozenset(name for name, there in offered.items() if there)


PREFIX: Final = "COZUM_TEST_"


def described(base_url: str, environment: Mapping[str, str] = os.environ) -> Target:
    """The target that `COZUM_TEST_*` describes: TENANT, LISTED and OTHER as `key secret [origin]`, OPERATOR, COLLEAGUE
    and OUTSIDER as `email password`, WORD, OWNED=1; empty means that there is none. Raises CannotRun.
    """
    told: dict[str, Any] = {}
    for name, kind, most in (
        ("tenant", Tenant, 3),
        ("listed", Tenant, 3),
        ("other", Tenant, 3),
        ("operator", Login, 2),
        ("colleague", Login, 2),
        ("outsider", Login, 2),
    ):
        text = environment.get(PREFIX + name.upper())
        if text is not None:
            parts = text.split()
            if not (2 <= len(parts) <= most) and (parts or name in ("tenant", "operator")):
                raise CannotRun(f"{PREFIX}{name.upper()} must be 2{' or 3' if most == 3 else ''} words")
            told[name] = kind(*parts) if parts else None
    if PREFIX + "WORD" in environment:
        told["known_word"] = environment[PREFIX + "WORD"] or None
    return Target(base_url, owned=environment.get(PREFIX + "OWNED") == "1", **told)
