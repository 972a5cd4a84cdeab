"""What the owner asks in every operation that takes an id: the request, without who sends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Final
from urllib.parse import quote

from contract_tests.client import Answer, Client, form
from contract_tests.isolation.house import House, Ids
from contract_tests.target import Tenant

PIXEL: Final = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
)


@dataclass(frozen=True)
class Request:
    """A request, without who sends it."""

    method: str
    path: str
    body: Any = None
    query: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    """Sent with a small file."""

    def send(
        self,
        client: Client,
        *,
        tenant: Tenant | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send it as somebody."""
        raw, given = None, dict(headers or {})
        if self.form is not None:
            raw, more = form(self.form, "not.txt", b"bir not")
            given |= more
        return client.call(
            self.method,
            self.path,
            query=self.query,
            body=self.body,
            raw=raw,
            headers=given,
            tenant=tenant,
            token=token,
        )


AsVisitor = Callable[[Ids, str], Request]
"""Of ids, and the id that the sender goes by."""
AsOperator = Callable[[Ids], Request]


def _tells(path: str, **fields: Any) -> AsVisitor:
    """A JSON body; a function among the fields is of the ids."""

    def request(ids: Ids, visitor: str) -> Request:
        body = {name: value(ids) if callable(value) else value for name, value in fields.items()}
        return Request("POST", _path(path, ids), {"ziyaretci_id": visitor, **body})

    return request


def _asks(path: str, **fields: Callable[[Ids], Any]) -> AsVisitor:
    def request(ids: Ids, visitor: str) -> Request:
        query = {"ziyaretci_id": visitor} | {name: value(ids) for name, value in fields.items()}
        return Request("GET", _path(path, ids), query=query)

    return request


def _path(path: str, ids: Ids) -> str:
    return f"/api/v1/{path.format(ticket=ids.ticket) if '{ticket}' in path else path}"


def _chat(ids: Ids) -> int:
    return ids.chat


RECORDS: Final[Mapping[str, AsVisitor]] = {
    "send_visitor_message": _tells("widget/chat/message", oturum_id=_chat, mesaj="ben"),
    "list_visitor_messages": _asks("widget/chat/messages", oturum_id=_chat),
    "end_chat": _tells("widget/chat/end", oturum_id=_chat),
    "rate_chat": _tells("widget/chat/rate", oturum_id=_chat, puan=5),
    "get_ticket": _asks("widget/ticket/{ticket}"),
    "reply_ticket": _tells("widget/ticket/{ticket}/reply", mesaj="ben"),
    "create_ticket": _tells("widget/ticket/create", konu="x", mesaj="x", dosyalar=lambda ids: [ids.file]),
}
"""Widget calls that name a record: to another visitor, and in another tenant, it is not there."""

OWN: Final[Mapping[str, AsVisitor]] = {
    "widget_init": _tells("widget/init"),
    "start_chat": _tells("widget/chat/start"),
    "list_tickets": _asks("widget/ticket/list"),
    "set_customer_info": _tells("context/customer-info", soyad=lambda ids: token_hex(4)),
    "add_page_view": _tells("context/page-info", sayfa_url="https://site.example/"),
    "add_error_log": _tells("context/error-log", mesaj="x"),
    "add_screenshot": _tells("context/screenshot", goruntu=PIXEL),
    "upload_file": lambda ids, visitor: Request("POST", "/api/v1/widget/upload", form={"ziyaretci_id": visitor}),
}
"""Widget calls that name only a visitor: others find or make their own."""

WIDGET: Final[Mapping[str, AsVisitor]] = {**RECORDS, **OWN}


def _of_chat(method: str, what: str, **fields: Any) -> AsOperator:
    return lambda ids: Request(method, f"/api/v1/operator/chat/{ids.chat}/{what}", _filled(ids, fields))


def _of_ticket(method: str, what: str, **fields: Any) -> AsOperator:
    return lambda ids: Request(method, f"/api/v1/operator/ticket/{ids.ticket}{what}", _filled(ids, fields))


def _of_tenant(method: str, what: str, **fields: Any) -> AsOperator:
    return lambda ids: Request(method, f"/api/v1/operator/tenants/{ids.tenant_id}/{what}", _filled(ids, fields))


def _filled(ids: Ids, fields: Mapping[str, Any]) -> Any:
    return {name: value(ids) if callable(value) else value for name, value in fields.items()} or None


def _within(path: str, method: str = "GET") -> AsOperator:
    def request(ids: Ids) -> Request:
        where = path.format(visitor=quote(ids.owner, safe="")) if "{visitor}" in path else path
        return Request(method, f"/api/v1/operator/{where}", query={"musteri_id": ids.tenant_id})

    return request


OPERATOR: Final[Mapping[str, AsOperator]] = {
    "list_chats": _within("chats"),
    "list_operator_messages": _of_chat("GET", "messages"),
    "send_operator_message": _of_chat("POST", "message", mesaj="ben"),
    "accept_chat": _of_chat("POST", "accept"),
    "transfer_chat": _of_chat("POST", "transfer", operator_id=lambda ids: ids.receiver),
    "close_chat": _of_chat("POST", "close"),
    "list_operator_tickets": _within("tickets"),
    "get_operator_ticket": _of_ticket("GET", ""),
    "reply_operator_ticket": _of_ticket("POST", "/reply", mesaj="ben"),
    "set_ticket_status": _of_ticket("PUT", "/status", durum="cozuldu"),
    "upload_operator_file": lambda ids: Request(
        "POST", "/api/v1/operator/upload", form={"musteri_id": str(ids.tenant_id)}
    ),
    "list_canned_responses": _within("canned-responses"),
    "mute_tenant": _of_tenant("PUT", "sessize", sessize=lambda ids: ids.muted),
    "list_tenant_operators": _of_tenant("GET", "operators"),
    "get_visitor_context": _within("context/{visitor}"),
    "erase_visitor": _within("context/{visitor}", "DELETE"),
}
"""Operator calls that name a record or a tenant: to an operator of another tenant it is not there."""

PORTAL: Final[Mapping[str, str]] = {
    "portal_choose_project": "isolation.project",
    "portal_remove_origin": "isolation.origin",
    "portal_resend_delivery": "isolation.delivery",
}
"""Calls of the portal that name a record, and the rule that is about it."""

NOBODYS: Final[Mapping[str, str]] = {
    "get_article": "an address of the tenant's own published article, the same for all its visitors: search.readable",
    "download_logo": "logos are public",
    "download_file": "knowing the unguessable id is enough: upload.served",
    "portal_add_origin": "an origin that is to be listed for the caller's own project",
    "order_tenants": "a list of the caller's own tenants: tabs.permutation",
}
"""Operations that take an id and yet reach nobody's record, and why."""

MANAGED: Final = frozenset({"erase_visitor"})
"""Of the operators' calls those for sahip and yonetici."""
BEFORE: Final[Mapping[str, Callable[[House], None]]] = {"rate_chat": House.end, "send_operator_message": House.take}
"""What the owner's request needs to succeed."""
SPENDING: Final = frozenset({"end_chat", "rate_chat", "transfer_chat", "close_chat", "erase_visitor"})
"""After the owner's own request the house is not what others need."""
