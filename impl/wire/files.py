"""Uploaded files."""

from __future__ import annotations

from msgspec import field

from impl import model
from impl.uploads import Upload
from impl.wire.base import Answer, Shape


class File(Shape, frozen=True):
    id: str = field(name="dosya_id")
    name: str = field(name="ad")
    media_type: str = field(name="tur")
    size: int = field(name="boyut")
    url: str

    @classmethod
    def of(cls, file: model.StoredFile) -> File:
        return cls(file.id, file.name, file.media_type, file.size, url_of(file.id))


class UploadRequest(Shape, frozen=True):
    file: Upload = field(name="dosya")
    visitor_id: str = field(name="ziyaretci_id")


class OperatorUploadRequest(Shape, frozen=True):
    file: Upload = field(name="dosya")
    tenant_id: int = field(name="musteri_id")


class UploadData(Shape, frozen=True):
    file: File = field(name="dosya")


class UploadAnswer(Answer, frozen=True, kw_only=True):
    data: UploadData


def url_of(file_id: str) -> str:
    """Where a file is downloaded."""
    return f"/storage/dosyalar/{file_id}"


def served_as(media_type: str) -> str:
    """The `Content-Type` of a download: texts are UTF-8, else they would not have been taken in."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
