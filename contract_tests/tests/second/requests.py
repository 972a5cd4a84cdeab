"""How a request is read, in the order in which it can be refused."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contract_tests.tests.second.banner import ISTANBUL
from contract_tests.tests.second.data import TENANTS, Chat, Kept, Operator, SignIn, State, Tenant, Visitor
from contract_tests.tests.second.fields import VISITOR, check_body, read_json
from contract_tests.tests.second.problems import Problem
from contract_tests.tests.second.rules import Rules, check_origin

LARGEST_BODY: Final = 256 * 1024
LONGEST_TOKEN: Final = 1024
KEY_LIFE: Final = 86400.0
BY_KEY: Final[Mapping[str, Tenant]] = {tenant.key: tenant for tenant in TENANTS}


def known(request: Request) -> State:
    """What there is."""
    state: State = request.app.state.known
    state.close_idle(time.time())
    return state


def rules(request: Request) -> Rules:
    """What is decided by."""
    found: Rules = request.app.state.rules
    return found


def shown(at: float) -> str:
    """A moment as the wire has it."""
    return datetime.fromtimestamp(int(at), ISTANBUL).isoformat()


def success(data: dict[str, Any], status: int = 200, **beside: Any) -> Response:
    """The envelope."""
    return JSONResponse({"basarili": True, **beside, "data": data}, status)


def tenant_of(request: Request) -> Tenant:
    """Whose widget calls, from where it may. Raises Problem."""
    key = _once(request, "x-api-key")
    tenant = BY_KEY.get(key or "")
    if tenant is None:
        raise Problem("anahtar_gecersiz")
    check_origin(tenant, _joined(request, "origin"), _joined(request, "referer"))
    return tenant


def signed_in(request: Request) -> tuple[int, Operator]:
    """The token's number, and whose it is. Raises Problem."""
    scheme, _, token = (_once(request, "authorization") or "").partition(" ")
    number, _, secret = token.strip().partition("|")
    found: SignIn | None = None
    if scheme.lower() == "bearer" and number.isascii() and number.isdigit() and len(number) < 19:
        found = known(request).sign_ins.get(int(number))
    digest = sha256(secret.encode("utf-8", "surrogateescape")).digest()
    if found is None or not hmac.compare_digest(digest, found.digest) or found.until < time.time():
        raise Problem("token_gecersiz")
    return int(number), found.operator


async def body_of(request: Request, name: str) -> dict[str, Any]:
    """The body's fields. Raises Problem: 413, 415, 400, 422."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > LARGEST_BODY:
        raise Problem("govde_cok_buyuk")
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > LARGEST_BODY:
            raise Problem("govde_cok_buyuk")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem("medya_tipi_desteklenmiyor")
    body = check_body(name, read_json(content))
    check_token(request)
    return body


def check_token(request: Request) -> None:
    """Raises Problem for one that is too long to be any."""
    if len(request.headers.get("x-ziyaretci-token", "")) > LONGEST_TOKEN:
        raise Problem("alan_hatasi", [("/X-Ziyaretci-Token", "wrong")])


def check_browser(request: Request, tenant: Tenant, visitor: Visitor | None) -> None:
    """Raises Problem where the tenant wants a proof that the browser is the visitor's, and there is none."""
    if not tenant.secure:
        return
    given = sha256((_once(request, "x-ziyaretci-token") or "").encode()).digest()
    if visitor is None or not any(hmac.compare_digest(given, one) for one in visitor.tokens):
        raise Problem("ziyaretci_token_gerekli")


def chat_of(request: Request, tenant: Tenant, visitor: str, chat: int) -> Chat:
    """The visitor's own chat, touched. Raises Problem."""
    found = known(request).chats.get(chat)
    if found is None or (found.tenant, found.visitor) != (tenant.id, visitor):
        raise Problem("bulunamadi")
    found.touched = time.time()
    return found


async def once(
    request: Request, tenant: Tenant, body: dict[str, Any], act: Callable[[], Awaitable[tuple[int, dict[str, Any]]]]
) -> Response:
    """Act, unless the same Idempotency-Key has done so already. Raises Problem."""
    key = request.headers.get("idempotency-key")
    if key is None:
        status, data = await act()
        return success(data, status)
    if not 1 <= len(key) <= 128 or not all("!" <= letter <= "~" for letter in key):
        raise Problem("alan_hatasi", [("/Idempotency-Key", "wrong")])
    asked, kept, now = json.dumps(body, sort_keys=True), known(request).kept, time.time()
    place = tenant.id, body["ziyaretci_id"], request.url.path, key
    if place in kept and kept[place].until < now:
        del kept[place]
    if place not in kept:
        kept[place] = Kept(asked, now + KEY_LIFE)
        try:
            kept[place].answer = await act()
        except BaseException:
            del kept[place]
            raise
    elif kept[place].asked != asked:
        raise Problem("anahtar_cakismasi")
    status, data = kept[place].answer or _running()
    return success(data, status)


def _running() -> tuple[int, dict[str, Any]]:
    raise Problem("istek_suruyor")


def visitor_id(value: str) -> str:
    """A parameter's. Raises Problem."""
    if list(VISITOR(value)):
        raise Problem("alan_hatasi", [("/ziyaretci_id", "wrong")])
    return value


def _once(request: Request, header: str) -> str | None:
    """Raises Problem for a credential that comes twice."""
    given = request.headers.getlist(header)
    if len(given) > 1:
        raise Problem("cift_baslik")
    return given[0] if given else None


def _joined(request: Request, header: str) -> str | None:
    given = request.headers.getlist(header)
    return ", ".join(given) if given else None
