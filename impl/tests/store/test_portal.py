"""What the port promises of the portal's rows: order, expiry, and who waits for whom."""

from __future__ import annotations

import asyncio

from impl.store.port import Tx
from impl.tests.store.of_portal import endpoint, opened, session
from impl.tests.store.rows import at, tenant
from impl.tests.store.test_store import Kept, store

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
