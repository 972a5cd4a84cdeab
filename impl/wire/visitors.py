"""Visitors: starting the widget, what their sites tell, what operators see of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from msgspec import UNSET, UnsetType, field

from impl import model
from impl.rules.banner import Item
from impl.wire.base import Answer, Shape
from impl.wire.chats import Chat, OperatorChat
from impl.wire.tickets import OperatorTicketSummary

BANNER_KINDS: Final = {"plan": "paket", "credit": "kontor", "trial": "trial", "storage": "depolama"}


class InitRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")


class InitData(Shape, frozen=True):
    name: str = field(name="firma_adi")
    logo_url: str | None
    color: str = field(name="renk_primary")
    online: bool = field(name="cevrimici")
    open_chat: Chat | None = field(name="aktif_oturum")
    visitor_token: str | UnsetType = field(name="ziyaretci_token", default=UNSET)


class InitAnswer(Answer, frozen=True, kw_only=True):
    data: InitData


class CustomerInfoRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    first_name: str | UnsetType | None = field(name="ad", default=UNSET)
    last_name: str | UnsetType | None = field(name="soyad", default=UNSET)
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = field(name="telefon", default=UNSET)
    plan: str | UnsetType | None = field(name="paket", default=UNSET)
    credit: int | UnsetType | None = field(name="kontor", default=UNSET)
    trial_end: str | UnsetType | None = field(name="trial_bitis", default=UNSET)
    trial_days: int | UnsetType | None = field(name="trial_kalan_gun", default=UNSET)
    extra: dict[str, Any] | UnsetType | None = field(name="ekstra", default=UNSET)
    timestamp: int | UnsetType = UNSET
    signature: str | UnsetType = UNSET


class CustomerInfoData(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    updated_at: datetime = field(name="guncellendi")
    visitor_token: str | UnsetType = field(name="ziyaretci_token", default=UNSET)


class CustomerInfoAnswer(Answer, frozen=True, kw_only=True):
    verified: bool = field(name="identity_dogrulandi")
    data: CustomerInfoData


class CustomerProfile(Shape, frozen=True):
    first_name: str | None = field(name="ad")
    last_name: str | None = field(name="soyad")
    email: str | None
    phone: str | None = field(name="telefon")
    plan: str | None = field(name="paket")
    credit: int | None = field(name="kontor")
    trial_end: str | None = field(name="trial_bitis")
    trial_days: int | None = field(name="trial_kalan_gun")
    extra: dict[str, Any] = field(name="ekstra")

    @classmethod
    def of(cls, profile: model.Profile) -> CustomerProfile:
        return cls(
            profile.first_name,
            profile.last_name,
            profile.email,
            profile.phone,
            profile.plan,
            profile.credit,
            profile.trial_end,
            profile.trial_days,
            profile.extra,
        )


class BannerItem(Shape, frozen=True):
    kind: str = field(name="tip")
    icon: str
    label: str
    value: str = field(name="deger")
    critical: bool | UnsetType = field(name="kritik", default=UNSET)

    @classmethod
    def of(cls, item: Item) -> BannerItem:
        critical = UNSET if item.critical is None else item.critical
        return cls(BANNER_KINDS[item.kind], item.icon, item.label, item.value, critical)


class VisitorContextData(Shape, frozen=True):
    tenant_id: int = field(name="musteri_id")
    visitor_id: str = field(name="ziyaretci_id")
    profile: CustomerProfile = field(name="musteri")
    banner: list[BannerItem]
    verified: bool = field(name="identity_dogrulandi")
    updated_at: datetime = field(name="guncellendi")
    chats: list[OperatorChat] = field(name="oturumlar")
    pages: list[Any] = field(name="sayfa_gecmisi", default_factory=list)
    errors: list[Any] = field(name="hatalar", default_factory=list)
    screenshots: list[Any] = field(name="ekran_goruntuleri", default_factory=list)
    tickets: list[OperatorTicketSummary] = field(name="ticketlar", default_factory=list)


class VisitorContextAnswer(Answer, frozen=True, kw_only=True):
    data: VisitorContextData
