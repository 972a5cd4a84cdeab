"""`/_mock/inbox`: the events of a sandbox as webhooks tell them, and sending one of them again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from impl.model import EventKind
from impl.problems import FieldError, InvalidFields, NotFound, Text, Unavailable
from impl.rules.webhook_urls import is_allowed
from impl.webhooks.carriers import NotNow
from impl.wire.webhooks import EVENT_KINDS_READ
from mocks.control.parts import Parts
from mocks.control.requests import check_names, has_body, integer, json_body, reply, route, unknown
from mocks.control.shown import language_of, showing
from mocks.inbox import MOCK_SECRET, Happening, Inbox, Tried
from mocks.inbox_shown import attempt_of
from mocks.resending import message_to, resend, secret_for
from mocks.sandbox import Sandbox

LARGEST_ID: Final = 2**63 - 1
MOST_TOLD: Final = 1_000
LONGEST_WAIT: Final = 30
PAUSE: Final = 0.03
"""Seconds between two looks while somebody waits."""

NO_ADDRESS: Final = Text(
    "Bu firmanın webhook adresi yok: bir adres verin ya da portalda ayarlayın.",
    "This tenant has no endpoint: name an address, or set one in the portal.",
)
NOT_A_URL: Final = Text(
    "`http://localhost:3000/hook` gibi bir adres olmalı (kullanıcı bilgisi olmadan).",
    "Must be an address such as `http://localhost:3000/hook` (without userinfo).",
)
TWO_BODIES: Final = Text("`govde` ile birlikte olmaz.", "Not together with `govde`.")


def inbox_routes(parts: Parts) -> list[Route]:
    """The routes, as they stand below `/_mock`."""
    return [
        route("/inbox", parts, GET=_list, DELETE=_clear),
        route("/inbox/{id}", parts, GET=_show),
        route("/inbox/{id}/resend", parts, POST=_resend),
    ]


@dataclass(frozen=True)
class Wanted:
    """Which events are meant: of any of these kinds, of that tenant; None: all."""

    kinds: frozenset[EventKind] | None
    tenant_id: int | None

    def takes(self, event: Happening) -> bool:
        """Whether this one is."""
        if self.kinds is not None and event.kind not in self.kinds:
            return False
        return self.tenant_id in (None, event.tenant_id)


async def _list(parts: Parts, request: Request) -> Response:
    query = request.query_params
    check_names(query, ("event", "tenant", "since", "wait", "limit"))
    sandbox = await parts.sandbox(request)
    wanted = _wanted(query, sandbox)
    limit = integer(query, "limit", 1, MOST_TOLD, 100)
    wait = integer(query, "wait", 0, LONGEST_WAIT, 0)
    since = integer(query, "since", 0, LARGEST_ID, -1)
    inbox = sandbox.inbox
    found = [event for event in inbox.after(since) if wanted.takes(event)]
    if wait and not found and since <= inbox.last_id:
        found = await _news(parts, sandbox, wanted.takes, wait)
    told_of = found[-limit:] if since < 0 else found[:limit]
    show = showing(parts, inbox, request)
    return reply(
        {
            "olaylar": [show(event) for event in told_of],
            "son_id": inbox.last_id,
            "dusen": inbox.dropped,
            "baslangic": inbox.beginning,
            "secret": MOCK_SECRET,
        }
    )


async def _news(parts: Parts, sandbox: Sandbox, takes: Callable[[Happening], bool], seconds: float) -> list[Happening]:
    """The next events that are meant; none if there are none for so long, or nobody should wait any more."""
    inbox, waker = sandbox.inbox, parts.journal.waker
    seen, until = inbox.last_id, time.monotonic() + seconds
    while time.monotonic() < until and not waker.closed and parts.sandboxes.known(sandbox.name) is sandbox:
        await asyncio.sleep(PAUSE)
        sandbox.used_at = time.monotonic()
        inbox.collect()
        if inbox.last_id == seen:
            continue
        if found := [event for event in inbox.after(seen) if takes(event)]:
            return found
        seen = inbox.last_id
    return []


async def _show(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    inbox = (await parts.sandbox(request)).inbox
    return reply({"olay": showing(parts, inbox, request)(_event(inbox, request))})


async def _clear(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    return reply({"silinen": (await parts.sandbox(request)).inbox.clear()})


async def _resend(parts: Parts, request: Request) -> Response:
    check_names(request.query_params, ())
    sandbox = await parts.sandbox(request)
    event = _event(sandbox.inbox, request)
    asked = await json_body(request, "Resend") if has_body(request) else {}
    endpoint, anywhere = sandbox.inbox.endpoint_of(event), sandbox.world.webhooks_anywhere
    own = None if endpoint is None else endpoint.url
    url = asked.get("url", own)
    if url is None:
        raise InvalidFields([FieldError("/url", NO_ADDRESS)])
    if not is_allowed(url, anywhere=anywhere):
        raise InvalidFields([FieldError("/url", NOT_A_URL)])
    secret = secret_for(url, own, "" if endpoint is None else endpoint.secret)
    message = message_to(event, url, secret, int(time.time()), _body(asked))
    try:
        posted = await resend(message, anywhere=anywhere)
    except NotNow:
        raise Unavailable from None
    tried = Tried.of(posted, by_hand=True)
    event.attempts.append(tried)
    told = {"webhook_id": event.webhook_id, "basliklar": message.headers, "secret": secret}
    return reply({"deneme": attempt_of(tried, language_of(request)), **told})


def _event(inbox: Inbox, request: Request) -> Happening:
    """The one that the path names. Raises InvalidFields, NotFound."""
    event = inbox.event(integer(request.path_params, "id", 1, LARGEST_ID, 0))
    if event is None:
        raise NotFound
    return event


def _body(asked: dict[str, Any]) -> bytes | None:
    """The bytes that were asked for in place of the event's own. Raises InvalidFields."""
    if "metin" in asked:
        if "govde" in asked:
            raise InvalidFields([FieldError("/metin", TWO_BODIES)])
        return str(asked["metin"]).encode()
    return msgspec.json.encode(asked["govde"]) if "govde" in asked else None


def _wanted(query: QueryParams, sandbox: Sandbox) -> Wanted:
    """Raises InvalidFields for an event or a tenant that there is not."""
    errors = [
        FieldError("/event", unknown(name, EVENT_KINDS_READ))
        for name in query.getlist("event")
        if name not in EVENT_KINDS_READ
    ]
    tenant_id = integer(query, "tenant", 1, LARGEST_ID, 0) or None
    tenants = sandbox.store.tables.tenants
    if tenant_id is not None and tenant_id not in tenants:
        errors.append(FieldError("/tenant", unknown(str(tenant_id), map(str, tenants))))
    if errors:
        raise InvalidFields(errors)
    kinds = frozenset(EVENT_KINDS_READ[name] for name in query.getlist("event"))
    return Wanted(kinds or None, tenant_id)
