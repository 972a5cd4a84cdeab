"""Uploaded files."""

from __future__ import annotations

from msgspec import field

from impl import model
from impl.wire.base import Shape


class File(Shape, frozen=True):
    id: str = field(name="dosya_id")
    name: str = field(name="ad")
    media_type: str = field(name="tur")
    size: int = field(name="boyut")
    url: str

    @classmethod
    def of(cls, file: model.StoredFile) -> File:
        return cls(file.id, file.name, file.media_type, file.size, f"/storage/dosyalar/{file.id}")
