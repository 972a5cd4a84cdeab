"""How answers leave: their headers, the problem that a refusal is, and the message that an answer goes in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from impl.contract.call import Scope
from impl.problems import MEDIA_TYPE, Headers, Problem, preferred_language, render

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

WHOLE: Final = "cozum.whole"
"""An ASGI extension: a server that offers it takes a complete answer as one message of this type, with `status`,
`head` (the header lines, each with its CRLF) and `body`. Wrappers that read answers leave it out of the scope."""

CORS_PREFIXES: Final = ("/api/v1/widget/", "/api/v1/context/")
"""Browsers of other origins call these; operator and portal calls they may not read."""

NO_STORE: Final = (b"cache-control", b"no-store")
"""For answers to GET and for refusals; no cache keeps the answer to another method by itself (RFC 9111, 3)."""
PORTAL_PREFIX: Final = "/portal/"
VARY: Final = (b"vary", b"Accept")
"""The portal's answers are pages or JSON, as `Accept` says."""

BASE_HEADERS: Final[Headers] = [(b"x-content-type-options", b"nosniff")]
CORS_HEADERS: Final[Headers] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"X-Request-Id, Retry-After, RateLimit, RateLimit-Policy"),
]
JSON_HEADER: Final = (b"content-type", b"application/json")


def base_headers(path: str) -> Headers:
    """The headers of every answer under this path."""
    if path.startswith(CORS_PREFIXES):
        return [*BASE_HEADERS, *CORS_HEADERS]
    if path.startswith(PORTAL_PREFIX):
        return [*BASE_HEADERS, VARY]
    return list(BASE_HEADERS)


async def refuse(problem: Problem, path: str, scope: Scope, send: Send, request_id: bytes) -> None:
    """Answer with a problem, in the language that the caller prefers."""
    language = preferred_language(dict(scope["headers"]).get(b"accept-language"))
    body = render(problem, language, request_id.decode())
    headers = [
        (b"content-type", MEDIA_TYPE),
        (b"content-language", language.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-request-id", request_id),
        *base_headers(path),
        NO_STORE,
        *problem.headers(),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
