"""Tickets: their order, their pages, how many are open, their replies, and their deletion."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC

import pytest
from msgspec.structs import replace

from impl.model import Priority, Ticket, TicketState
from impl.store.memory import MemoryStore
from impl.store.port import Tx
from impl.tests.store.of_tickets import reply, ticket
from impl.tests.store.rows import at
from impl.tests.store.test_store import IMPLEMENTATIONS, Kept, RefusedError, ids


@pytest.fixture(params=list(IMPLEMENTATIONS.values()), ids=list(IMPLEMENTATIONS))
def store(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """An empty store of each implementation."""
    kept = Kept(request.param())
    yield kept
    kept.close()


def listed(
    store: Kept,
    tenants: Sequence[int],
    state: TicketState | None = None,
    priority: Priority | None = None,
    before: Ticket | None = None,
    limit: int = 100,
) -> list[int]:
    """The ids of a page of the tenants' tickets, behind a ticket."""
    pair = (before.updated_at, before.id) if before else None
    return ids(store.do(lambda tx: tx.tickets_of_tenants(tenants, state, priority, pair, limit)))


def visitors(store: Kept, visitor: str, before: Ticket | None = None, limit: int = 100) -> list[int]:
    """The ids of a page of a visitor's tickets in tenant 1, behind a ticket."""
    pair = (before.updated_at, before.id) if before else None
    return ids(store.do(lambda tx: tx.tickets_of_visitor(1, visitor, pair, limit)))


def test_ticket_is_read_as_it_was_put_also_for_update(store: Kept) -> None:
    store.put(ticket(1), ticket(1, operator_id=7))
    assert store.do(lambda tx: tx.ticket(1)) == ticket(1, operator_id=7)
    assert store.do(lambda tx: tx.ticket_for_update(1)) == ticket(1, operator_id=7)
    assert store.do(lambda tx: tx.ticket(2)) is None


def test_tickets_come_by_update_then_by_id_latest_first_over_tenants(store: Kept) -> None:
    store.put(
        ticket(1, updated=50),
        ticket(2, updated=10, tenant_id=2),
        ticket(3, updated=10, state="answered"),
        ticket(4, updated=10),
        ticket(5, updated=60, tenant_id=3),
        ticket(6, updated=0, state="closed"),
    )
    assert listed(store, [1, 2]) == [1, 4, 3, 2, 6]
    assert listed(store, [2, 1]) == [1, 4, 3, 2, 6]
    assert listed(store, [3]) == [5]
    assert listed(store, []) == []
    assert listed(store, [4]) == []


def test_state_and_priority_choose(store: Kept) -> None:
    store.put(
        ticket(1, updated=1),
        ticket(2, updated=2, priority="high"),
        ticket(3, updated=3, priority="high", state="solved"),
        ticket(4, updated=4, state="solved"),
    )
    assert listed(store, [1], "open") == [2, 1]
    assert listed(store, [1], "solved") == [4, 3]
    assert listed(store, [1], None, "high") == [3, 2]
    assert listed(store, [1], "solved", "high") == [3]
    assert listed(store, [1], "closed") == []
    assert listed(store, [1], "open", "low") == []


def test_visitors_tickets_come_latest_first_and_are_nobody_elses(store: Kept) -> None:
    store.put(
        ticket(1, "abc123", updated=9),
        ticket(2, "abc123", updated=5, state="closed"),
        ticket(3, "abc123", updated=9),
        ticket(4, "user_42"),
        ticket(5, "abc123", tenant_id=2),
    )
    assert visitors(store, "abc123") == [3, 1, 2]
    assert visitors(store, "abc123", limit=2) == [3, 1]
    assert visitors(store, "abc123", before=ticket(3, updated=9), limit=1) == [1]
    assert visitors(store, "ABC123") == []


