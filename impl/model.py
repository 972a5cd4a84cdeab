"""Entities: frozen values in English, without a wire name (those stand in `impl.wire`).

Instants are aware datetimes of Europe/Istanbul in whole seconds, as `Clock.now` gives them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

from msgspec import Struct

ChatState = Literal["waiting", "active", "closed"]
Sender = Literal["visitor", "operator", "system"]
Role = Literal["owner", "manager", "senior", "junior"]
OperatorState = Literal["online", "busy", "offline"]
OfflineReason = Literal["manual", "logout", "timeout"]
TicketState = Literal["open", "answered", "solved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
EventKind = Literal[
    "chat_opened", "ticket_created", "chat_closed", "ticket_solved", "chat_rated", "operator_went_offline"
]
DeliveryState = Literal["waiting", "delivered", "failed"]
DisabledReason = Literal["manual", "gone", "failing"]


class Tenant(Struct, frozen=True, gc=False):
    """A customer company of the service, and how its widget looks and who may call it."""

    id: int
    name: str
    api_key: str
    api_secret: str
    logo_url: str | None
    color: str
    allowed_origins: tuple[str, ...] = ()
    """Serialised origins (`https://host[:port]`), normalised; empty: every origin."""
    secure_mode: bool = False
    """Whether every call of a visitor needs the visitor's token."""
    trial_ends_at: datetime | None = None
    """None: a paying tenant."""


class Operator(Struct, frozen=True, gc=False):
    """Somebody who answers chats; a member of one or more tenants."""

    id: int
    name: str
    email: str
    password_hash: str
    primary_tenant_id: int | None
    state: OperatorState = "offline"
    last_seen_at: datetime | None = None


class Membership(Struct, frozen=True, gc=False):
    """An operator in a tenant: a tab of the panel."""

    operator_id: int
    tenant_id: int
    position: int
    role: Role
    muted: bool = False
    chat_limit: int | None = None
    """Active chats at most in this tenant; None: no limit."""


class AccessToken(Struct, frozen=True, gc=False):
    """An operator's bearer token; only the SHA-256 of its secret half is kept."""

    id: int
    operator_id: int
    digest: bytes
    expires_at: datetime


class Profile(Struct, frozen=True, gc=False):
    """What the site told about its customer; None: not known."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone: str | None = None
    plan: str | None = None
    credit: int | None = None
    trial_end: str | None = None
    """A date or date-time, as the site wrote it."""
    trial_days: int | None = None
    trial_days_received_at: datetime | None = None
    extra: dict[str, Any] = {}
    extra_received_at: datetime | None = None


class Visitor(Struct, frozen=True, gc=False):
    """A visitor of a tenant's site, under the id that the site chose."""

    tenant_id: int
    id: str
    updated_at: datetime
    last_seen_at: float
    """Unix seconds with their fraction: of two tenants' visitors the later one counts."""
    profile: Profile = Profile()
    verified: bool = False
    token_digests: tuple[bytes, ...] = ()
    """SHA-256 of the browser tokens that are valid, oldest first."""


class Chat(Struct, frozen=True, gc=False):
    """A chat session: waiting, then active, then closed."""

    id: int
    tenant_id: int
    visitor_id: str
    visitor_name: str | None
    visitor_email: str | None
    opened_at: datetime
    last_activity_at: datetime
    channel: str = "web"
    state: ChatState = "waiting"
    operator_id: int | None = None
    operator_name: str | None = None
    accepted_at: datetime | None = None
    handed_at: datetime | None = None
    """When it came to its operator: accepted by them, or transferred to them."""
    first_reply_at: datetime | None = None
    """When an operator first wrote."""
    closed_at: datetime | None = None
    last_sequence: int = 0
    rating: int | None = None
    comment: str | None = None
    rated_at: datetime | None = None


class StoredFile(Struct, frozen=True, gc=False):
    """An uploaded file, without its bytes."""

    id: str
    tenant_id: int
    visitor_id: str | None
    name: str
    media_type: str
    size: int
    """Bytes."""


class DoomedFile(Struct, frozen=True, gc=False):
    """Bytes that are to be deleted once it is `at`: nothing refers to them, or nothing does yet."""

    id: str
    at: datetime


class Message(Struct, frozen=True, gc=False):
    """One message of a chat; `sequence` counts 1, 2, 3 … inside the chat."""

    id: int
    chat_id: int
    sequence: int
    sender: Sender
    sender_name: str | None
    text: str | None
    sent_at: datetime
    operator_id: int | None = None
    file: StoredFile | None = None
    client_id: str | None = None
    """The sender's own id of the message."""


