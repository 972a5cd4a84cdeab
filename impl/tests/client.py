"""Calls the application in process, in words of the domain; checks every answer against `openapi.yaml`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from msgspec.structs import replace

from impl.app import Application
from impl.contract.answers import Answers
from impl.contract.lane import PLAN_KEY
from impl.demo import demo_ids, load_demo, read_demo
from impl.model import Membership, StoredFile
from impl.passwords import Passwords
from impl.rules.identity import sign
from impl.rules.times import ISTANBUL
from impl.settings import Settings
from impl.store.memory import MemoryStore
from impl.store.port import Store, Tx
from impl.tests.store.yielding import YieldingStore
from impl.world import Waker, World

DOCUMENT: Final = Path(__file__).parents[2] / "openapi.yaml"
NOON: Final = datetime(2026, 4, 12, 14, 30, tzinfo=ISTANBUL)
"""The instant of the document's examples."""

DEMO_KEY: Final = "CM_DEMO_2026"
ESNAF_KEY: Final = "CM_PRATIKESNAF"
ESNAF_ORIGIN: Final = "https://pratikesnaf.com"
LONELY_KEY: Final = "CM_YALNIZ_2026"
SECRETS: Final = {
    DEMO_KEY: "demo_api_secret_2026",
    ESNAF_KEY: "pratikesnaf_api_secret_2026",
    LONELY_KEY: "yalniz_api_secret_2026",
}

Value = TypeVar("Value")


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now.replace(microsecond=0)

    def timestamp(self) -> float:
        return self._now.timestamp()

    def advance(self, **span: float) -> None:
        """Move on: `advance(seconds=30)`, `advance(days=2)`."""
        self._now += timedelta(**span)


@cache
def application() -> Application:
    """The compiled application, once a test process; each client brings its own world."""
    return Application(Settings(DOCUMENT), lambda scope: scope["cozum.tests.world"])


@cache
def _answers() -> Answers:
    return Answers(application().binding.schemas)


class _QuickPasswords(Passwords):
    """Works out each check once: 30 ms that every test would pay for its sign-in."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, str | None], bool] = {}

    def _check(self, password: str, password_hash: str | None) -> bool:
        pair = password, password_hash
        if pair not in self._known:
            self._known[pair] = super()._check(password, password_hash)
        return self._known[pair]


@cache
def _passwords() -> Passwords:
    return _QuickPasswords()


@dataclass(frozen=True)
class Reply:
    """An answer: `data` is the envelope's `data`, `problem` the refusal."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    value: Any = field(repr=False)

    @property
    def data(self) -> Any:
        assert self.status < 300, self.body.decode()
        assert self.value["basarili"] is True
        return self.value["data"]

    @property
    def code(self) -> str:
        """The problem's `kod`."""
        assert self.status >= 400, self.body.decode()
        assert self.value["basarili"] is False
        return str(self.value["kod"])

    @property
    def fields(self) -> list[str]:
        """The pointers of the field errors."""
        return [error["alan"] for error in self.value["hatalar"]]


