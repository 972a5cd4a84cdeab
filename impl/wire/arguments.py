"""The handlers' argument for each parameter of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ARGUMENTS: Final[Mapping[str, str]] = {
    "id": "record_id",
    "dosya_id": "file_id",
    "musteriId": "tenant_id",
    "musteri_id": "tenant_id",
    "ziyaretci_id": "visitor_id",
    "oturum_id": "chat_id",
    "son_sira": "after",
    "limit": "limit",
    "bekle": "wait",
    "durum": "state",
    "oncelik": "priority",
    "imlec": "cursor",
    "origin": "origin",
    "q": "query",
    "slug": "slug",
    "sayfa_url": "page_url",
    "X-Ziyaretci-Token": "visitor_token",
    "Idempotency-Key": "idempotency_key",
}
"""The handlers' argument for each parameter of the document."""
