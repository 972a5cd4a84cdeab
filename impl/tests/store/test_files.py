"""Files in the store: whose they are, who got them, and which are doomed."""

from __future__ import annotations

import pytest

from impl.store.port import Tx
from impl.tests.store.of_files import doomed, file
from impl.tests.store.test_store import Kept, RefusedError, store

__all__ = ["store"]


def erased(store: Kept, visitor_id: str = "abc123", tenant_id: int = 1) -> list[str]:
    return list(store.do(lambda tx: tx.delete_files_of_visitor(tenant_id, visitor_id)))


def send(store: Kept, file_id: str, *visitor_ids: str, tenant_id: int = 1) -> None:
    async def work(tx: Tx) -> None:
        for visitor_id in visitor_ids:
            await tx.put_file_use(file_id, tenant_id, visitor_id)

    store.do(work)


def test_a_visitor_s_files_are_deleted_and_nobody_else_s(store: Kept) -> None:
    store.put(file("b"), file("a"), file("other", "user_42"), file("elsewhere", tenant_id=2), file("operator", None))
    assert erased(store) == ["a", "b"]
    assert store.do(lambda tx: tx.file("a")) is None
    assert store.do(lambda tx: tx.file("other")) is not None
    assert store.do(lambda tx: tx.file("elsewhere")) is not None
    assert store.do(lambda tx: tx.file("operator")) is not None
    assert erased(store) == []


def test_an_operator_s_file_goes_with_the_last_visitor_who_got_it(store: Kept) -> None:
    store.put(file("prices", None), file("letter", None))
    send(store, "prices", "abc123", "user_42", "abc123")
    send(store, "letter", "abc123")
    assert erased(store) == ["letter"]
    assert store.do(lambda tx: tx.file("prices")) == file("prices", None)
    assert erased(store, "user_42") == ["prices"]
    assert store.do(lambda tx: tx.file("prices")) is None


def test_the_same_visitor_id_in_another_tenant_is_another_visitor(store: Kept) -> None:
    store.put(file("prices", None))
    send(store, "prices", "abc123")
    send(store, "prices", "abc123", tenant_id=2)
    assert erased(store) == []
    assert erased(store, tenant_id=2) == ["prices"]


def test_erasing_files_that_were_sent_is_undone(store: Kept) -> None:
    store.put(file("prices", None), file("letter", None), file("own"))
    send(store, "prices", "abc123", "user_42")
    send(store, "letter", "abc123")
    before = store.state()

    async def refused(tx: Tx) -> None:
        await tx.delete_files_of_visitor(1, "abc123")
        raise RefusedError

    with pytest.raises(RefusedError):
        store.do(refused)
    assert store.state() == before
    assert erased(store) == ["letter", "own"]


def test_a_file_that_changes_hands_goes_with_its_new_owner(store: Kept) -> None:
    store.put(file("f1"), file("f1", "user_42"))
    assert erased(store) == []
    assert erased(store, "user_42") == ["f1"]


def test_doomed_files_come_when_they_are_due_earliest_first(store: Kept) -> None:
    store.put(doomed("b", 5), doomed("a", 5), doomed("late", 6), doomed("early", 1))

    def due(seconds: int, limit: int = 10) -> list[str]:
        return [found.id for found in store.do(lambda tx: tx.doomed_files(doomed("", seconds).at, limit))]

    assert due(5) == ["early", "a", "b"]
    assert due(5, 2) == ["early", "a"]
    assert due(0) == []
    store.put(doomed("early", 9))
    store.do(lambda tx: tx.delete_doomed_file("a"))
    store.do(lambda tx: tx.delete_doomed_file("a"))
    assert due(9) == ["b", "late", "early"]
    assert store.do(lambda tx: tx.doomed_file("early")) == doomed("early", 9)
    assert store.do(lambda tx: tx.doomed_file("a")) is None
