"""A body can come long after its headers: who sends it is asked again before anything is done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from impl.store.memory import MemoryStore
from impl.tests.client import DEMO_KEY, Client, application

CALLS: Final[dict[str, tuple[str, str, Any]]] = {
    "ticket reply": ("POST", "/api/v1/operator/ticket/1/reply", {"mesaj": "x"}),
    "ticket status": ("PUT", "/api/v1/operator/ticket/1/status", {"durum": "cozuldu"}),
    "message": ("POST", "/api/v1/operator/chat/43/message", {"mesaj": "x"}),
    "transfer": ("POST", "/api/v1/operator/chat/43/transfer", {"operator_id": 8}),
    "mute": ("PUT", "/api/v1/operator/tenants/1/sessize", {"sessize": True}),
    "order": ("PUT", "/api/v1/operator/tenants/sira", {"order": [1, 2]}),
    "status": ("PUT", "/api/v1/operator/status", {"durum": "cevrimici"}),
}
OF_NO_TENANT: Final = {"order", "status"}


def answered(client: Client, token: str, call: tuple[str, str, Any], meanwhile: Any) -> tuple[int, str]:
    """Status and code of a call between whose headers and body something happens."""
    method, path, body = call
    sent: list[Mapping[str, Any]] = []

    async def scene() -> None:
        asked = asyncio.Event()

        async def receive() -> Mapping[str, Any]:
            asked.set()
            await go_on.wait()
            return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

        async def send(message: Mapping[str, Any]) -> None:
            sent.append(message)

        go_on = asyncio.Event()
        headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "cozum.tests.world": client.world,
        }
        call = asyncio.ensure_future(application().asgi(scope, receive, send))
        await asked.wait()
        await meanwhile()
        go_on.set()
        await call

    client.run(scene())
    value = json.loads(sent[1]["body"])
    return sent[0]["status"], str(value.get("kod"))


@pytest.fixture
def prepared(client: Client, token: str) -> str:
    """A chat of the operator's and a ticket in tenant 1."""
    chat = client.start_chat("abc123")["id"]
    client.accept(chat, token)
    body = {"ziyaretci_id": "abc123", "konu": "x", "mesaj": "x"}
    assert client.call("POST", "/api/v1/widget/ticket/create", key=DEMO_KEY, body=body).status == 201
    return token


@pytest.mark.parametrize("name", CALLS)
def test_a_call_whose_token_was_revoked_meanwhile_is_refused(client: Client, prepared: str, name: str) -> None:
    async def sign_out() -> None:
        assert (await client.send("POST", "/api/v1/auth/logout", token=prepared)).status == 200

    assert answered(client, prepared, CALLS[name], sign_out) == (401, "token_gecersiz")


@pytest.mark.parametrize("name", sorted(CALLS.keys() - OF_NO_TENANT))
def test_a_call_of_somebody_who_is_no_member_any_more_finds_nothing(client: Client, prepared: str, name: str) -> None:
    async def remove() -> None:
        assert isinstance(client.store, MemoryStore)
        tables = client.store.tables
        tables.memberships_by_operator[7] = tuple(m for m in tables.memberships_by_operator[7] if m.tenant_id != 1)

    assert answered(client, prepared, CALLS[name], remove) == (404, "bulunamadi")
