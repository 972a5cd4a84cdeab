"""The demo data of `demo.yaml`, put into a store as of an instant."""

from __future__ import annotations

from datetime import datetime
from importlib import resources
from typing import Any

import yaml

from impl.files import Files, logo_id
from impl.model import (
    Article,
    Campaign,
    CannedResponse,
    Category,
    Chat,
    ChatOpened,
    Membership,
    Message,
    Operator,
    OutboxRow,
    Profile,
    Tenant,
    Visitor,
)
from impl.rules.articles import reading
from impl.rules.folding import folded_words
from impl.store.port import Store, Tx
from impl.world import CountingIds


def read_demo() -> dict[str, Any]:
    """The demo file as plain data."""
    text = resources.files("impl").joinpath("demo.yaml").read_bytes()
    data: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return data


def demo_ids(demo: dict[str, Any]) -> CountingIds:
    """Ids that go on after those of the demo."""
    return CountingIds({**demo["last_ids"], "outbox": len(demo["chats"])})


async def load_demo(store: Store, demo: dict[str, Any], now: datetime, files: Files | None = None) -> None:
    """Put the demo into an empty store, its logos into the files; what the file gives no time has `now`."""

    async def work(tx: Tx) -> None:
        for tenant in demo["tenants"]:
            await tx.put_tenant(Tenant(**tenant | {"allowed_origins": tuple(tenant.get("allowed_origins", ()))}))
        for operator in demo["operators"]:
            await tx.put_operator(Operator(**operator))
        for membership in demo["memberships"]:
            await tx.put_membership(Membership(**membership))
        for visitor in demo["visitors"]:
            await tx.put_visitor(_visitor(visitor, now))
        for number, chat in enumerate(demo["chats"], start=1):
            await _add_chat(tx, chat, number, now)
        for category in demo["categories"]:
            await tx.put_category(Category(**category))
        for article in demo["articles"]:
            await tx.put_article(_article(article))
        for campaign in demo["campaigns"]:
            await tx.put_campaign(Campaign(**campaign | {"starts_at": datetime.fromisoformat(campaign["starts_at"])}))
        for response in demo["canned_responses"]:
            await tx.put_canned_response(CannedResponse(**response))

    await store.transact(work)
    if files is not None:
        for tenant_id, name in demo["logos"].items():
            files.start_with(logo_id(tenant_id), resources.files("impl").joinpath(name).read_bytes())


def _article(row: dict[str, Any]) -> Article:
    texts = {"folded_title": folded_words(row["title"]), "reading": reading(row["body"])}
    return Article(**row | texts | {"updated_at": datetime.fromisoformat(row["updated_at"])})


def _visitor(row: dict[str, Any], now: datetime) -> Visitor:
    profile = Profile(**row["profile"], trial_days_received_at=now, extra_received_at=now)
    return Visitor(row["tenant_id"], row["id"], now, now.timestamp(), profile)


async def _add_chat(tx: Tx, row: dict[str, Any], number: int, now: datetime) -> None:
    values = {name: value for name, value in row.items() if name != "messages"}
    chat = Chat(**values, visitor_email=None, opened_at=now, last_activity_at=now)
    await tx.put_chat(chat)
    opened = ChatOpened(chat.tenant_id, chat.id, chat.visitor_id, chat.visitor_name, chat.channel)
    await tx.add_to_outbox(OutboxRow(number, now, opened))
    for sequence, text in enumerate(row["messages"], start=1):
        await tx.add_message(Message(sequence, chat.id, sequence, "visitor", chat.visitor_name, text, now))
