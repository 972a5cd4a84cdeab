"""Telling why: refusals (401, 403, 422) gain `ipucu`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final

import msgspec

from impl.contract.call import Scope
from impl.contract.plan import Plan
from impl.contract.replies import WHOLE, App, Receive, Send
from impl.problems import MEDIA_TYPE
from impl.world import World
from mocks.answer import Answer, Message, headers_of, pairs_of, plan_of, send_answer
from mocks.hint_shapes import Stray
from mocks.identity_reasons import REASONS
from mocks.misspelt import Known, strays, strays_inside
from mocks.reading import READING_KEY, Reading, query_of
from mocks.reasons import Asked

EXPLAINED: Final = frozenset({401, 403, 422})
PROBLEM: Final = ("content-type", MEDIA_TYPE.decode())

log = logging.getLogger("cozum")


class Hints:
    """Explains refusals; lets every other answer through as it is."""

    def __init__(self, app: App, worlds: Callable[[Scope], World], known: Known) -> None:
        """`worlds` chooses the world of a request, as it does for the application."""
        self._app = app
        self._worlds = worlds
        self.known = known

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application; a plain function, so that no request pays for a coroutine."""
        if scope["type"] != "http" or scope["method"] == "HEAD":
            return self._app(scope, receive, send)
        reading = scope.get(READING_KEY)
        if reading is None:
            reading = scope[READING_KEY] = Reading()
            receive = reading.of(receive)
        return self._app(scope, receive, _Held(self, scope, send))

    async def explain(self, refusal: Answer, scope: Scope) -> None:
        """Add `ipucu` to a refusal, if anything is to be said."""
        plan = plan_of(scope)
        if plan is not None:
            try:
                await self._explain(refusal, scope, plan, scope[READING_KEY])
            except Exception:  # a hint is never worth an answer
                log.exception("no hint for %a", scope["path"])

    async def _explain(self, refusal: Answer, scope: Scope, plan: Plan, reading: Reading) -> None:
        problem: dict[str, Any] = msgspec.json.decode(refusal.body)
        reason = REASONS.get(problem["kod"])
        if reason is None:
            return
        headers = headers_of(scope)
        asked = Asked(
            world=self._worlds(scope),
            plan=plan,
            names=self.known.of(plan),
            headers=headers,
            query=query_of(scope),
            body=reading.values(headers.get(b"content-type", b"")),
            strays=strays_of(self.known, scope, plan, reading),
            errors=problem.get("hatalar", ()),
            language="en" if refusal.header("content-language") == "en" else "tr",
        )
        refusal.body = msgspec.json.encode({**problem, "ipucu": await reason(asked)})


def strays_of(known: Known, scope: Scope, plan: Plan, reading: Reading) -> list[Stray]:
    """What of a request its operation does not know."""
    headers, names, query = headers_of(scope), known.of(plan), scope["query_string"]
    content_type = headers.get(b"content-type", b"")
    if not query or names.query_in_bytes.issuperset([part.partition(b"=")[0] for part in query.split(b"&")]):
        parameters: Collection[str] = ()  # as nearly always
    else:
        parameters = query_of(scope)
    fields = reading.names(content_type) if reading.size else ()
    found = strays(known, names, headers, parameters, fields)
    if names.free and reading.size:
        found += strays_inside(names, reading.values(content_type))
    return found


class _Held:
    """Passes an answer on; a refusal that can be explained it keeps until it is whole."""

    __slots__ = ("_hints", "_refusal", "_scope", "_send")

    def __init__(self, hints: Hints, scope: Scope, send: Send) -> None:
        self._hints = hints
        self._scope = scope
        self._send = send
        self._refusal: Answer | None = None

    def __call__(self, message: Message) -> Awaitable[None]:
        """A plain function, so that no message pays for a coroutine."""
        if self._refusal is None and message.get("status") not in EXPLAINED:
            return self._send(message)
        return self._hold(message)

    async def _hold(self, message: Message) -> None:
        if self._refusal is None:
            headers = pairs_of(message["head"] if message["type"] == WHOLE else message["headers"])
            if PROBLEM not in headers:
                await self._send(message)
                return
            self._refusal = Answer(message["status"], headers)
        self._refusal.body += message.get("body", b"")
        if message["type"] != "http.response.start" and not message.get("more_body"):
            await self._hints.explain(self._refusal, self._scope)
            await send_answer(self._refusal, self._send)
