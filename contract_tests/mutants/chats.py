"""Servers that lose, double or mix up what is said."""

from __future__ import annotations

import asyncio
import html
import unicodedata
from contextvars import ContextVar
from typing import Any

from msgspec.structs import replace

import impl.app
from contract_tests.mutants.planting import Patch, mutant
from impl.actions import chats, messages
from impl.problems import AlreadyRated, ChatIsClosed, ChatIsOpen
from impl.store.memory.chats import Chats
from impl.world import Waker


@mutant("chat.start.one", "Each start opens a chat.")
def every_start_opens(patch: Patch) -> None:
    async def nothing(tx: Any, tenant_id: int, visitor_id: str) -> None:
        return None

    patch.set(Chats, "open_chat_of", nothing)


@mutant("chat.start.one", "A chat that is found again is answered with 201.")
def found_chat_is_201(patch: Patch) -> None:
    async def opened(original: Any, *args: Any) -> Any:
        chat, message, _ = await original(*args)
        return chat, message, True

    patch.wrap(chats, "open_chat", opened)


@mutant("chat.start.one", "The message of a second start is lost.")
def second_start_says_nothing(patch: Patch) -> None:
    async def opened(original: Any, world: Any, tenant: Any, visitor: str, *rest: Any) -> Any:
        known = await world.store.transact(lambda tx: tx.open_chat_of(tenant.id, visitor))
        name, email, text, token = rest
        return await original(world, tenant, visitor, name, email, None if known else text, token)

    patch.wrap(chats, "open_chat", opened)


@mutant("chat.start.race", "Between looking for an open chat and opening one another can come.")
def start_looks_too_early(patch: Patch) -> None:
    blind: ContextVar[bool] = ContextVar("blind", default=False)
    look = Chats.open_chat_of

    async def open_chat_of(tx: Any, tenant_id: int, visitor_id: str) -> Any:
        return None if blind.get() else await look(tx, tenant_id, visitor_id)

    async def opened(original: Any, world: Any, tenant: Any, visitor: str, *rest: Any) -> Any:
        known = await world.store.transact(lambda tx: tx.open_chat_of(tenant.id, visitor))
        await asyncio.sleep(0.05)
        blind.set(known is None)
        return await original(world, tenant, visitor, *rest)

    patch.set(Chats, "open_chat_of", open_chat_of)
    patch.wrap(chats, "open_chat", opened)


@mutant("chat.sequence.gapless", "Each second sira is left out.")
def gap_in_sira(patch: Patch) -> None:
    patch.wrap(
        messages,
        "say",
        lambda say, world, tx, chat, *rest, **more: say(
            world, tx, replace(chat, last_sequence=chat.last_sequence + 1), *rest, **more
        ),
    )


@mutant("chat.sequence.gapless", "Of two messages at once both get the same sira.")
def sira_given_twice(patch: Patch) -> None:
    async def say(original: Any, world: Any, find: Any, draft: Any) -> Any:
        stale = await world.store.transact(find)
        await asyncio.sleep(0.05)

        async def found(tx: Any) -> Any:
            return stale

        return await original(world, found, draft)

    patch.wrap(messages, "say_as_visitor", say)


@mutant("chat.message.once", "istemci_mesaj_id does not count.")
def message_twice_on_retry(patch: Patch) -> None:
    async def nothing(tx: Any, *args: Any) -> None:
        return None

    patch.set(Chats, "message_by_client_id", nothing)


@mutant("chat.message.once", "A message sent again after closing is refused.")
def retry_after_closing(patch: Patch) -> None:
    async def say(original: Any, world: Any, find: Any, draft: Any) -> Any:
        if (await world.store.transact(find)).state == "closed":
            raise ChatIsClosed
        return await original(world, find, draft)

    patch.wrap(messages, "say_as_visitor", say)


@mutant("chat.message.once", "A message sent again is answered with 201.")
def retry_is_201(patch: Patch) -> None:
    async def say(original: Any, *args: Any) -> Any:
        return (await original(*args))[0], True

    patch.wrap(messages, "say_as_visitor", say)


def _rewritten(patch: Patch, change: Any) -> None:
    def say(original: Any, world: Any, tx: Any, chat: Any, sender: Any, name: Any, draft: Any, *rest: Any) -> Any:
        changed = replace(draft, text=change(draft.text)) if draft.text else draft
        return original(world, tx, chat, sender, name, changed, *rest)

    patch.wrap(messages, "say", say)


@mutant("chat.message.text", "Messages are escaped as they are stored.")
def message_escaped(patch: Patch) -> None:
    _rewritten(patch, html.escape)


@mutant("chat.message.text", "Letters beyond the first plane are lost.")
def message_without_emoji(patch: Patch) -> None:
    _rewritten(patch, lambda text: "".join(letter if ord(letter) < 65_536 else "?" for letter in text))


@mutant("chat.message.text", "Messages are normalised.")
def message_normalised(patch: Patch) -> None:
    _rewritten(patch, lambda text: unicodedata.normalize("NFC", text))


