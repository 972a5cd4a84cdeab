"""Telling why: refusals gain `ipucu`, and what a request says beside the contract is noted."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from impl.contract import bodies, multipart
from impl.contract.bodies import decode
from impl.contract.call import Scope
from impl.contract.plan import Plan
from impl.contract.replies import App, Receive, Send
from impl.problems import MEDIA_TYPE, Problem
from impl.world import World
from mocks.answer import Answer, plan_of, send_answer
from mocks.hint_shapes import Stray
from mocks.identity_reasons import REASONS
from mocks.misspelt import Known, strays, strays_inside
from mocks.reasons import Asked

EXPLAINED: Final = frozenset({401, 403, 422})
NOTES_KEY: Final = "cozum.notes"
"""Where a wrapper leaves a list in the scope when it wants a sentence for each stray of the request."""
KEPT: Final = 8 * 1024 * 1024
"""Bytes of a body that are kept to look at; of a longer one nothing is known."""
FORM, JSON, MULTIPART = bodies.FORM.encode(), bodies.JSON.encode(), multipart.MULTIPART.encode()
NOTHING: Final[Mapping[str, Any]] = {}
MOST_NAMES: Final = 200
WINDOW: Final = 512
"""Bytes that a part's head can have and still be found where two pieces of a body meet."""

_part_names = re.compile(rb'\r\ncontent-disposition: *form-data;[^\r\n]*?\bname="([^"\r\n]{1,100})"', re.IGNORECASE)
_names_only = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

log = logging.getLogger("cozum")


def want_notes(scope: Scope) -> list[str]:
    """The list that tells the request's strays, a sentence each, once it is answered."""
    notes: list[str] = scope.setdefault(NOTES_KEY, [])
    return notes


class Hints:
    """Explains refusals (401, 403, 422), and notes the strays of every request for whoever wants them."""

    def __init__(self, app: App, worlds: Callable[[Scope], World], known: Known) -> None:
        """`worlds` chooses the world of a request, as it does for the application."""
        self._app = app
        self._worlds = worlds
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "HEAD":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        seen, sent = _Seen(headers.get(b"content-type", b""), receive), _Held(send)
        await self._app(scope, seen, sent)
        refusal, notes, plan = sent.refusal, scope.get(NOTES_KEY), plan_of(scope)
        if plan is not None and (refusal is not None or notes is not None):
            try:
                query = _query(scope) if scope["query_string"] else NOTHING
                names = self._known.of(plan)
                found = strays(self._known, names, headers, query, seen.names())
                if names.free:
                    found += strays_inside(names, seen.values())
                if notes is not None:
                    notes.extend(map(str, found))
                if refusal is not None:
                    await self._explain(refusal, scope, plan, seen, found)
            except Exception:  # a hint is never worth an answer
                log.exception("no hint for %a", scope["path"])
        if refusal is not None:
            await send_answer(refusal, send)

    async def _explain(self, refusal: Answer, scope: Scope, plan: Plan, seen: _Seen, found: list[Stray]) -> None:
        problem: dict[str, Any] = msgspec.json.decode(refusal.body)
        reason = REASONS.get(problem["kod"])
        if reason is None:
            return
        asked = Asked(
            world=self._worlds(scope),
            plan=plan,
            names=self._known.of(plan),
            headers=dict(scope["headers"]),
            query=_query(scope),
            body=seen.values(),
            strays=found,
            errors=problem.get("hatalar", ()),
            language="en" if refusal.header("content-language") == "en" else "tr",
        )
        refusal.body = msgspec.json.encode({**problem, "ipucu": await reason(asked)})


def _query(scope: Scope) -> Mapping[str, str]:
    return dict(islice(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True), MOST_NAMES))


class _Seen:
    """Lets the application read the body, and keeps what it read: JSON and forms whole, of multipart the names."""

    def __init__(self, content_type: bytes, receive: Receive) -> None:
        self._receive = receive
        self._type = content_type
        if content_type != b"application/json":
            self._type = content_type.partition(b";")[0].strip().lower()
        self._parts: list[bytes] = []
        self._size = 0
        self._end = b""
        self._names: dict[str, None] = {}

    async def __call__(self) -> Mapping[str, Any]:
        message = await self._receive()
        body = message.get("body")
        if body:
            if self._type == MULTIPART:
                self._look_for_names(body)
            elif self._size <= KEPT:
                self._parts.append(body)
                self._size += len(body)
        return message

    def _look_for_names(self, body: bytes) -> None:
        text = self._end + body
        for found in _part_names.finditer(text):
            if len(self._names) < MOST_NAMES:
                self._names[found[1].decode("utf-8", "replace")] = None
        self._end = text[-WINDOW:]

    def _raw(self) -> bytes:
        return b"".join(self._parts) if self._size <= KEPT else b""

    def names(self) -> Collection[str]:
        """The names of the body's fields, on its first level."""
        if self._type == MULTIPART:
            return self._names
        if self._type != JSON:
            return self.values()
        try:
            return _names_only(self._raw()) if self._size else ()
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return ()

    def values(self) -> Mapping[str, Any]:
        """The body's fields; nothing of what cannot be read, nor of files."""
        try:
            if self._type == FORM:
                return dict(parse_qsl(self._raw().decode(), keep_blank_values=True, max_num_fields=MOST_NAMES))
            value = decode(self._raw()) if self._type == JSON else None
        except (Problem, ValueError):
            return NOTHING
        return value if isinstance(value, dict) else NOTHING


class _Held:
    """Passes an answer on, but keeps a refusal that can be explained."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.refusal: Answer | None = None

    async def __call__(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] in EXPLAINED:
            headers = [(name.decode(), value.decode("latin-1")) for name, value in message["headers"]]
            if ("content-type", MEDIA_TYPE.decode()) in headers:
                self.refusal = Answer(message["status"], headers)
                return
        elif self.refusal is not None:
            self.refusal.body += message.get("body", b"")
            return
        await self._send(message)
