"""Calls a server in words of the domain."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote

from contract_tests.caller import TIMEOUT, Caller
from contract_tests.document import Document
from contract_tests.findings import Broken, NotJudged
from contract_tests.target import Login, Target, Tenant
from contract_tests.transport import Answer, Exchange, Tell

__all__ = ["Answer", "Client", "form", "sign"]


DATE_LAG: Final = 2
"""Seconds: servers make a new `Date` once a second, or later when they are busy."""


def sign(secret: str, visitor: str, email: str | None, timestamp: int) -> str:
    """The signature of the contract: lower-case hex of HMAC-SHA256 over `id|email|timestamp`."""
    return hmac.new(secret.encode(), f"{visitor}|{email or ''}|{timestamp}".encode(), hashlib.sha256).hexdigest()


class Client(Caller):
    """Who calls. Threads may share one: each has a connection of its own."""

    def __init__(self, target: Target, document: Document, seed: int = 0, tell: Tell | None = None) -> None:
        """`tell` hears of each exchange. Raises CannotRun for a target without an http(s) address."""
        super().__init__(target, document, tell)
        self.kept: dict[str, Any] = {}
        """What checks keep for one another until the clock is moved: sessions of the portal, chats."""
        self.lasting: dict[str, Any] = {}
        """What they keep beyond that: projects that were opened."""
        self.at_the_end: list[Callable[[], object]] = []
        """What is left to do when all is judged."""
        self.lag = 0
        """Seconds by which the server's clock may be ahead of `now`: known once that was asked."""
        self._prefix = f"ct{seed}-{secrets.token_hex(3)}"
        self._count = 0
        self._open: dict[int, tuple[str, Tenant, Mapping[str, str]]] = {}
        self._tickets: dict[int, Login | None] = {}
        """Who can close them; None: the operator."""
        self._signed_in: set[str] = set()
        """Tokens that live at the server."""
        self._operator_ids: dict[str, int] = {}

    def send(
        self, method: str, where: str, content: bytes | None, headers: Mapping[str, str], timeout: float = TIMEOUT
    ) -> Exchange:
        """As the caller's; what it left at the server is taken back at the end."""
        exchange = super().send(method, where, content, headers, timeout)
        with suppress(ValueError, KeyError, TypeError, RecursionError):  # an answer of another shape is told elsewhere
            self._remember(exchange)
        return exchange

    def _remember(self, exchange: Exchange) -> None:
        given = exchange.request_headers
        with self._lock:
            if exchange.operation == "login" and exchange.status == 200:
                self._signed_in.add(str(json.loads(exchange.body)["data"]["token"]))
            elif exchange.operation == "logout" and exchange.status == 200:
                self._signed_in.discard(given["Authorization"].removeprefix("Bearer "))
            elif exchange.operation == "create_ticket" and exchange.status == 201:
                ticket = json.loads(exchange.body)["data"]["ticket"]["id"]
                self._tickets[ticket] = self._member_of(given.get("X-API-Key"))

    def _member_of(self, key: str | None) -> Login | None:
        """An operator of the tenant; None: the operator."""
        other = self.target.other
        return self.target.outsider if other and key == other.key else None

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
            data = self.login(login).data
            known = self._tokens[login.email] = data["token"]
            self._operator_ids[login.email] = data["operator"]["id"]
        return known

    def operator_id(self, login: Login | None = None) -> int:
        """The operator's id."""
        login = login or self.target.operator
        self.token(login)
        return self._operator_ids[login.email]

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
        self.opened(answer, visitor, tenant or self.target.tenant)
        return answer

    def opened(self, answer: Answer, visitor: str, tenant: Tenant, headers: Mapping[str, str] | None = None) -> None:
        """Close at the end the chat that this answer opened."""
        if answer.status in (200, 201):
            self._open[answer.data["oturum"]["id"]] = visitor, tenant, headers or {}

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

    def ticket(self, visitor: str, tenant: Tenant | None = None, /, **more: Any) -> Answer:
        """A new ticket; it is closed at the end."""
        body = {"ad": "Deneme", "email": "deneme@example.com", "konu": "Deneme", "mesaj": "Deneme mesajı"} | more
        return self.widget("ticket/create", visitor, tenant, **body)

    def tickets(self, visitor: str) -> list[Any]:
        """The visitor's tickets."""
        query = {"ziyaretci_id": visitor}
        answer = self.call("GET", "/api/v1/widget/ticket/list", query=query, tenant=self.target.tenant)
        return list(answer.data["ticketlar"])

    def upload(self, visitor: str, name: str, content: bytes) -> Answer:
        """A file of the visitor's."""
        raw, headers = form({"ziyaretci_id": visitor}, name, content)
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
        self.lag = DATE_LAG
        return int(parsedate_to_datetime(answer.headers["date"]).timestamp())

    def operator(self, method: str, path: str, login: Login | None = None, **options: Any) -> Answer:
        """An operator's call: `operator("POST", "chat/7/accept")`."""
        return self.call(method, f"/api/v1/operator/{path}", token=self.token(login), **options)

    def accept(self, chat: int, login: Login | None = None) -> Answer:
        """The operator takes the chat."""
        return self.operator("POST", f"chat/{chat}/accept", login)

    def queue(self, login: Login | None = None, **query: Any) -> list[Any]:
        """The operator's chats, all pages. Raises Broken where they do not end."""
        chats: list[Any] = []
        asked, known = {"limit": 100, **query}, set[str]()
        while True:
            answer = self.operator("GET", "chats", login, query=asked)
            page, cursor = answer.data["oturumlar"], answer.data["sonraki_imlec"]
            chats += page
            if not cursor:
                return chats
            if cursor in known or not page:
                seen = "a cursor known from another page" if page else "a cursor on a page without chats"
                raise Broken("list.pages", "a sonraki_imlec that leads to the end", seen, answer.curl, answer.operation)
            known.add(cursor)
            asked["imlec"] = cursor

    def tenant_id(self, tenant: Tenant | None = None) -> int:
        """The tenant's id, as its chats tell."""
        visitor = self.visitor()
        return int(self.start_chat(visitor, tenant).data["oturum"]["musteri_id"])

    def context(self, visitor: str, login: Login | None = None) -> Answer:
        """What the operator's panel shows of the visitor."""
        return self.operator("GET", f"context/{quote(visitor, safe='')}", login)

    def is_ours(self, number: object) -> bool:
        """Whether a chat or a ticket of that id was opened here, and is not left yet."""
        return number in self._open or number in self._tickets

    def leave(self, chat: int, *, is_open: bool) -> None:
        """Done with a chat: close it if it is open."""
        visitor, tenant, headers = self._open.get(chat, ("", None, {}))
        if is_open and visitor:
            left = self._quietly(lambda: self.widget("chat/end", visitor, tenant, oturum_id=chat, headers=headers))
        else:
            left = True
        if left:
            self._open.pop(chat, None)

    def leave_ticket(self, ticket: int, login: Login | None = None, *, is_open: bool) -> None:
        """Done with a ticket: close it if it is open."""
        body = {"durum": "kapali"}
        if not is_open or self._quietly(lambda: self.operator("PUT", f"ticket/{ticket}/status", login, body=body)):
            self._tickets.pop(ticket, None)

    def leave_status(self, login: Login, state: str) -> None:
        """Be as before."""
        self._quietly(lambda: self.operator("PUT", "status", login, body={"durum": state}))

    def tidy(self) -> None:
        """Close the chats and tickets that were opened, and sign out."""
        for chat in list(self._open):
            self.leave(chat, is_open=True)
        for ticket, login in list(self._tickets.items()):
            self.leave_ticket(ticket, login, is_open=True)
        for token in list(self._signed_in):
            self._quietly(lambda: self.call("POST", "/api/v1/auth/logout", token=token))  # noqa: B023
        for left in self.at_the_end:
            self._quietly(left)
        self.at_the_end.clear()
        self._tokens.clear()

    def _quietly(self, call: Callable[[], object]) -> bool:
        """Whether it was answered, if not with a fault of the server's; also when the time is over."""
        with self.restoring(), suppress(Broken, NotJudged, KeyError, TypeError):  # it is told already, or will be
            answer = call()
            return not isinstance(answer, Answer) or answer.status < 500
        return False


def form(fields: Mapping[str, str], name: str, content: bytes) -> tuple[bytes, dict[str, str]]:
    """A multipart body with those fields and a file `dosya` of that name, and its headers."""
    border = "cozum-contract-test"
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
        for field, value in fields.items()
    ]
    head = (
        f'--{border}\r\nContent-Disposition: form-data; name="dosya"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    raw = "".join([*parts, head]).encode() + content + f"\r\n--{border}--\r\n".encode()
    return raw, {"Content-Type": f"multipart/form-data; boundary={border}"}
