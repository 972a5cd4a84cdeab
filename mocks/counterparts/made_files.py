"""Small files that counterparts send, made from their names."""

from __future__ import annotations

import secrets
from typing import Final

from mocks.documented import PIXEL

TYPES: Final = {"pdf": "application/pdf", "png": "image/png", "txt": "text/plain", "csv": "text/csv"}
PDF: Final = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""
"""One empty page."""


def made_file(name: str) -> bytes:
    """What is in a file of that name, by its end: `.pdf`, `.png`, `.txt` or `.csv`."""
    match name.rpartition(".")[2].lower():
        case "pdf":
            return PDF
        case "png":
            return PIXEL
        case "csv":
            return b"tarih;durum\n2026-04-12;Kargoya verildi\n"
        case _:
            return f"{name}\n\nBu dosyayı mock sunucusu üretti.\n".encode()


def form(name: str, fields: dict[str, str]) -> tuple[bytes, str]:
    """The file as `dosya` with these fields, as multipart/form-data; and its media type."""
    boundary = f"cozum-{secrets.token_hex(8)}"
    shown = name.replace("\\", "_").replace('"', "_")
    texts = [f'form-data; name="{key}"\r\n\r\n{text}\r\n' for key, text in fields.items()]
    kind = TYPES[name.rpartition(".")[2].lower()]
    texts.append(f'form-data; name="dosya"; filename="{shown}"\r\ncontent-type: {kind}\r\n\r\n')
    head = "".join([f"--{boundary}\r\ncontent-disposition: {text}" for text in texts])
    body = head.encode() + made_file(name) + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"
