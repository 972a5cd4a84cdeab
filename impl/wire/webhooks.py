"""Webhook endpoints and deliveries, as the portal shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from msgspec import field

from impl import model
from impl.wire.base import Answer, Shape

EVENT_KINDS: Final[Mapping[model.EventKind, str]] = {
    "chat_opened": "yeni_chat",
    "ticket_created": "yeni_ticket",
    "chat_closed": "chat_kapandi",
    "ticket_solved": "ticket_cozuldu",
    "chat_rated": "memnuniyet_puan",
    "operator_went_offline": "operator_cevrimdisi",
}
EVENT_KINDS_READ: Final[Mapping[str, model.EventKind]] = {wire: kind for kind, wire in EVENT_KINDS.items()}
DELIVERY_STATES: Final[Mapping[model.DeliveryState, str]] = {
    "waiting": "bekliyor",
    "delivered": "teslim_edildi",
    "failed": "basarisiz",
}
DISABLED_REASONS: Final[Mapping[model.DisabledReason, str]] = {
    "manual": "elle",
    "gone": "yanit_410",
    "failing": "bes_gun_hata",
}


class WebhookRequest(Shape, frozen=True):
    url: str
    events: list[str] = field(name="olaylar")
    enabled: bool = field(name="etkin", default=True)
    new_secret: bool = field(name="secret_yenile", default=False)


class WebhookEndpoint(Shape, frozen=True):
    tenant_id: int = field(name="musteri_id")
    url: str
    events: list[str] = field(name="olaylar")
    enabled: bool = field(name="etkin")
    disabled_reason: str | None = field(name="kapanma_nedeni")
    secret: str
    created_at: datetime = field(name="olusturuldu")
    updated_at: datetime = field(name="guncellendi")

    @classmethod
    def of(cls, endpoint: model.WebhookEndpoint) -> WebhookEndpoint:
        return cls(
            endpoint.tenant_id,
            endpoint.url,
            [EVENT_KINDS[kind] for kind in endpoint.events],
            endpoint.enabled,
            endpoint.disabled_reason and DISABLED_REASONS[endpoint.disabled_reason],
            endpoint.secret,
            endpoint.created_at,
            endpoint.updated_at,
        )


class Delivery(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    webhook_id: str
    event: str = field(name="olay")
    state: str = field(name="durum")
    attempts: int = field(name="deneme_sayisi")
    last_status: int | None = field(name="son_durum_kodu")
    last_error: str | None = field(name="son_hata")
    last_attempt_at: datetime | None = field(name="son_deneme")
    next_attempt_at: datetime | None = field(name="sonraki_deneme")
    created_at: datetime = field(name="zaman")

    @classmethod
    def of(cls, delivery: model.Delivery) -> Delivery:
        return cls(
            delivery.id,
            delivery.tenant_id,
            delivery.webhook_id,
            EVENT_KINDS[delivery.event_kind],
            DELIVERY_STATES[delivery.state],
            delivery.attempts,
            delivery.last_status,
            delivery.last_error,
            delivery.last_attempt_at,
            delivery.next_attempt_at,
            delivery.created_at,
        )


class WebhookPageData(Shape, frozen=True):
    webhook: WebhookEndpoint | None
    deliveries: list[Delivery] = field(name="teslimatlar")
    next_cursor: str | None = field(name="sonraki_imlec")


class WebhookPageAnswer(Answer, frozen=True, kw_only=True):
    data: WebhookPageData


class WebhookData(Shape, frozen=True):
    webhook: WebhookEndpoint


class WebhookAnswer(Answer, frozen=True, kw_only=True):
    data: WebhookData


class DeliveryData(Shape, frozen=True):
    delivery: Delivery = field(name="teslimat")


class DeliveryAnswer(Answer, frozen=True, kw_only=True):
    data: DeliveryData