# Tickets


class Ticket(Struct, frozen=True, gc=False):
    """What a visitor asked in writing: open, answered by an operator, solved, closed."""

    id: int
    tenant_id: int
    visitor_id: str
    visitor_name: str | None
    visitor_email: str | None
    subject: str
    text: str
    created_at: datetime
    updated_at: datetime
    """The last reply or change of state."""
    files: tuple[StoredFile, ...] = ()
    priority: Priority = "normal"
    state: TicketState = "open"
    operator_id: int | None = None
    """Who replied or changed the state last, of the operators."""
    operator_name: str | None = None
    reply_count: int = 0
    solved_at: datetime | None = None
    """Kept when a solved ticket is closed; None again once it is open or answered."""


class TicketReply(Struct, frozen=True, gc=False):
    """One reply to a ticket; `position` counts 1, 2, 3 … inside the ticket."""

    id: int
    ticket_id: int
    position: int
    sender: Sender
    sender_name: str | None
    text: str
    sent_at: datetime
    operator_id: int | None = None
    files: tuple[StoredFile, ...] = ()


# Knowledge base, campaigns, canned responses


class Category(Struct, frozen=True, gc=False):
    """A shelf of a tenant's knowledge base."""

    id: int
    tenant_id: int
    name: str
    position: int = 0


class Reading(Struct, frozen=True, gc=False):
    """An article's paragraphs as a search reads and shows them (made by `rules.articles`)."""

    texts: tuple[str, ...]
    """Each in plain text, at most 300 characters."""
    folded: str
    """The folded words of all of them whole, each behind a blank: ` sifremi unuttum kargo`."""
    ends: tuple[int, ...]
    """Where each paragraph ends in `folded`."""


class Article(Struct, frozen=True, gc=False):
    """An article of a tenant's knowledge base; its slug is the tenant's only one."""

    id: int
    tenant_id: int
    category_id: int | None
    slug: str
    title: str
    body: str
    """Markdown without HTML."""
    updated_at: datetime
    folded_title: str
    """The folded words of the title, each behind a blank."""
    reading: Reading
    published: bool = True


class FoundArticle(Struct, frozen=True, gc=False):
    """An article, the name of its category, and how many of the words looked for are in its title."""

    article: Article
    category: str | None
    title_words: int = 0


class Shelf(Struct, frozen=True, gc=False):
    """A category, how many published articles it has, and the first of them."""

    category: Category
    count: int
    articles: tuple[Article, ...]


class Campaign(Struct, frozen=True, gc=False):
    """Something that the widget shows by itself, on pages that its target matches, from its start to its end."""

    id: int
    tenant_id: int
    title: str
    message: str
    starts_at: datetime
    ends_at: datetime | None = None
    """The first instant at which it runs no more; None: no end."""
    target: str | None = None
    """An address pattern with `*`; None: every page."""
    button_text: str | None = None
    button_url: str | None = None
    delay: int = 0
    """Seconds after the page has opened."""
    active: bool = True


class CannedResponse(Struct, frozen=True, gc=False):
    """A text that operators of a tenant send by its shortcut."""

    id: int
    tenant_id: int
    shortcut: str
    title: str
    text: str


# Numbers


class TenantNumbers(NamedTuple):
    """What a tenant's dashboard is made of; sums and counts, so that tenants can be added up."""

    waiting: int
    active: int
    closed: int
    """Chats closed on the last day of the span."""
    open_tickets: int
    rating_sum: int
    ratings: int
    reply_seconds: int
    """Of all first replies together."""
    replies: int


class Member(Struct, frozen=True, gc=False):
    """An operator in a tenant, with their active chats there."""

    operator: Operator
    membership: Membership
    active_chats: int


# What a visitor's browser told: pages, errors, screenshots


class PageView(Struct, frozen=True, gc=False):
    """A page of the tenant's site that a visitor opened."""

    id: int
    tenant_id: int
    visitor_id: str
    url: str
    title: str | None
    referrer: str | None
    at: datetime


class ErrorLog(Struct, frozen=True, gc=False):
    """An error of a script in a visitor's browser."""

    id: int
    tenant_id: int
    visitor_id: str
    message: str
    source: str | None
    line: int | None
    column: int | None
    stack: str | None
    page_url: str | None
    browser: str | None
    at: datetime


