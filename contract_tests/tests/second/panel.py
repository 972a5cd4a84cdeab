"""What the operator's panel calls."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections import deque
from collections.abc import Mapping
from hashlib import scrypt, sha256
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from contract_tests.tests.second.banner import banner
from contract_tests.tests.second.data import OPERATORS, TENANTS, TOKEN_LIFE, Chat, Operator, SignIn, State, Visitor
from contract_tests.tests.second.fields import LARGEST_ID, read_number
from contract_tests.tests.second.problems import Problem
from contract_tests.tests.second.requests import body_of, known, rules, shown, signed_in, success, visitor_id
from contract_tests.tests.second.widget import chat_shown

FAILURES: Final = 10
WINDOW: Final = 900
NEWEST: Final = 20
FIELDS: Final = ("ad", "soyad", "email", "telefon", "paket", "kontor", "trial_bitis", "trial_kalan_gun")


def _digest(password: str, salt: str) -> bytes:
    return scrypt(password.encode("utf-8", "surrogatepass"), salt=salt.encode(), n=2**10, r=8, p=1)


BY_EMAIL: Final[Mapping[str, Operator]] = {operator.email: operator for operator in OPERATORS}
DIGESTS: Final = {operator.email: _digest(operator.password, operator.email) for operator in OPERATORS}


async def login(request: Request) -> Response:
    """Sign in: whoever it is not, it takes as long."""
    body = await body_of(request, "login")
    state, email = known(request), body["email"].lower()
    failures = state.failures.setdefault((request.client.host if request.client else "", email), deque())
    _throttle(failures, time.time())
    given = await asyncio.to_thread(_digest, body["sifre"], email)
    operator = BY_EMAIL.get(email)
    if operator is None or not hmac.compare_digest(given, DIGESTS[email]):
        failures.append(time.time())
        raise Problem("giris_hatali")
    number, secret = next(state.ids), secrets.token_urlsafe(30)
    until = time.time() + TOKEN_LIFE
    state.sign_ins[number] = SignIn(sha256(secret.encode()).digest(), operator, until)
    data = {
        "token": f"{number}|{secret}",
        "token_tipi": "Bearer",
        "gecerlilik": shown(until),
        "operator": _operator_shown(operator),
    }
    return success(data)


def _throttle(failures: deque[float], now: float) -> None:
    while failures and failures[0] <= now - WINDOW:
        failures.popleft()
    if len(failures) >= FAILURES:
        wait = max(1, int(failures[0] + WINDOW - now) + 1)
        limits = {"RateLimit": f'"login";r=0;t={wait}', "RateLimit-Policy": f'"login";q={FAILURES};w={WINDOW}'}
        raise Problem("cok_fazla_istek", headers={"Retry-After": str(wait), **limits})


def _operator_shown(operator: Operator) -> dict[str, Any]:
    by_id = {tenant.id: tenant for tenant in TENANTS}
    tabs = [
        {
            "id": one,
            "firma_adi": by_id[one].name,
            "logo_url": None,
            "renk_primary": by_id[one].color,
            "sira": position,
            "sessize_alindi": False,
            "rol": operator.role,
            "max_chat_per_tenant": None,
        }
        for position, one in enumerate(operator.tenants)
    ]
    return {
        "id": operator.id,
        "ad": operator.name,
        "email": operator.email,
        "musteri_id": operator.tenants[0],
        "musteriler": tabs,
    }


async def logout(request: Request) -> Response:
    """This token is worth nothing any more."""
    number, _ = signed_in(request)
    del known(request).sign_ins[number]
    return success({"durum": "cevrimdisi"})  # nobody can come online: that operation is not here


async def context(request: Request) -> Response:
    """All that is known of a visitor of the operator's tenants."""
    _, operator = signed_in(request)
    visitor = visitor_id(request.path_params["visitor"])
    asked = request.query_params.get("musteri_id")
    chosen = read_number(asked, None, 1, LARGEST_ID)
    if asked is not None and chosen is None:
        raise Problem("alan_hatasi", [("/musteri_id", "wrong")])
    state = known(request)
    tenants = [one for one in operator.tenants if chosen in (None, one) and (one, visitor) in state.visitors]
    if not tenants:
        raise Problem("bulunamadi")
    found = max((state.visitors[one, visitor] for one in tenants), key=lambda one: one.seen)
    return success(_context_shown(state, found, request))


def _context_shown(state: State, visitor: Visitor, request: Request) -> dict[str, Any]:
    profile = {name: visitor.profile.get(name) for name in FIELDS}
    theirs = [one for one in state.chats.values() if (one.tenant, one.visitor) == (visitor.tenant, visitor.id)]
    return {
        "musteri_id": visitor.tenant,
        "ziyaretci_id": visitor.id,
        "musteri": {**profile, "ekstra": visitor.profile.get("ekstra") or {}},
        "banner": banner(visitor, time.time(), rules(request)),
        "identity_dogrulandi": visitor.verified,
        "guncellendi": shown(max([visitor.seen, *visitor.told_at.values()])),
        "sayfa_gecmisi": [],
        "hatalar": [],
        "ekran_goruntuleri": [],
        "oturumlar": [_chat_shown(one) for one in reversed(theirs[-NEWEST:])],
        "ticketlar": [],
    }


def _chat_shown(chat: Chat) -> dict[str, Any]:
    more = {
        "ziyaretci_email": chat.email,
        "operator_id": None,
        "kabul": None,
        "mesaj_sayisi": len(chat.messages),
        "yorum": chat.comment,
    }
    return chat_shown(chat) | more
