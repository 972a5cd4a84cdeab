"""The shapes of requests and answers: the Turkish wire name beside each English attribute.

One Struct a schema of `openapi.yaml`, of the same name; a test compares the two property by property. Nothing
leaves that is not in a shape. `ARGUMENTS` does the same for parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType, field

from impl import model
from impl.rules.banner import Item

ARGUMENTS: Final[Mapping[str, str]] = {
    "id": "record_id",
    "musteriId": "tenant_id",
    "musteri_id": "tenant_id",
    "ziyaretci_id": "visitor_id",
    "oturum_id": "chat_id",
    "son_sira": "after",
    "limit": "limit",
    "bekle": "wait",
    "durum": "state",
    "imlec": "cursor",
    "X-Ziyaretci-Token": "visitor_token",
    "Idempotency-Key": "idempotency_key",
}
"""The handlers' argument for each parameter of the document."""

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
ROLES: Final[Mapping[model.Role, str]] = {
    "owner": "sahip",
    "manager": "yonetici",
    "senior": "senior",
    "junior": "junior",
}
OPERATOR_STATES: Final[Mapping[model.OperatorState, str]] = {
    "online": "cevrimici",
    "busy": "mesgul",
    "offline": "cevrimdisi",
}
OPERATOR_STATES_READ: Final[Mapping[str, model.OperatorState]] = {
    wire: state for state, wire in OPERATOR_STATES.items()
}
BANNER_KINDS: Final = {"plan": "paket", "credit": "kontor", "trial": "trial", "storage": "depolama"}


class Shape(Struct, frozen=True, gc=False):
    """A schema's shape. Absent optional properties are UNSET."""


class Answer(Shape, frozen=True):
    """The envelope of success; each answer adds its `data`."""

    success: bool = field(default=True, name="basarili")


# auth


class LoginRequest(Shape, frozen=True):
    email: str
    password: str = field(name="sifre")


class TenantTab(Shape, frozen=True):
    id: int
    name: str = field(name="firma_adi")
    logo_url: str | None
    color: str = field(name="renk_primary")
    position: int = field(name="sira")
    muted: bool = field(name="sessize_alindi")
    role: str = field(name="rol")
    chat_limit: int | None = field(name="max_chat_per_tenant")

    @classmethod
    def of(cls, tenant: model.Tenant, membership: model.Membership) -> TenantTab:
        return cls(
            tenant.id,
            tenant.name,
            tenant.logo_url,
            tenant.color,
            membership.position,
            membership.muted,
            ROLES[membership.role],
            membership.chat_limit,
        )


class Operator(Shape, frozen=True):
    id: int
    name: str = field(name="ad")
    email: str
    primary_tenant_id: int | None = field(name="musteri_id")
    tenants: list[TenantTab] = field(name="musteriler")


class LoginData(Shape, frozen=True):
    token: str
    token_type: str = field(name="token_tipi")
    expires_at: datetime = field(name="gecerlilik")
    operator: Operator


class LoginAnswer(Answer, frozen=True, kw_only=True):
    data: LoginData


class LogoutData(Shape, frozen=True):
    state: str = field(name="durum")


class LogoutAnswer(Answer, frozen=True, kw_only=True):
    data: LogoutData


class OperatorStatusRequest(Shape, frozen=True):
    state: str = field(name="durum")


class OperatorStatusData(Shape, frozen=True):
    state: str = field(name="durum")


class OperatorStatusAnswer(Answer, frozen=True, kw_only=True):
    data: OperatorStatusData


# tenants


class TenantsData(Shape, frozen=True):
    tenants: list[TenantTab] = field(name="musteriler")


class TenantsAnswer(Answer, frozen=True, kw_only=True):
    data: TenantsData


class TenantData(Shape, frozen=True):
    tenant: TenantTab = field(name="musteri")


class TenantAnswer(Answer, frozen=True, kw_only=True):
    data: TenantData


class TenantOrderRequest(Shape, frozen=True):
    order: list[int]


class MuteRequest(Shape, frozen=True):
    muted: bool = field(name="sessize")


# chats


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


