"""Calls a server over HTTP in words of the domain, and checks every answer against the document."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from contract_tests.document import Document
from contract_tests.findings import Broken, NotJudged
from contract_tests.target import Login, Target, Tenant
from contract_tests.transport import Answer, Exchange, Tell, Transport, curl

__all__ = ["Answer", "Client", "sign"]

TIMEOUT: Final = 30.0
"""Seconds: longer than the longest poll (25 s)."""
PATIENCE: Final = 20
"""Seconds that a 429 may ask us to wait."""
SHORTEST_SECRET: Final = 8
"""Characters of a secret that is looked for in answers: a shorter one may stand there by chance."""
BROWSER: Final = ("/api/v1/widget/", "/api/v1/context/")


def sign(secret: str, visitor: str, email: str | None, timestamp: int) -> str:
    """The signature of the contract: lower-case hex of HMAC-SHA256 over `id|email|timestamp`."""
    return hmac.new(secret.encode(), f"{visitor}|{email or ''}|{timestamp}".encode(), hashlib.sha256).hexdigest()


class Client:
    """Who calls. Threads may share one: each has a connection of its own."""

    def __init__(
        self,
        target: Target,
        document: Document,
        seed: int = 0,
        *,
        timeout: float = TIMEOUT,
        tell: Tell | None = None,
    ) -> None:
        """`tell` hears of each exchange. Raises CannotRun for a target without an http(s) address."""
        self.target = target
        self.document = document
        self.requests = 0
        self.found: Callable[[Broken], object] | None = None
        """Hears of answers that break a rule of every answer; without it they are raised."""
        secrets_known = [t.secret for t in (target.tenant, target.listed, target.other) if t]
        self._secrets = [secret for secret in secrets_known if len(secret) >= SHORTEST_SECRET]
        self._transport = Transport(target.base_url, timeout)
        self._tell = tell
        self._prefix = f"ct{seed}-{secrets.token_hex(3)}"
        self._count = 0
        self._lock = threading.Lock()
        self._open: dict[int, tuple[str, Tenant]] = {}
        self._tickets: set[int] = set()
        self._tokens: dict[str, str] = {}
        self.kept: dict[str, Any] = {}
        """What checks keep for one another: sessions of the portal, projects that were opened."""

    def close(self) -> None:
        """Close the connections of all threads."""
        self._transport.close()

    # Requests

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        tenant: Tenant | None = None,
        token: str | None = None,
        nowhere: bool = False,
        patient: bool = True,
    ) -> Answer:
        """One request; a `tenant` brings its key and origin. What no answer may be is told to `found`.

        Raises NotJudged where the document has no such operation, unless there is meant to be none (`nowhere`), and
        where the server goes on refusing with 429, unless that is an answer as others are (not `patient`).
        """
        if not nowhere and self.document.operation(method, path.partition("?")[0]) is None:
            raise NotJudged(f"the document has no {method} {path}")
        given = {"Accept": "application/json", **(headers or {})}
        if tenant:
            given.setdefault("X-API-Key", tenant.key)
            if tenant.origin and not {"Origin", "Referer"} & given.keys():
                given["Origin"] = tenant.origin
        if token:
            given.setdefault("Authorization", f"Bearer {token}")
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        if content is not None:
            given.setdefault("Content-Type", "application/json")
        where = path + (f"?{urlencode(query)}" if query else "")
        send = self._patiently if patient else self.send
        return self._judged(send(method, where, content, {k: v for k, v in given.items() if v != ""}))

    def _patiently(self, method: str, where: str, content: bytes | None, headers: dict[str, str]) -> Exchange:
        for _ in range(4):
            exchange = self.send(method, where, content, headers)
            if exchange.status != 429:
                return exchange
            wait = exchange.headers.get("retry-after", "1")
            seconds = int(wait) if wait.isdigit() else 1
            if seconds > PATIENCE:
                raise NotJudged(f"the server asks to wait {seconds} s (429)")
            time.sleep(seconds)
        raise NotJudged("the server goes on refusing with 429")

    def send(self, method: str, where: str, content: bytes | None, headers: Mapping[str, str]) -> Exchange:
        """One request, whatever is answered. Raises CannotRun where nothing is."""
        path = where.partition("?")[0]
        operation = self.document.operation(method, path)
        exchange = self._transport.send(
            operation.id if operation else f"{method} {path}", method, where, content, headers
        )
        with self._lock:
            self.requests += 1
        return exchange

    def _judged(self, exchange: Exchange) -> Answer:
        """The answer. Raises Broken for what none may be."""
        shown = curl(exchange, {token: email for email, token in self._tokens.items()})
        fault = next(self.faults(exchange), None)
        if self._tell:
            self._tell(replace(exchange, broken=fault[0]) if fault else exchange)
        if fault:
            broken = Broken(*fault, shown, exchange.operation)
            if self.found is None:
                raise broken
            self.found(broken)
        return Answer(exchange.status, exchange.headers, exchange.body, shown, exchange.operation, exchange.seconds)

    def faults(self, exchange: Exchange) -> Iterator[tuple[str, str, str]]:
        """What no answer may be: the rule, what was expected, what was seen."""
        path = urlsplit(exchange.url).path
        operation = self.document.operation(exchange.method, path)
        status, body = exchange.status, exchange.body
        told = f"{status} {body[:300].decode('utf-8', 'replace')}"
        if path.startswith(BROWSER):
            shown = body + repr(sorted(exchange.headers.items())).encode()
            if any(secret.encode() in shown for secret in self._secrets):
                yield "answer.secret", "no api_secret", "the tenant's api_secret"
        if self.document.level == "contract" and status >= 500 and status != 503:
            yield "answer.no_500", "no 500", told
        found = self.document.faults(operation, status, exchange.headers, body)
        if found:
            yield "answer.schema", f"what {exchange.operation} documents", "; ".join(found[:3])
        if self.document.level == "contract":
            yield from _request_id_faults(exchange)

    # The domain

    def visitor(self) -> str:
        """An id that nobody else uses."""
        with self._lock:
            self._count += 1
            return f"{self._prefix}-{self._count}"

    def token(self, login: Login | None = None) -> str:
        """The operator's token; signed in once."""
        login = login or self.target.operator
        with self._lock:
            known = self._tokens.get(login.email)
        if known is None:
            known = self._tokens[login.email] = self.login(login).data["token"]
        return known

    def forget_tokens(self) -> None:
        """Sign in anew from now on."""
        with self._lock:
            self._tokens.clear()

    def login(self, login: Login) -> Answer:
        """Sign in anew."""
        body = {"email": login.email, "sifre": login.password}
        return self.call("POST", "/api/v1/auth/login", body=body)

    def widget(self, path: str, visitor: str, tenant: Tenant | None = None, **body: Any) -> Answer:
        """A widget call that posts JSON: `widget("chat/end", visitor, oturum_id=1)`."""
        headers = body.pop("headers", None)
        content = {"ziyaretci_id": visitor, **body}
        return self.call(
            "POST", f"/api/v1/widget/{path}", body=content, tenant=tenant or self.target.tenant, headers=headers
        )

    def init(self, visitor: str, tenant: Tenant | None = None, /, **headers: str) -> Answer:
        """The widget opens; headers as `Origin=…`."""
        return self.widget("init", visitor, tenant, headers=headers)

    def start_chat(self, visitor: str, tenant: Tenant | None = None, **body: Any) -> Answer:
        """Open a chat; it is closed at the end."""
        answer = self.widget("chat/start", visitor, tenant, **body)
        if answer.status in (200, 201):
            self._open[answer.data["oturum"]["id"]] = visitor, tenant or self.target.tenant
        return answer

    def chat(self, visitor: str, tenant: Tenant | None = None) -> int:
        """A new open chat's id."""
        return int(self.start_chat(visitor, tenant).data["oturum"]["id"])

    def closed_chat(self, visitor: str) -> int:
        """A closed chat's id."""
        chat = self.chat(visitor)
        self.end(visitor, chat).succeeded()
        return chat

    def say(self, visitor: str, chat: int, text: str, **more: Any) -> Answer:
        """A visitor's message."""
        return self.widget("chat/message", visitor, oturum_id=chat, mesaj=text, **more)

    def read(self, visitor: str, chat: int, tenant: Tenant | None = None, /, **query: Any) -> Answer:
        """The visitor's poll."""
        asked = {"ziyaretci_id": visitor, "oturum_id": chat, **query}
        return self.call("GET", "/api/v1/widget/chat/messages", query=asked, tenant=tenant or self.target.tenant)

    def end(self, visitor: str, chat: int) -> Answer:
        """The visitor closes the chat."""
        return self.widget("chat/end", visitor, oturum_id=chat)

    def rate(self, visitor: str, chat: int, rating: Any) -> Answer:
        """The visitor rates the chat."""
        return self.widget("chat/rate", visitor, oturum_id=chat, puan=rating)

    def ticket(self, visitor: str, **more: Any) -> Answer:
        """A new ticket."""
        body = {"ad": "Deneme", "email": "deneme@example.com", "konu": "Deneme", "mesaj": "Deneme mesajı"} | more
        answer = self.widget("ticket/create", visitor, **body)
        if answer.status == 201:
            self._tickets.add(answer.data["ticket"]["id"])
        return answer

    def tickets(self, visitor: str) -> list[Any]:
        """The visitor's tickets."""
        query = {"ziyaretci_id": visitor}
        answer = self.call("GET", "/api/v1/widget/ticket/list", query=query, tenant=self.target.tenant)
        return list(answer.data["ticketlar"])

    def upload(self, visitor: str, name: str, content: bytes) -> Answer:
        """A file of the visitor's."""
        border = "cozum-contract-test"
        parts = (
            f'--{border}\r\nContent-Disposition: form-data; name="ziyaretci_id"\r\n\r\n{visitor}\r\n--{border}\r\n'
            f'Content-Disposition: form-data; name="dosya"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        raw = parts.encode() + content + f"\r\n--{border}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={border}"}
        return self.call("POST", "/api/v1/widget/upload", raw=raw, headers=headers, tenant=self.target.tenant)

    def customer_info(
        self, visitor: str, *, signed_at: int | None = None, signature: str | None = None, **info: Any
    ) -> Answer:
        """What the site tells; `signed_at` signs it, `signature` in place of the right one."""
        body = {"ziyaretci_id": visitor, **info}
        if signed_at is not None:
            right = sign(self.target.tenant.secret, visitor, info.get("email"), signed_at)
            body |= {"timestamp": signed_at, "signature": right if signature is None else signature}
        elif signature is not None:
            body["signature"] = signature
        return self.call("POST", "/api/v1/context/customer-info", body=body, tenant=self.target.tenant)

    def now(self) -> int:
        """The server's clock in Unix seconds, as exactly as it tells: when it stored something just now."""
        answer = self.customer_info(f"{self._prefix}-clock")
        told = answer.data.get("guncellendi")
        if told:
            return int(datetime.fromisoformat(told).timestamp())
        return int(parsedate_to_datetime(answer.headers["date"]).timestamp())

    def operator(self, method: str, path: str, login: Login | None = None, **options: Any) -> Answer:
        """An operator's call: `operator("POST", "chat/7/accept")`."""
        return self.call(method, f"/api/v1/operator/{path}", token=self.token(login), **options)

    def accept(self, chat: int, login: Login | None = None) -> Answer:
        """The operator takes the chat."""
        return self.operator("POST", f"chat/{chat}/accept", login)

    def queue(self, login: Login | None = None, **query: Any) -> list[Any]:
        """The operator's chats, all pages."""
        chats: list[Any] = []
        asked = {"limit": 100, **query}
        while True:
            data = self.operator("GET", "chats", login, query=asked).data
            chats += data["oturumlar"]
            if not data["sonraki_imlec"]:
                return chats
            asked["imlec"] = data["sonraki_imlec"]

    def tenant_id(self, tenant: Tenant | None = None) -> int:
        """The tenant's id, as its chats tell."""
        visitor = self.visitor()
        return int(self.start_chat(visitor, tenant).data["oturum"]["musteri_id"])

    def context(self, visitor: str, login: Login | None = None) -> Answer:
        """What the operator's panel shows of the visitor."""
        return self.operator("GET", f"context/{quote(visitor, safe='')}", login)

    def opened_chat(self, chat: int, visitor: str, tenant: Tenant | None = None) -> None:
        """A chat that a request of the check's own opened: it is closed at the end."""
        self._open[chat] = visitor, tenant or self.target.tenant

    def opened_ticket(self, ticket: int) -> None:
        """A ticket that a request of the check's own opened: it is closed at the end."""
        self._tickets.add(ticket)

    def opened(self, number: object) -> bool:
        """Whether a chat or a ticket of that id is our own."""
        return number in self._open or number in self._tickets

    def leave(self, chat: int, *, is_open: bool) -> None:
        """Done with a chat: close it if it is open."""
        visitor, tenant = self._open.pop(chat, ("", None))
        if is_open and visitor:
            self._quietly(lambda: self.widget("chat/end", visitor, tenant, oturum_id=chat))

    def tidy(self) -> None:
        """Close the chats and tickets that were opened, and sign out."""
        for chat, (visitor, tenant) in self._open.items():
            self._quietly(lambda: self.widget("chat/end", visitor, tenant, oturum_id=chat))  # noqa: B023 - called now
        for ticket in self._tickets:
            body = {"durum": "kapali"}
            self._quietly(lambda: self.operator("PUT", f"ticket/{ticket}/status", body=body))  # noqa: B023
        for token in list(self._tokens.values()):
            self._quietly(lambda: self.call("POST", "/api/v1/auth/logout", token=token))  # noqa: B023
        self._open.clear()
        self._tickets.clear()
        self._tokens.clear()

    @staticmethod
    def _quietly(call: Callable[[], object]) -> None:
        with suppress(Broken, NotJudged, KeyError, TypeError):  # it is told already, or will be next time
            call()


def _request_id_faults(exchange: Exchange) -> Iterator[tuple[str, str, str]]:
    request_id = exchange.headers.get("x-request-id")
    if not request_id:
        yield "answer.request_id", "an X-Request-Id", "none"
    if exchange.status < 400:
        return
    try:
        value = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return
    told = value.get("istek_id") if isinstance(value, dict) else request_id
    if told != request_id:
        yield "answer.request_id", f"istek_id {request_id}", f"{told}"
