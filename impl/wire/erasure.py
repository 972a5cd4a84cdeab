"""Erasing a visitor."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from impl.wire.base import Answer, Shape


class Erasure(Shape, frozen=True):
    tenant_id: int = field(name="musteri_id")
    visitor_id: str = field(name="ziyaretci_id")
    chats: int = field(name="oturum_sayisi")
    tickets: int = field(name="ticket_sayisi")
    files: int = field(name="dosya_sayisi")
    at: datetime = field(name="zaman")


class ErasureData(Shape, frozen=True):
    erasure: Erasure = field(name="silme")


class ErasureAnswer(Answer, frozen=True, kw_only=True):
    data: ErasureData
