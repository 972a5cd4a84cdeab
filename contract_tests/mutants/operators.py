"""Servers that let operators do what they may not, or keep them from what they may."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, Seen, mutant
from impl import security, wire
from impl.actions import chats, messages, operators, tenants
from impl.problems import ChatIsClosed, ChatTaken, InvalidToken
from impl.store.memory.chats import Chats


@mutant("auth.required", "A token's secret is not compared.")
def token_by_number(patch: Patch) -> None:
    patch.set(security, "_is_live", lambda token, sent, now: token.expires_at > now)


@mutant("auth.required", "401 has no WWW-Authenticate.")
def no_challenge(patch: Patch) -> None:
    patch.answers(lambda seen: seen.headers.pop("www-authenticate", None))


@mutant("auth.alike", "An unknown email is told from a wrong password.")
def unknown_email_told(patch: Patch) -> None:
    async def admit(original: Any, world: Any, email: str, *rest: Any) -> Any:
        if await world.store.transact(lambda tx: tx.operator_by_email(email)) is None:
            raise InvalidToken
        return await original(world, email, *rest)

    patch.wrap(operators, "admit", admit)


@mutant("auth.logout", "A token lives on after its logout.")
def token_alive_after_logout(patch: Patch) -> None:
    async def sign_out(original: Any, world: Any, caller: Any) -> Any:
        return caller.operator.state

    patch.wrap(operators, "sign_out", sign_out)


@mutant("auth.logout", "A logout ends all of the operator's tokens.")
def logout_ends_all(patch: Patch) -> None:
    async def sign_out(original: Any, world: Any, caller: Any) -> Any:
        async def work(tx: Any) -> None:
            for token in list(await tx.tokens_of(caller.operator.id)):
                if token.id != caller.token_id:
                    await tx.delete_token(token.id)

        await world.store.transact(work)
        return await original(world, caller)

    patch.wrap(operators, "sign_out", sign_out)


async def _tabs_reversed(original: Any, tx: Any, operator_id: int) -> Any:
    return (await original(tx, operator_id))[::-1]


@mutant("auth.tenants", "Login answers the tabs in another order.")
def login_tabs_reversed(patch: Patch) -> None:
    patch.wrap(operators, "tabs_of", _tabs_reversed)


@mutant("auth.tenants", "The list of tenants is in another order.")
def tabs_reversed(patch: Patch) -> None:
    patch.wrap(tenants, "tabs_of", _tabs_reversed)


@mutant("accept.race", "The last of two operators gets the chat.")
def last_accept_wins(patch: Patch) -> None:
    async def accept(original: Any, world: Any, caller: Any, find: Any) -> Any:
        async def work(tx: Any) -> Any:
            chat = await find(tx)
            if chat.state == "closed":
                raise ChatIsClosed
            return await chats._hand_to(world, tx, chat, caller.operator.id)

        return await world.store.transact(work)

    patch.wrap(chats, "accept", accept)


@mutant("accept.again", "The owner cannot accept again.")
def accept_once(patch: Patch) -> None:
    async def accept(original: Any, world: Any, caller: Any, find: Any) -> Any:
        if (await world.store.transact(find)).state == "active":
            raise ChatTaken
        return await original(world, caller, find)

    patch.wrap(chats, "accept", accept)


@mutant("operator.write", "Every member writes in a chat.")
def anybody_writes(patch: Patch) -> None:
    async def say(original: Any, world: Any, caller: Any, find: Any, draft: Any) -> Any:
        async def mine(tx: Any) -> Any:
            return replace(await find(tx), operator_id=caller.operator.id)

        return await original(world, caller, mine, draft)

    patch.wrap(messages, "say_as_operator", say)


@mutant("operator.transfer", "A chat can go to an operator of another tenant.")
def transfer_to_anybody(patch: Patch) -> None:
    async def transfer(original: Any, world: Any, find: Any, operator_id: int) -> Any:
        async def work(tx: Any) -> Any:
            chat = await find(tx)
            operator = await tx.operator(operator_id)
            if operator is None or await tx.membership(operator_id, chat.tenant_id) is not None:
                return None
            handed = replace(chat, state="active", operator_id=operator_id, operator_name=operator.name)
            await tx.put_chat(handed)
            return handed

        return await world.store.transact(work) or await original(world, find, operator_id)

    patch.wrap(chats, "transfer", transfer)


@mutant("answer.schema", "musteri_id is missing in the queue.")
def no_tenant_in_queue(patch: Patch) -> None:
    original = wire.OperatorChat.of
    patch.set(wire.OperatorChat, "of", lambda chat: replace(original(chat), tenant_id=UNSET))


@mutant("queue.tenants", "The queue has the chats of the first tab only.")
def queue_of_one_tab(patch: Patch) -> None:
    patch.wrap(
        chats,
        "wanted_tenants",
        lambda wanted, caller, tenant: wanted(caller, tenant)[:1] if tenant is None else (tenant,),
    )


@mutant("queue.tenants", "Each chat in the queue has the first tab's musteri_id.")
def queue_with_wrong_tenant(patch: Patch) -> None:
    original = wire.OperatorChat.of
    patch.set(wire.OperatorChat, "of", lambda chat: replace(original(chat), tenant_id=2))


def _queue(patch: Patch, read: Any) -> None:
    original = Chats.queue
    patch.set(Chats, "queue", lambda tx, *args: read(original, tx, *args))


@mutant("queue.order", "The newest chat comes first.")
def queue_reversed(patch: Patch) -> None:
    async def read(original: Any, tx: Any, tenant_ids: Any, states: Any, after: Any, limit: int) -> Any:
        page = list(await original(tx, tenant_ids, states, after, limit))
        return page[: limit - 1][::-1] + page[limit - 1 :]

    _queue(patch, read)


@mutant("queue.order", "Closed chats stay in the queue.")
def closed_in_queue(patch: Patch) -> None:
    patch.set(chats, "OPEN", ("waiting", "active", "closed"))


@mutant("queue.filter", "durum does not count.")
def queue_state_ignored(patch: Patch) -> None:
    patch.wrap(chats, "list_queue", lambda read, world, caller, state, *rest: read(world, caller, None, *rest))


@mutant("queue.filter", "musteri_id does not count.")
def queue_tenant_ignored(patch: Patch) -> None:
    patch.wrap(
        chats,
        "list_queue",
        lambda read, world, caller, state, tenant, *rest: read(world, caller, state, None, *rest),
    )


@mutant("tabs.permutation", "Any list of ids is an order.")
def any_order(patch: Patch) -> None:
    async def order(original: Any, world: Any, caller: Any, ids: list[int]) -> Any:
        known = [tenant.id for tenant, _ in await tenants.list_tabs(world, caller)]
        sane = [tenant_id for tenant_id in dict.fromkeys(ids) if tenant_id in known]
        return await original(world, caller, sane + [tenant_id for tenant_id in known if tenant_id not in sane])

    patch.wrap(tenants, "order_tabs", order)


@mutant("tabs.order", "The order of the tabs is not kept.")
def order_forgotten(patch: Patch) -> None:
    async def order(original: Any, world: Any, caller: Any, ids: list[int]) -> Any:
        known = [tenant.id for tenant, _ in await tenants.list_tabs(world, caller)]
        answer = await original(world, caller, ids)
        await original(world, caller, known)
        return answer

    patch.wrap(tenants, "order_tabs", order)


@mutant("tabs.mute", "A tab is not silenced.")
def mute_forgotten(patch: Patch) -> None:
    patch.wrap(tenants, "mute_tab", lambda mute, world, caller, tenant, muted: mute(world, caller, tenant, False))


@mutant("tabs.mute", "A muted tab's chats leave the queue.")
def mute_hides(patch: Patch) -> None:
    async def read(original: Any, tx: Any, tenant_ids: Any, *rest: Any) -> Any:
        loud = [tenant for tenant in tenant_ids if not (await tx.membership(7, tenant)).muted]
        return await original(tx, loud, *rest)

    _queue(patch, read)


@mutant("status.offline", "Chats stay with an operator who is gone.")
def chats_stay(patch: Patch) -> None:
    async def go_offline(original: Any, world: Any, tx: Any, operator: Any, reason: Any, **more: Any) -> Any:
        await tx.put_operator(replace(operator, state="offline"))
        return []

    patch.wrap(operators, "go_offline", go_offline)


@mutant("status.offline", "The status is not kept.")
def status_forgotten(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path == "/api/v1/operator/status" and seen.method == "GET":
            seen.body = seen.body.replace(b"cevrimdisi", b"mesgul")

    patch.answers(change)
