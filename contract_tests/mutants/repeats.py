"""Servers that do twice what came twice, and forget who waits."""

from __future__ import annotations

import asyncio
from typing import Any

import impl.app
from contract_tests.mutants.planting import Patch, mutant
from impl.actions import chats, messages, once, operators
from impl.problems import Problem
from impl.store.memory.chats import Chats


@mutant("idempotency.race", "Whether a key is known is looked up too early.")
def key_looked_up_early(patch: Patch) -> None:
    known: dict[bytes, tuple[int, bytes]] = {}

    async def do(original: Any, world: Any, attempt: Any, run: Any) -> Any:
        place = once.id_of(attempt)
        if place in known:
            return known[place]
        await asyncio.sleep(0.05)
        known[place] = await run()
        return known[place]

    patch.wrap(impl.app, "once", do)


@mutant("idempotency.refused", "Refusals are kept under their key.")
def refusal_kept(patch: Patch) -> None:
    refused: dict[tuple[bytes, bytes], Problem] = {}

    async def do(original: Any, world: Any, attempt: Any, run: Any) -> Any:
        place = once.id_of(attempt), attempt.fingerprint
        if place in refused:
            raise refused[place]
        try:
            return await original(world, attempt, run)
        except Problem as problem:
            refused[place] = problem
            raise

    patch.wrap(impl.app, "once", do)


@mutant("idempotency.login", "The same sign-in again answers the first token.")
def sign_in_kept(patch: Patch) -> None:
    kept: dict[str, Any] = {}

    async def sign_in(original: Any, world: Any, email: str, *rest: Any) -> Any:
        signed = await original(world, email, *rest)
        live = kept.get(email)
        if live and await world.store.transact(lambda tx: tx.token(live.token.id)):
            return live
        kept[email] = signed
        return signed

    patch.wrap(operators, "sign_in", sign_in)


@mutant("chat.message.race", "Whether a message is known is looked up too early.")
def message_looked_up_early(patch: Patch) -> None:
    look = Chats.message_by_client_id

    async def say(original: Any, world: Any, find: Any, draft: Any) -> Any:
        async def work(tx: Any) -> Any:
            return await look(tx, (await find(tx)).id, None, draft.client_id)

        known = await world.store.transact(work) if draft.client_id else None
        if known:
            return known, False
        await asyncio.sleep(0.05)
        return await original(world, find, draft)

    async def nothing(tx: Any, *args: Any) -> None:
        return None

    patch.set(Chats, "message_by_client_id", nothing)
    patch.wrap(messages, "say_as_visitor", say)


@mutant("chat.message.scope", "A visitor's own id of a message counts in all of their chats.")
def client_id_of_all_chats(patch: Patch) -> None:
    original = Chats.message_by_client_id

    async def known(tx: Any, chat_id: int, operator_id: int | None, client_id: str) -> Any:
        chat = await tx.chat(chat_id)
        for other in await tx.chats_of_visitor(chat.tenant_id, chat.visitor_id, 100):
            message = await original(tx, other.id, operator_id, client_id)
            if message:
                return message
        return None

    patch.set(Chats, "message_by_client_id", known)


@mutant("chat.message.scope", "An operator's message sent again comes twice.")
def operators_message_twice(patch: Patch) -> None:
    original = Chats.message_by_client_id

    async def known(tx: Any, chat_id: int, operator_id: int | None, client_id: str) -> Any:
        return None if operator_id else await original(tx, chat_id, None, client_id)

    patch.set(Chats, "message_by_client_id", known)


@mutant("chat.message.content", "A file alone is no message.")
def file_needs_text(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["VisitorMessageRequest"].update(anyOf=[{"required": ["mesaj"]}]))


@mutant("chat.message.content", "A message may say nothing.")
def message_of_nothing(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["VisitorMessageRequest"].pop("anyOf"))


@mutant("chat.sequence.seen", "A message can be read a moment after those that follow it.")
def messages_appear_late(patch: Patch) -> None:
    original = Chats.messages_after

    async def after(tx: Any, chat_id: int, sequence: int, limit: int) -> Any:
        page = await original(tx, chat_id, sequence, limit)
        now = asyncio.get_running_loop().time()
        seen = {message.id: born.setdefault(message.id, now) for message in page}
        return [one for one in page if one.sequence % 5 != 2 or now - seen[one.id] > 0.02]

    born: dict[int, float] = {}
    patch.set(Chats, "messages_after", after)


@mutant("chat.poll.end", "Whoever waits is not woken when a chat is accepted or closes.")
def change_wakes_nobody(patch: Patch) -> None:
    async def changing(original: Any, world: Any, work: Any) -> Any:
        return await world.store.transact(work)

    patch.wrap(chats, "_changing", changing)


@mutant("chat.poll.end", "A closed chat is waited for.")
def closed_chat_waited_for(patch: Patch) -> None:
    async def read(original: Any, world: Any, find: Any, after: int, limit: int, wait: float) -> Any:
        page = await original(world, find, after, limit, wait)
        if page.state == "closed" and not page.messages and wait:
            await asyncio.sleep(wait)
        return page

    patch.wrap(messages, "read_messages", read)
