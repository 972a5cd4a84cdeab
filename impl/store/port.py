"""The store's port: what actions may ask of the state, whatever keeps it.

`await store.transact(work)` runs `work(tx)` as one transaction and answers what it returns. What it wrote is seen
by others all at once when it returns, and not at all when it raises. `work` can be run again (deadlock, busy file,
lost connection), so it has no effect but through `tx`, and awaits nothing but `tx`.

Transactions are serialisable: each is as if it ran alone. A store that finds out too late that two cannot be runs
`work` again; `_for_update`, and verbs that say that they lock, are where one should wait for the other instead.

A store has no rule, no clock, no randomness and invents no id. Getters answer None for what is not there. A `put_`
verb writes the whole row, new or not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

from impl.model import (
    AccessToken,
    Article,
    Attempted,
    Campaign,
    CannedResponse,
    Category,
    Chat,
    ChatState,
    Delivery,
    DoomedFile,
    ErrorLog,
    FoundArticle,
    Member,
    Membership,
    Message,
    OpenedProject,
    Operator,
    OutboxRow,
    PageView,
    PortalSession,
    Priority,
    Screenshot,
    Shelf,
    StoredFile,
    Tenant,
    TenantNumbers,
    Ticket,
    TicketReply,
    TicketState,
    Visitor,
    WebhookEndpoint,
)

Result = TypeVar("Result")


class Tx(Protocol):
    """One transaction's verbs."""

    # Tenants, operators, memberships (global tables)

    async def tenant(self, tenant_id: int) -> Tenant | None: ...

    async def put_tenant(self, tenant: Tenant) -> None: ...

    async def operator(self, operator_id: int) -> Operator | None: ...

    async def operator_by_email(self, email: str) -> Operator | None:
        """Emails are compared without case."""
        ...

    async def put_operator(self, operator: Operator) -> None: ...

    async def memberships(self, operator_id: int) -> Sequence[Membership]:
        """The operator's memberships, by position, then by tenant."""
        ...

    async def tabs(self, operator_id: int) -> Sequence[tuple[Tenant, Membership]]:
        """The same memberships, each with its tenant; those without one are left out."""
        ...

    async def membership(self, operator_id: int, tenant_id: int) -> Membership | None: ...

    async def put_membership(self, membership: Membership) -> None: ...

    async def operators_unseen_since(self, instant: datetime) -> Sequence[Operator]:
        """Operators whose `last_seen_at` is before the instant, or None, and who are not offline or have an active
        chat; by id."""
        ...

    async def anyone_online(self, tenant_id: int) -> bool:
        """Whether a member of the tenant is in the state `online`."""
        ...

    async def members(self, tenant_id: int, after: int, limit: int) -> Sequence[Member]:
        """The tenant's operators with a larger id than `after`, by id."""
        ...

    # Access tokens and failed sign-ins (global tables)

    async def token(self, token_id: int) -> AccessToken | None: ...

    async def tokens_of(self, operator_id: int) -> Sequence[AccessToken]:
        """All tokens of the operator, expired ones too, by id."""
        ...

    async def put_token(self, token: AccessToken) -> None: ...

    async def delete_token(self, token_id: int) -> None:
        """Nothing happens when it is not there."""
        ...

    async def failed_logins(self, subject: str) -> Sequence[datetime]:
        """When sign-ins of this subject failed, oldest first."""
        ...

    async def put_failed_logins(self, subject: str, times: Sequence[datetime]) -> None:
        """Replace the list; an empty one removes the subject."""
        ...

    async def delete_expired_tokens(self, now: datetime) -> None:
        """Delete the tokens whose `expires_at` is not after `now`."""
        ...

    async def delete_failed_logins(self, before: datetime) -> None:
        """Remove the subjects whose last failed sign-in was before that."""
        ...

    # Visitors

    async def visitor(self, tenant_id: int, visitor_id: str) -> Visitor | None: ...

    async def put_visitor(self, visitor: Visitor) -> None: ...

    # Chats

    async def chat(self, chat_id: int) -> Chat | None: ...

    async def chat_for_update(self, chat_id: int) -> Chat | None:
        """As `chat`, and nobody else changes it or adds a message until the transaction ends."""
        ...

    async def open_chat_of(self, tenant_id: int, visitor_id: str) -> Chat | None:
        """The visitor's chat that is not closed. Locks the pair, found or not: of two at once one waits."""
        ...

    async def put_chat(self, chat: Chat) -> None: ...

    async def put_chat_activity(self, chat_id: int, at: datetime) -> None:
        """Set only the chat's `last_activity_at`; the chat is there."""
        ...

    async def active_chats(self, operator_id: int) -> Sequence[Chat]:
        """The operator's chats in the state `active`, over all tenants, by id."""
        ...

    async def queue(
        self,
        tenant_ids: Sequence[int],
        states: Sequence[ChatState],
        after: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[Chat]:
        """Chats of these tenants in these states by (`opened_at`, `id`), those after the given pair."""
        ...

    async def open_chats_idle_since(self, instant: datetime, limit: int) -> Sequence[Chat]:
        """Chats that are not closed, whose `last_activity_at` is not after the instant, nor their visitor's
        `last_seen_at`; oldest opened first."""
        ...

    async def chats_of_visitor(self, tenant_id: int, visitor_id: str, limit: int) -> Sequence[Chat]:
        """The visitor's newest chats, newest first."""
        ...

    # Messages

    async def add_message(self, message: Message) -> None:
        """Add the chat's next message: its `sequence` is the chat's `last_sequence` + 1.

        The chat was taken by `chat_for_update`; its `last_sequence` and `last_activity_at` follow the message.
        """
        ...

    async def messages_after(self, chat_id: int, sequence: int, limit: int) -> Sequence[Message]:
        """The chat's messages with a larger sequence, in order."""
        ...

    async def message_by_client_id(self, chat_id: int, operator_id: int | None, client_id: str) -> Message | None:
        """The message that this operator (None: the visitor) sent under that id of theirs."""
        ...

    # Files

    async def file(self, file_id: str) -> StoredFile | None: ...

    async def put_file(self, file: StoredFile) -> None: ...

    async def put_file_use(self, file_id: str, tenant_id: int, visitor_id: str) -> None:
        """Remember that an operator's file was sent to that visitor; twice is once."""
        ...

    async def doomed_file(self, file_id: str) -> DoomedFile | None: ...

    async def doomed_files(self, now: datetime, limit: int) -> Sequence[DoomedFile]:
        """Those whose `at` is not after `now`, by (`at`, `id`)."""
        ...

    async def put_doomed_file(self, doomed: DoomedFile) -> None: ...

    async def delete_doomed_file(self, file_id: str) -> None:
        """Nothing happens when it is not there."""
        ...

    # Tickets

    async def ticket(self, ticket_id: int) -> Ticket | None: ...

    async def ticket_for_update(self, ticket_id: int) -> Ticket | None:
        """As `ticket`, and nobody else changes it or adds a reply until the transaction ends."""
        ...

    async def put_ticket(self, ticket: Ticket) -> None:
        """Tenant, visitor, priority and `created_at` of a ticket never change."""
        ...

    async def tickets_of_tenants(
        self,
        tenant_ids: Sequence[int],
        state: TicketState | None,
        priority: Priority | None,
        before: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[Ticket]:
        """Tickets of these tenants, in any state or priority where that is None, updated last first.

        In the order of (`updated_at`, `id`), both descending, those behind the given pair. Locks nothing.
        """
        ...

    async def tickets_of_visitor(
        self, tenant_id: int, visitor_id: str, before: tuple[datetime, int] | None, limit: int
    ) -> Sequence[Ticket]:
        """The visitor's tickets in the same order, those behind the given pair. Locks nothing."""
        ...

    async def add_reply(self, reply: TicketReply) -> None:
        """Add the ticket's next reply: its `position` is the ticket's `reply_count` + 1.

        The ticket was taken by `ticket_for_update`, and is put with that `reply_count` in the same transaction.
        """
        ...

    async def replies_after(self, ticket_id: int, position: int, limit: int) -> Sequence[TicketReply]:
        """The ticket's replies with a larger position, in order."""
        ...

    async def delete_tickets_of_visitor(self, tenant_id: int, visitor_id: str) -> int:
        """Delete the visitor's tickets with their replies; answers how many tickets.

        Waits for those that others took by `ticket_for_update`.
        """
        ...

    # Knowledge base, campaigns, canned responses

    async def put_category(self, category: Category) -> None: ...

    async def put_article(self, article: Article) -> None:
        """Its slug is the tenant's only one, its category (or None) the tenant's."""
        ...

    async def published_article(self, tenant_id: int, slug: str) -> FoundArticle | None: ...

    async def shelves(self, tenant_id: int, limit: int) -> Sequence[Shelf]:
        """The tenant's first `limit` categories with a published article, by position, then by id.

        Each has its first `limit` published articles by id.
        """
        ...

    async def knowledge_version(self, tenant_id: int) -> int:
        """Another one whenever a category or an article of the tenant was put; 0 before the first."""
        ...

    async def search_articles(
        self, tenant_id: int, words: Sequence[str], after: tuple[int, datetime, int] | None, limit: int
    ) -> Sequence[FoundArticle]:
        """The tenant's published articles where each of these folded words begins a word of title or body.

        A word begins one where `' ' + word` is in `folded_title` or in a paragraph's `folded`. Those with the most of
        the words in the title come first, then the last updated, then the largest id; only those behind the given
        triple of the three. The words differ from one another; without one nothing is found.
        """
        ...

    async def put_campaign(self, campaign: Campaign) -> None: ...

    async def running_campaigns(self, tenant_id: int, now: datetime) -> Sequence[Campaign]:
        """The tenant's active campaigns with `starts_at` ≤ now < `ends_at`, the last started first, then by id down."""
        ...

    async def put_canned_response(self, response: CannedResponse) -> None: ...

    async def canned_responses(
        self, tenant_ids: Sequence[int], after: tuple[str, int] | None, limit: int
    ) -> Sequence[CannedResponse]:
        """Those of these tenants by (`shortcut`, `id`), shortcuts by their code points, behind the given pair."""
        ...

    # Numbers

    async def numbers(self, tenant_ids: Sequence[int], since: date, today: date) -> Sequence[TenantNumbers]:
        """Each tenant's numbers, in that order; days are those of the instants' own calendar (Istanbul's).

        Chats closed `today`; ratings given, and first replies in chats opened, from `since` to `today` (≥ `since`).
        """
        ...

    # What a visitor's browser told

    async def page_views(self, tenant_id: int, visitor_id: str, limit: int) -> Sequence[PageView]:
        """The visitor's newest page views, newest first."""
        ...

    async def add_page_view(self, view: PageView) -> None:
        """Add the visitor's newest page view."""
        ...

    async def delete_old_page_views(self, tenant_id: int, visitor_id: str, keep: int) -> None:
        """Delete all but the visitor's newest so many."""
        ...

    async def error_logs(self, tenant_id: int, visitor_id: str, limit: int) -> Sequence[ErrorLog]:
        """The visitor's newest errors, newest first."""
        ...

    async def add_error_log(self, error: ErrorLog) -> None:
        """Add the visitor's newest error."""
        ...

    async def delete_old_error_logs(self, tenant_id: int, visitor_id: str, keep: int) -> None:
        """Delete all but the visitor's newest so many."""
        ...

    async def screenshots(self, tenant_id: int, visitor_id: str, limit: int) -> Sequence[Screenshot]:
        """The visitor's newest screenshots, newest first."""
        ...

    async def screenshot_by_file(self, file_id: str) -> Screenshot | None: ...

    async def add_screenshot(self, screenshot: Screenshot) -> None:
        """Add the visitor's newest screenshot."""
        ...

    async def delete_old_screenshots(self, tenant_id: int, visitor_id: str, keep: int) -> Sequence[str]:
        """Delete all but the visitor's newest so many; answers the deleted ones' file ids, oldest first."""
        ...

    # Erasure

    async def delete_visitor(self, tenant_id: int, visitor_id: str) -> None:
        """Delete the visitor's row, with their browser tokens. Nothing happens when it is not there."""
        ...

    async def delete_chats_of_visitor(self, tenant_id: int, visitor_id: str) -> Sequence[int]:
        """Delete the visitor's chats with their messages; answers the chats' ids, oldest first.

        The pair was taken by `open_chat_of`, so that none is opened meanwhile; of two at once one waits.
        """
        ...

    async def delete_files_of_visitor(self, tenant_id: int, visitor_id: str) -> Sequence[str]:
        """Delete the files that the visitor uploaded, and those of operators that were sent to nobody else.

        Answers their ids, sorted.
        """
        ...

    # Portal: sessions, opened projects, webhook endpoints, deliveries

    async def portal_session(self, digest: bytes) -> PortalSession | None: ...

    async def portal_session_for_update(self, digest: bytes) -> PortalSession | None:
        """As `portal_session`, and nobody else changes or deletes it until the transaction ends."""
        ...

    async def put_portal_session(self, session: PortalSession) -> None: ...

    async def delete_portal_session(self, digest: bytes) -> None:
        """Nothing happens when it is not there."""
        ...

    async def delete_expired_portal_sessions(self, now: datetime) -> None:
        """Delete those whose `expires_at` is not after `now`."""
        ...

    async def tenant_for_update(self, tenant_id: int) -> Tenant | None:
        """As `tenant`, and nobody else changes it until the transaction ends."""
        ...

    async def is_api_key_taken(self, api_key: str) -> bool:
        """Whether a tenant has this key."""
        ...

    async def opened_projects(self, operator_id: int) -> Sequence[OpenedProject]:
        """The operator's, oldest first, as far as they are kept. Locks the operator's: of two at once one waits."""
        ...

    async def add_opened_project(self, opened: OpenedProject) -> None: ...

    async def delete_opened_projects(self, until: datetime) -> None:
        """Delete those that were opened at this instant or before."""
        ...

    async def webhook(self, tenant_id: int) -> WebhookEndpoint | None: ...

    async def webhook_for_update(self, tenant_id: int) -> WebhookEndpoint | None:
        """As `webhook`. Locks the tenant's, found or not: of two at once one waits."""
        ...

    async def put_webhook(self, endpoint: WebhookEndpoint) -> None: ...

    async def delivery_for_update(self, delivery_id: int) -> Delivery | None:
        """The delivery, and nobody else changes it until the transaction ends."""
        ...

    async def put_delivery(self, delivery: Delivery) -> None:
        """A delivery's `created_at` and tenant never change."""
        ...

    async def deliveries(
        self, tenant_id: int, since: datetime, before: tuple[datetime, int] | None, limit: int
    ) -> Sequence[Delivery]:
        """The tenant's, created at `since` or later, by (`created_at`, `id`), largest first; below the given pair."""
        ...

    async def claim_deliveries(
        self, now: datetime, until: datetime, limit: int, limit_of_one: int, under_way: Mapping[int, int]
    ) -> Sequence[Delivery]:
        """Lease waiting deliveries to the caller until `until` (> `now`), and answer them as they are then.

        Those whose `next_attempt_at` is not after `now` and whose lease, if they have one, has run out then. Who could
        be claimed for longest comes first (the later of the two instants, then the id): at most `limit`, and of each
        tenant at most `limit_of_one` less what `under_way` says of it. Those that somebody else has locked are passed
        over: of two at once nobody waits, and none is claimed twice.
        """
        ...

    async def delete_deliveries(self, before: datetime) -> None:
        """Delete those that were created before the instant."""
        ...

    # Idempotency keys

    async def attempted(self, attempt_id: bytes) -> Attempted | None:
        """The request under this id. Locks the id, found or not: of two at once one waits."""
        ...

    async def put_attempted(self, attempted: Attempted) -> None: ...

    async def delete_attempted(self, attempt_id: bytes) -> None:
        """Nothing happens when it is not there."""
        ...

    async def delete_attempts_of_visitor(self, tenant_id: int, visitor_id: str) -> None:
        """Delete the widget's for that visitor of that one tenant."""
        ...

    async def delete_attempts(self, before: datetime) -> None:
        """Delete those that were begun before the instant."""
        ...

    # Outbox

    async def add_to_outbox(self, row: OutboxRow) -> None: ...

    async def outbox_row(self, row_id: int) -> OutboxRow | None: ...

    async def delete_from_outbox(self, before: datetime) -> None:
        """Delete the oldest rows, as far as their `at` is before the instant."""
        ...

    # What follows the transaction

    async def after_commit(self, effect: Callable[[], object]) -> None:
        """Call it once the transaction is committed, and not when it is not; it does not raise, and is quick."""
        ...


class Store(Protocol):
    """A place where the state lives."""

    async def transact(self, work: Callable[[Tx], Awaitable[Result]]) -> Result:
        """Run `work` as one transaction; see the module."""
        ...

    async def tenant_by_key(self, api_key: str) -> Tenant | None:
        """The tenant of this key; by itself, since every widget call begins with it."""
        ...
