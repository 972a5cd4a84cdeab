"""A whole answer in hand: what wrappers of the application look at and change before it goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from impl.contract.call import Scope
from impl.contract.lane import PLAN_KEY
from impl.contract.plan import Plan
from impl.contract.replies import App, Receive, Send

Message = Mapping[str, Any]
RawHeaders = list[tuple[bytes, bytes]]

HEADERS_KEY: Final = "cozum.mock.headers"
"""Where a request's headers stand by name, once somebody has looked at them."""


@dataclass
class Answer:
    """Status, headers by lower-case name in the order in which they came, body."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first of that lower-case name, or nothing."""
        return next((value for known, value in self.headers if known == name), "")

    def put(self, name: str, value: str) -> None:
        """This header once, whatever there was of its lower-case name."""
        self.headers = [(known, told) for known, told in self.headers if known != name] + [(name, value)]


async def answered(app: App, scope: Scope, receive: Receive) -> Answer:
    """What the application answers, whole. Raises what it raises."""
    answer = Answer(0)
    parts: list[bytes] = []

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in message["headers"]]
        else:
            parts.append(message.get("body", b""))

    # answers come in ASGI's own messages, which can be read
    inner = {**scope, "extensions": {}}
    await app(inner, receive, keep)
    if PLAN_KEY in inner:
        scope[PLAN_KEY] = inner[PLAN_KEY]
    answer.body = b"".join(parts)
    return answer


async def send_answer(answer: Answer, send: Send) -> None:
    """The answer goes out, with the length that its body has now."""
    if answer.header("content-length"):
        answer.put("content-length", str(len(answer.body)))
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def body_of(receive: Receive) -> bytes:
    """The request's body, whole."""
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that tells that body, which was read already, and then what there is to tell."""
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            message: Message = await receive()
            return message
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The request's headers by name, the last of each."""
    known: dict[bytes, bytes] | None = scope.get(HEADERS_KEY)
    if known is None:
        known = scope[HEADERS_KEY] = dict(scope["headers"])
    return known


def pairs_of(head: bytes | RawHeaders) -> list[tuple[str, str]]:
    """Headers as text (Latin-1, RFC 9110), by lower-case name: of header lines, each with its CRLF, or of pairs."""
    if isinstance(head, bytes):
        lines = [line.partition(": ") for line in head.decode("latin-1").split("\r\n") if line]
        return [(name.lower(), value) for name, _, value in lines]
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in head]


def lines_of(pairs: RawHeaders) -> bytes:
    """The same headers as lines."""
    return b"\r\n".join([*map(b": ".join, pairs), b""])


def plan_of(scope: Scope) -> Plan | None:
    """The operation that was asked, known once the application has answered."""
    plan: Plan | None = scope.get(PLAN_KEY)
    return plan
