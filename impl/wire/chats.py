"""Chats and their messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import field

from impl import model
from impl.wire.base import Answer, Shape
from impl.wire.files import File

CHAT_STATES: Final[Mapping[model.ChatState, str]] = {
    "waiting": "bekliyor",
    "active": "aktif",
    "closed": "kapandi",
}
CHAT_STATES_READ: Final[Mapping[str, model.ChatState]] = {wire: state for state, wire in CHAT_STATES.items()}
SENDERS: Final[Mapping[model.Sender, str]] = {
    "visitor": "ziyaretci",
    "operator": "operator",
    "system": "sistem",
}


class Chat(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    state: str = field(name="durum")
    visitor_id: str = field(name="ziyaretci_id")
    visitor_name: str | None = field(name="ziyaretci_adi")
    operator_name: str | None = field(name="operator_adi")
    channel: str = field(name="kanal")
    opened_at: datetime = field(name="baslangic")
    closed_at: datetime | None = field(name="bitis")
    rating: int | None = field(name="puan")

    @classmethod
    def of(cls, chat: model.Chat) -> Chat:
        return cls(
            chat.id,
            chat.tenant_id,
            CHAT_STATES[chat.state],
            chat.visitor_id,
            chat.visitor_name,
            chat.operator_name,
            chat.channel,
            chat.opened_at,
            chat.closed_at,
            chat.rating,
        )


class OperatorChat(Shape, frozen=True):
    id: int
    tenant_id: int = field(name="musteri_id")
    state: str = field(name="durum")
    visitor_id: str = field(name="ziyaretci_id")
    visitor_name: str | None = field(name="ziyaretci_adi")
    visitor_email: str | None = field(name="ziyaretci_email")
    operator_id: int | None
    operator_name: str | None = field(name="operator_adi")
    channel: str = field(name="kanal")
    opened_at: datetime = field(name="baslangic")
    accepted_at: datetime | None = field(name="kabul")
    closed_at: datetime | None = field(name="bitis")
    message_count: int = field(name="mesaj_sayisi")
    rating: int | None = field(name="puan")
    comment: str | None = field(name="yorum")

    @classmethod
    def of(cls, chat: model.Chat) -> OperatorChat:
        return cls(
            chat.id,
            chat.tenant_id,
            CHAT_STATES[chat.state],
            chat.visitor_id,
            chat.visitor_name,
            chat.visitor_email,
            chat.operator_id,
            chat.operator_name,
            chat.channel,
            chat.opened_at,
            chat.accepted_at,
            chat.closed_at,
            chat.last_sequence,
            chat.rating,
            chat.comment,
        )


class Message(Shape, frozen=True):
    id: int
    chat_id: int = field(name="oturum_id")
    sequence: int = field(name="sira")
    sender: str = field(name="gonderen")
    sender_name: str | None = field(name="gonderen_adi")
    text: str | None = field(name="mesaj")
    file: File | None = field(name="dosya")
    sent_at: datetime = field(name="zaman")

    @classmethod
    def of(cls, message: model.Message) -> Message:
        return cls(
            message.id,
            message.chat_id,
            message.sequence,
            SENDERS[message.sender],
            message.sender_name,
            message.text,
            None if message.file is None else File.of(message.file),
            message.sent_at,
        )


class StartChatRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    name: str | None = field(name="ad", default=None)
    email: str | None = None
    text: str | None = field(name="mesaj", default=None)


class StartChatData(Shape, frozen=True):
    chat: Chat = field(name="oturum")
    message: Message | None = field(name="mesaj")


class StartChatAnswer(Answer, frozen=True, kw_only=True):
    data: StartChatData


class VisitorMessageRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    chat_id: int = field(name="oturum_id")
    text: str | None = field(name="mesaj", default=None)
    file_id: str | None = field(name="dosya_id", default=None)
    client_id: str | None = field(name="istemci_mesaj_id", default=None)


class OperatorMessageRequest(Shape, frozen=True):
    text: str | None = field(name="mesaj", default=None)
    file_id: str | None = field(name="dosya_id", default=None)
    client_id: str | None = field(name="istemci_mesaj_id", default=None)


class MessageData(Shape, frozen=True):
    message: Message = field(name="mesaj")


class MessageAnswer(Answer, frozen=True, kw_only=True):
    data: MessageData


class MessagesData(Shape, frozen=True):
    messages: list[Message] = field(name="mesajlar")
    state: str = field(name="durum")


class MessagesAnswer(Answer, frozen=True, kw_only=True):
    data: MessagesData

    @classmethod
    def of(cls, messages: Sequence[model.Message], state: model.ChatState) -> MessagesAnswer:
        return cls(data=MessagesData([Message.of(message) for message in messages], CHAT_STATES[state]))


class EndChatRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    chat_id: int = field(name="oturum_id")


class RateChatRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    chat_id: int = field(name="oturum_id")
    rating: int = field(name="puan")
    comment: str | None = field(name="yorum", default=None)


class ChatData(Shape, frozen=True):
    chat: Chat = field(name="oturum")


class ChatAnswer(Answer, frozen=True, kw_only=True):
    data: ChatData


class OperatorChatData(Shape, frozen=True):
    chat: OperatorChat = field(name="oturum")


class OperatorChatAnswer(Answer, frozen=True, kw_only=True):
    data: OperatorChatData


class ChatsData(Shape, frozen=True):
    chats: list[OperatorChat] = field(name="oturumlar")
    next_cursor: str | None = field(name="sonraki_imlec")


class ChatsAnswer(Answer, frozen=True, kw_only=True):
    data: ChatsData


class TransferRequest(Shape, frozen=True):
    operator_id: int
