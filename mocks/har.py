"""The journal as an HTTP Archive (HAR 1.2), which browsers' developer tools read; without the secrets unless asked.

Source: the W3C draft "HTTP Archive (HAR) format".
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from mocks.journal import Entry
from mocks.show import target_of, text_of

HIDDEN: Final = "…"
SECRET_HEADERS: Final = ("authorization", "cookie", "set-cookie", "x-ziyaretci-token")
_SECRET_MEMBERS = re.compile(r'("(?:token|sifre|secret|api_secret|ziyaretci_token)"\s*:\s*)"(?:[^"\\]|\\.)*("|$)')
_SECRET_FIELDS = re.compile(r"((?:^|&)(?:token|sifre|secret)=)[^&]*")


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
                **_text(entry.answer, entry.answer_size, secrets=secrets),
            },
            "redirectURL": dict(said).get("location", ""),
            "headersSize": -1,
            "bodySize": entry.answer_size,
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_operation": entry.operation,
        "_faults": entry.faults,
        "_request_faults": entry.request_faults,
        "_notes": entry.notes,
    }


def _request(entry: Entry, headers: list[tuple[str, str]], *, secrets: bool) -> dict[str, Any]:
    named = dict(headers)
    query = parse_qsl(entry.query.decode("latin-1"), keep_blank_values=True, errors="replace")
    request: dict[str, Any] = {
        "method": entry.method,
        "url": f"http://{named.get('host', 'localhost')}{target_of(entry)}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(headers, secrets=secrets),
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": entry.body_size,
    }
    if entry.body_size:
        text = _text(entry.body, entry.body_size, secrets=secrets)
        request["postData"] = {"mimeType": named.get("content-type", ""), "params": [], "text": "", **text}
    return request


def _headers(pairs: list[tuple[str, str]], *, secrets: bool) -> list[dict[str, str]]:
    return [
        {"name": name, "value": HIDDEN if name in SECRET_HEADERS and not secrets else value} for name, value in pairs
    ]


def _text(kept: bytes, size: int, *, secrets: bool) -> dict[str, str]:
    """The body as far as it was kept; a comment says where the rest was cut off."""
    shown = {"comment": f"cut to {len(kept)} of {size} bytes"} if len(kept) < size else {}
    text = text_of(kept, cut=len(kept) < size)
    if text is None:
        return shown | {"text": b64encode(kept).decode(), "encoding": "base64"}
    return shown | {"text": text if secrets else without_secrets(text)}


def without_secrets(text: str) -> str:
    """A body's text with tokens and passwords left out; one that a cut went through too."""
    return _SECRET_FIELDS.sub(rf"\1{HIDDEN}", _SECRET_MEMBERS.sub(rf'\1"{HIDDEN}"', text))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
