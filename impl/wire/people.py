"""Operators, their sign-in, and their tenants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import field

from impl import model
from impl.wire.base import Answer, Shape

ROLES: Final[Mapping[model.Role, str]] = {
    "owner": "sahip",
    "manager": "yonetici",
    "senior": "senior",
    "junior": "junior",
}
OPERATOR_STATES: Final[Mapping[model.OperatorState, str]] = {
    "online": "cevrimici",
    "busy": "mesgul",
    "offline": "cevrimdisi",
}
OPERATOR_STATES_READ: Final[Mapping[str, model.OperatorState]] = {
    wire: state for state, wire in OPERATOR_STATES.items()
}


class LoginRequest(Shape, frozen=True):
    email: str
    password: str = field(name="sifre")


class TenantTab(Shape, frozen=True):
    id: int
    name: str = field(name="firma_adi")
    logo_url: str | None
    color: str = field(name="renk_primary")
    position: int = field(name="sira")
    muted: bool = field(name="sessize_alindi")
    role: str = field(name="rol")
    chat_limit: int | None = field(name="max_chat_per_tenant")

    @classmethod
    def of(cls, tenant: model.Tenant, membership: model.Membership) -> TenantTab:
        return cls(
            tenant.id,
            tenant.name,
            tenant.logo_url,
            tenant.color,
            membership.position,
            membership.muted,
            ROLES[membership.role],
            membership.chat_limit,
        )


class Operator(Shape, frozen=True):
    id: int
    name: str = field(name="ad")
    email: str
    primary_tenant_id: int | None = field(name="musteri_id")
    tenants: list[TenantTab] = field(name="musteriler")


class LoginData(Shape, frozen=True):
    token: str
    token_type: str = field(name="token_tipi")
    expires_at: datetime = field(name="gecerlilik")
    operator: Operator


class LoginAnswer(Answer, frozen=True, kw_only=True):
    data: LoginData


class LogoutData(Shape, frozen=True):
    state: str = field(name="durum")


class LogoutAnswer(Answer, frozen=True, kw_only=True):
    data: LogoutData


class OperatorStatusRequest(Shape, frozen=True):
    state: str = field(name="durum")


class OperatorStatusData(Shape, frozen=True):
    state: str = field(name="durum")


class OperatorStatusAnswer(Answer, frozen=True, kw_only=True):
    data: OperatorStatusData


class TenantsData(Shape, frozen=True):
    tenants: list[TenantTab] = field(name="musteriler")


class TenantsAnswer(Answer, frozen=True, kw_only=True):
    data: TenantsData


class TenantData(Shape, frozen=True):
    tenant: TenantTab = field(name="musteri")


class TenantAnswer(Answer, frozen=True, kw_only=True):
    data: TenantData


class TenantOrderRequest(Shape, frozen=True):
    order: list[int]


class MuteRequest(Shape, frozen=True):
    muted: bool = field(name="sessize")
