"""Uploaded files, without their bytes."""

from __future__ import annotations

from impl.model import StoredFile
from impl.store.memory.tables import Tables


class StoredFiles(Tables):
    """One row a file."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, StoredFile] = {}

    async def file(self, file_id: str) -> StoredFile | None:
        return self.files.get(file_id)

    async def put_file(self, file: StoredFile) -> None:
        self._set(self.files, file.id, file)