class Screenshot(Struct, frozen=True, gc=False):
    """A picture of a visitor's screen, without its bytes; no file that a message could carry."""

    id: int
    tenant_id: int
    visitor_id: str
    file_id: str
    media_type: str
    size: int
    """Bytes."""
    page_url: str | None
    at: datetime


# Portal: sessions, webhook endpoints, deliveries


class PortalSession(Struct, frozen=True, gc=False):
    """A sign-in at the portal; only the SHA-256 of the cookie's value is kept."""

    digest: bytes
    operator_id: int
    active_tenant_id: int | None
    """The tenant that was chosen; whether the operator is still a member is asked at each request."""
    expires_at: datetime


class OpenedProject(Struct, frozen=True, gc=False):
    """That an operator opened a tenant: counts for the daily limit, whatever becomes of the tenant."""

    operator_id: int
    tenant_id: int
    opened_at: datetime


class WebhookEndpoint(Struct, frozen=True, gc=False):
    """Where a tenant's events are sent; at most one for each tenant."""

    tenant_id: int
    url: str
    events: tuple[EventKind, ...]
    """The kinds that are wanted."""
    secret: str
    """`whsec_` and base64: what deliveries are signed with (Standard Webhooks)."""
    created_at: datetime
    updated_at: datetime
    enabled: bool = True
    disabled_reason: DisabledReason | None = None
    failing_since: datetime | None = None
    """The first failed attempt since the last success, or since somebody set the endpoint."""


class Delivery(Struct, frozen=True, gc=False):
    """One event on its way to a tenant's endpoint: waiting for its next attempt, delivered, or given up."""

    id: int
    tenant_id: int
    webhook_id: str
    """The header `webhook-id`, the same at every attempt."""
    event_kind: EventKind
    outbox_id: int
    created_at: datetime
    next_attempt_at: datetime | None
    """None: finished."""
    state: DeliveryState = "waiting"
    attempts: int = 0
    last_status: int | None = None
    """HTTP status of the last attempt; None: no answer came."""
    last_error: str | None = None
    last_attempt_at: datetime | None = None
    leased_until: datetime | None = None
    """Until then nobody else takes it; None: nobody sends it now."""


# Idempotency keys


class Attempted(Struct, frozen=True, gc=False):
    """A request that came with an `Idempotency-Key`, and how it was answered."""

    id: bytes
    """SHA-256 of caller, visitor, operation and key."""
    fingerprint: bytes
    """SHA-256 of what was asked."""
    begun_at: datetime
    number: int
    """Tells attempts of the same id apart, of which the first ran too long."""
    tenant_ids: tuple[int, ...]
    """The tenants that the caller reached then."""
    visitor_id: str | None = None
    """Of a widget call: whose answer it is, in the one tenant."""
    status: int | None = None
    """None: not answered yet."""
    body: bytes = b""


# Events


class ChatOpened(Struct, frozen=True, gc=False, tag=True):
    """A new chat waits."""

    tenant_id: int
    chat_id: int
    visitor_id: str
    visitor_name: str | None
    channel: str


class ChatClosed(Struct, frozen=True, gc=False, tag=True):
    """A chat was closed; `seconds` since it was opened."""

    tenant_id: int
    chat_id: int
    visitor_name: str | None
    closed_by: Sender
    operator_id: int | None
    seconds: int
    messages: int


class ChatRated(Struct, frozen=True, gc=False, tag=True):
    """A visitor rated a closed chat, 1 to 5."""

    tenant_id: int
    chat_id: int
    rating: int
    comment: str | None
    operator_id: int | None


class TicketCreated(Struct, frozen=True, gc=False, tag=True):
    """A visitor opened a ticket."""

    tenant_id: int
    ticket_id: int
    visitor_id: str
    visitor_name: str | None
    subject: str
    priority: Priority


class TicketSolved(Struct, frozen=True, gc=False, tag=True):
    """An operator solved a ticket; `seconds` since it was created."""

    tenant_id: int
    ticket_id: int
    subject: str
    operator_id: int
    seconds: int


class OperatorWentOffline(Struct, frozen=True, gc=False, tag=True):
    """An operator went offline; one event for each tenant."""

    tenant_id: int
    operator_id: int
    operator_name: str
    reason: OfflineReason


Event = ChatOpened | ChatClosed | ChatRated | TicketCreated | TicketSolved | OperatorWentOffline


class OutboxRow(Struct, frozen=True, gc=False):
    """An event that is to be told to a tenant's webhook, written with the change that it tells."""

    id: int
    at: datetime
    event: Event
