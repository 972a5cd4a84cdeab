"""Tickets: opened by visitors, replied to by either side, solved and closed by operators."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from impl.actions.chats import full_name
from impl.actions.finding import SEEN_EVERY
from impl.actions.outbox import tell
from impl.actions.reach import check_signed_in, membership_in, wanted_tenants
from impl.actions.visitors import meet, see
from impl.callers import OperatorCaller
from impl.model import (
    Operator,
    Priority,
    StoredFile,
    Tenant,
    Ticket,
    TicketCreated,
    TicketReply,
    TicketSolved,
    TicketState,
)
from impl.problems import NotFound, TicketIsClosed
from impl.store.port import Tx
from impl.world import World

FindTicket = Callable[[Tx], Awaitable[Ticket]]
"""Finds a ticket inside a transaction."""


class TicketDraft(Struct, frozen=True):
    """What a visitor asks. Name and email stand on the ticket only; without one, the profile's does."""

    subject: str
    text: str
    name: str | None
    email: str | None
    priority: Priority
    file_ids: Sequence[str]


class TicketPage(Struct, frozen=True):
    """A ticket with some of its replies, oldest first, and whether there are more."""

    ticket: Ticket
    replies: Sequence[TicketReply]
    more: bool


# Finding


def visitors_ticket(
    world: World, tenant: Tenant, visitor_id: str, ticket_id: int, visitor_token: str | None, *, reading: bool = False
) -> FindTicket:
    """Finds the visitor's own ticket, to change it or only to read. Raises VisitorTokenNeeded, NotFound."""

    async def find(tx: Tx) -> Ticket:
        await see(world, tx, tenant, visitor_id, visitor_token, every=SEEN_EVERY if reading else 0.0)
        ticket = await (tx.ticket(ticket_id) if reading else tx.ticket_for_update(ticket_id))
        if ticket is None or ticket.tenant_id != tenant.id or ticket.visitor_id != visitor_id:
            raise NotFound
        return ticket

    return find


def members_ticket(caller: OperatorCaller, ticket_id: int, *, reading: bool = False) -> FindTicket:
    """Finds a ticket of the operator's tenants, to change it or only to read. Raises InvalidToken, NotFound."""

    async def find(tx: Tx) -> Ticket:
        ticket = await (tx.ticket(ticket_id) if reading else tx.ticket_for_update(ticket_id))
        if ticket is None:
            await check_signed_in(tx, caller)
            raise NotFound
        await membership_in(tx, caller, ticket.tenant_id)
        return ticket

    return find


# Writing


async def create_ticket(
    world: World, tenant: Tenant, visitor_id: str, draft: TicketDraft, visitor_token: str | None
) -> Ticket:
    """Open a ticket. Raises VisitorTokenNeeded, NotFound for a file that is not the visitor's."""

    async def work(tx: Tx) -> Ticket:
        visitor = await meet(world, tx, tenant, visitor_id, visitor_token)
        files = await _files(tx, tenant.id, visitor_id, draft.file_ids)
        now = world.clock.now()
        ticket = Ticket(
            id=world.ids.next("ticket"),
            tenant_id=tenant.id,
            visitor_id=visitor_id,
            visitor_name=draft.name or full_name(visitor.profile),
            visitor_email=draft.email or visitor.profile.email,
            subject=draft.subject,
            text=draft.text,
            created_at=now,
            updated_at=now,
            files=files,
            priority=draft.priority,
        )
        await tx.put_ticket(ticket)
        event = TicketCreated(tenant.id, ticket.id, visitor_id, ticket.visitor_name, ticket.subject, ticket.priority)
        await tell(world, tx, event)
        return ticket

    return await world.store.transact(work)


async def reply_as_visitor(
    world: World, find: FindTicket, text: str, file_ids: Sequence[str]
) -> tuple[TicketReply, TicketState]:
    """Add the visitor's reply, which opens the ticket again; answers its state too. Raises NotFound, TicketIsClosed."""

    async def work(tx: Tx) -> tuple[TicketReply, TicketState]:
        return await _reply(world, tx, await find(tx), None, text, file_ids)

    return await world.store.transact(work)


async def reply_as_operator(
    world: World, caller: OperatorCaller, find: FindTicket, text: str, file_ids: Sequence[str]
) -> tuple[TicketReply, TicketState]:
    """Add the operator's reply; the ticket is answered then. Answers its state too. Raises NotFound, TicketIsClosed."""

    async def work(tx: Tx) -> tuple[TicketReply, TicketState]:
        return await _reply(world, tx, await find(tx), caller.operator, text, file_ids)

    return await world.store.transact(work)


