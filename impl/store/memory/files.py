"""Uploaded files, without their bytes; who got those of operators; bytes that are to be deleted."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import datetime
from itertools import islice, takewhile

from impl.model import DoomedFile, StoredFile
from impl.store.memory.tables import Tables

Person = tuple[int, str]
"""A visitor of a tenant."""


class StoredFiles(Tables):
    """One row a file; each visitor's files; doomed ones in the order in which they are due."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, StoredFile] = {}
        self.file_ids_by_visitor: dict[Person, dict[str, None]] = {}
        self.file_ids_sent_to: dict[Person, dict[str, None]] = {}
        self.recipients_by_file: dict[str, dict[Person, None]] = {}
        self.doomed: dict[str, DoomedFile] = {}
        self.doomed_in_order: list[tuple[datetime, str]] = []

    async def file(self, file_id: str) -> StoredFile | None:
        return self.files.get(file_id)

    async def put_file(self, file: StoredFile) -> None:
        old = self.files.get(file.id)
        before, after = _owner(old), _owner(file)
        if before != after:
            if before:
                self._take(self.file_ids_by_visitor, before, file.id)
            if after:
                self._give(self.file_ids_by_visitor, after, file.id)
        self._set(self.files, file.id, file)

    async def put_file_use(self, file_id: str, tenant_id: int, visitor_id: str) -> None:
        person = (tenant_id, visitor_id)
        self._give(self.file_ids_sent_to, person, file_id)
        self._give(self.recipients_by_file, file_id, person)

    async def delete_files_of_visitor(self, tenant_id: int, visitor_id: str) -> Sequence[str]:
        person = (tenant_id, visitor_id)
        gone = set(self.file_ids_by_visitor.get(person, ()))
        for file_id in self.file_ids_sent_to.get(person, ()):
            self._take(self.recipients_by_file, file_id, person)
            if file_id not in self.recipients_by_file:
                gone.add(file_id)
        self._remove(self.file_ids_by_visitor, person)
        self._remove(self.file_ids_sent_to, person)
        for file_id in gone:
            self._remove(self.files, file_id)
        return sorted(gone)

    # Bytes that are to be deleted

    async def doomed_file(self, file_id: str) -> DoomedFile | None:
        return self.doomed.get(file_id)

    async def doomed_files(self, now: datetime, limit: int) -> Sequence[DoomedFile]:
        due = takewhile(lambda entry: entry[0] <= now, self.doomed_in_order)
        return [self.doomed[file_id] for _, file_id in islice(due, limit)]

    async def put_doomed_file(self, doomed: DoomedFile) -> None:
        await self.delete_doomed_file(doomed.id)
        self._set(self.doomed, doomed.id, doomed)
        entry = (doomed.at, doomed.id)
        insort(self.doomed_in_order, entry)
        self._undo_by(lambda: self.doomed_in_order.remove(entry))

    async def delete_doomed_file(self, file_id: str) -> None:
        doomed = self.doomed.get(file_id)
        if doomed:
            entry = (doomed.at, doomed.id)
            self.doomed_in_order.pop(bisect_left(self.doomed_in_order, entry))
            self._undo_by(lambda: insort(self.doomed_in_order, entry))
            self._remove(self.doomed, file_id)


def _owner(file: StoredFile | None) -> Person | None:
    return None if file is None or file.visitor_id is None else (file.tenant_id, file.visitor_id)
