"""What a file is called when it is saved: its ending says what it is.

Whoever opens a saved file trusts its ending: `fatura.html` or `kur.bat` with a text in it would run. The type comes
from the bytes (`rules.filetypes`), so the ending follows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LONGEST: Final = 255

ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt", "text", "log", "md", "json", "yaml", "yml", "ini", "conf", "srt", "tsv"),
    "text/csv": ("csv",),
    "application/zip": ("zip",),
    "application/msword": ("doc", "dot"),
    "application/vnd.ms-excel": ("xls", "xlt"),
    "application/vnd.ms-powerpoint": ("ppt", "pps"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
    "application/vnd.oasis.opendocument.graphics": ("odg",),
}
"""The endings of each type, the usual one first."""


def saved_as(name: str, media_type: str) -> str:
    """The name with an ending of its type: `fatura.html` of a text is `fatura.html.txt`; at most 255 characters."""
    endings = ENDINGS[media_type]
    stem, dot, ending = name.rpartition(".")
    if stem and dot and ending.lower() in endings:
        return name
    return f"{name[: LONGEST - len(endings[0]) - 1]}.{endings[0]}"
