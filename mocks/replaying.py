"""Answers from a recording; what is not in it is the application's to answer, or is told not to be there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from weakref import WeakKeyDictionary

from impl.contract.call import Scope
from impl.contract.lane import PLAN_KEY
from impl.contract.plan import Plan
from impl.contract.replies import App, Receive, Send, refuse
from impl.problems import Problem, Text
from impl.world import World
from mocks.answer import Answer, body_of
from mocks.documented import new_request_id
from mocks.matching import PAGE, SAME, Asked, Take, Takes, best, likeness, read_body, read_query
from mocks.recording import Recording
from mocks.remarks import remarks_of
from mocks.sandbox import Sandbox
from mocks.sandboxes import SANDBOX_KEY


class NotRecorded(Problem):
    """With `--replay-only`: the recording has no such request."""

    status = 404
    code = "kayitta_yok"
    title = Text("Kayıtta yok", "Not in the recording")
    detail = Text(
        "Kayıtta `{asked}` isteği yok; en yakını: `{nearest}`.",
        "The recording has no `{asked}`; the nearest is `{nearest}`.",
    )


class Replaying:
    """Plays a recording, for each sandbox from its beginning.

    The same request gets its answers in the order in which they were recorded, the last one again and again.
    """

    def __init__(
        self, app: App, recording: Recording, find_plan: Callable[[Scope], Plan | None], *, only: bool = False
    ) -> None:
        """`only`: nothing else is answered, but preflights."""
        self._app = app
        self._find_plan = find_plan
        self._takes = Takes(recording.exchanges, find_plan)
        self._only = only
        self._played: WeakKeyDictionary[Sandbox, tuple[World, dict[Take, int]]] = WeakKeyDictionary()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """An ASGI 3 application."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        takes = self._takes.of(scope["method"], _raw_path(scope))
        if takes:
            return self._play(takes, scope, receive, send)
        if self._only and scope["method"] != "OPTIONS":
            return self._refuse(scope, send)
        return self._app(scope, receive, send)

    async def _play(self, takes: Sequence[Take], scope: Scope, receive: Receive, send: Send) -> None:
        body = await body_of(receive)
        headers = dict(scope["headers"])
        asked = Asked(
            scope["path"],
            read_query(scope["query_string"].decode("latin-1")),
            PAGE.encode() in headers.get(b"accept", b""),
            read_body(headers.get(b"content-type", b"").decode("latin-1"), body.decode("utf-8", "replace")),
        )
        played = self._played_in(scope[SANDBOX_KEY])
        same = self._takes.same(scope["method"], asked)
        take = same or best(takes, asked, lambda take: played.get(take, 0) >= len(take.answers))
        place = min(played.get(take, 0), len(take.answers) - 1)
        played[take] = place + 1
        self._set_plan(scope)
        alike = "" if likeness(take.asked, asked) == SAME else ", the most like it"
        of_them = f"; answer {place + 1} of {len(take.answers)}" if len(take.answers) > 1 else ""
        remarks_of(scope).notes.append(f"replayed: {take.shown:.200}{alike}{of_them}")
        await _send(take.answers[place], scope["method"], send)

    def _played_in(self, sandbox: Sandbox) -> dict[Take, int]:
        """How many answers of each take were given there; none in a world that has just begun."""
        world, played = self._played.get(sandbox, (None, {}))
        if world is not sandbox.world:
            played = {}
            self._played[sandbox] = sandbox.world, played
        return played

    async def _refuse(self, scope: Scope, send: Send) -> None:
        plan = self._set_plan(scope)
        remarks_of(scope).final = True
        asked, nearest = f"{scope['method']} {scope['path'][:200]}", self._takes.nearest(scope["method"], scope["path"])
        path = scope["path"] if plan is None else plan.path
        await refuse(NotRecorded(asked=asked, nearest=nearest), path, scope, send, new_request_id().encode())

    def _set_plan(self, scope: Scope) -> Plan | None:
        plan = self._find_plan(scope)
        if plan is not None:
            scope[PLAN_KEY] = plan
        return plan


def _raw_path(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1")


async def _send(answer: Answer, method: str, send: Send) -> None:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    if answer.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})
