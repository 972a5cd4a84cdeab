"""Every exchange as an HTTP Archive (HAR 1.2), without the secrets: browsers' developer tools can read it.

Source: the W3C draft "HTTP Archive (HAR) format".
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from contract_tests.events import Asked
from contract_tests.hiding import headers, members

LARGEST: Final = 64 * 1024
"""Bytes of a body that are kept."""


class Har:
    """A file that grows by an entry an exchange.

    Each is one write, so that the file is whole wherever a signal interrupts us.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._file = path.open("wb", buffering=0)
        creator = json.dumps({"name": "cozum", "version": version("cozum")})
        self._separator = ""
        self._write(f'{{"log": {{"version": "1.2", "creator": {creator}, "entries": [')

    def add(self, asked: Asked) -> None:
        """Write an entry. Raises OSError."""
        separator, self._separator = self._separator, ","
        self._write(f"{separator}\n{json.dumps(entry(asked), ensure_ascii=False)}")

    def close(self) -> None:
        """Write the end."""
        self._write("\n]}}\n")
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.write(text.encode("utf-8", "backslashreplace"))


def entry(asked: Asked) -> dict[str, Any]:
    """An entry of the archive; `_rule` is whose check asked, `_broken` the rule that the answer itself breaks."""
    exchange = asked.exchange
    milliseconds = round(exchange.seconds * 1000, 3)
    body = exchange.request_body
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(exchange.request_headers),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": len(body or b""),
    }
    if body is not None:
        kind = {name.lower(): value for name, value in exchange.request_headers.items()}.get("content-type", "")
        request["postData"] = {"mimeType": kind, **_text(body)}
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.began, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": exchange.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _headers(exchange.headers),
            "content": {
                "size": len(exchange.body),
                "mimeType": exchange.headers.get("content-type", ""),
                **_text(exchange.body),
            },
            "redirectURL": exchange.headers.get("location", ""),
            "headersSize": -1,
            "bodySize": len(exchange.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_operation": exchange.operation,
        "_rule": asked.rule,
        "_broken": exchange.broken,
    }


def _headers(given: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": line} for name, value in headers(given).items() for line in value.split("\n")]


def _text(body: bytes) -> dict[str, str]:
    kept = members(body)
    shown = kept[:LARGEST]
    for cut in range(4 if len(kept) > LARGEST else 1):  # a character that the cut goes through is left out
        try:
            return {"text": shown[: len(shown) - cut].decode()}
        except UnicodeDecodeError:
            continue
    return {"text": b64encode(shown).decode(), "encoding": "base64"}
