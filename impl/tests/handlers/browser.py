"""A portal user's browser: it keeps the cookie, and says where its requests come from."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final
from urllib.parse import quote

from impl.actions import outbox
from impl.model import ChatRated, Delivery
from impl.store.memory import MemoryStore, MemoryTx
from impl.store.port import Tx
from impl.tests.client import Client, Reply
from impl.tests.store.yielding import YieldingStore

HOST: Final = "portal.example"

SENIOR: Final = "operator@example.com"
OWNER_OF_1: Final = "destek@example.com"
OWNER_OF_3: Final = "yalniz@example.com"

HOOK: Final = "https://yalniz.example.com/webhook"


class Browser:
    """Calls the portal as a page of it does."""

    def __init__(self, client: Client, email: str | None = None) -> None:
        self.client = client
        self.cookie: str | None = None
        if email:
            assert self.sign_in(email).status == 200

    def call(self, method: str, path: str, **options: Any) -> Reply:
        """`send`, waited for."""
        return self.client.run(self.send(method, path, **options))

    async def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Reply:
        """One request with the cookie and, unless `headers` say otherwise, the proof of the same site."""
        given = {"host": HOST, "sec-fetch-site": "same-origin"} if headers is None else headers
        if self.cookie is not None:
            given = {"cookie": f"cozum_portal={self.cookie}"} | given
        reply = await self.client.send(method, path, headers=given, **options)
        line = reply.headers.get("set-cookie")
        if line is not None:
            self.cookie = line.partition(";")[0].removeprefix("cozum_portal=") or None
        return reply

    # The domain

    def sign_in(self, email: str = SENIOR, password: str = "sifre123", address: str = "127.0.0.1") -> Reply:
        return self.call("POST", "/portal/giris", body={"email": email, "sifre": password}, client=address)

    def sign_out(self) -> Reply:
        return self.call("POST", "/portal/cikis")

    def state(self) -> Any:
        """What the sign-in page says; the `data`."""
        return self.call("GET", "/portal/giris").data

    def is_signed_in(self) -> bool:
        return self.call("GET", "/portal/projeler").status == 200

    def active(self) -> Any:
        """The active project's id."""
        return self.call("GET", "/portal/projeler").data["aktif_musteri_id"]

    def choose(self, tenant_id: object) -> Reply:
        return self.call("POST", f"/portal/projeler/sec/{tenant_id}")

    def create(self, name: Any = "Çınar Kırtasiye", **more: Any) -> Reply:
        return self.call("POST", "/portal/projelerim", body={"firma_adi": name} | more)

    def mine(self) -> Any:
        """My projects; the `data`."""
        return self.call("GET", "/portal/projelerim").data

    def settings(self) -> Any:
        """The widget's settings; the `data`."""
        return self.call("GET", "/portal/widget").data

    def add_origin(self, origin: Any) -> Reply:
        return self.call("POST", "/portal/widget/originler", body={"origin": origin})

    def remove_origin(self, origin: str) -> Reply:
        return self.call("DELETE", f"/portal/widget/originler?origin={quote(origin, safe='')}")

    def webhook(self, **query: Any) -> Reply:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return self.call("GET", f"/portal/webhook?{asked}")

    def set_webhook(self, url: Any = HOOK, events: Any = ("yeni_chat",), **more: Any) -> Reply:
        return self.call("PUT", "/portal/webhook", body={"url": url, "olaylar": list(events)} | more)

    def resend(self, delivery_id: object) -> Reply:
        return self.call("POST", f"/portal/webhook/teslimatlar/{delivery_id}/yeniden")


def tables(client: Client) -> MemoryTx:
    """The state, to look at."""
    assert isinstance(client.store, MemoryStore | YieldingStore)
    return client.store.tables


def everything(client: Client) -> dict[str, Any]:
    """A copy of the whole state, to compare."""
    return {
        name: [*table] if isinstance(table, list) else {key: repr(row) for key, row in table.items()}
        for name, table in vars(tables(client)).items()
    }


def leave(client: Client, operator_id: int, tenant_id: int) -> None:
    """Somebody takes the operator out of a tenant, which no call can."""
    kept = [m for m in tables(client).memberships_by_operator[operator_id] if m.tenant_id != tenant_id]
    tables(client).memberships_by_operator[operator_id] = tuple(kept)


def put_delivery(client: Client, delivery: Delivery) -> None:
    """Put a delivery there, as a sender would leave it."""

    async def work(tx: Tx) -> None:
        await tx.put_delivery(delivery)

    client.change(work)


def tell(client: Client, tenant_id: int = 3) -> None:
    """An event of the tenant: a rated chat."""

    async def work(tx: Tx) -> None:
        await outbox.tell(client.world, tx, ChatRated(tenant_id, 42, 5, None, None))

    client.change(work)


def at_once(client: Client, calls: list[Coroutine[Any, Any, Reply]]) -> list[Reply]:
    """All of these in one go."""

    async def scene() -> list[Reply]:
        return list(await asyncio.gather(*calls))

    return client.run(scene())
