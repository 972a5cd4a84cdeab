"""chat/message and chat/messages on stock Connexion: its AsyncApp, validation and security over a YAML."""

from __future__ import annotations

from pathlib import Path
from typing import NotRequired, TypedDict

from connexion.apps.asynchronous import AsyncApp
from connexion.exceptions import Forbidden, Unauthorized
from connexion.lifecycle import ConnexionRequest
from starlette.exceptions import HTTPException

from bench.by_hand import TENANTS, Chats, Sent, Tenant, UnknownChatError

Json = dict[str, object]


class VisitorMessage(TypedDict):
    """Schema VisitorMessageRequest; Connexion has validated it."""

    ziyaretci_id: str
    oturum_id: int
    mesaj: NotRequired[str]
    dosya_id: NotRequired[str]
    istemci_mesaj_id: NotRequired[str]


class TokenInfo(TypedDict):
    """What the security function says about the caller."""

    sub: str
    tenant: Tenant


def make(sent: Sent) -> Json:
    """A stored message is the object it is answered with."""
    return {
        "id": sent.id,
        "oturum_id": sent.chat,
        "sira": sent.sira,
        "gonderen": "ziyaretci",
        "gonderen_adi": sent.name,
        "mesaj": sent.text,
        "dosya": None,
        "zaman": sent.time,
    }


chats = Chats(make)


async def calling_tenant(key: str, request: ConnexionRequest) -> TokenInfo:
    """The security function (x-apikeyInfoFunc): the tenant of the key, when the page's origin may use it."""
    tenant = TENANTS.get(key)
    if tenant is None:
        raise Unauthorized("anahtar_gecersiz")
    if tenant.origins and request.headers.get("origin") not in tenant.origins:
        raise Forbidden("origin_izinsiz")
    return {"sub": key, "tenant": tenant}


async def send_visitor_message(body: VisitorMessage, token_info: TokenInfo) -> tuple[Json, int]:
    """Store the message (201), or answer the first one with this client id (200)."""
    if "mesaj" not in body:
        raise HTTPException(404, "bulunamadi")
    try:
        record, created = chats.send(
            token_info["tenant"],
            body["oturum_id"],
            body["ziyaretci_id"],
            body["mesaj"],
            body.get("istemci_mesaj_id"),
        )
    except UnknownChatError:
        raise HTTPException(404, "bulunamadi") from None
    return {"basarili": True, "data": {"mesaj": record}}, 201 if created else 200


async def list_visitor_messages(
    *, token_info: TokenInfo, ziyaretci_id: str, oturum_id: int, son_sira: int, limit: int, bekle: int
) -> Json:
    """The chat's messages after `son_sira` and its state."""
    try:
        records, state = await chats.after(
            token_info["tenant"], oturum_id, ziyaretci_id, after=son_sira, limit=limit, wait=bekle
        )
    except UnknownChatError:
        raise HTTPException(404, "bulunamadi") from None
    return {"basarili": True, "data": {"mesajlar": records, "durum": state}}


app = AsyncApp(__name__, specification_dir=str(Path(__file__).parent))
app.add_api("by_connexion.yaml", strict_validation=True)
