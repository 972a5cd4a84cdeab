"""The documentation pages beside the contract: `/docs` (Swagger UI 5), `/openapi.json`, `/openapi.yaml`.

Nothing is loaded from another host: the UI's files come with the package `offapi`.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import msgspec

from impl.contract.call import Scope
from impl.contract.document import Node
from impl.contract.replies import Receive, Send
from impl.problems import MethodNotAllowed, NoSuchPath

PAGE: Final = """<!doctype html>
<html lang="tr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Çözüm Merkezi API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START: Final = """SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, docExpansion: 'none',
  filter: true, persistAuthorization: true, tryItOutEnabled: true, validatorUrl: null,
});
"""
POLICY: Final = b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"

PART: Final = 65_536
"""Bytes of a page that are sent at once."""

JAVASCRIPT: Final = "text/javascript; charset=utf-8"


class Docs:
    """An ASGI application; raises NoSuchPath for every other path."""

    def __init__(self, path: Path, document: Node) -> None:
        assets = _assets()
        self._pages: dict[str, tuple[str, bytes | Path]] = {
            "/docs": ("text/html; charset=utf-8", PAGE.encode()),
            "/docs/start.js": (JAVASCRIPT, START.encode()),
            "/docs/swagger-ui.css": ("text/css; charset=utf-8", assets / "swagger_style.css"),
            "/docs/swagger-ui-bundle.js": (JAVASCRIPT, assets / "swagger_bundle.js"),
            "/openapi.json": ("application/json", msgspec.json.encode(document)),
            "/openapi.yaml": ("application/yaml; charset=utf-8", path.read_bytes()),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        path: str = scope["path"]
        if path != "/" and path not in self._pages:
            raise NoSuchPath
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(allow="GET, HEAD")
        if path == "/":
            await _send(send, 307, [(b"location", b"/docs")], b"")
            return
        media_type, source = self._pages[path]
        content = source if isinstance(source, bytes) else source.read_bytes()
        headers = [
            (b"content-type", media_type.encode()),
            (b"content-security-policy", POLICY),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cache-control", b"no-cache"),
        ]
        await _send(send, 200, headers, content, head=scope["method"] == "HEAD")


async def _send(
    send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes, *, head: bool = False
) -> None:
    length = (b"content-length", str(len(content)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    parts = [] if head else [content[at : at + PART] for at in range(0, len(content), PART)]
    for part in parts:  # one after the other, as fast as the reader reads
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message: Any = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _assets() -> Path:
    """Where `offapi` keeps its files; it is not imported, since that reads all of them into memory."""
    spec = find_spec("offapi")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package offapi is not installed")
    return Path(spec.origin).parent
