"""What visitors' browsers told: pages, errors, screenshots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from impl.model import ErrorLog, PageView, Screenshot
from impl.store.memory.tables import Tables

Row = TypeVar("Row")
Person = tuple[int, str]
"""A visitor of a tenant."""


class Browser(Tables):
    """Each visitor's records, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.views: dict[Person, tuple[PageView, ...]] = {}
        self.errors: dict[Person, tuple[ErrorLog, ...]] = {}
        self.shots: dict[Person, tuple[Screenshot, ...]] = {}
        self.shots_by_file: dict[str, Screenshot] = {}

    async def page_views(self, tenant_id: int, visitor_id: str, limit: int) -> Sequence[PageView]:
        return self.views.get((tenant_id, visitor_id), ())[: -limit - 1 : -1]

    async def add_page_view(self, view: PageView) -> None:
        person = (view.tenant_id, view.visitor_id)
        self._set(self.views, person, (*self.views.get(person, ()), view))

    async def delete_old_page_views(self, tenant_id: int, visitor_id: str, keep: int) -> None:
        self._keep(self.views, (tenant_id, visitor_id), keep)

    async def error_logs(self, tenant_id: int, visitor_id: str, limit: int) -> Sequence[ErrorLog]:
        return self.errors.get((tenant_id, visitor_id), ())[: -limit - 1 : -1]

    async def add_error_log(self, error: ErrorLog) -> None:
        person = (error.tenant_id, error.visitor_id)
        self._set(self.errors, person, (*self.errors.get(person, ()), error))

    async def delete_old_error_logs(self, tenant_id: int, visitor_id: str, keep: int) -> None:
        self._keep(self.errors, (tenant_id, visitor_id), keep)

    async def screenshots(self, tenant_id: int, visitor_id: str, limit: int) -> Sequence[Screenshot]:
        return self.shots.get((tenant_id, visitor_id), ())[: -limit - 1 : -1]

    async def screenshot_by_file(self, file_id: str) -> Screenshot | None:
        return self.shots_by_file.get(file_id)

    async def add_screenshot(self, screenshot: Screenshot) -> None:
        person = (screenshot.tenant_id, screenshot.visitor_id)
        self._set(self.shots, person, (*self.shots.get(person, ()), screenshot))
        self._set(self.shots_by_file, screenshot.file_id, screenshot)

    async def delete_old_screenshots(self, tenant_id: int, visitor_id: str, keep: int) -> Sequence[str]:
        file_ids = [shot.file_id for shot in self._keep(self.shots, (tenant_id, visitor_id), keep)]
        for file_id in file_ids:
            self._remove(self.shots_by_file, file_id)
        return file_ids

    def _keep(self, table: dict[Person, tuple[Row, ...]], person: Person, keep: int) -> tuple[Row, ...]:
        """Keep a visitor's newest so many rows; answers the others, oldest first."""
        rows = table.get(person, ())
        old = len(rows) - keep
        if old <= 0:
            return ()
        if keep:
            self._set(table, person, rows[old:])
        else:
            self._remove(table, person)
        return rows[:old]
