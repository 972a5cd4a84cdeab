"""What the port promises of the portal's rows: order, paging, expiry, and who waits for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import pytest

from impl.model import Delivery, OutboxRow
from impl.store.port import Tx
from impl.tests.store.of_portal import delivery, endpoint, opened, session
from impl.tests.store.rows import at, event, tenant
from impl.tests.store.test_store import Kept, ids, store

__all__ = ["store"]


# Sessions


def test_session_is_replaced_and_deleted(store: Kept) -> None:
    store.put(session(), session(b"s2"), session(tenant_id=None))
    assert store.do(lambda tx: tx.portal_session(b"s1")) == session(tenant_id=None)
    assert store.do(lambda tx: tx.portal_session_for_update(b"s1")) == session(tenant_id=None)
    store.do(lambda tx: tx.delete_portal_session(b"s1"))
    assert store.do(lambda tx: tx.portal_session(b"s1")) is None
    assert store.do(lambda tx: tx.portal_session(b"s2")) == session(b"s2")


def test_deleting_a_session_that_is_not_there_does_nothing(store: Kept) -> None:
    store.put(session())
    before = store.state()
    store.do(lambda tx: tx.delete_portal_session(b"s2"))
    store.do(lambda tx: tx.delete_expired_portal_sessions(at(3_599)))
    assert store.state() == before


def test_sessions_expire_at_their_end(store: Kept) -> None:
    store.put(session(b"s1", 10), session(b"s2", 11))
    store.do(lambda tx: tx.delete_expired_portal_sessions(at(10)))
    assert store.do(lambda tx: tx.portal_session(b"s1")) is None
    assert store.do(lambda tx: tx.portal_session(b"s2")) == session(b"s2", 11)


# Tenants


def test_tenant_is_read_for_update_as_it_is(store: Kept) -> None:
    store.put(tenant(1))
    assert store.do(lambda tx: tx.tenant_for_update(1)) == tenant(1)


def test_key_is_taken_until_its_tenant_has_another(store: Kept) -> None:
    store.put(tenant(1))
    assert store.do(lambda tx: tx.is_api_key_taken("CM_KEY_1")) is True
    assert store.do(lambda tx: tx.is_api_key_taken("cm_key_1")) is False
    store.put(tenant(1, "CM_NEW_1"))
    assert store.do(lambda tx: tx.is_api_key_taken("CM_KEY_1")) is False


# Opened projects


def test_opened_projects_of_an_operator_come_oldest_first(store: Kept) -> None:
    store.put(opened(4), opened(5, 10), opened(6, 5, operator_id=8), opened(7, 20))
    assert list(store.do(lambda tx: tx.opened_projects(7))) == [opened(4), opened(5, 10), opened(7, 20)]


def test_opened_projects_are_deleted_up_to_and_with_the_instant(store: Kept) -> None:
    store.put(opened(4), opened(5, 10), opened(6, 10, operator_id=8), opened(7, 11))
    store.do(lambda tx: tx.delete_opened_projects(at(10)))
    assert list(store.do(lambda tx: tx.opened_projects(7))) == [opened(7, 11)]
    assert list(store.do(lambda tx: tx.opened_projects(8))) == []


def test_of_many_who_count_and_add_at_once_each_sees_those_before(store: Kept) -> None:
    async def add_below_three(tx: Tx) -> bool:
        known = await tx.opened_projects(7)
        if len(known) >= 3:
            return False
        await tx.add_opened_project(opened(len(known)))
        return True

    async def scene() -> list[bool]:
        return list(await asyncio.gather(*(store.port.transact(add_below_three) for _ in range(10))))

    assert store.run(scene()).count(True) == 3


# Webhook endpoints


def test_endpoint_is_its_tenant_s_and_replaced(store: Kept) -> None:
    store.put(endpoint(1), endpoint(2), endpoint(1, enabled=False, disabled_reason="gone"))
    assert store.do(lambda tx: tx.webhook(1)) == endpoint(1, enabled=False, disabled_reason="gone")
    assert store.do(lambda tx: tx.webhook_for_update(2)) == endpoint(2)
    assert store.do(lambda tx: tx.webhook(3)) is None


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
    store.do(lambda tx: tx.delete_opened_projects(at(0)))
    assert store.state() == before


# Outbox


def test_old_outbox_rows_are_deleted_and_the_rest_keeps_its_order(store: Kept) -> None:
    rows = [OutboxRow(number, at(number), event(number).event) for number in (1, 2, 3, 4)]
    store.put(*rows)
    store.do(lambda tx: tx.delete_from_outbox(at(3)))
    assert store.state()["outbox"] == rows[2:]
