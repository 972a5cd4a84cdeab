"""Connections to a live server: whom they believe, and those that are kept."""

from __future__ import annotations

import ssl
import sys
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Final

import httpx

KEPT_SECONDS: Final = 4.0
"""How long an unused connection is kept: less than servers do (5 s in Apache, Node and uvicorn), for one that they
close while a request is on its way has lost that request."""


def trusting(ca: Path | None = None, *, insecure: bool = False) -> ssl.SSLContext:
    """Whose certificates are believed: the usual authorities' and those of the file, or anybody's.

    Raises OSError for a file that cannot be read or has no certificates (`ssl.SSLError` is one).
    """
    if insecure:
        return httpx.create_ssl_context(verify=False)
    context = httpx.create_ssl_context()
    context.load_default_certs()
    if ca is not None:
        context.load_verify_locations(ca)
    return context


class Connections:
    """Transports of httpx with a connection each, those that are free; the one that was used last is taken first.

    A pool of httpcore looks at every connection for each other one whenever a request begins or ends: with 16 requests
    at once that is two thirds of what a request costs.
    """

    def __init__(self, trusted: ssl.SSLContext) -> None:
        self._trusted = trusted
        _spare_httpcore_a_search()
        self._free: list[tuple[float, httpx.AsyncHTTPTransport]] = [(monotonic(), self._new())]
        """Each since when it is free; one from the beginning, for the first takes 30 ms to import what it needs."""

    def take(self) -> httpx.AsyncHTTPTransport:
        """One for an exchange; give it back."""
        return self._free.pop()[1] if self._free else self._new()

    def _new(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(verify=self._trusted, limits=httpx.Limits(keepalive_expiry=KEPT_SECONDS))

    async def give_back(self, transport: httpx.AsyncHTTPTransport) -> None:
        """It is free again; those that nobody took for long are closed."""
        now = monotonic()
        self._free.append((now, transport))
        while self._free and self._free[0][0] < now - KEPT_SECONDS:
            await self._free.pop(0)[1].aclose()

    async def close(self) -> None:
        """Close those that are free."""
        while self._free:
            await self._free.pop()[1].aclose()


def _spare_httpcore_a_search() -> None:
    """It imports sniffio ten times a request; where there is none, the import system looks for it each time anew."""
    if "sniffio" not in sys.modules and find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]
