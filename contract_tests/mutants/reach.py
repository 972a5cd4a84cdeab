"""A family of wrong servers: one operation, and only that one, forgets whose the record is that it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import partial, wraps
from typing import Any, Final

from msgspec.structs import replace

import impl.app
from contract_tests.catalogue import CATALOGUE
from contract_tests.isolation.requests import OPERATOR, OWN, PORTAL, RECORDS, WIDGET
from contract_tests.mutants.planting import Patch, family
from impl.actions import messages, tickets
from impl.callers import WidgetCaller
from impl.model import Membership
from impl.store.memory.people import People

Change = Callable[[Any, dict[str, Any]], dict[str, Any]]
"""Of the embedded store's tables and a handler's arguments: other arguments."""

FORGED: ContextVar[int | None] = ContextVar("forged", default=None)
"""The operator who counts as the owner of every tenant while an operation is handled."""
ANY_FILE: ContextVar[bool] = ContextVar("any_file", default=False)
"""Whether every file may be sent while an operation is handled."""


def _forgets(patch: Patch, operation: str, change: Change) -> None:
    """Let the operation's handler be called with changed arguments."""

    def handlers(original: Any) -> Any:
        table = original()
        right = table[operation]

        @wraps(right)
        async def wrong(world: Any, **arguments: Any) -> Any:
            return await right(world, **change(world.store.tables, arguments))

        return {**table, operation: wrong}

    patch.wrap(impl.app, "handlers", handlers)


# Visitors


