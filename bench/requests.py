"""The bytes of every request that is measured. Paths, headers and fields are those of openapi.yaml.

A request carries the headers the contract asks for and Host, nothing more: every further header a browser
sends costs all servers the same and would only flatter the ratios.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

DEMO_KEY = "CM_DEMO_2026"
DEMO_SECRET = b"demo_api_secret_2026"
SHOP_KEY = "CM_PRATIKESNAF"
SHOP_ORIGIN = "https://pratikesnaf.com"
SHOP_TENANT = 2
TEXT = "Merhaba, 2026-1187 numaralı siparişim hâlâ kargoda görünüyor. Ne zaman elime ulaşır?"
NAME = "Ayşe Demir"
OPERATOR = "bench@example.com"
"""A member of every tenant that the bench adds."""

_marks = itertools.count(1)


@dataclass(frozen=True, slots=True)
class BenchChat:
    """A chat of tenant 2 that belongs to the bench: its visitor's id and its own."""

    visitor: str
    id: int


def visitor_name(number: int) -> str:
    """The id of the bench's visitor with this number."""
    return f"bench-{number}"


def init(visitor: str, key: str = SHOP_KEY, origin: str | None = SHOP_ORIGIN) -> bytes:
    """widget_init: POST /api/v1/widget/init."""
    return _post("/api/v1/widget/init", {"ziyaretci_id": visitor}, key, origin)


def customer_info(visitor: str, now: int) -> bytes:
    """set_customer_info of tenant 1, signed at `now` (Unix seconds).

    The signature is the HMAC-SHA256 of `ziyaretci_id|email|timestamp` (set_customer_info in openapi.yaml).
    """
    email = f"{visitor}@example.com"
    signed = hmac.digest(DEMO_SECRET, f"{visitor}|{email}|{now}".encode(), hashlib.sha256).hex()
    body = {
        "ziyaretci_id": visitor,
        "ad": "Ayşe",
        "soyad": "Demir",
        "email": email,
        "paket": "Kurumsal",
        "kontor": 4500,
        "ekstra": {"depolama_kullanilan_gb": 3.0, "depolama_toplam_gb": 5.0, "son_yedek": "2 saat önce"},
        "timestamp": now,
        "signature": signed,
    }
    return _post("/api/v1/context/customer-info", body, DEMO_KEY, None)


def start_chat(visitor: str) -> bytes:
    """start_chat in tenant 2, without a first message."""
    return _post("/api/v1/widget/chat/start", {"ziyaretci_id": visitor, "ad": NAME}, SHOP_KEY, SHOP_ORIGIN)


def message(chat: BenchChat) -> bytes:
    """send_visitor_message in tenant 2, each call with an `istemci_mesaj_id` of its own."""
    body = {
        "ziyaretci_id": chat.visitor,
        "oturum_id": chat.id,
        "mesaj": TEXT,
        "istemci_mesaj_id": f"8e03978e-40d5-43dd-bc93-{next(_marks):012x}",
    }
    return _post("/api/v1/widget/chat/message", body, SHOP_KEY, SHOP_ORIGIN)


def poll(chat: BenchChat, after: int, limit: int | None = None) -> bytes:
    """list_visitor_messages in tenant 2: the messages after `son_sira` = `after`."""
    query = f"ziyaretci_id={chat.visitor}&oturum_id={chat.id}&son_sira={after}"
    if limit is not None:
        query += f"&limit={limit}"
    return (
        f"GET /api/v1/widget/chat/messages?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"X-API-Key: {SHOP_KEY}\r\nOrigin: {SHOP_ORIGIN}\r\n\r\n"
    ).encode()


def create_ticket(visitor: str) -> bytes:
    """create_ticket in tenant 2."""
    body = {
        "ziyaretci_id": visitor,
        "ad": NAME,
        "email": f"{visitor}@example.com",
        "konu": "Siparişim hâlâ gelmedi",
        "mesaj": TEXT,
        "oncelik": "yuksek",
    }
    return _post("/api/v1/widget/ticket/create", body, SHOP_KEY, SHOP_ORIGIN)


def search(query: str) -> bytes:
    """search_articles in tenant 2, a page of 20."""
    return (
        f"GET /api/v1/widget/kb/search?{urlencode({'q': query})} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"X-API-Key: {SHOP_KEY}\r\nOrigin: {SHOP_ORIGIN}\r\n\r\n"
    ).encode()


def login(email: str) -> bytes:
    """login of a demo operator."""
    return _post("/api/v1/auth/login", {"email": email, "sifre": "sifre123"}, "", None)


def as_operator(path: str, token: str) -> bytes:
    """A GET of an operator."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def spread(chats: Sequence[BenchChat], count: int) -> list[BenchChat]:
    """`count` chats, in turn."""
    return [chats[number % len(chats)] for number in range(count)]


def _post(path: str, body: Mapping[str, object], key: str, origin: str | None) -> bytes:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\n"
        f"{f'Origin: {origin}' + chr(13) + chr(10) if origin else ''}"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