class Client:
    """A fresh demo world at a frozen instant, and calls to it."""

    def __init__(self, store: Store | None = None) -> None:
        self.clock = FrozenClock()
        self.store = store or MemoryStore()
        demo = read_demo()
        self.world = World(self.store, self.clock, demo_ids(demo), Waker(), _passwords())
        self._runner = asyncio.Runner()
        self.run(load_demo(self.store, demo, self.clock.now()))

    def close(self) -> None:
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Run a coroutine in the client's event loop, such as a gather of several `send`s."""
        return self._runner.run(work)

    def call(self, method: str, path: str, **options: Any) -> Reply:
        """`send`, waited for."""
        return self.run(self.send(method, path, **options))

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        chunks: list[bytes] | None = None,
        headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
        key: str | None = None,
        token: str | None = None,
        visitor_token: str | None = None,
        client: str = "127.0.0.1",
    ) -> Reply:
        """One request. `body` goes as JSON, `raw` as it is, `chunks` in parts; `key` brings its origin."""
        given = list(headers.items() if isinstance(headers, Mapping) else headers or [])
        names = {name.lower() for name, _ in given}
        if key:
            given.append(("x-api-key", key))
        if key == ESNAF_KEY and not names & {"origin", "referer"}:
            given.append(("origin", ESNAF_ORIGIN))
        if token:
            given.append(("authorization", f"Bearer {token}"))
        if visitor_token:
            given.append(("x-ziyaretci-token", visitor_token))
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        if body is not None and "content-type" not in names:
            given.append(("content-type", "application/json"))
        raw_path, _, query = path.partition("?")
        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": raw_path,
            "raw_path": raw_path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given],
            "client": (client, 50_000),
            "cozum.tests.world": self.world,
        }
        return await _exchange(scope, chunks or [content])

    # The domain

    def login(self, email: str = "operator@example.com", password: str = "sifre123") -> str:
        """Sign an operator in; the token."""
        reply = self.call("POST", "/api/v1/auth/login", body={"email": email, "sifre": password})
        return str(reply.data["token"])

    def start_chat(self, visitor: str, text: str | None = None, key: str = DEMO_KEY) -> dict[str, Any]:
        """Open a chat; the `oturum`."""
        body = {"ziyaretci_id": visitor} | ({"mesaj": text} if text else {})
        chat: dict[str, Any] = self.call("POST", "/api/v1/widget/chat/start", key=key, body=body).data["oturum"]
        return chat

    def say(self, visitor: str, chat_id: int, text: str, key: str = DEMO_KEY, **more: Any) -> Reply:
        """A message of the visitor."""
        body = {"ziyaretci_id": visitor, "oturum_id": chat_id, "mesaj": text} | more
        return self.call("POST", "/api/v1/widget/chat/message", key=key, body=body)

    def customer_info(self, visitor: str, key: str = DEMO_KEY, *, signed_at: int | None = None, **info: Any) -> Reply:
        """What the site tells about a visitor; `signed_at` (Unix seconds) signs it."""
        body = {"ziyaretci_id": visitor} | info
        if signed_at is not None:
            signature = sign(SECRETS[key], visitor, info.get("email"), signed_at)
            body |= {"timestamp": signed_at, "signature": signature}
        return self.call("POST", "/api/v1/context/customer-info", key=key, body=body)

    def end(self, visitor: str, chat_id: int, key: str = DEMO_KEY) -> Reply:
        """The visitor closes their chat."""
        return self.call(
            "POST", "/api/v1/widget/chat/end", key=key, body={"ziyaretci_id": visitor, "oturum_id": chat_id}
        )

    def rate(self, visitor: str, chat_id: int, rating: Any = 5, key: str = DEMO_KEY, **more: Any) -> Reply:
        """The visitor rates their chat."""
        body = {"ziyaretci_id": visitor, "oturum_id": chat_id, "puan": rating} | more
        return self.call("POST", "/api/v1/widget/chat/rate", key=key, body=body)

    def read(self, visitor: str, chat_id: int, key: str = DEMO_KEY, **query: Any) -> Reply:
        """The visitor reads their chat."""
        return self.run(self.poll(visitor, chat_id, key, **query))

    async def poll(self, visitor: str, chat_id: int, key: str = DEMO_KEY, **query: Any) -> Reply:
        """`read`, to be awaited."""
        asked = urlencode({"ziyaretci_id": visitor, "oturum_id": chat_id} | query)
        return await self.send("GET", f"/api/v1/widget/chat/messages?{asked}", key=key)

    def accept(self, chat_id: int, token: str) -> Reply:
        """An operator takes a chat."""
        return self.call("POST", f"/api/v1/operator/chat/{chat_id}/accept", token=token)

    def transfer(self, chat_id: int, token: str, operator_id: int) -> Reply:
        """An operator hands a chat to another."""
        body = {"operator_id": operator_id}
        return self.call("POST", f"/api/v1/operator/chat/{chat_id}/transfer", token=token, body=body)

    def close_chat(self, chat_id: int, token: str) -> Reply:
        """An operator closes a chat."""
        return self.call("POST", f"/api/v1/operator/chat/{chat_id}/close", token=token)

    def answer(self, chat_id: int, token: str, text: str, **more: Any) -> Reply:
        """A message of an operator."""
        path = f"/api/v1/operator/chat/{chat_id}/message"
        return self.call("POST", path, token=token, body={"mesaj": text} | more)

    def queue(self, token: str, **query: Any) -> Any:
        """The operator's chats; the `data`."""
        return self.call("GET", f"/api/v1/operator/chats?{urlencode(query)}", token=token).data

    def context(self, visitor: str, token: str, **query: Any) -> Reply:
        """What an operator sees of a visitor."""
        return self.call("GET", f"/api/v1/operator/context/{visitor}?{urlencode(query)}", token=token)

    def change_tenant(self, tenant_id: int, **changes: Any) -> None:
        """Arrange a tenant: `change_tenant(1, secure_mode=True)`."""

        async def work(tx: Tx) -> None:
            tenant = await tx.tenant(tenant_id)
            assert tenant
            await tx.put_tenant(replace(tenant, **changes))

        self.change(work)

    def change_operator(self, operator_id: int, **changes: Any) -> None:
        """Arrange an operator: `change_operator(7, state="online")`."""

        async def work(tx: Tx) -> None:
            operator = await tx.operator(operator_id)
            assert operator
            await tx.put_operator(replace(operator, **changes))

        self.change(work)

    def change_chat(self, chat_id: int, **changes: Any) -> None:
        """Arrange a chat: `change_chat(42, state="waiting")`."""

        async def work(tx: Tx) -> None:
            chat = await tx.chat(chat_id)
            assert chat
            await tx.put_chat(replace(chat, **changes))

        self.change(work)

    def add_member(self, operator_id: int, tenant_id: int, **changes: Any) -> None:
        """Make an operator a member of a tenant, or change what they are there."""
        membership = Membership(operator_id, tenant_id, 9, "senior")

        async def work(tx: Tx) -> None:
            known = await tx.membership(operator_id, tenant_id)
            await tx.put_membership(replace(known or membership, **changes))

        self.change(work)

    def put_file(self, file_id: str, tenant_id: int, visitor_id: str | None) -> None:
        """Put a PDF there, as an upload by a visitor (None: by an operator) would."""
        assert isinstance(self.store, MemoryStore | YieldingStore)
        file = StoredFile(file_id, tenant_id, visitor_id, "siparis.pdf", "application/pdf", 1234)
        self.store.tables.files[file_id] = file

    def events(self) -> list[Any]:
        """The events in the outbox, oldest first, without the demo's own."""
        assert isinstance(self.store, MemoryStore | YieldingStore)
        return [row.event for row in self.store.tables.outbox if row.id > 1]

    def change(self, work: Any) -> Any:
        """Run `work(tx)` on the store, to arrange what no call can."""
        return self.run(self.store.transact(work))


