"""Asks the mock, in process, as its wrappers stand around the application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from impl.tests.client import Client, application
from mocks.app import build_mock
from mocks.faults import Faults
from mocks.journal import Entry

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Got:
    """What came: status 0 is a connection that was closed without an answer."""

    status: int
    headers: Mapping[str, str]
    parts: list[bytes]
    whole: bool
    """Whether the answer came to its end."""

    @property
    def body(self) -> bytes:
        return b"".join(self.parts)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Mock:
    """The mock over a fresh demo; `broken` is what it found to be against the contract."""

    faults: Faults = field(default_factory=Faults)
    client: Client = field(default_factory=Client)
    broken: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Those that were told, in order."""

    def __post_init__(self) -> None:
        self.app = build_mock(application(), self._tell, self.faults)

    def _tell(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            self.broken += entry.faults
            self.statuses.append(entry.status)

    def ask(self, method: str, path: str, headers: Headers = (), body: object = None) -> Got:
        """One request; a body is JSON."""
        return self.client.run(self.asked(method, path, headers, body))

    async def asked(self, method: str, path: str, headers: Headers = (), body: object = None) -> Got:
        sent: list[Any] = []
        content = b"" if body is None else json.dumps(body).encode()
        messages = [{"type": "http.request", "body": content, "more_body": False}]

        async def receive() -> Any:
            return messages.pop() if messages else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        raw_path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": raw_path,
            "raw_path": raw_path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers]
            + ([(b"content-type", b"application/json")] if body is not None else []),
            "client": ("127.0.0.1", 50_000),
            "cozum.tests.world": self.client.world,
        }
        await self.app(scope, receive, send)
        if not sent:
            return Got(0, {}, [], whole=False)
        names = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        parts = [message["body"] for message in sent[1:]]
        return Got(sent[0]["status"], names, parts, whole=not sent[-1].get("more_body", False))
