"""How an entry of the journal is shown: a line of it, the whole of it, its bodies decoded as far as they can be."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Any, Final

import msgspec

from impl.rules.times import ISTANBUL
from mocks.journal import Entry

UNREADABLE: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)


def line_of(entry: Entry) -> dict[str, Any]:
    """What a list shows of an entry."""
    return {
        "id": entry.id,
        "zaman": datetime.fromtimestamp(entry.began, ISTANBUL).isoformat(timespec="milliseconds"),
        "sure_ms": round(entry.milliseconds, 3),
        "yontem": entry.method,
        "yol": entry.path,
        "hedef": target_of(entry),
        "islem": entry.operation,
        "durum": entry.status or None,
        "kusurlar": entry.faults,
        "istek_kusurlari": entry.request_faults,
        "notlar": entry.notes,
    }


def whole_of(entry: Entry) -> dict[str, Any]:
    """All there is of an entry."""
    asked, said = entry.request_headers(), entry.answer_headers()
    request_body = body_of(entry.body, entry.body_size, _first(asked, "content-type"))
    declared = _first(asked, "content-length")
    if declared.isdigit() and len(declared) < 20 and int(declared) > entry.body_size:
        request_body["bildirilen_bayt"] = int(declared)  # the application refused before it read all
    return line_of(entry) | {
        "istek": {"basliklar": _headers(asked), "govde": request_body},
        "yanit": {
            "basliklar": _headers(said),
            "govde": body_of(entry.answer, entry.answer_size, _first(said, "content-type")),
        },
    }


def target_of(entry: Entry) -> str:
    """Path and query as they came."""
    query = b"?" + entry.query if entry.query else b""
    return (entry.raw_path + query).decode("latin-1")


def body_of(kept: bytes, size: int, media_type: str) -> dict[str, Any]:
    """Size, whether it was cut, and one of `json`, `metin`, `base64`; none for an empty one."""
    shown: dict[str, Any] = {"bayt": size, "kesildi": len(kept) < size}
    if not kept:
        return shown
    if "json" in media_type and len(kept) == size:
        try:
            msgspec.json.decode(kept)
        except UNREADABLE:
            pass
        else:
            return shown | {"json": msgspec.Raw(kept)}
    text = text_of(kept, cut=len(kept) < size)
    return shown | ({"base64": b64encode(kept).decode()} if text is None else {"metin": text})


def text_of(kept: bytes, *, cut: bool) -> str | None:
    """UTF-8 as text, without the character that a cut went through; None for anything else."""
    for dropped in range(4 if cut else 1):
        try:
            return kept[: len(kept) - dropped].decode()
        except UnicodeDecodeError as error:
            if error.start < len(kept) - 4:
                return None
    return None


def _headers(pairs: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"ad": name, "deger": value} for name, value in pairs]


def _first(pairs: list[tuple[str, str]], name: str) -> str:
    return next((value for known, value in pairs if known == name), "")