def _is_anothers(tables: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """Whoever asks in the tenant is taken for the record's visitor."""
    record = _record(tables, arguments)
    if record is None or record.tenant_id != arguments["caller"].tenant.id:
        return arguments
    if "visitor_id" in arguments:
        return arguments | {"visitor_id": record.visitor_id}
    return arguments | {"body": replace(arguments["body"], visitor_id=record.visitor_id)}


def _is_another_tenants(tables: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """The same visitor id is the same visitor, whichever tenant asks."""
    record = _record(tables, arguments) or _elsewhere(tables, arguments)
    if record is None or record.visitor_id != _visitor(arguments):
        return arguments
    return arguments | {"caller": WidgetCaller(tables.tenants[record.tenant_id])}


def _is_unproven(tables: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """The visitor's token is not asked for."""
    return arguments | {"caller": WidgetCaller(replace(arguments["caller"].tenant, secure_mode=False))}


def _is_the_newest(rows: str, tables: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """Whoever asks is taken for the tenant's visitor who wrote last."""
    tenant = arguments["caller"].tenant.id
    found = [row for row in getattr(tables, rows).values() if row.tenant_id == tenant]
    if not found:
        return arguments
    visitor = max(found, key=lambda row: row.id).visitor_id
    if "visitor_id" in arguments:
        return arguments | {"visitor_id": visitor}
    return arguments | {"body": replace(arguments["body"], visitor_id=visitor)}


def _visitor(arguments: Mapping[str, Any]) -> str:
    return str(arguments["visitor_id"] if "visitor_id" in arguments else arguments["body"].visitor_id)


def _record(tables: Any, arguments: Mapping[str, Any]) -> Any:
    """The chat, ticket or file that is named."""
    body = arguments.get("body")
    chat = arguments.get("chat_id") or getattr(body, "chat_id", None)
    if chat is not None:
        return tables.chats.get(chat)
    if "record_id" in arguments:
        return tables.tickets.get(arguments["record_id"])
    files = getattr(body, "file_ids", None)
    return tables.files.get(files[0]) if files else None


def _elsewhere(tables: Any, arguments: Mapping[str, Any]) -> Any:
    """Something of the visitor of the same id in another tenant."""
    here, visitor = arguments["caller"].tenant.id, _visitor(arguments)
    chats = tables.chats.values()
    return next((chat for chat in chats if chat.visitor_id == visitor and chat.tenant_id != here), None)


NEWEST: Final = {"widget_init": "chats", "start_chat": "chats", "list_tickets": "tickets"}
"""Whose records operations that name only a visitor show to another one."""
UNSEEN: Final = frozenset({"upload_file"})
"""What it mixes up between tenants nobody can see."""

for _operation in RECORDS:
    family(
        "isolation.visitor",
        f"reach-{_operation}",
        f"{_operation} forgets whose the record is within a tenant.",
        partial(_forgets, operation=_operation, change=_is_anothers),
        _operation,
    )
for _operation, _rows in NEWEST.items():
    family(
        "isolation.visitor",
        f"reach-{_operation}",
        f"{_operation} takes another visitor for the one who wrote last.",
        partial(_forgets, operation=_operation, change=partial(_is_the_newest, _rows)),
        _operation,
    )
for _operation in sorted({*RECORDS, *OWN} - UNSEEN):
    family(
        "isolation.tenant",
        f"reach-{_operation}-of-tenant",
        f"{_operation} forgets the tenant.",
        partial(_forgets, operation=_operation, change=_is_another_tenants),
        _operation,
    )
for _operation in WIDGET:
    family(
        "isolation.secure",
        f"reach-{_operation}-unproven",
        f"{_operation} forgets the visitor's token.",
        partial(_forgets, operation=_operation, change=_is_unproven),
        _operation,
    )


# Operators and portal users


def _forged(patch: Patch, operation: str, change: Change) -> None:
    """While the operation is handled, one operator is the owner of every tenant."""

    async def membership(original: Any, tables: Any, operator_id: int, tenant_id: int) -> Any:
        found = await original(tables, operator_id, tenant_id)
        if found is None and operator_id == FORGED.get() and tenant_id in tables.tenants:
            return Membership(operator_id, tenant_id, 0, "owner")
        return found

    async def tabs(original: Any, tables: Any, operator_id: int) -> Any:
        if operator_id != FORGED.get():
            return await original(tables, operator_id)
        return [(tenant, Membership(operator_id, tenant.id, tenant.id, "owner")) for tenant in tables.tenants.values()]

    patch.wrap(People, "membership", membership)
    patch.wrap(People, "tabs", tabs)
    _forgets(patch, operation, change)


def _is_member(tables: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """The operator is a member of every tenant."""
    caller = arguments["caller"]
    FORGED.set(caller.operator.id)
    return arguments | {"caller": replace(caller, tenant_ids=tuple(tables.tenants))}


def _receives(tables: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """Whoever is to receive the chat is a member of every tenant."""
    FORGED.set(arguments["body"].operator_id)
    return arguments


def _works_on(tables: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """The portal user works on the tenant that has the record."""
    caller, origin = arguments["caller"], arguments.get("origin")
    FORGED.set(caller.operator.id)
    tenant = next((one.id for one in tables.tenants.values() if origin in one.allowed_origins), None)
    delivery = tables.deliveries_by_id.get(arguments.get("record_id"))
    active = delivery.tenant_id if delivery else tenant
    return arguments if active is None else arguments | {"caller": replace(caller, active_tenant_id=active)}


for _operation in OPERATOR:
    family(
        "isolation.operator",
        f"reach-{_operation}",
        f"{_operation} forgets that the operator is no member.",
        partial(_forged, operation=_operation, change=_is_member),
        _operation,
    )
for _operation in ("list_tenants", "get_dashboard"):
    family(
        "isolation.lists",
        f"reach-{_operation}",
        f"{_operation} shows every tenant.",
        partial(_forged, operation=_operation, change=_is_member),
        _operation,
    )
for _operation, _rule in PORTAL.items():
    family(
        _rule,
        f"reach-{_operation}",
        f"{_operation} forgets that the user is no member.",
        partial(_forged, operation=_operation, change=_works_on),
        _operation,
    )
family(
    "isolation.receiver",
    "reach-transfer_chat-receiver",
    "A chat goes to any operator.",
    partial(_forged, operation="transfer_chat", change=_receives),
    "transfer_chat",
)


# Files


def _takes_any_file(tables: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    ANY_FILE.set(True)
    return arguments


def _with_any_file(patch: Patch, operation: str) -> None:
    async def file_of(original: Any, tx: Any, chat: Any, sender: Any, draft: Any) -> Any:
        found = await tx.file(draft.file_id) if ANY_FILE.get() and draft.file_id else None
        return found or await original(tx, chat, sender, draft)

    async def files(original: Any, tx: Any, tenant: int, visitor: Any, file_ids: Any) -> Any:
        found = [await tx.file(file_id) for file_id in file_ids] if ANY_FILE.get() else [None]
        return tuple(found) if all(found) else await original(tx, tenant, visitor, file_ids)

    patch.wrap(messages, "file_of", file_of)
    patch.wrap(tickets, "_files", files)
    _forgets(patch, operation, _takes_any_file)


for _operation in (
    "send_visitor_message",
    "create_ticket",
    "reply_ticket",
    "send_operator_message",
    "reply_operator_ticket",
):
    family(
        "isolation.file",
        f"reach-{_operation}-file",
        f"{_operation} takes every file.",
        partial(_with_any_file, operation=_operation),
        _operation,
    )


# Keys and cursors


def _key_of_every_tenant(patch: Patch, operation: str) -> None:
    def once(original: Any, world: Any, attempt: Any, run: Any) -> Any:
        if attempt.operation == operation:
            attempt = attempt._replace(caller=WidgetCaller(world.store.tables.tenants[1]))
        return original(world, attempt, run)

    patch.wrap(impl.app, "once", once)


def _leads(change: Change) -> Change:
    """Whoever has a cursor goes on in the list that it is of."""
    return lambda tables, arguments: arguments if arguments["cursor"] is None else change(tables, arguments)


for _operation in CATALOGUE["isolation.key"].operations:
    family(
        "isolation.key",
        f"reach-{_operation}-key",
        f"{_operation} takes a key for the same in every tenant.",
        partial(_key_of_every_tenant, operation=_operation),
        _operation,
    )
family(
    "isolation.cursor",
    "reach-list_tickets-cursor",
    "A cursor of the visitor who wrote last shows what follows to everybody.",
    partial(_forgets, operation="list_tickets", change=_leads(partial(_is_the_newest, "tickets"))),
    "list_tickets",
)
family(
    "isolation.cursor",
    "reach-list_operator_tickets-cursor",
    "A cursor leads through the tickets of every tenant.",
    partial(_forged, operation="list_operator_tickets", change=_leads(_is_member)),
    "list_operator_tickets",
)
