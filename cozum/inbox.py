"""Asks a running mock for the events of its inbox."""

from __future__ import annotations

from typing import Any

from cozum.control import ControlClient, Query


class InboxClient(ControlClient):
    """The inbox of the mock at an address."""

    def events(self, **query: Any) -> dict[str, Any]:
        """`olaylar`, oldest first, `son_id`, `dusen` and `secret`. Raises NobodyThere, UsageError."""
        asked: Query = query
        answer = self.call("GET", "/inbox", query=asked, longer=float(query.get("wait") or 0))
        try:
            if isinstance(answer["olaylar"], list) and isinstance(answer["son_id"], int) and answer["secret"]:
                return dict(answer)
        except (KeyError, TypeError):
            pass
        raise self.unknown()