async def _reply(
    world: World, tx: Tx, ticket: Ticket, operator: Operator | None, text: str, file_ids: Sequence[str]
) -> tuple[TicketReply, TicketState]:
    """Add the reply of an operator, or (None) of the visitor."""
    files = await _files(tx, ticket.tenant_id, None if operator else ticket.visitor_id, file_ids)
    if ticket.state == "closed":
        raise TicketIsClosed
    now, position, ids = world.clock.now(), ticket.reply_count + 1, world.ids
    if operator is None:
        changed = _in_state(ticket, "open", now)
        reply = TicketReply(
            ids.next("reply"), ticket.id, position, "visitor", ticket.visitor_name, text, now, None, files
        )
    else:
        changed = _by(operator, _in_state(ticket, "answered", now))
        for file in files:
            await tx.put_file_use(file.id, ticket.tenant_id, ticket.visitor_id)
        reply = TicketReply(
            ids.next("reply"), ticket.id, position, "operator", operator.name, text, now, operator.id, files
        )
    await tx.add_reply(reply)
    await tx.put_ticket(replace(changed, reply_count=position))
    return reply, changed.state


async def set_state(world: World, caller: OperatorCaller, find: FindTicket, state: TicketState) -> Ticket:
    """Open, solve or close a ticket, whatever its state; the same again changes nothing. Raises NotFound."""
    me = caller.operator

    async def work(tx: Tx) -> Ticket:
        ticket = await find(tx)
        if ticket.state == state:
            return ticket
        now = world.clock.now()
        changed = _by(me, _in_state(ticket, state, now))
        await tx.put_ticket(changed)
        if state == "solved":
            seconds = max(0, int((now - ticket.created_at).total_seconds()))
            await tell(world, tx, TicketSolved(ticket.tenant_id, ticket.id, ticket.subject, me.id, seconds))
        return changed

    return await world.store.transact(work)


def _in_state(ticket: Ticket, state: TicketState, now: datetime) -> Ticket:
    """The ticket in that state; a solved one that is closed still says when it was solved."""
    solved_at = now if state == "solved" else ticket.solved_at if state == "closed" else None
    return replace(ticket, state=state, updated_at=now, solved_at=solved_at)


def _by(operator: Operator, ticket: Ticket) -> Ticket:
    return replace(ticket, operator_id=operator.id, operator_name=operator.name)


async def _files(tx: Tx, tenant_id: int, visitor_id: str | None, file_ids: Sequence[str]) -> tuple[StoredFile, ...]:
    """The files that this visitor, or (None) an operator of the tenant, uploaded. Raises NotFound."""
    files = []
    for file_id in file_ids:
        file = await tx.file(file_id)
        if file is None or file.tenant_id != tenant_id or file.visitor_id != visitor_id:
            raise NotFound
        files.append(file)
    return tuple(files)


# Reading


async def list_of_visitor(
    world: World,
    tenant: Tenant,
    visitor_id: str,
    visitor_token: str | None,
    before: tuple[datetime, int] | None,
    limit: int,
) -> tuple[Sequence[Ticket], bool]:
    """The visitor's tickets, updated last first; answers too whether there are more. Raises VisitorTokenNeeded."""

    async def work(tx: Tx) -> Sequence[Ticket]:
        await see(world, tx, tenant, visitor_id, visitor_token, every=SEEN_EVERY)
        return await tx.tickets_of_visitor(tenant.id, visitor_id, before, limit + 1)

    tickets = await world.store.transact(work)
    return tickets[:limit], len(tickets) > limit


async def list_of_tenants(
    world: World,
    caller: OperatorCaller,
    state: TicketState | None,
    priority: Priority | None,
    tenant_id: int | None,
    before: tuple[datetime, int] | None,
    limit: int,
) -> tuple[Sequence[Ticket], bool]:
    """Tickets of the operator's tenants, updated last first; answers too whether there are more.

    Raises NotFound for a tenant that is not the operator's.
    """
    tenant_ids = wanted_tenants(caller, tenant_id)

    async def work(tx: Tx) -> Sequence[Ticket]:
        return await tx.tickets_of_tenants(tenant_ids, state, priority, before, limit + 1)

    tickets = await world.store.transact(work)
    return tickets[:limit], len(tickets) > limit


async def read_ticket(world: World, find: FindTicket, after: int, limit: int) -> TicketPage:
    """The ticket and its replies after a position. Raises NotFound, VisitorTokenNeeded."""

    async def work(tx: Tx) -> TicketPage:
        ticket = await find(tx)
        replies = await tx.replies_after(ticket.id, after, limit + 1)
        return TicketPage(ticket, replies[:limit], len(replies) > limit)

    return await world.store.transact(work)
