"""Tickets in the order of their last update, and their replies."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from impl.model import Priority, Ticket, TicketReply, TicketState
from impl.store.memory.numbers import Numbers

ID_BITS: Final = 63
ID_MASK: Final = (1 << ID_BITS) - 1

Key = TypeVar("Key", bound=Hashable)


class Tickets(Numbers):
    """Each ticket stands in five lists of places: four of its tenant and one of its visitor.

    A place is one integer of the Unix seconds of `updated_at` and the id: a list of them is in the order of the last
    update, oldest first, and is searched and merged without looking at a ticket.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, Ticket] = {}
        self.places_of_tenant: dict[tuple[int, TicketState | None, Priority | None], list[int]] = {}
        """The tenant's tickets in a state, of a priority, or in any (None). How many are open, in O(1):
        `len(places_of_tenant.get((tenant_id, "open", None), ()))`."""
        self.places_of_visitor: dict[tuple[int, str], list[int]] = {}
        self.replies: dict[int, list[TicketReply]] = {}

    async def ticket(self, ticket_id: int) -> Ticket | None:
        return self.tickets.get(ticket_id)

    async def ticket_for_update(self, ticket_id: int) -> Ticket | None:
        return self.tickets.get(ticket_id)

    async def put_ticket(self, ticket: Ticket) -> None:
        old = self.tickets.get(ticket.id)
        if old is None:
            self._set(self.replies, ticket.id, [])
            self._join_lists(self._lists(ticket), _place(ticket))
        elif old.updated_at != ticket.updated_at or old.state != ticket.state:
            self._leave_lists(self._lists(old), _place(old))
            self._join_lists(self._lists(ticket), _place(ticket))
        if old is None or old.state != ticket.state:
            self._forget_numbers(ticket.tenant_id)
        self._set(self.tickets, ticket.id, ticket)

    def _lists(self, ticket: Ticket) -> list[list[int]]:
        """The lists in which the ticket has its place, made where there are none yet."""
        tenant_id, state, priority = ticket.tenant_id, ticket.state, ticket.priority
        return [
            self._list(self.places_of_tenant, (tenant_id, None, None)),
            self._list(self.places_of_tenant, (tenant_id, state, None)),
            self._list(self.places_of_tenant, (tenant_id, None, priority)),
            self._list(self.places_of_tenant, (tenant_id, state, priority)),
            self._list(self.places_of_visitor, (tenant_id, ticket.visitor_id)),
        ]

    def _list(self, table: dict[Key, list[int]], key: Key) -> list[int]:
        places = table.get(key)
        if places is None:
            places = []
            self._set(table, key, places)
        return places

    def _join_lists(self, lists: list[list[int]], place: int) -> None:
        _insert(lists, place)
        self._undo_by(partial(_delete, lists, place))

    def _leave_lists(self, lists: list[list[int]], place: int) -> None:
        _delete(lists, place)
        self._undo_by(partial(_insert, lists, place))

    def _open_tickets(self, tenant_id: int) -> int:
        return len(self.places_of_tenant.get((tenant_id, "open", None), ()))

    async def tickets_of_tenants(
        self,
        tenant_ids: Sequence[int],
        state: TicketState | None,
        priority: Priority | None,
        before: tuple[datetime, int] | None,
        limit: int,
    ) -> Sequence[Ticket]:
        table = self.places_of_tenant
        lists = [places for tenant_id in tenant_ids if (places := table.get((tenant_id, state, priority)))]
        return [self.tickets[place & ID_MASK] for place in _last(lists, before, limit)]

    async def tickets_of_visitor(
        self, tenant_id: int, visitor_id: str, before: tuple[datetime, int] | None, limit: int
    ) -> Sequence[Ticket]:
        places = self.places_of_visitor.get((tenant_id, visitor_id))
        return [self.tickets[place & ID_MASK] for place in _last([places] if places else [], before, limit)]

    async def add_reply(self, reply: TicketReply) -> None:
        replies = self.replies[reply.ticket_id]
        replies.append(reply)
        self._undo_by(replies.pop)

    async def replies_after(self, ticket_id: int, position: int, limit: int) -> Sequence[TicketReply]:
        return self.replies.get(ticket_id, [])[position : position + limit]

    async def delete_tickets_of_visitor(self, tenant_id: int, visitor_id: str) -> int:
        places = list(self.places_of_visitor.get((tenant_id, visitor_id), ()))
        for place in places:
            ticket_id = place & ID_MASK
            self._leave_lists(self._lists(self.tickets[ticket_id]), place)
            self._remove(self.replies, ticket_id)
            self._remove(self.tickets, ticket_id)
        self._remove(self.places_of_visitor, (tenant_id, visitor_id))
        self._forget_numbers(tenant_id)
        return len(places)


def _place(ticket: Ticket) -> int:
    return int(ticket.updated_at.timestamp()) << ID_BITS | ticket.id


def _insert(lists: list[list[int]], place: int) -> None:
    for places in lists:
        if places and place < places[-1]:
            insort(places, place)
        else:  # what is updated now stands behind everything
            places.append(place)


def _delete(lists: list[list[int]], place: int) -> None:
    for places in lists:
        del places[bisect_left(places, place)]


def _last(lists: list[list[int]], before: tuple[datetime, int] | None, limit: int) -> list[int]:
    """The `limit` largest places of all the lists, none of them empty, the largest first, below the given one."""
    if before is None:
        runs = [(places, len(places)) for places in lists]
    else:
        bound = int(before[0].timestamp()) << ID_BITS | before[1]
        runs = [(places, stop) for places in lists if (stop := bisect_left(places, bound))]
    if len(runs) < 2:
        return [place for places, stop in runs for place in reversed(places[max(0, stop - limit) : stop])]
    least = _least(runs, limit)
    found = []
    for places, stop in runs:
        if places[stop - 1] >= least:
            found += places[bisect_left(places, least, max(0, stop - limit), stop) : stop]
    found.sort(reverse=True)
    return found[:limit]


def _least(runs: list[tuple[list[int], int]], limit: int) -> int:
    """A place that at least `limit` of all are not below, so that few of a hundred lists need be looked into.

    Each list vouches by one place for the `depth` last ones before its stop: as many as make up the page decide.
    """
    depth = -(-2 * limit // len(runs))
    tips = sorted([places[stop - depth] for places, stop in runs if stop >= depth], reverse=True)
    needed = -(-limit // depth)
    return tips[needed - 1] if len(tips) >= needed else min(places[0] for places, _ in runs)