class File(Shape, frozen=True):
    id: str = field(name="dosya_id")
    name: str = field(name="ad")
    media_type: str = field(name="tur")
    size: int = field(name="boyut")
    url: str

    @classmethod
    def of(cls, file: model.StoredFile) -> File:
        return cls(file.id, file.name, file.media_type, file.size, f"/storage/dosyalar/{file.id}")


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


# visitors


class InitRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")


class InitData(Shape, frozen=True):
    name: str = field(name="firma_adi")
    logo_url: str | None
    color: str = field(name="renk_primary")
    online: bool = field(name="cevrimici")
    open_chat: Chat | None = field(name="aktif_oturum")
    visitor_token: str | UnsetType = field(name="ziyaretci_token", default=UNSET)


class InitAnswer(Answer, frozen=True, kw_only=True):
    data: InitData


class CustomerInfoRequest(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    first_name: str | UnsetType | None = field(name="ad", default=UNSET)
    last_name: str | UnsetType | None = field(name="soyad", default=UNSET)
    email: str | UnsetType | None = UNSET
    phone: str | UnsetType | None = field(name="telefon", default=UNSET)
    plan: str | UnsetType | None = field(name="paket", default=UNSET)
    credit: int | UnsetType | None = field(name="kontor", default=UNSET)
    trial_end: str | UnsetType | None = field(name="trial_bitis", default=UNSET)
    trial_days: int | UnsetType | None = field(name="trial_kalan_gun", default=UNSET)
    extra: dict[str, Any] | UnsetType | None = field(name="ekstra", default=UNSET)
    timestamp: int | UnsetType = UNSET
    signature: str | UnsetType = UNSET


class CustomerInfoData(Shape, frozen=True):
    visitor_id: str = field(name="ziyaretci_id")
    updated_at: datetime = field(name="guncellendi")
    visitor_token: str | UnsetType = field(name="ziyaretci_token", default=UNSET)


class CustomerInfoAnswer(Answer, frozen=True, kw_only=True):
    verified: bool = field(name="identity_dogrulandi")
    data: CustomerInfoData


class CustomerProfile(Shape, frozen=True):
    first_name: str | None = field(name="ad")
    last_name: str | None = field(name="soyad")
    email: str | None
    phone: str | None = field(name="telefon")
    plan: str | None = field(name="paket")
    credit: int | None = field(name="kontor")
    trial_end: str | None = field(name="trial_bitis")
    trial_days: int | None = field(name="trial_kalan_gun")
    extra: dict[str, Any] = field(name="ekstra")

    @classmethod
    def of(cls, profile: model.Profile) -> CustomerProfile:
        return cls(
            profile.first_name,
            profile.last_name,
            profile.email,
            profile.phone,
            profile.plan,
            profile.credit,
            profile.trial_end,
            profile.trial_days,
            profile.extra,
        )


class BannerItem(Shape, frozen=True):
    kind: str = field(name="tip")
    icon: str
    label: str
    value: str = field(name="deger")
    critical: bool | UnsetType = field(name="kritik", default=UNSET)

    @classmethod
    def of(cls, item: Item) -> BannerItem:
        critical = UNSET if item.critical is None else item.critical
        return cls(BANNER_KINDS[item.kind], item.icon, item.label, item.value, critical)


class VisitorContextData(Shape, frozen=True):
    tenant_id: int = field(name="musteri_id")
    visitor_id: str = field(name="ziyaretci_id")
    profile: CustomerProfile = field(name="musteri")
    banner: list[BannerItem]
    verified: bool = field(name="identity_dogrulandi")
    updated_at: datetime = field(name="guncellendi")
    chats: list[OperatorChat] = field(name="oturumlar")
    pages: list[Any] = field(name="sayfa_gecmisi", default_factory=list)
    errors: list[Any] = field(name="hatalar", default_factory=list)
    screenshots: list[Any] = field(name="ekran_goruntuleri", default_factory=list)
    tickets: list[Any] = field(name="ticketlar", default_factory=list)


class VisitorContextAnswer(Answer, frozen=True, kw_only=True):
    data: VisitorContextData
