"""Our server with many messages stored before it serves: ``python -m bench.loaded --help``.

The one file of the bench that knows the application. It serves what `cozum serve --demo` serves, and in
its way; `fill` writes through the store's port.
"""

from __future__ import annotations

import argparse
import asyncio
from functools import partial

from bench.requests import NAME, SHOP_TENANT, TEXT, visitor_name
from bench.servers import HOST, ROOT
from cozum.server import bind, run
from impl.app import Application, build_world
from impl.model import Chat, Message, Visitor
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


def main() -> None:
    """Build the demo's world, fill it, serve it until terminated."""
    parser = argparse.ArgumentParser(prog="python -m bench.loaded", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port to serve on")
    parser.add_argument("--chats", type=int, default=50, help="chats to open (default: %(default)s)")
    parser.add_argument("--messages-per-chat", type=int, default=20, help="messages in each (default: %(default)s)")
    options = parser.parse_args()
    settings = Settings(document=ROOT / "openapi.yaml", demo=True)
    world = asyncio.run(build_world(settings))
    asyncio.run(fill(world, options.chats, options.messages_per_chat))
    application = Application(settings, lambda _scope: world)
    run(application.asgi, bind(HOST, options.port), world, on_ready=lambda: None)


if __name__ == "__main__":
    main()
