"""Servers that lose their way in a ticket's life."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, mutant
from impl.actions import tickets
from impl.problems import TicketIsClosed
from impl.store.memory.tickets import Tickets


@mutant("ticket.create", "A ticket is urgent unless told.")
def ticket_is_urgent(patch: Patch) -> None:
    async def create(original: Any, world: Any, tenant: Any, visitor: str, draft: Any, token: Any) -> Any:
        changed = replace(draft, priority="urgent") if draft.priority == "normal" else draft
        return await original(world, tenant, visitor, changed, token)

    patch.wrap(tickets, "create_ticket", create)


@mutant("ticket.create", "Only the newest ticket is listed.")
def one_ticket_listed(patch: Patch) -> None:
    original = Tickets.tickets_of_visitor

    async def listed(tx: Any, *args: Any) -> Any:
        return (await original(tx, *args))[:1]

    patch.set(Tickets, "tickets_of_visitor", listed)


def _state(patch: Patch, change: Any) -> None:
    patch.wrap(tickets, "_in_state", lambda move, ticket, state, now: move(ticket, change(ticket.state, state), now))


@mutant("ticket.reply.operator", "An operator's reply leaves the ticket open.")
def reply_does_not_answer(patch: Patch) -> None:
    _state(patch, lambda before, after: before if after == "answered" else after)


@mutant("ticket.reply.operator", "An operator's reply solves the ticket.")
def reply_solves(patch: Patch) -> None:
    _state(patch, lambda before, after: "solved" if after == "answered" else after)


@mutant("ticket.reply.visitor", "The visitor's reply leaves an answered ticket answered.")
def reply_does_not_open(patch: Patch) -> None:
    _state(patch, lambda before, after: before if (before, after) == ("answered", "open") else after)


@mutant("ticket.reply.visitor", "The visitor's reply leaves a solved ticket solved.")
def reply_does_not_open_solved(patch: Patch) -> None:
    _state(patch, lambda before, after: before if (before, after) == ("solved", "open") else after)


@mutant("ticket.closed", "A closed ticket takes the visitor's reply.")
def closed_ticket_opens(patch: Patch) -> None:
    async def reply(original: Any, world: Any, tx: Any, ticket: Any, operator: Any, *rest: Any) -> Any:
        opened = replace(ticket, state="open") if operator is None else ticket
        return await original(world, tx, opened, operator, *rest)

    patch.wrap(tickets, "_reply", reply)


@mutant("ticket.closed", "A closed ticket takes an operator's reply.")
def closed_ticket_answered(patch: Patch) -> None:
    async def reply(original: Any, world: Any, tx: Any, ticket: Any, operator: Any, *rest: Any) -> Any:
        return await original(world, tx, replace(ticket, state="open") if operator else ticket, operator, *rest)

    patch.wrap(tickets, "_reply", reply)


@mutant("ticket.status", "PUT yanitlandi is accepted.")
def status_answered(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["TicketStatusRequest"]["properties"]["durum"]["enum"].append("yanitlandi"))


@mutant("ticket.status", "The same state again is refused.")
def status_again(patch: Patch) -> None:
    async def put(original: Any, world: Any, caller: Any, find: Any, state: Any) -> Any:
        if (await world.store.transact(find)).state == state:
            raise TicketIsClosed
        return await original(world, caller, find, state)

    patch.wrap(tickets, "set_state", put)
