"""A server that knows the API reference and nothing else: no extension, no `kod`, no request id, shapes of its own.

Where the reference shows an answer, that one; where it shows none, whatever came to mind.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

TENANTS: Final = {
    "CM_DEMO_2026": (1, "demo_api_secret_2026", ()),
    "CM_PRATIKESNAF": (2, "pratikesnaf_api_secret_2026", ("https://pratikesnaf.com",)),
}
"""By key: the id, the secret, the origins."""
EMAIL, PASSWORD = "operator@example.com", "sifre123"
HOST: Final = re.compile(r"https?://[^/?#]+")

Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class State:
    """What the server remembers."""

    tolerance: int = 300
    names_tenants: bool = True
    critical_from: int = 90
    visitors: dict[str, dict[str, Any]] = field(default_factory=dict)
    chats: list[int] = field(default_factory=list)
    """The tenants of those that wait."""
    tokens: set[str] = field(default_factory=set)
    tabs: list[int] = field(default_factory=lambda: [2, 1])
    muted: dict[int, bool] = field(default_factory=dict)


def _refusal(status: int) -> Response:
    return JSONResponse({"basarili": False, "mesaj": "Olmadı"}, status)


def _done() -> Response:
    return JSONResponse({"basarili": True})


class ReferenceServer:
    """The routes over one state."""

    def __init__(self, state: State) -> None:
        self._state = state
        own: dict[str, Handler] = {
            "POST /api/v1/auth/login": self._login,
            "POST /api/v1/auth/logout": self._logout,
            "POST /api/v1/widget/chat/start": self._start_chat,
            "POST /api/v1/context/customer-info": self._customer_info,
            "GET /api/v1/operator/chats": self._chats,
            "GET /api/v1/operator/context/{ziyaretci_id}": self._context,
            "PUT /api/v1/operator/tenants/sira": self._order,
            "PUT /api/v1/operator/tenants/{musteriId}/sessize": self._mute,
        }
        self.app = Starlette(routes=[_route(line, self._guarded(own.get(line))) for line in OPERATIONS])

    def _guarded(self, handler: Handler | None) -> Handler:
        async def answer(request: Request) -> Response:
            path = request.url.path
            if path.startswith("/portal/"):
                return RedirectResponse("/portal/giris", 302)
            if path.startswith(("/api/v1/widget/", "/api/v1/context/")):
                status = _widget_refusal(request)
            elif path != "/api/v1/auth/login":
                status = None if _token(request) in self._state.tokens else 401
            else:
                status = None
            return _refusal(status) if status else await handler(request) if handler else _done()

        return answer

    async def _login(self, request: Request) -> Response:
        body = await request.json()
        if (body.get("email"), body.get("sifre")) != (EMAIL, PASSWORD):
            return _refusal(401)
        token = f"{len(self._state.tokens) + 13}|{time.time_ns()}"
        self._state.tokens.add(token)
        tabs = [self._tab(tenant, place) for place, tenant in enumerate(self._state.tabs)]
        operator = {"id": 7, "email": EMAIL, "musteri_id": 2, "musteriler": tabs}
        return JSONResponse({"basarili": True, "data": {"token": token, "token_tipi": "Bearer", "operator": operator}})

    def _tab(self, tenant: int, place: int) -> dict[str, Any]:
        return {
            "id": tenant,
            "firma_adi": f"Firma {tenant}",
            "logo_url": f"/storage/tenants/{tenant}/logo.png",
            "renk_primary": "#FF6B35",
            "sira": place,
            "sessize_alindi": self._state.muted.get(tenant, False),
            "rol": "senior",
            "max_chat_per_tenant": None,
        }

    async def _logout(self, request: Request) -> Response:
        self._state.tokens.discard(_token(request))
        return _done()

    async def _start_chat(self, request: Request) -> Response:
        self._state.chats.append(TENANTS[request.headers["x-api-key"]][0])
        return JSONResponse({"basarili": True, "sohbet_no": len(self._state.chats)})

    async def _customer_info(self, request: Request) -> Response:
        body, answer = await request.json(), {"basarili": True, "data": {}}
        visitor = body["ziyaretci_id"]
        if "signature" in body:
            secret = TENANTS[request.headers["x-api-key"]][1]
            text = f"{visitor}|{body['email']}|{body['timestamp']}"
            right = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
            too_far = abs(int(time.time()) - body["timestamp"]) > self._state.tolerance
            if too_far or not hmac.compare_digest(right.encode(), body["signature"].encode()):
                return _refusal(401)
            answer["identity_dogrulandi"] = True
        self._state.visitors[visitor] = body
        return JSONResponse(answer)

    async def _chats(self, request: Request) -> Response:
        records: list[dict[str, int]] = [{"no": no} for no, _ in enumerate(self._state.chats)]
        if self._state.names_tenants:
            records = [{"no": no, "musteri_id": tenant} for no, tenant in enumerate(self._state.chats)]
        return JSONResponse({"basarili": True, "data": records})

    async def _context(self, request: Request) -> Response:
        known = self._state.visitors.get(request.path_params["ziyaretci_id"])
        if known is None:
            return _refusal(404)
        customer = {name: known[name] for name in ("ad", "email", "paket", "kontor") if name in known}
        return JSONResponse({"basarili": True, "data": {"musteri": customer, "banner": self._banner(known)}})

    def _banner(self, known: dict[str, Any]) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        if "paket" in known:
            items.append({"tip": "paket", "icon": "📦", "label": "Paket", "deger": known["paket"]})
        if "kontor" in known:
            credit = f"{known['kontor']:,}".replace(",", ".")
            items.append({"tip": "kontor", "icon": "💰", "label": "Kalan kontör", "deger": credit})
        extra = known.get("ekstra", {})
        if "depolama_kullanilan_gb" in extra:
            used, total = extra["depolama_kullanilan_gb"], extra["depolama_toplam_gb"]
            percent = used / total * 100
            text = f"{used:.1f} / {total:.1f} GB (%{round(percent)})".replace(".", ",")
            critical = percent >= self._state.critical_from
            icon = "⚠️" if critical else "💾"
            items.append({"tip": "depolama", "icon": icon, "label": "Depolama", "deger": text, "kritik": critical})
        return items

    async def _order(self, request: Request) -> Response:
        self._state.tabs = (await request.json())["order"]
        return _done()

    async def _mute(self, request: Request) -> Response:
        self._state.muted[int(request.path_params["musteriId"])] = (await request.json())["sessize"]
        return _done()


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _widget_refusal(request: Request) -> int | None:
    """400 for an unknown key, of which the reference says nothing; 403 for an origin that is not listed."""
    tenant = TENANTS.get(request.headers.get("x-api-key", ""))
    if tenant is None:
        return 400
    sent = request.headers.get("origin") or request.headers.get("referer") or ""
    parts = urlsplit(sent)
    return 403 if tenant[2] and f"{parts.scheme}://{parts.netloc}" not in tenant[2] else None


def _route(line: str, handler: Handler) -> Route:
    method, _, path = line.partition(" ")
    return Route(path, handler, methods=[method])


OPERATIONS: Final = """\
PUT /api/v1/operator/tenants/sira
POST /api/v1/auth/login
POST /api/v1/auth/logout
POST /api/v1/widget/init
POST /api/v1/widget/chat/start
POST /api/v1/widget/chat/message
GET /api/v1/widget/chat/messages
POST /api/v1/widget/chat/end
POST /api/v1/widget/chat/rate
POST /api/v1/widget/ticket/create
GET /api/v1/widget/ticket/list
GET /api/v1/widget/ticket/{id}
POST /api/v1/widget/ticket/{id}/reply
POST /api/v1/widget/upload
GET /api/v1/widget/kb/search
GET /api/v1/widget/kb/categories
GET /api/v1/widget/kb/article/{slug}
GET /api/v1/widget/campaigns
GET /api/v1/operator/dashboard
GET /api/v1/operator/chats
GET /api/v1/operator/chat/{id}/messages
POST /api/v1/operator/chat/{id}/message
POST /api/v1/operator/chat/{id}/transfer
POST /api/v1/operator/chat/{id}/close
POST /api/v1/operator/chat/{id}/accept
GET /api/v1/operator/tickets
POST /api/v1/operator/ticket/{id}/reply
PUT /api/v1/operator/ticket/{id}/status
PUT /api/v1/operator/status
GET /api/v1/operator/canned-responses
GET /api/v1/operator/tenants
PUT /api/v1/operator/tenants/{musteriId}/sessize
POST /api/v1/context/customer-info
POST /api/v1/context/page-info
POST /api/v1/context/error-log
POST /api/v1/context/screenshot
GET /api/v1/operator/context/{ziyaretci_id}
GET /portal/projeler
POST /portal/projeler/sec/{musteriId}
GET /portal/projelerim
GET /portal/projelerim/yeni
POST /portal/projelerim
""".splitlines()
"""All that the reference lists."""
