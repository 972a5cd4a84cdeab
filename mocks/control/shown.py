"""Events of an inbox as the control API shows them, in the language of whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from impl.problems import Language, preferred_language
from mocks.control.parts import Parts
from mocks.event_contract import event_contract
from mocks.inbox import Happening, Inbox
from mocks.inbox_shown import event_of


def showing(parts: Parts, inbox: Inbox, request: Request) -> Callable[[Happening], dict[str, Any]]:
    """Shows an event of that inbox, held against the document as it is now."""
    contract, language = event_contract(parts.application), language_of(request)

    def show(event: Happening) -> dict[str, Any]:
        endpoint = inbox.endpoint_of(event)
        return event_of(event, None if endpoint is None else endpoint.url, contract, language)

    return show


def language_of(request: Request) -> Language:
    """The one that the caller prefers."""
    return preferred_language(request.headers.get("accept-language", "").encode("latin-1"))
