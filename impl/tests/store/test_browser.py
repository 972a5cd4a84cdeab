"""What browsers told, in the store: newest first, the oldest go. And chats that are deleted."""

from __future__ import annotations

from typing import Any

from impl.tests.store.of_browser import error, screenshot, view
from impl.tests.store.rows import at, chat, message
from impl.tests.store.test_store import Kept, store

__all__ = ["store"]


def newest(store: Kept, read: str, limit: int) -> list[int]:
    """The ids of abc123's newest records."""
    rows: list[Any] = store.do(lambda tx: getattr(tx, read)(1, "abc123", limit))
    return [row.id for row in rows]


def test_records_come_newest_first_and_are_the_visitor_s_own(store: Kept) -> None:
    for row in (view, error, screenshot):
        store.put(row(1), row(2, "user_42"), row(3, tenant_id=2), row(4), row(5))
    for read in ("page_views", "error_logs", "screenshots"):
        assert [newest(store, read, limit) for limit in (1, 2, 50)] == [[5], [5, 4], [5, 4, 1]]


def test_all_but_the_newest_are_deleted(store: Kept) -> None:
    for row in (view, error, screenshot):
        store.put(*map(row, (1, 2, 3)), row(9, "user_42"))
    store.do(lambda tx: tx.delete_old_page_views(1, "abc123", 2))
    store.do(lambda tx: tx.delete_old_error_logs(1, "abc123", 3))
    assert list(store.do(lambda tx: tx.delete_old_screenshots(1, "abc123", 1))) == ["s1", "s2"]
    assert list(store.do(lambda tx: tx.delete_old_screenshots(1, "abc123", 1))) == []
    assert [row.id for row in store.do(lambda tx: tx.page_views(1, "abc123", 50))] == [3, 2]
    assert [row.id for row in store.do(lambda tx: tx.error_logs(1, "abc123", 50))] == [3, 2, 1]
    assert [row.id for row in store.do(lambda tx: tx.screenshots(1, "abc123", 50))] == [3]
    assert [row.id for row in store.do(lambda tx: tx.screenshots(1, "user_42", 50))] == [9]


def test_a_screenshot_is_found_by_its_file_until_it_is_deleted(store: Kept) -> None:
    store.put(screenshot(1), screenshot(2))
    assert store.do(lambda tx: tx.screenshot_by_file("s1")) == screenshot(1)
    store.do(lambda tx: tx.delete_old_screenshots(1, "abc123", 1))
    assert store.do(lambda tx: tx.screenshot_by_file("s1")) is None
    assert store.do(lambda tx: tx.screenshot_by_file("s2")) == screenshot(2)


def test_deleted_chats_are_found_nowhere(store: Kept) -> None:
    store.put(
        chat(1, "abc123", opened=1, state="closed", operator_id=7),
        chat(2, "abc123", opened=2, state="active", operator_id=7),
        chat(3, "user_42", opened=2, state="active", operator_id=7),
        chat(4, "abc123", tenant_id=2),
        message(2, 1, client_id="m1"),
    )
    assert list(store.do(lambda tx: tx.delete_chats_of_visitor(1, "abc123"))) == [1, 2]
    assert list(store.do(lambda tx: tx.delete_chats_of_visitor(1, "abc123"))) == []
    assert store.do(lambda tx: tx.chat(2)) is None
    assert store.do(lambda tx: tx.chat_for_update(1)) is None
    assert store.do(lambda tx: tx.open_chat_of(1, "abc123")) is None
    assert list(store.do(lambda tx: tx.chats_of_visitor(1, "abc123", 9))) == []
    assert list(store.do(lambda tx: tx.messages_after(2, 0, 9))) == []
    assert store.do(lambda tx: tx.message_by_client_id(2, None, "m1")) is None
    assert [c.id for c in store.do(lambda tx: tx.active_chats(7))] == [3]
    assert [c.id for c in store.do(lambda tx: tx.queue([1, 2], ["waiting", "active", "closed"], None, 9))] == [4, 3]
    assert [c.id for c in store.do(lambda tx: tx.open_chats_idle_since(at(9), 9))] == [4, 3]


def test_a_visitor_whose_chats_were_deleted_can_open_one(store: Kept) -> None:
    store.put(chat(1, "abc123"))
    store.do(lambda tx: tx.delete_chats_of_visitor(1, "abc123"))
    store.put(chat(2, "abc123"))
    assert store.do(lambda tx: tx.open_chat_of(1, "abc123")) == chat(2, "abc123")
    assert list(store.do(lambda tx: tx.chats_of_visitor(1, "abc123", 9))) == [chat(2, "abc123")]
