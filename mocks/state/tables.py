"""What a snapshot has of the store: its tables in one place, each with where it stands and the verb that puts it back.

Order matters when they are put back: messages need their chat, memberships their operator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from impl import model
from impl.rules.articles import reading
from impl.rules.folding import folded_words
from impl.store.memory import MemoryTx
from impl.store.port import Tx


class FailedLogins(Struct, frozen=True):
    """When sign-ins of a subject failed, oldest first."""

    subject: str
    times: tuple[datetime, ...]


class FileUse(Struct, frozen=True):
    """That an operator's file was sent to a visitor."""

    file_id: str
    tenant_id: int
    visitor_id: str


Rows = Callable[[MemoryTx], Iterable[Any]]
Put = Callable[[Tx, Any], Any]
"""Answers an awaitable."""


@dataclass(frozen=True)
class Table:
    """One table of a snapshot."""

    name: str
    kind: type[Struct]
    source: str
    """Where the store has it: an attribute of `MemoryTx`."""
    key: tuple[str, ...]
    """The fields that tell rows apart, by which they are in order."""
    verb: str
    """The verb of the store's port that takes a row."""
    counted: str = ""
    """The kind of the ids that are given to its rows, if they are numbers that count up."""
    without: Mapping[str, Any] = field(default_factory=dict)
    """Fields that follow from the others, with what stands in them until `complete`."""
    complete: Callable[[Any], Any] = lambda row: row
    """Works those out."""

    def rows(self, tables: MemoryTx) -> list[Any]:
        """The rows, in order."""
        return sorted(_rows(self.kind, getattr(tables, self.source)), key=attrgetter(*self.key))

    async def put(self, tx: Tx, row: Any) -> None:
        """Put a row into a store."""
        match row:
            case FailedLogins():
                await tx.put_failed_logins(row.subject, row.times)
            case FileUse():
                await tx.put_file_use(row.file_id, row.tenant_id, row.visitor_id)
            case _:
                await getattr(tx, self.verb)(row)


def _rows(kind: type[Struct], source: Any) -> Iterator[Any]:
    if kind is FailedLogins:
        yield from (FailedLogins(subject, times) for subject, times in source.items())
    elif kind is FileUse:
        yield from (FileUse(file_id, *person) for person, file_ids in source.items() for file_id in file_ids)
    else:
        for row in source.values() if isinstance(source, dict) else source:
            if isinstance(row, Struct):
                yield row
            else:  # several under one key
                yield from row


def _read_article(article: model.Article) -> model.Article:
    return replace(article, folded_title=folded_words(article.title), reading=reading(article.body))


ID: Final = ("id",)
UNREAD: Final = {"folded_title": "", "reading": model.Reading((), "", ())}

TABLES: Final[Sequence[Table]] = (
    Table("tenants", model.Tenant, "tenants", ID, "put_tenant", "tenant"),
    Table("operators", model.Operator, "operators", ID, "put_operator"),
    Table(
        "memberships",
        model.Membership,
        "memberships_by_operator",
        ("operator_id", "position", "tenant_id"),
        "put_membership",
    ),
    Table("access_tokens", model.AccessToken, "tokens", ID, "put_token", "token"),
    Table("failed_logins", FailedLogins, "login_failures", ("subject",), "put_failed_logins"),
    Table("visitors", model.Visitor, "visitors", ("tenant_id", "id"), "put_visitor"),
    Table("chats", model.Chat, "chats", ID, "put_chat", "chat"),
    Table("messages", model.Message, "messages", ("chat_id", "sequence"), "add_message", "message"),
    Table("files", model.StoredFile, "files", ID, "put_file"),
    Table("file_uses", FileUse, "file_ids_sent_to", ("file_id", "tenant_id", "visitor_id"), "put_file_use"),
    Table("doomed_files", model.DoomedFile, "doomed", ID, "put_doomed_file"),
    Table("tickets", model.Ticket, "tickets", ID, "put_ticket", "ticket"),
    Table("ticket_replies", model.TicketReply, "replies", ("ticket_id", "position"), "add_reply", "reply"),
    Table("categories", model.Category, "categories", ID, "put_category", "category"),
    Table("articles", model.Article, "articles", ID, "put_article", "article", UNREAD, _read_article),
    Table("campaigns", model.Campaign, "campaigns_by_tenant", ID, "put_campaign", "campaign"),
    Table("canned_responses", model.CannedResponse, "canned", ID, "put_canned_response", "canned_response"),
    Table("page_views", model.PageView, "views", ID, "add_page_view", "page_view"),
    Table("error_logs", model.ErrorLog, "errors", ID, "add_error_log", "error_log"),
    Table("screenshots", model.Screenshot, "shots", ID, "add_screenshot", "screenshot"),
    Table("portal_sessions", model.PortalSession, "portal_sessions", ("digest",), "put_portal_session"),
    Table(
        "opened_projects",
        model.OpenedProject,
        "projects_by_operator",
        ("operator_id", "opened_at", "tenant_id"),
        "add_opened_project",
    ),
    Table("webhooks", model.WebhookEndpoint, "webhooks", ("tenant_id",), "put_webhook"),
    Table("outbox", model.OutboxRow, "outbox", ID, "add_to_outbox", "outbox"),
    Table("deliveries", model.Delivery, "deliveries_by_id", ID, "put_delivery", "delivery"),
    Table("idempotency_keys", model.Attempted, "attempts", ID, "put_attempted"),
)
