"""What the port promises of deliveries and events: order, paging, claims, and what follows a commit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from impl.model import Delivery, DeliveryState, OutboxRow
from impl.store.port import Tx
from impl.tests.store.of_deliveries import delivery
from impl.tests.store.rows import at, event
from impl.tests.store.test_store import Kept, RefusedError, ids, store

__all__ = ["store"]


# Deliveries


def test_deliveries_come_newest_first_and_by_id_within_a_second(store: Kept) -> None:
    store.put(delivery(2, 10), delivery(1, 10), delivery(4, 5), delivery(3, 20), delivery(5, 10, tenant_id=2))
    assert ids(store.do(lambda tx: tx.deliveries(1, at(0), None, 10))) == [3, 2, 1, 4]
    assert ids(store.do(lambda tx: tx.deliveries(2, at(0), None, 10))) == [5]
    assert ids(store.do(lambda tx: tx.deliveries(3, at(0), None, 10))) == []


def test_deliveries_begin_at_the_instant_given(store: Kept) -> None:
    store.put(delivery(1, 9), delivery(2, 10), delivery(3, 11))
    assert ids(store.do(lambda tx: tx.deliveries(1, at(10), None, 10))) == [3, 2]
    assert ids(store.do(lambda tx: tx.deliveries(1, at(12), None, 10))) == []


async def _page(tx: Tx, before: tuple[datetime, int] | None, limit: int) -> Sequence[Delivery]:
    return await tx.deliveries(1, at(0), before, limit)


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_pages_of_deliveries_have_each_one_once(store: Kept, limit: int) -> None:
    store.put(*(delivery(number, number // 3) for number in range(1, 9)))
    seen: list[int] = []
    before = None
    while page := store.do(partial(_page, before=before, limit=limit)):
        seen += ids(page)
        before = (page[-1].created_at, page[-1].id)
        store.put(delivery(100 + len(seen), 99))
    assert seen == [8, 7, 6, 5, 4, 3, 2, 1]


def test_delivery_is_replaced_where_it_stands(store: Kept) -> None:
    done = delivery(1, 0, state="delivered", next_attempt_at=None, attempts=1, last_status=204)
    store.put(delivery(1), delivery(2, 10), done)
    assert store.do(lambda tx: tx.delivery_for_update(1)) == done
    assert list(store.do(lambda tx: tx.deliveries(1, at(0), None, 10))) == [delivery(2, 10), done]


def test_old_deliveries_are_deleted_of_every_tenant(store: Kept) -> None:
    store.put(delivery(1, 9), delivery(2, 9, tenant_id=2), delivery(3, 10), delivery(4, 11, tenant_id=2))
    store.do(lambda tx: tx.delete_deliveries(at(10)))
    assert ids(store.do(lambda tx: tx.deliveries(1, at(0), None, 10))) == [3]
    assert ids(store.do(lambda tx: tx.deliveries(2, at(0), None, 10))) == [4]
    assert store.do(lambda tx: tx.delivery_for_update(1)) is None


def test_tenant_whose_deliveries_are_gone_gets_new_ones(store: Kept) -> None:
    store.put(delivery(1))
    store.do(lambda tx: tx.delete_deliveries(at(1)))
    store.put(delivery(2, 2))
    assert ids(store.do(lambda tx: tx.deliveries(1, at(0), None, 10))) == [2]


def test_deleting_what_is_not_old_does_nothing(store: Kept) -> None:
    store.put(delivery(1), event(1))
    before = store.state()
    store.do(lambda tx: tx.delete_deliveries(at(0)))
    store.do(lambda tx: tx.delete_from_outbox(at(0)))
    assert store.state() == before


# Claiming


async def _claim(
    tx: Tx, now: int, limit: int = 10, limit_of_one: int = 10, under_way: Mapping[int, int] | None = None
) -> Sequence[Delivery]:
    """Claims for 60 seconds."""
    return await tx.claim_deliveries(at(now), at(now + 60), limit, limit_of_one, under_way or {})


def claim(store: Kept, now: int, **more: Any) -> list[int]:
    """The ids that were claimed."""
    return ids(store.do(partial(_claim, now=now, **more)))


def test_what_is_due_is_claimed_and_answered_as_it_is_then(store: Kept) -> None:
    store.put(delivery(1, 0, next_attempt_at=at(5)), delivery(2, 0, next_attempt_at=at(6)))
    (claimed,) = store.do(partial(_claim, now=5))
    assert claimed == delivery(1, 0, next_attempt_at=at(5), leased_until=at(65))
    assert store.do(lambda tx: tx.delivery_for_update(1)) == claimed
    assert store.do(lambda tx: tx.delivery_for_update(2)) == delivery(2, 0, next_attempt_at=at(6))


@pytest.mark.parametrize("state", ["delivered", "failed"])
def test_what_is_finished_is_not_claimed(store: Kept, state: DeliveryState) -> None:
    store.put(delivery(1), delivery(1, state=state, next_attempt_at=None), delivery(2, state=state))
    assert claim(store, 99) == []


def test_claimed_delivery_is_claimed_again_when_its_lease_has_run_out(store: Kept) -> None:
    store.put(delivery(1))
    assert [claim(store, now) for now in (0, 0, 59, 60, 60)] == [[1], [], [], [1], []]


def test_delivery_that_was_put_without_its_lease_can_be_claimed_when_it_is_due(store: Kept) -> None:
    store.put(delivery(1))
    claim(store, 0)
    store.put(delivery(1, attempts=1, next_attempt_at=at(5)))
    assert [claim(store, now) for now in (4, 5)] == [[], [1]]


def test_who_could_be_claimed_for_longest_comes_first(store: Kept) -> None:
    store.put(
        delivery(4, 0, tenant_id=2, next_attempt_at=at(3)),
        delivery(3, 0, next_attempt_at=at(1), leased_until=at(2)),
        delivery(2, 0, next_attempt_at=at(2)),
        delivery(1, 0, tenant_id=3, next_attempt_at=at(4)),
    )
    assert claim(store, 9, limit=3) == [2, 3, 4]
    assert claim(store, 9, limit=3) == [1]


def test_of_one_tenant_only_so_many_are_claimed_less_what_is_under_way(store: Kept) -> None:
    store.put(*(delivery(number, 0, tenant_id=number % 3) for number in range(1, 13)))
    assert claim(store, 0, limit_of_one=2, under_way={1: 1, 2: 5}) == [1, 3, 6]
    assert claim(store, 0, limit_of_one=2, under_way={1: 2, 2: 0}) == [2, 5, 9, 12]


def test_of_many_who_claim_at_once_each_gets_others(store: Kept) -> None:
    store.put(*(delivery(number) for number in range(1, 8)))

    async def scene() -> list[Sequence[Delivery]]:
        return list(await asyncio.gather(*(store.port.transact(partial(_claim, now=0, limit=2)) for _ in range(10))))

    claimed = store.run(scene())
    assert sorted(row.id for rows in claimed for row in rows) == [1, 2, 3, 4, 5, 6, 7]


def test_deleted_delivery_is_not_claimed(store: Kept) -> None:
    store.put(delivery(1, 0), delivery(2, 10))
    store.do(lambda tx: tx.delete_deliveries(at(10)))
    assert claim(store, 99) == [2]


# After the commit


def test_effects_follow_the_commit_in_order(store: Kept) -> None:
    seen: list[object] = []

    async def work(tx: Tx) -> None:
        await tx.after_commit(lambda: seen.append("first"))
        await tx.after_commit(lambda: seen.append("second"))
        await tx.put_delivery(delivery(1))
        seen.append("written")

    store.do(work)
    store.put(delivery(2))
    assert seen == ["written", "first", "second"]


def test_effects_of_what_is_not_committed_do_not_follow(store: Kept) -> None:
    seen: list[object] = []

    async def refused(tx: Tx) -> None:
        await tx.after_commit(lambda: seen.append("effect"))
        raise RefusedError

    with pytest.raises(RefusedError):
        store.do(refused)
    store.put(delivery(1))
    assert seen == []


# Outbox


def test_old_outbox_rows_are_deleted_and_the_rest_keeps_its_order(store: Kept) -> None:
    rows = [OutboxRow(number, at(number), event(number).event) for number in (1, 2, 3, 4)]
    store.put(*rows)
    store.do(lambda tx: tx.delete_from_outbox(at(3)))
    assert store.state()["outbox"] == rows[2:]
    assert [store.do(partial(_row, row_id=row.id)) for row in rows] == [None, None, *rows[2:]]


async def _row(tx: Tx, row_id: int) -> OutboxRow | None:
    return await tx.outbox_row(row_id)