def test_instant_is_the_same_in_any_time_zone(store: Kept) -> None:
    store.put(ticket(1, updated_at=at(5).astimezone(UTC)), ticket(2, updated=4), ticket(3, updated=6))
    assert listed(store, [1]) == [3, 1, 2]
    assert listed(store, [1], before=replace(ticket(3), updated_at=at(6).astimezone(UTC))) == [1, 2]


@pytest.mark.parametrize("tenants", [1, 3, 30, 60])
def test_pages_follow_each_other_without_gap_or_repetition(store: Kept, tenants: int) -> None:
    """Ten tickets share an instant, over fewer and over more tenants than a page has rows."""
    tickets = [ticket(n, updated=n // 10, tenant_id=1 + n % tenants) for n in range(1, 61)]
    store.put(*reversed(tickets))
    for limit in (1, 2, 3, 7, 20, 59, 60, 61):
        last: Ticket | None = None
        for newest in range(60, 0, -limit):
            page = listed(store, range(1, tenants + 1), before=last, limit=limit)
            assert page == list(range(newest, max(0, newest - limit), -1))
            last = tickets[page[-1] - 1]
        assert listed(store, range(1, tenants + 1), before=last, limit=limit) == []


def test_page_takes_as_many_of_one_tenant_as_are_newest(store: Kept) -> None:
    """One busy tenant among many quiet ones fills the page alone."""
    store.put(*(ticket(n, tenant_id=n, updated=n) for n in range(1, 9)))
    store.put(*(ticket(100 + n, tenant_id=4, updated=100 + n) for n in range(20)))
    for limit in range(1, 29):
        newest = [*range(119, 99, -1), *range(8, 0, -1)]
        assert listed(store, range(1, 10), limit=limit) == newest[:limit]


def test_page_behind_a_place_where_no_ticket_stands_goes_on_there(store: Kept) -> None:
    store.put(ticket(1, updated=1), ticket(3, updated=3))
    assert listed(store, [1], before=ticket(2, updated=2)) == [1]
    assert listed(store, [1], before=ticket(2**63 - 1, updated=2)) == [1]
    assert listed(store, [1], before=ticket(2, updated=3)) == [1]
    assert listed(store, [1], before=ticket(4, updated=3)) == [3, 1]
    assert listed(store, [1], before=ticket(1, updated=1)) == []


def test_updated_ticket_moves_to_the_front_and_those_behind_are_still_read(store: Kept) -> None:
    tickets = [ticket(n, updated=n) for n in range(1, 7)]
    store.put(*tickets)
    assert listed(store, [1], limit=2) == [6, 5]
    store.put(replace(tickets[2], updated_at=at(9)), replace(tickets[4], updated_at=at(10)))
    assert listed(store, [1], before=tickets[4]) == [4, 2, 1]
    assert listed(store, [1]) == [5, 3, 6, 4, 2, 1]
    assert listed(store, [1], "open") == [5, 3, 6, 4, 2, 1]


def test_ticket_leaves_the_list_of_its_old_state(store: Kept) -> None:
    store.put(ticket(1), ticket(2), replace(ticket(1), state="solved", updated_at=at(5)), ticket(2, state="closed"))
    assert (listed(store, [1], "open"), listed(store, [1], "answered")) == ([], [])
    assert (listed(store, [1], "solved"), listed(store, [1], "closed")) == ([1], [2])
    store.put(ticket(1, updated=9))
    assert listed(store, [1], "open") == [1]
    assert listed(store, [1], "solved") == []


def test_open_tickets_of_a_tenant_are_counted_by_the_length_of_a_list() -> None:
    memory = MemoryStore()
    kept = Kept(memory)

    def count(tenant_id: int) -> int:
        return len(memory.tables.places_of_tenant.get((tenant_id, "open", None), ()))

    assert count(1) == 0
    kept.put(ticket(1), ticket(2), ticket(3, state="answered"), ticket(4, tenant_id=2))
    assert (count(1), count(2), count(3)) == (2, 1, 0)
    kept.put(ticket(1, state="closed"), ticket(3))
    assert (count(1), count(2)) == (2, 1)
    kept.do(lambda tx: tx.delete_tickets_of_visitor(1, "v2"))
    assert count(1) == 1
    kept.close()


# Replies


def test_replies_come_in_order_behind_a_position(store: Kept) -> None:
    store.put(ticket(1), ticket(2), *(reply(1, n) for n in (1, 2, 3, 4)), reply(2, 1))

    def positions(after: int, limit: int = 100) -> list[int]:
        return [found.position for found in store.do(lambda tx: tx.replies_after(1, after, limit))]

    assert positions(0) == [1, 2, 3, 4]
    assert positions(0, 2) == [1, 2]
    assert positions(2, 1) == [3]
    assert positions(4) == []
    assert positions(2**63 - 1) == []
    assert list(store.do(lambda tx: tx.replies_after(2, 0, 9))) == [reply(2, 1)]


def test_replies_at_once_leave_no_gap(store: Kept) -> None:
    """Twenty writers each read the count and add the next reply."""

    async def answer(tx: Tx) -> int:
        found = await tx.ticket_for_update(1)
        assert found is not None
        position = found.reply_count + 1
        await tx.add_reply(reply(1, position))
        await tx.put_ticket(replace(found, reply_count=position, updated_at=at(position)))
        return position

    async def scene() -> list[int]:
        return await asyncio.gather(*(store.port.transact(answer) for _ in range(20)))

    store.put(ticket(1))
    assert sorted(store.run(scene())) == list(range(1, 21))
    assert [r.position for r in store.do(lambda tx: tx.replies_after(1, 0, 100))] == list(range(1, 21))


# Deletion


def test_deleting_a_visitors_tickets_takes_their_replies_and_nobody_elses(store: Kept) -> None:
    store.put(ticket(1, "abc123"), reply(1, 1), ticket(2, "abc123", state="closed"), ticket(3), reply(3, 1))
    store.put(ticket(4, "abc123", tenant_id=2), reply(4, 1))
    assert store.do(lambda tx: tx.delete_tickets_of_visitor(1, "abc123")) == 2
    assert store.do(lambda tx: tx.ticket(1)) is None
    assert store.do(lambda tx: tx.ticket(2)) is None
    assert list(store.do(lambda tx: tx.replies_after(1, 0, 9))) == []
    assert visitors(store, "abc123") == []
    assert listed(store, [1, 2]) == [4, 3]
    assert listed(store, [1], "closed") == []
    assert ids(store.do(lambda tx: tx.replies_after(4, 0, 9))) == [4001]
    assert ids(store.do(lambda tx: tx.replies_after(3, 0, 9))) == [3001]


def test_deleting_the_tickets_of_a_visitor_who_has_none_does_nothing(store: Kept) -> None:
    store.put(ticket(1, "abc123"))
    before = store.state()
    assert store.do(lambda tx: tx.delete_tickets_of_visitor(1, "user_42")) == 0
    assert store.do(lambda tx: tx.delete_tickets_of_visitor(2, "abc123")) == 0
    assert store.state() == before


def test_all_changes_of_a_ticket_in_one_transaction_are_undone_together(store: Kept) -> None:
    store.put(ticket(1, "abc123"), ticket(2, "abc123", updated=1))
    before = store.state()

    async def refused(tx: Tx) -> None:
        await tx.put_ticket(ticket(3, "abc123", updated=2))
        await tx.add_reply(reply(1, 1))
        await tx.put_ticket(ticket(1, "abc123", updated=3, state="answered"))
        await tx.put_ticket(ticket(1, "abc123", updated=3, state="solved"))
        await tx.delete_tickets_of_visitor(1, "abc123")
        await tx.put_ticket(ticket(1, "abc123", updated=4))
        raise RefusedError

    with pytest.raises(RefusedError):
        store.do(refused)
    assert store.state() == before
    assert visitors(store, "abc123") == [2, 1]
