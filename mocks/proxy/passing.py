"""Passes requests on to a live server and its answers back, as they are; holds both against the contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.utils import formatdate
from typing import Final

from impl.contract.answers import Answers
from impl.contract.call import Scope
from impl.contract.lane import PLAN_KEY
from impl.contract.plan import Plan
from impl.contract.replies import Receive, Send, refuse
from impl.problems import Problem
from mocks.answer import Message, RawHeaders, pairs_of
from mocks.codings import readable
from mocks.documented import new_request_id
from mocks.journal import shortened
from mocks.proxy.client import Client
from mocks.proxy.hops import answer_headers, declared_length, is_sendable, request_headers
from mocks.proxy.problems import BrokenAnswer, WrongAnswer, WrongRequest
from mocks.proxy.requests import Requests, Wrong
from mocks.proxy.upstream import LARGEST_STATUS, Reply, Upstream
from mocks.remarks import Remarks, remarks_of

SMALL: Final = 65_536
"""Bytes of an answer that is passed on in one piece; longer ones, and those of unknown length, go as they come."""
MOST_HELD: Final = 16 * 1024 * 1024
"""Bytes of an answer that is held back until it was judged."""


class Passing:
    """Lets what breaks the contract through, and says so."""

    def __init__(self, upstream: Upstream, find_plan: Callable[[Scope], Plan | None], requests: Requests) -> None:
        self._upstream = upstream
        self._find_plan = find_plan
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI 3 application."""
        if scope["type"] != "http":
            await _live(receive, send)
            return
        plan = self._find_plan(scope)
        if plan is not None:
            scope[PLAN_KEY] = plan
        client = Client(receive)
        async with client:
            try:
                await self._pass(plan, scope, client, send)
            except Problem as problem:
                client.is_answered()
                await self._refuse(problem, scope, send)
        if client.left:
            remarks_of(scope).final = True  # what it did not wait for
        elif client.has_sent_all:
            await self._look_at(scope, plan, client)

    async def _look_at(self, scope: Scope, plan: Plan | None, client: Client) -> None:
        """The answer has gone out: what was wrong with the request?"""
        wrongs = await self._requests.wrongs(scope, plan, client.body)
        remarks_of(scope).request_faults += shortened([str(wrong) for wrong in wrongs])

    async def _pass(self, plan: Plan | None, scope: Scope, client: Client, send: Send) -> None:
        """Raises a problem while nothing was answered."""
        first = await client.begin()
        reply = await self._asked(scope, client, first)
        try:
            await self._answer(plan, scope, reply, client, send)
        finally:
            await reply.close()

    async def _asked(self, scope: Scope, client: Client, first: bytes) -> Reply:
        """The head of the live server's answer. Raises a problem, Left."""
        given: RawHeaders = scope["headers"]
        names = {name for name, _ in given}
        has_body = bool(first) or b"content-length" in names or b"transfer-encoding" in names
        path = scope.get("raw_path") or scope["path"].encode()
        target = path + b"?" + scope["query_string"] if scope["query_string"] else path
        length = len(first) if client.has_sent_all else declared_length(given)
        chunked = has_body and length is None
        headers = request_headers(given, self._upstream.address.host, length if has_body else None, chunked=chunked)
        body = first if client.has_sent_all else client.rest(first)
        reply = await self._upstream.ask(scope["method"], target, headers, body if has_body else None)
        if reply.status > LARGEST_STATUS or not is_sendable(reply.headers):
            await reply.close()
            reason = "a header with control characters" if reply.status <= LARGEST_STATUS else f"status {reply.status}"
            raise BrokenAnswer(server=self._upstream.address.shown, reason=reason)
        return reply

    async def _answer(self, plan: Plan | None, scope: Scope, reply: Reply, client: Client, send: Send) -> None:
        """Pass the answer on: a small one in one piece, so that one that breaks off can be told as a problem."""
        length = declared_length(reply.headers)
        if length is not None and length <= SMALL:
            content = b"".join([part async for part in reply.parts])
            client.is_answered()
            await send(_start(reply))
            await send({"type": "http.response.body", "body": content})
        else:
            await self._stream(scope, reply, b"", client, send)

    async def _stream(self, scope: Scope, reply: Reply, first: bytes, client: Client, send: Send) -> None:
        """The head, then the body as it comes; one that breaks off breaks off here too."""
        await send(_start(reply))
        if first:
            await send({"type": "http.response.body", "body": first, "more_body": True})
        try:
            async for part in reply.parts:
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except Problem as problem:
            client.is_answered()
            said = problem.detail.en.format(**problem.fields)
            remarks = remarks_of(scope)
            remarks.final = True
            remarks.faults.append(f"the answer broke off: {said}")
            return
        client.is_answered()
        await send({"type": "http.response.body", "body": b""})

    async def _refuse(self, problem: Problem, scope: Scope, send: Send) -> None:
        """Answer in the live server's place."""
        remarks = remarks_of(scope)
        remarks.final = True
        if not isinstance(problem, WrongRequest | WrongAnswer):
            remarks.faults.append(problem.detail.en.format(**problem.fields))
        await refuse(problem, scope["path"], scope, _dated(send), new_request_id().encode())


