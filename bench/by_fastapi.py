"""chat/message and chat/messages by hand on FastAPI as its documentation teaches: models, Depends, async."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field, model_validator

from bench.by_hand import TENANTS, Chats, Sent, Tenant, UnknownChatError

SPACE = "\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
VISITOR = "^[A-Za-z0-9_@:+-][A-Za-z0-9._@:+-]{0,127}$"
INT64 = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=INT64)]
VisitorId = Annotated[str, Field(min_length=1, max_length=128, pattern=VISITOR)]
MessageText = Annotated[str, Field(min_length=1, max_length=4000, pattern=f"^[^\u0000]*[^{SPACE}][^\u0000]*$")]
FileId = Annotated[str, Field(min_length=22, max_length=22, pattern="^[A-Za-z0-9_-]+$")]
ClientMessageId = Annotated[str, Field(min_length=1, max_length=64, pattern="^[A-Za-z0-9._:-]+$")]


class VisitorMessage(BaseModel):
    """Schema VisitorMessageRequest."""

    ziyaretci_id: VisitorId
    oturum_id: Id
    mesaj: MessageText | None = None
    dosya_id: FileId | None = None
    istemci_mesaj_id: ClientMessageId | None = None

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """A text or a file."""
        if self.mesaj is None and self.dosya_id is None:
            raise ValueError("mesaj or dosya_id is required")
        return self


class Message(BaseModel):
    """Schema Message; also what the store keeps."""

    id: int
    oturum_id: int
    sira: int
    gonderen: Literal["ziyaretci", "operator", "sistem"]
    gonderen_adi: str | None
    mesaj: str | None
    dosya: None = None
    zaman: str


class MessageData(BaseModel):
    """Schema MessageData."""

    mesaj: Message


class MessageAnswer(BaseModel):
    """Schema MessageAnswer."""

    basarili: Literal[True] = True
    data: MessageData


class MessagesData(BaseModel):
    """Schema MessagesData."""

    mesajlar: list[Message]
    durum: str


class MessagesAnswer(BaseModel):
    """Schema MessagesAnswer."""

    basarili: Literal[True] = True
    data: MessagesData


def make(sent: Sent) -> Message:
    """A stored message is the model it is answered with."""
    return Message(
        id=sent.id,
        oturum_id=sent.chat,
        sira=sent.sira,
        gonderen="ziyaretci",
        gonderen_adi=sent.name,
        mesaj=sent.text,
        zaman=sent.time,
    )


app = FastAPI()
chats = Chats(make)
widget_key = APIKeyHeader(name="X-API-Key")


async def calling_tenant(
    key: Annotated[str, Security(widget_key)], origin: Annotated[str | None, Header()] = None
) -> Tenant:
    """The tenant of the key, when the page's origin may use it."""
    tenant = TENANTS.get(key)
    if tenant is None:
        raise HTTPException(401, "anahtar_gecersiz")
    if tenant.origins and origin not in tenant.origins:
        raise HTTPException(403, "origin_izinsiz")
    return tenant


Caller = Annotated[Tenant, Depends(calling_tenant)]


@app.post("/api/v1/widget/chat/message", status_code=201)
async def send_visitor_message(body: VisitorMessage, caller: Caller, response: Response) -> MessageAnswer:
    """Store the message (201), or answer the first one with this client id (200)."""
    if body.mesaj is None:
        raise HTTPException(404, "bulunamadi")
    try:
        message, created = chats.send(caller, body.oturum_id, body.ziyaretci_id, body.mesaj, body.istemci_mesaj_id)
    except UnknownChatError:
        raise HTTPException(404, "bulunamadi") from None
    if not created:
        response.status_code = 200
    return MessageAnswer(data=MessageData(mesaj=message))


@app.get("/api/v1/widget/chat/messages")
async def list_visitor_messages(
    *,
    caller: Caller,
    ziyaretci_id: VisitorId,
    oturum_id: Id,
    son_sira: Annotated[int, Query(ge=0, le=INT64)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    bekle: Annotated[int, Query(ge=0, le=25)] = 0,
) -> MessagesAnswer:
    """The chat's messages after `son_sira` and its state."""
    try:
        messages, state = await chats.after(caller, oturum_id, ziyaretci_id, after=son_sira, limit=limit, wait=bekle)
    except UnknownChatError:
        raise HTTPException(404, "bulunamadi") from None
    return MessagesAnswer(data=MessagesData(mesajlar=messages, durum=state))
