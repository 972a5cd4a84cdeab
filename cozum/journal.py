"""Asks a running mock for its journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cozum.control import ControlClient


class JournalClient(ControlClient):
    """The journal of the mock at an address."""

    def entries(self, **query: str | int | bool | None) -> dict[str, Any]:
        """`kayitlar`, oldest first, `son_id` and `dusen`. Raises NobodyThere, UsageError."""
        answer = self.call("GET", "/journal", query=query, longer=float(query.get("wait") or 0))
        try:
            if isinstance(answer["kayitlar"], list) and isinstance(answer["son_id"], int):
                return dict(answer)
        except (KeyError, TypeError):
            pass
        raise self.unknown()

    def archive(self, **query: str | int | bool | None) -> Iterator[bytes]:
        """The journal as HAR, in parts. Raises NobodyThere, UsageError."""
        return self.parts("GET", "/journal.har", query=query)