class Strict(Passing):
    """Lets nothing through that breaks the contract: neither a request nor an answer."""

    def __init__(
        self, upstream: Upstream, find_plan: Callable[[Scope], Plan | None], requests: Requests, answers: Answers
    ) -> None:
        super().__init__(upstream, find_plan, requests)
        self._answers = answers

    async def _look_at(self, scope: Scope, plan: Plan | None, client: Client) -> None:
        """It was looked at before."""

    async def _asked(self, scope: Scope, client: Client, first: bytes) -> Reply:
        body = await client.whole()
        wrongs: Sequence[Wrong] = await self._requests.wrongs(scope, scope.get(PLAN_KEY), body)
        if wrongs:
            remarks_of(scope).request_faults += shortened([str(wrong) for wrong in wrongs])
            raise WrongRequest(self._upstream.address.shown, [wrong.error for wrong in wrongs])
        return await super()._asked(scope, client, body)

    async def _answer(self, plan: Plan | None, scope: Scope, reply: Reply, client: Client, send: Send) -> None:
        """Hold JSON back until it was judged; of anything else the head and its first bytes say enough."""
        headers = dict(pairs_of(reply.headers))
        held = bytearray()
        if scope["method"] != "HEAD":
            room = MOST_HELD if "json" in headers.get("content-type", "") else 0
            is_whole = await _hold(reply, held, room)
            self._judge(plan, scope, reply.status, headers, bytes(held), is_whole=is_whole)
        await self._stream(scope, reply, bytes(held), client, send)

    def _judge(
        self, plan: Plan | None, scope: Scope, status: int, headers: dict[str, str], body: bytes, *, is_whole: bool
    ) -> None:
        """Raises WrongAnswer."""
        is_json = "json" in headers.get("content-type", "")
        if is_json and not is_whole:
            remarks_of(scope).notes.append(f"not judged: the answer is longer than {MOST_HELD} bytes")
            return
        read = readable(headers.get("content-encoding", "") if is_json else "", body)
        if read.note:
            return  # the recorder says so
        faults = [read.fault] if read.fault else self._answers.faults(plan, status, headers, read.body)
        if faults:
            kept = shortened(faults)
            remarks: Remarks = remarks_of(scope)
            remarks.faults += kept
            raise WrongAnswer(self._upstream.address.shown, status, kept)


async def _hold(reply: Reply, held: bytearray, most: int) -> bool:
    """Read until there is more than that, or no more; answers whether it is all. Raises a problem."""
    async for part in reply.parts:
        held += part
        if len(held) > most:
            return False
    return True


def _start(reply: Reply) -> Message:
    headers = answer_headers(reply.headers, reply.status)
    return _with_date({"type": "http.response.start", "status": reply.status, "headers": headers})


def _dated(send: Send) -> Send:
    async def sending(message: Message) -> None:
        await send(_with_date(message) if message["type"] == "http.response.start" else message)

    return sending


def _with_date(start: Message) -> Message:
    """When it was answered, for whoever did not say so (RFC 9110, 6.6.1)."""
    headers: RawHeaders = start["headers"]
    if any(name.lower() == b"date" for name, _ in headers):
        return start
    return {**start, "headers": [*headers, (b"date", formatdate(usegmt=True).encode())]}


async def _live(receive: Receive, send: Send) -> None:
    """The server starts and ends: there is nothing to do (ASGI's lifespan)."""
    while True:
        kind: str = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
