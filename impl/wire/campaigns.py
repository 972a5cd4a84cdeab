"""Campaigns and canned responses."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from impl import model
from impl.wire.base import Answer, Shape


class Campaign(Shape, frozen=True):
    id: int
    title: str = field(name="baslik")
    message: str = field(name="mesaj")
    button_text: str | None = field(name="dugme_metni")
    button_url: str | None = field(name="dugme_url")
    delay: int = field(name="gecikme_saniye")
    starts_at: datetime = field(name="baslangic")
    ends_at: datetime | None = field(name="bitis")

    @classmethod
    def of(cls, campaign: model.Campaign) -> Campaign:
        return cls(
            campaign.id,
            campaign.title,
            campaign.message,
            campaign.button_text,
            campaign.button_url,
            campaign.delay,
            campaign.starts_at,
            campaign.ends_at,
        )


class CampaignsData(Shape, frozen=True):
    campaigns: list[Campaign] = field(name="kampanyalar")


class CampaignsAnswer(Answer, frozen=True, kw_only=True):
    data: CampaignsData


class CannedResponse(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    shortcut: str = field(name="kisayol")
    title: str = field(name="baslik")
    text: str = field(name="metin")

    @classmethod
    def of(cls, response: model.CannedResponse) -> CannedResponse:
        return cls(response.id, response.tenant_id, response.shortcut, response.title, response.text)


class CannedResponsesData(Shape, frozen=True):
    responses: list[CannedResponse] = field(name="hazir_yanitlar")
    next_cursor: str | None = field(name="sonraki_imlec")


class CannedResponsesAnswer(Answer, frozen=True, kw_only=True):
    data: CannedResponsesData
