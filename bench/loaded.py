"""Our server with much stored before it serves: ``python -m bench.loaded --help``.

The one file of the bench that knows the application. It serves what `cozum serve --demo` serves, and in
its way; `fill` writes through the store's port.
"""

from __future__ import annotations

import argparse
import asyncio
from datetime import timedelta
from functools import partial

from msgspec.structs import replace

from bench.requests import NAME, OPERATOR, SHOP_TENANT, TEXT, visitor_name
from bench.servers import HOST, ROOT
from bench.words import articles
from cozum.server import OneWorld, bind, configuration, run
from impl.app import Application, build_world
from impl.model import Article, Chat, Membership, Message, Operator, Tenant, Visitor
from impl.rules.articles import reading
from impl.rules.folding import folded_words
from impl.settings import Settings
from impl.store.port import Tx
from impl.world import World


async def fill(world: World, chats: int, messages_per_chat: int) -> None:
    """Open `chats` chats of tenant 2, number n of the visitor `bench-n`, with that many messages each.

    Each chat is one transaction; ids come from the world, so that those given later go on from there.
    """
    for number in range(1, chats + 1):
        await world.store.transact(partial(_one_chat, world, visitor_name(number), messages_per_chat))


async def _one_chat(world: World, visitor_id: str, messages: int, tx: Tx) -> None:
    now = world.clock.now()
    await tx.put_visitor(Visitor(tenant_id=SHOP_TENANT, id=visitor_id, updated_at=now, last_seen_at=now.timestamp()))
    chat = Chat(
        id=world.ids.next("chat"),
        tenant_id=SHOP_TENANT,
        visitor_id=visitor_id,
        visitor_name=NAME,
        visitor_email=None,
        opened_at=now,
        last_activity_at=now,
    )
    await tx.put_chat(chat)
    await tx.chat_for_update(chat.id)
    for sequence in range(1, messages + 1):
        message = Message(
            id=world.ids.next("message"),
            chat_id=chat.id,
            sequence=sequence,
            sender="visitor",
            sender_name=NAME,
            text=f"{TEXT} ({sequence})",
            sent_at=now,
            client_id=f"fill-{sequence}",
        )
        await tx.add_message(message)


async def fill_tenants(world: World, tenants: int, chats: int) -> None:
    """Open that many tenants, all of the operator `OPERATOR`, with that many chats each.

    Seven of ten are closed, spread over the last 30 days, rated and answered; two wait, one is active.
    """
    operator = await world.store.transact(_operator)
    for number in range(1, tenants + 1):
        await world.store.transact(partial(_one_tenant, world, operator, number, chats))


async def _operator(tx: Tx) -> Operator:
    """Somebody with the demo's password and no tenant yet."""
    demo = await tx.operator_by_email("operator@example.com")
    assert demo
    operator = replace(demo, id=100_000, name="Bench", email=OPERATOR, primary_tenant_id=None)
    await tx.put_operator(operator)
    return operator


async def _one_tenant(world: World, operator: Operator, number: int, chats: int, tx: Tx) -> None:
    now = world.clock.now()
    tenant = Tenant(100_000 + number, f"Firma {number}", f"CM_BENCH_{number:04}", "secret", None, "#FF6B35")
    await tx.put_tenant(tenant)
    await tx.put_membership(Membership(operator.id, tenant.id, number, "senior"))
    for place in range(chats):
        opened = now - timedelta(minutes=(place * 37 + number * 101) % (30 * 24 * 60))
        chat = Chat(world.ids.next("chat"), tenant.id, f"v{place}", NAME, None, opened, opened)
        if place % 10 < 7:
            answered, closed = min(now, opened + timedelta(seconds=40)), min(now, opened + timedelta(minutes=9))
            chat = replace(
                chat,
                state="closed",
                operator_id=operator.id,
                first_reply_at=answered,
                closed_at=closed,
                rating=1 + place % 5,
                rated_at=closed,
            )
        elif place % 10 == 9:
            chat = replace(chat, state="active", operator_id=operator.id, operator_name=operator.name)
        await tx.put_chat(chat)


async def fill_articles(world: World, count: int) -> None:
    """Publish that many articles of tenant 2."""

    async def work(tx: Tx) -> None:
        now = world.clock.now()
        for number, (title, body) in enumerate(articles(count), start=1):
            changed = now - timedelta(minutes=count - number)
            article = Article(
                world.ids.next("article"),
                SHOP_TENANT,
                None,
                f"bench-{number}",
                title,
                body,
                changed,
                folded_words(title),
                reading(body),
            )
            await tx.put_article(article)

    await world.store.transact(work)


def main() -> None:
    """Build the demo's world, fill it, serve it until terminated."""
    parser = argparse.ArgumentParser(prog="python -m bench.loaded", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port to serve on")
    parser.add_argument("--chats", type=int, default=50, help="chats to open (default: %(default)s)")
    parser.add_argument("--messages-per-chat", type=int, default=20, help="messages in each (default: %(default)s)")
    parser.add_argument("--tenants", type=int, default=0, help="further tenants (default: none)")
    parser.add_argument("--chats-per-tenant", type=int, default=0, help="chats in each (default: none)")
    parser.add_argument("--articles", type=int, default=0, help="articles of tenant 2 (default: none)")
    options = parser.parse_args()
    settings = Settings(document=ROOT / "openapi.yaml", demo=True)
    world = asyncio.run(build_world(settings))
    asyncio.run(fill(world, options.chats, options.messages_per_chat))
    asyncio.run(fill_tenants(world, options.tenants, options.chats_per_tenant))
    asyncio.run(fill_articles(world, options.articles))
    application = Application(settings, lambda _scope: world)
    run(configuration(application.asgi), bind(HOST, options.port), OneWorld(world), on_ready=lambda: None)


if __name__ == "__main__":
    main()
