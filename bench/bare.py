"""The floor: a bare ASGI app that reads the body and answers a constant JSON as large as the real answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bench.requests import NAME, SHOP_TENANT, TEXT, visitor_name

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

TIME = "2026-04-12T14:30:00+03:00"


def _record(number: int) -> dict[str, object]:
    """A message as the wire shows it (schema Message)."""
    return {
        "id": 10_000 + number,
        "oturum_id": 107,
        "sira": number,
        "gonderen": "ziyaretci",
        "gonderen_adi": NAME,
        "mesaj": TEXT,
        "dosya": None,
        "zaman": TIME,
    }


def _answer(data: dict[str, object], **beside: object) -> bytes:
    whole = {"basarili": True, **beside, "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


ONE = _answer({"mesajlar": [_record(20)], "durum": "bekliyor"})
PAGE = _answer({"mesajlar": [_record(number) for number in range(1, 21)], "durum": "bekliyor"})
POSTS = {
    "/api/v1/widget/chat/message": _answer({"mesaj": _record(20)}),
    "/api/v1/widget/init": _answer(
        {
            "firma_adi": "PratikEsnaf.Com",
            "logo_url": "/storage/tenants/2/logo.png",
            "renk_primary": "#FF6B35",
            "cevrimici": False,
            "aktif_oturum": {
                "id": 107,
                "musteri_id": SHOP_TENANT,
                "durum": "bekliyor",
                "ziyaretci_id": visitor_name(107),
                "ziyaretci_adi": NAME,
                "operator_adi": None,
                "kanal": "web",
                "baslangic": TIME,
                "bitis": None,
                "puan": None,
            },
        }
    ),
    "/api/v1/widget/ticket/create": _answer(
        {
            "ticket": {
                "id": 107,
                "musteri_id": SHOP_TENANT,
                "durum": "acik",
                "oncelik": "yuksek",
                "konu": "Siparişim hâlâ gelmedi",
                "mesaj": TEXT,
                "dosyalar": [],
                "ziyaretci_id": visitor_name(107),
                "ziyaretci_adi": NAME,
                "yanit_sayisi": 0,
                "olusturuldu": TIME,
                "guncellendi": TIME,
                "yanitlar": [],
            }
        }
    ),
    "/api/v1/context/customer-info": _answer(
        {
            "ziyaretci_id": visitor_name(107),
            "guncellendi": TIME,
            "ziyaretci_token": "4mWw0pRk2Zt8yQ1uB7xC5nV9sL3hJ6dF0gA2eT4iO8U",
        },
        identity_dogrulandi=True,
    ),
}


async def app(scope: Event, receive: Receive, send: Send) -> None:
    """Answer the path's constant; a query that ends in a `limit` gets the page of 20."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body", False):
        pass
    body = POSTS.get(scope["path"]) or (PAGE if b"&limit=" in scope["query_string"] else ONE)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
