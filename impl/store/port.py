"""The store's port: what actions may ask of the state, whatever keeps it.

`await store.transact(work)` runs `work(tx)` as one transaction and answers what it returns. What it wrote is seen
by others all at once when it returns, and not at all when it raises. `work` can be run again (deadlock, busy file,
lost connection), so it has no effect but through `tx`, and awaits nothing but `tx`.

A store has no rule, no clock, no randomness and invents no id. Getters answer None for what is not there. A `put_`
verb writes the whole row, new or not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

from impl.model import (
    AccessToken,
    Article,
    Campaign,
    CannedResponse,
    Category,
    Chat,
    ChatState,
    FoundArticle,
    Member,
    Membership,
    Message,
    Operator,
    OutboxRow,
    Shelf,
    StoredFile,
    Tenant,
    TenantNumbers,
    Visitor,
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
        """Operators who are not offline and whose `last_seen_at` is before the instant, or None; by id."""
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
        """Chats that are not closed and whose `last_activity_at` is not after the instant; oldest opened first."""
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

    # Tickets

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

    # Erasure

    # Portal: sessions, opened projects, webhook endpoints, deliveries

    # Idempotency keys

    # Outbox

    async def add_to_outbox(self, row: OutboxRow) -> None: ...


class Store(Protocol):
    """A place where the state lives."""

    async def transact(self, work: Callable[[Tx], Awaitable[Result]]) -> Result:
        """Run `work` as one transaction; see the module."""
        ...

    async def tenant_by_key(self, api_key: str) -> Tenant | None:
        """The tenant of this key; by itself, since every widget call begins with it."""
        ...
