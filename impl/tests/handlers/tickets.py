"""Tickets in words of the domain, for the tests of both sides."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from impl.tests.client import DEMO_KEY, Client, Reply

CREATE: Final = "/api/v1/widget/ticket/create"
VISITOR: Final = "abc123"
FILES: Final = ("Zk3v9QxT7mB2nL5rW8yA1c", "Pq7sD4fG1hJ9kL2zX6cV0b")


def create(client: Client, visitor: str = VISITOR, key: str = DEMO_KEY, **more: Any) -> Reply:
    """A visitor opens a ticket."""
    token = more.pop("visitor_token", None)
    body = {"ziyaretci_id": visitor, "konu": "Fatura", "mesaj": "Faturam nerede?"} | more
    return client.call("POST", CREATE, key=key, body=body, visitor_token=token)


def opened(client: Client, visitor: str = VISITOR, key: str = DEMO_KEY, **more: Any) -> int:
    """The id of a new ticket."""
    return int(create(client, visitor, key, **more).data["ticket"]["id"])


def mine(client: Client, visitor: str = VISITOR, key: str = DEMO_KEY, **query: Any) -> Reply:
    """The visitor's tickets."""
    token = query.pop("visitor_token", None)
    asked = urlencode({"ziyaretci_id": visitor} | query)
    return client.call("GET", f"/api/v1/widget/ticket/list?{asked}", key=key, visitor_token=token)


def read(client: Client, ticket_id: int, visitor: str = VISITOR, key: str = DEMO_KEY, **query: Any) -> Reply:
    """The visitor reads a ticket."""
    token = query.pop("visitor_token", None)
    asked = urlencode({"ziyaretci_id": visitor} | query)
    return client.call("GET", f"/api/v1/widget/ticket/{ticket_id}?{asked}", key=key, visitor_token=token)


def ask(client: Client, ticket_id: int, visitor: str = VISITOR, key: str = DEMO_KEY, **more: Any) -> Reply:
    """The visitor replies."""
    token = more.pop("visitor_token", None)
    body = {"ziyaretci_id": visitor, "mesaj": "Ek bilgi"} | more
    path = f"/api/v1/widget/ticket/{ticket_id}/reply"
    return client.call("POST", path, key=key, body=body, visitor_token=token)


def all_of(client: Client, token: str, **query: Any) -> Reply:
    """The operator's tickets."""
    return client.call("GET", f"/api/v1/operator/tickets?{urlencode(query)}", token=token)


def show(client: Client, token: str, ticket_id: int, **query: Any) -> Reply:
    """The operator reads a ticket."""
    return client.call("GET", f"/api/v1/operator/ticket/{ticket_id}?{urlencode(query)}", token=token)


def answer(client: Client, token: str, ticket_id: int, **more: Any) -> Reply:
    """The operator replies."""
    body = {"mesaj": "Bakıyorum"} | more
    return client.call("POST", f"/api/v1/operator/ticket/{ticket_id}/reply", token=token, body=body)


def put(client: Client, token: str, ticket_id: int, state: Any) -> Reply:
    """The operator changes the state."""
    return client.call("PUT", f"/api/v1/operator/ticket/{ticket_id}/status", token=token, body={"durum": state})


def ids(reply: Reply) -> list[int]:
    """The tickets of a page."""
    return [ticket["id"] for ticket in reply.data["ticketlar"]]


def texts(reply: Reply) -> list[str]:
    """The replies of a ticket that was read."""
    return [said["mesaj"] for said in reply.data["ticket"]["yanitlar"]]