@mutant("answer.no_500", "An emoji in a message is a 500.")
def emoji_is_500(patch: Patch) -> None:
    def fail(text: str) -> str:
        return text.encode("utf-16-le").decode("ucs-2") if any(ord(letter) > 65_535 for letter in text) else text

    _rewritten(patch, fail)


@mutant("chat.messages.after", "son_sira itself comes again.")
def last_message_again(patch: Patch) -> None:
    read = Chats.messages_after
    patch.set(Chats, "messages_after", lambda tx, chat, after, limit: read(tx, chat, max(0, after - 1), limit))


@mutant("chat.messages.after", "The newest message comes first.")
def newest_message_first(patch: Patch) -> None:
    read = Chats.messages_after

    async def after(tx: Any, chat: int, sequence: int, limit: int) -> Any:
        return list(await read(tx, chat, sequence, limit))[::-1]

    patch.set(Chats, "messages_after", after)


@mutant("chat.messages.after", "limit does not count.")
def limit_ignored(patch: Patch) -> None:
    read = Chats.messages_after
    patch.set(Chats, "messages_after", lambda tx, chat, after, limit: read(tx, chat, after, 100))


@mutant("chat.poll", "A message wakes nobody.")
def poll_sleeps(patch: Patch) -> None:
    patch.set(Waker, "wake", lambda waker, chat: None)


@mutant("chat.poll", "bekle does not count.")
def poll_does_not_wait(patch: Patch) -> None:
    patch.wrap(
        messages, "read_messages", lambda read, world, find, after, limit, wait: read(world, find, after, limit, 0)
    )


@mutant("chat.closed", "A closed chat takes messages.")
def closed_chat_goes_on(patch: Patch) -> None:
    patch.wrap(
        messages,
        "say",
        lambda say, world, tx, chat, *rest, **more: say(world, tx, replace(chat, state="waiting"), *rest, **more),
    )


@mutant("chat.end.again", "A closed chat can be closed.")
def closed_twice(patch: Patch) -> None:
    async def close(original: Any, world: Any, find: Any, closed_by: Any) -> Any:
        chat = await world.store.transact(find)
        return chat if chat.state == "closed" else await original(world, find, closed_by)

    patch.wrap(chats, "close", close)


@mutant("chat.end.system", "The last message is the visitor's.")
def closed_by_visitor(patch: Patch) -> None:
    patch.wrap(
        chats,
        "say",
        lambda say, world, tx, chat, sender, *rest: say(
            world, tx, chat, "visitor" if sender == "system" else sender, *rest
        ),
    )


def _rate(patch: Patch, *, again: bool, still_open: bool) -> None:
    async def rate(original: Any, world: Any, find: Any, rating: int, comment: str | None) -> Any:
        async def work(tx: Any) -> Any:
            chat = await find(tx)
            if chat.state != "closed" and not still_open:
                raise ChatIsOpen
            if chat.rating is not None and not again:
                raise AlreadyRated
            rated = replace(chat, rating=rating, comment=comment, rated_at=world.clock.now())
            await tx.put_chat(rated)
            return rated

        return await world.store.transact(work)

    patch.wrap(chats, "rate", rate)


@mutant("rating.once", "A chat can be rated again.")
def rated_twice(patch: Patch) -> None:
    _rate(patch, again=True, still_open=False)


@mutant("rating.closed", "An open chat can be rated.")
def rated_open(patch: Patch) -> None:
    _rate(patch, again=False, still_open=True)


@mutant("rating.range", "0 is a rating.")
def rating_from_zero(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["RateChatRequest"]["properties"]["puan"].update(minimum=0))


@mutant("rating.range", "6 is a rating.")
def rating_to_six(patch: Patch) -> None:
    patch.document(lambda schemas: schemas["RateChatRequest"]["properties"]["puan"].update(maximum=6))


@mutant("idempotency.again", "Idempotency-Key does not count.")
def key_ignored(patch: Patch) -> None:
    patch.set(impl.app, "once", lambda world, attempt, run: run())


@mutant("idempotency.again", "Idempotency-Key does not count when a visitor writes.")
def key_ignored_by_messages(patch: Patch) -> None:
    def change(once: Any, world: Any, attempt: Any, run: Any) -> Any:
        return run() if attempt.operation == "send_visitor_message" else once(world, attempt, run)

    patch.wrap(impl.app, "once", change)


@mutant("idempotency.again", "A key is the same for all visitors.")
def key_of_all_visitors(patch: Patch) -> None:
    patch.wrap(
        impl.app,
        "once",
        lambda once, world, attempt, run: once(world, attempt._replace(visitor_id=None, fingerprint=b""), run),
    )


@mutant("idempotency.other", "Another body under the same key answers the first result.")
def key_without_body(patch: Patch) -> None:
    patch.wrap(impl.app, "once", lambda once, world, attempt, run: once(world, attempt._replace(fingerprint=b""), run))


@mutant("input.nul", "Blank texts are messages.")
def blank_message(patch: Patch) -> None:
    def change(schemas: dict[str, Any]) -> None:
        schemas["MessageText"].pop("pattern")
        schemas["MessageText"].pop("minLength", None)

    patch.document(change)