async def _exchange(scope: dict[str, Any], chunks: list[bytes]) -> Reply:
    sent: list[Mapping[str, Any]] = []
    last = len(chunks) - 1
    parts: list[Mapping[str, Any]] = [
        {"type": "http.request", "body": chunk, "more_body": number != last} for number, chunk in enumerate(chunks)
    ]

    async def receive() -> Mapping[str, Any]:
        return parts.pop(0) if parts else {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    await application().asgi(scope, receive, send)
    start, *rest = sent
    body = b"".join(message.get("body", b"") for message in rest)
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    reply = Reply(start["status"], headers, body, _json(headers, body))
    _check(scope, reply)
    return reply


def _json(headers: Mapping[str, str], body: bytes) -> Any:
    return json.loads(body) if body and "json" in headers.get("content-type", "") else None


def _check(scope: dict[str, Any], reply: Reply) -> None:
    """Fail when the answer breaks the contract, or is a 500."""
    plan = scope.get(PLAN_KEY)
    assert reply.status != 500, reply.body.decode()
    if plan is not None and not plan.implemented and reply.status == 501:
        return
    if scope["method"] == "HEAD":
        return
    faults = _answers().faults(plan, reply.status, reply.headers, reply.body)
    assert not faults, f"{scope['method']} {scope['path']} broke the contract: {faults}"
