"""What the store's tests know of visitors' browsers, and of erasing a visitor."""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from typing import Any, Final

from impl.model import ErrorLog, PageView, Screenshot
from impl.tests.store.rows import at


def view(number: int, visitor_id: str = "abc123", tenant_id: int = 1) -> PageView:
    return PageView(number, tenant_id, visitor_id, f"https://siteniz.com/{number}", None, None, at(number))


def error(number: int, visitor_id: str = "abc123", tenant_id: int = 1) -> ErrorLog:
    return ErrorLog(number, tenant_id, visitor_id, "TypeError", None, None, None, None, None, None, at(number))


def screenshot(number: int, visitor_id: str = "abc123", tenant_id: int = 1) -> Screenshot:
    return Screenshot(number, tenant_id, visitor_id, f"s{number}", "image/png", 69, None, at(number))


class InTurn:
    """Awaits several calls, one after the other."""

    def __init__(self, *calls: Awaitable[object]) -> None:
        self._calls = calls

    def __await__(self) -> Generator[Any, None, None]:
        for call in self._calls:
            yield from call.__await__()


VERBS: Final[dict[str, str]] = {
    "PageView": "add_page_view",
    "ErrorLog": "add_error_log",
    "Screenshot": "add_screenshot",
}

READS: Final[dict[str, tuple[Any, object]]] = {
    "page_views": (lambda tx: tx.page_views(1, "abc123", 10), []),
    "error_logs": (lambda tx: tx.error_logs(1, "abc123", 10), []),
    "screenshots": (lambda tx: tx.screenshots(1, "abc123", 10), []),
    "screenshot_by_file": (lambda tx: tx.screenshot_by_file("s1"), None),
}

FILLED: Final[tuple[Any, ...]] = (view(1), view(2), error(1), error(2), screenshot(1), screenshot(2))

WRITES: Final[dict[str, Any]] = {
    "page view": lambda tx: tx.add_page_view(view(3)),
    "first page view": lambda tx: tx.add_page_view(view(3, "user_42")),
    "old page views": lambda tx: tx.delete_old_page_views(1, "abc123", 1),
    "all page views": lambda tx: tx.delete_old_page_views(1, "abc123", 0),
    "error": lambda tx: tx.add_error_log(error(3)),
    "old errors": lambda tx: tx.delete_old_error_logs(1, "abc123", 1),
    "screenshot": lambda tx: tx.add_screenshot(screenshot(3)),
    "old screenshots": lambda tx: tx.delete_old_screenshots(1, "abc123", 1),
    "visitor's chats, one waits": lambda tx: tx.delete_chats_of_visitor(1, "abc123"),
    "visitor's chats, one is active": lambda tx: tx.delete_chats_of_visitor(1, "user_42"),
    "visitor's chats, all are closed": lambda tx: tx.delete_chats_of_visitor(1, "v44"),
    "visitor with their tickets": lambda tx: InTurn(
        tx.delete_tickets_of_visitor(1, "abc123"), tx.delete_visitor(1, "abc123")
    ),
}
