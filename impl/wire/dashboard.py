"""The dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec import field

from impl import model
from impl.rules.dashboard import mean_rating, mean_reply_seconds, total
from impl.wire.base import Answer, Shape


class DashboardNumbers(Shape, frozen=True):
    waiting: int = field(name="bekleyen")
    active: int = field(name="aktif")
    closed: int = field(name="bugun_kapanan")
    open_tickets: int = field(name="acik_ticket")
    rating: float | None = field(name="ortalama_puan")
    reply_seconds: int | None = field(name="ortalama_ilk_yanit_saniye")

    @classmethod
    def of(cls, numbers: model.TenantNumbers) -> DashboardNumbers:
        return cls(*numbers[:4], mean_rating(numbers), mean_reply_seconds(numbers))


class DashboardTenant(Shape, frozen=True):
    tenant_id: int = field(name="musteri_id")
    name: str = field(name="firma_adi")
    waiting: int = field(name="bekleyen")
    active: int = field(name="aktif")
    closed: int = field(name="bugun_kapanan")
    open_tickets: int = field(name="acik_ticket")
    rating: float | None = field(name="ortalama_puan")
    reply_seconds: int | None = field(name="ortalama_ilk_yanit_saniye")

    @classmethod
    def of(cls, tenant_id: int, name: str, numbers: model.TenantNumbers) -> DashboardTenant:
        return cls(tenant_id, name, *numbers[:4], mean_rating(numbers), mean_reply_seconds(numbers))


_row = lru_cache(maxsize=16_384)(DashboardTenant.of)
"""Of a hundred tenants, few have changed since a panel asked last."""


class DashboardData(Shape, frozen=True):
    total: DashboardNumbers = field(name="toplam")
    tenants: list[DashboardTenant] = field(name="musteriler")


class DashboardAnswer(Answer, frozen=True, kw_only=True):
    data: DashboardData

    @classmethod
    def of(cls, rows: Sequence[tuple[model.Tenant, model.TenantNumbers]]) -> DashboardAnswer:
        tenants = [_row(tenant.id, tenant.name, numbers) for tenant, numbers in rows]
        return cls(data=DashboardData(DashboardNumbers.of(total([numbers for _, numbers in rows])), tenants))
