"""What the widget on a tenant's site calls."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from contract_tests.tests.second.data import Chat, Message, State, Tenant, Visitor
from contract_tests.tests.second.fields import LARGEST_ID, read_number
from contract_tests.tests.second.problems import Problem
from contract_tests.tests.second.requests import (
    body_of,
    chat_of,
    check_browser,
    check_token,
    known,
    once,
    rules,
    shown,
    success,
    tenant_of,
    visitor_id,
)
from contract_tests.tests.second.rules import check_signature

Outcome = tuple[int, dict[str, Any]]


async def init(request: Request) -> Response:
    """The widget opens."""
    tenant = tenant_of(request)
    body = await body_of(request, "init")
    state = known(request)
    known_visitor = state.visitors.get((tenant.id, body["ziyaretci_id"]))
    if known_visitor:
        check_browser(request, tenant, known_visitor)
    visitor, new = state.visitor(tenant, body["ziyaretci_id"], time.time())
    chat = state.open_chats.get((tenant.id, visitor.id))
    data: dict[str, Any] = {
        "firma_adi": tenant.name,
        "logo_url": None,
        "renk_primary": tenant.color,
        "cevrimici": False,  # nobody can come online: that operation is not here
        "aktif_oturum": chat and chat_shown(chat),
    }
    return success(data | ({"ziyaretci_token": visitor.new_token()} if new else {}))


async def start_chat(request: Request) -> Response:
    """Open a chat, or find the open one."""
    tenant = tenant_of(request)
    body = await body_of(request, "start")
    state = known(request)
    check_browser(request, tenant, state.visitors.get((tenant.id, body["ziyaretci_id"])))

    async def act() -> Outcome:
        visitor, _ = state.visitor(tenant, body["ziyaretci_id"], time.time())
        chat = state.open_chats.get((tenant.id, visitor.id))
        status = 200 if chat else 201
        chat = chat or _opened(state, tenant, visitor, body)
        chat.touched = time.time()
        message = None
        if "mesaj" in body:
            await rules(request).before_writing(chat)
            message = message_shown(chat, state.add(chat, "ziyaretci", chat.name, body["mesaj"], time.time()))
        return status, {"oturum": chat_shown(chat), "mesaj": message}

    return await once(request, tenant, body, act)


def _opened(state: State, tenant: Tenant, visitor: Visitor, body: dict[str, Any]) -> Chat:
    profile, now = visitor.profile, time.time()
    told = " ".join(part for part in (profile.get("ad"), profile.get("soyad")) if part)
    chat = Chat(next(state.ids), tenant.id, visitor.id, body.get("ad") or told or None, body.get("email"), now, now)
    state.chats[chat.id] = state.open_chats[tenant.id, visitor.id] = chat
    return chat


async def send_message(request: Request) -> Response:
    """The visitor says something."""
    tenant = tenant_of(request)
    body = await body_of(request, "message")
    state = known(request)
    check_browser(request, tenant, state.visitors.get((tenant.id, body["ziyaretci_id"])))

    async def act() -> Outcome:
        chat = chat_of(request, tenant, body["ziyaretci_id"], body["oturum_id"])
        client_id = body.get("istemci_mesaj_id")
        if client_id in chat.by_client_id:
            return 200, {"mesaj": message_shown(chat, chat.by_client_id[client_id])}
        if "dosya_id" in body:
            raise Problem("bulunamadi")  # nothing can be uploaded here
        if chat.ended is not None:
            raise Problem("oturum_kapali")
        if client_id is None:
            await rules(request).before_writing(chat)
        message = state.add(chat, "ziyaretci", chat.name, body["mesaj"], time.time())
        if client_id:
            chat.by_client_id[client_id] = message
        return 201, {"mesaj": message_shown(chat, message)}

    return await once(request, tenant, body, act)


async def list_messages(request: Request) -> Response:
    """The messages after one that was seen; with `bekle` it waits for news."""
    tenant, query = tenant_of(request), request.query_params
    numbers = {
        "oturum_id": read_number(query.get("oturum_id"), None, 1, LARGEST_ID),
        "son_sira": read_number(query.get("son_sira"), 0, 0, LARGEST_ID),
        "limit": read_number(query.get("limit"), 20, 1, 100),
        "bekle": read_number(query.get("bekle"), 0, 0, 25),
    }
    wrong = [(f"/{name}", "wrong" if name in query else "missing") for name, value in numbers.items() if value is None]
    if wrong or "ziyaretci_id" not in query:
        missing = [] if "ziyaretci_id" in query else [("/ziyaretci_id", "missing")]
        raise Problem("alan_hatasi", [*missing, *wrong])
    visitor = visitor_id(query["ziyaretci_id"])
    check_token(request)
    check_browser(request, tenant, known(request).visitors.get((tenant.id, visitor)))
    chat = chat_of(request, tenant, visitor, numbers["oturum_id"] or 0)
    last = numbers["son_sira"] or 0
    until, ended = time.monotonic() + (numbers["bekle"] or 0), chat.ended
    while len(chat.messages) <= last and chat.ended == ended and (left := until - time.monotonic()) > 0:
        with suppress(TimeoutError):
            await asyncio.wait_for(chat.news.wait(), left)
    messages = [one for one in chat.messages if one.number > last][: numbers["limit"]]
    return success({"mesajlar": [message_shown(chat, one) for one in messages], "durum": state_shown(chat)})


async def end_chat(request: Request) -> Response:
    """The visitor closes the chat."""
    tenant = tenant_of(request)
    body = await body_of(request, "end")
    state = known(request)
    check_browser(request, tenant, state.visitors.get((tenant.id, body["ziyaretci_id"])))
    chat = chat_of(request, tenant, body["ziyaretci_id"], body["oturum_id"])
    if chat.ended is not None:
        raise Problem("oturum_kapali")
    state.close(chat, time.time())
    return success({"oturum": chat_shown(chat)})


async def rate_chat(request: Request) -> Response:
    """The visitor says how it was, once it is over."""
    tenant = tenant_of(request)
    body = await body_of(request, "rate")
    check_browser(request, tenant, known(request).visitors.get((tenant.id, body["ziyaretci_id"])))
    chat = chat_of(request, tenant, body["ziyaretci_id"], body["oturum_id"])
    if chat.ended is None:
        raise Problem("oturum_acik")
    if chat.rating is not None and rules(request).rated_once:
        raise Problem("zaten_puanlandi")
    chat.rating, chat.comment = body["puan"], body.get("yorum")
    return success({"oturum": chat_shown(chat)})


async def set_customer_info(request: Request) -> Response:
    """What the site tells of its visitor; signed, it vouches for id and email."""
    tenant = tenant_of(request)
    body = await body_of(request, "customer")
    state, now = known(request), time.time()
    signed = check_signature(tenant, body, now, rules(request).tolerance)
    if not signed:
        check_browser(request, tenant, state.visitors.get((tenant.id, body["ziyaretci_id"])))
    visitor, _ = state.visitor(tenant, body["ziyaretci_id"], now)
    told = {name: one for name, one in body.items() if name not in ("ziyaretci_id", "timestamp", "signature")}
    if signed and not visitor.verified:
        told.setdefault("email", None)
    elif visitor.verified and not signed:
        told.pop("email", None)
    visitor.profile |= told
    visitor.told_at |= dict.fromkeys(told, now)
    visitor.verified = visitor.verified or signed
    data = {"ziyaretci_id": visitor.id, "guncellendi": shown(now)}
    token = {"ziyaretci_token": visitor.new_token()} if signed else {}
    return success(data | token, identity_dogrulandi=signed)


def state_shown(chat: Chat) -> str:
    """Nobody can accept a chat here."""
    return "bekliyor" if chat.ended is None else "kapandi"


def chat_shown(chat: Chat) -> dict[str, Any]:
    """As its visitor sees it."""
    return {
        "id": chat.id,
        "musteri_id": chat.tenant,
        "durum": state_shown(chat),
        "ziyaretci_id": chat.visitor,
        "ziyaretci_adi": chat.name,
        "operator_adi": None,
        "kanal": "web",
        "baslangic": shown(chat.began),
        "bitis": None if chat.ended is None else shown(chat.ended),
        "puan": chat.rating,
    }


def message_shown(chat: Chat, message: Message) -> dict[str, Any]:
    """As both sides see it."""
    return {
        "id": message.id,
        "oturum_id": chat.id,
        "sira": message.number,
        "gonderen": message.sender,
        "gonderen_adi": message.name,
        "mesaj": message.text,
        "dosya": None,
        "zaman": shown(message.at),
    }
