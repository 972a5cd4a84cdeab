"""The journal as an HTTP Archive (HAR 1.2), which browsers' developer tools read; without the secrets unless asked.

Source: the W3C draft "HTTP Archive (HAR) format".
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from mocks.hiding import (
    HIDDEN,
    hide_in_address,
    hide_in_header,
    hide_in_parts,
    hide_in_query,
    hide_in_sentence,
    hide_in_text,
    is_secret,
    is_still_coded,
)
from mocks.journal import Entry
from mocks.show import target_of, text_of

LEFT_OUT: Final = "left out: the body may hold secrets that cannot be told apart"


def archive(entries: Iterable[Entry], *, secrets: bool) -> Iterator[bytes]:
    """The file in parts, an entry each. With `secrets` tokens, cookies and passwords stay in it."""
    creator = msgspec.json.encode({"name": "cozum", "version": version("cozum")})
    yield b'{"log":{"version":"1.2","creator":%b,"entries":[' % creator
    before = b"\n"
    for entry in entries:
        yield before + msgspec.json.encode(har_entry(entry, secrets=secrets))
        before = b",\n"
    yield b"\n]}}\n"


def har_entry(entry: Entry, *, secrets: bool) -> dict[str, Any]:
    """An entry of the archive; `_operation`, `_faults`, `_request_faults` and `_notes` are ours."""
    asked, said = entry.request_headers(), entry.answer_headers()
    milliseconds = round(entry.milliseconds, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(entry.began, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(entry, asked, secrets=secrets),
        "response": {
            "status": entry.status,
            "statusText": _phrase(entry.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _headers(said, secrets=secrets),
            "content": {
                "size": entry.answer_size,
                "mimeType": dict(said).get("content-type", ""),
                **_text(entry.answer, entry.answer_size, said, secrets=secrets),
            },
            "redirectURL": _address(dict(said).get("location", ""), secrets=secrets),
            "headersSize": -1,
            "bodySize": entry.answer_size,
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_operation": entry.operation,
        "_faults": _sentences(entry.faults, secrets=secrets),
        "_request_faults": _sentences(entry.request_faults, secrets=secrets),
        "_notes": _sentences(entry.notes, secrets=secrets),
    }


def _request(entry: Entry, headers: list[tuple[str, str]], *, secrets: bool) -> dict[str, Any]:
    named = dict(headers)
    query = parse_qsl(entry.query.decode("latin-1"), keep_blank_values=True, errors="replace")
    request: dict[str, Any] = {
        "method": entry.method,
        "url": f"http://{named.get('host', 'localhost')}{_address(target_of(entry), secrets=secrets)}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(headers, secrets=secrets),
        "queryString": [
            {"name": name, "value": HIDDEN if is_secret(name) and not secrets else value} for name, value in query
        ],
        "headersSize": -1,
        "bodySize": entry.body_size,
    }
    if entry.body_size:
        text = _text(entry.body, entry.body_size, headers, secrets=secrets)
        request["postData"] = {"mimeType": named.get("content-type", ""), "params": [], "text": "", **text}
    return request


def _headers(pairs: list[tuple[str, str]], *, secrets: bool) -> list[dict[str, str]]:
    return [{"name": name, "value": value if secrets else hide_in_header(name, value)} for name, value in pairs]


def _address(address: str, *, secrets: bool) -> str:
    return address if secrets else hide_in_address(address)


def _sentences(texts: Iterable[str], *, secrets: bool) -> list[str]:
    return [text if secrets else hide_in_sentence(text) for text in texts]


def _text(kept: bytes, size: int, headers: list[tuple[str, str]], *, secrets: bool) -> dict[str, str]:
    """The body as far as it was kept; a comment says where the rest was cut off, or that it was left out."""
    shown = {"comment": f"cut to {len(kept)} of {size} bytes"} if len(kept) < size else {}
    media_type = next((value for name, value in headers if name == "content-type"), "")
    if not secrets:
        if is_still_coded(kept, [value for name, value in headers if name == "content-encoding"]):
            return {"comment": LEFT_OUT}
        if media_type.lower().startswith("multipart/"):
            hidden = hide_in_parts(kept, media_type)
            if hidden is None:
                return {"comment": LEFT_OUT}
            kept = hidden
    text = text_of(kept, cut=bool(shown))
    if text is None:
        return shown | {"text": b64encode(kept).decode(), "encoding": "base64"}
    return shown | {"text": text if secrets else _without_secrets(text, media_type)}


def _without_secrets(text: str, media_type: str) -> str:
    return hide_in_query(text) if "x-www-form-urlencoded" in media_type.lower() else hide_in_text(text)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
