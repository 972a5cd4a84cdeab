"""Telling why: refusals (401, 403, 422) gain `ipucu`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

import msgspec

from impl.contract.call import Scope
from impl.contract.plan import Plan
from impl.contract.replies import WHOLE, App, Receive, Send
from impl.problems import MEDIA_TYPE
from impl.world import World
from mocks.answer import Answer, Message, pairs_of, plan_of, send_answer
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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await self._app(scope, receive, send)
            return
        reading, sent = scope.get(READING_KEY), _Held(send)
        if reading is None:
            receive = reading = scope[READING_KEY] = Reading(receive)
        await self._app(scope, receive, sent)
        refusal = sent.refusal
        if refusal is None:
            return
        plan = plan_of(scope)
        if plan is not None:
            try:
                await self._explain(refusal, scope, plan, reading)
            except Exception:  # a hint is never worth an answer
                log.exception("no hint for %a", scope["path"])
        await send_answer(refusal, send)

    async def _explain(self, refusal: Answer, scope: Scope, plan: Plan, reading: Reading) -> None:
        problem: dict[str, Any] = msgspec.json.decode(refusal.body)
        reason = REASONS.get(problem["kod"])
        if reason is None:
            return
        headers = dict(scope["headers"])
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
    headers: dict[bytes, bytes] = dict(scope["headers"])
    content_type, names = headers.get(b"content-type", b""), known.of(plan)
    found = strays(known, names, headers, query_of(scope), reading.names(content_type))
    if names.free and reading.size:
        found += strays_inside(names, reading.values(content_type))
    return found


class _Held:
    """Passes an answer on, but keeps a refusal that can be explained."""

    __slots__ = ("_send", "refusal")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.refusal: Answer | None = None

    async def __call__(self, message: Message) -> None:
        if self.refusal is not None:
            self.refusal.body += message.get("body", b"")
            return
        if message.get("status") in EXPLAINED:
            headers = pairs_of(message["head"] if message["type"] == WHOLE else message["headers"])
            if PROBLEM in headers:
                self.refusal = Answer(message["status"], headers, message.get("body", b""))
                return
        await self._send(message)
