"""Servers that are right step by step, but lose track when one thing follows another."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, mutant
from impl.actions import chats, operators, tickets
from impl.store.memory.chats import Chats
from impl.store.memory.members import Members
from impl.store.memory.tickets import Tickets
from impl.wire import chats as chat_shapes

# Chats


@mutant("life.chat", "After a transfer the first operator's name stays.")
def first_name_stays(patch: Patch) -> None:
    async def hand_to(original: Any, world: Any, tx: Any, chat: Any, operator_id: int) -> Any:
        handed = await original(world, tx, chat, operator_id)
        if chat.operator_name:
            handed = replace(handed, operator_name=chat.operator_name)
            await tx.put_chat(handed)
        return handed

    patch.wrap(chats, "_hand_to", hand_to)


@mutant("life.chat", "A transferred chat that nobody had accepted goes on waiting.")
def transferred_waits(patch: Patch) -> None:
    async def transfer(original: Any, world: Any, find: Any, operator_id: int) -> Any:
        before = await world.store.transact(find)
        chat = await original(world, find, operator_id)
        if before.state != "waiting":
            return chat
        waiting = replace(chat, state="waiting")
        await world.store.transact(lambda tx: tx.put_chat(waiting))
        return waiting

    patch.wrap(chats, "transfer", transfer)


@mutant("life.chat", "Closing a chat forgets who had it.")
def closed_chat_has_no_owner(patch: Patch) -> None:
    async def close_in(original: Any, world: Any, tx: Any, chat: Any, closed_by: Any) -> Any:
        closed = replace(await original(world, tx, chat, closed_by), operator_id=None, operator_name=None)
        await tx.put_chat(closed)
        return closed

    patch.wrap(chats, "close_in", close_in)


@mutant("life.chat", "A visitor's rating is lost when they open the next chat.")
def rating_lost(patch: Patch) -> None:
    async def opened(original: Any, world: Any, tenant: Any, visitor: str, *rest: Any) -> Any:
        async def forget(tx: Any) -> None:
            for chat in await tx.chats_of_visitor(tenant.id, visitor, 100):
                await tx.put_chat(replace(chat, rating=None, comment=None))

        answer = await original(world, tenant, visitor, *rest)
        if answer[2]:
            await world.store.transact(forget)
        return answer

    patch.wrap(chats, "open_chat", opened)


@mutant("life.chat", "An operator's own id of a message is the visitor's too.")
def client_id_of_both_sides(patch: Patch) -> None:
    original = Chats.message_by_client_id

    async def known(tx: Any, chat_id: int, operator_id: int | None, client_id: str) -> Any:
        mine = await original(tx, chat_id, operator_id, client_id)
        return mine or (operator_id and await original(tx, chat_id, None, client_id))

    patch.set(Chats, "message_by_client_id", known)


@mutant("life.chat", "After a second start a chat waits behind the others.")
def second_start_waits_anew(patch: Patch) -> None:
    original = Chats.queue
    started: dict[int, int] = {}

    async def opened(open_chat: Any, *args: Any) -> Any:
        answer = await open_chat(*args)
        if not answer[2]:
            started[answer[0].id] = len(started) + 1
        return answer

    async def queue(tx: Any, *args: Any) -> Any:
        return sorted(await original(tx, *args), key=lambda chat: started.get(chat.id, 0))

    patch.wrap(chats, "open_chat", opened)
    patch.set(Chats, "queue", queue)


@mutant("life.chat", "An accepted chat stands behind those that wait.")
def active_chats_last(patch: Patch) -> None:
    original = Chats.queue

    async def queue(tx: Any, *args: Any) -> Any:
        return sorted(await original(tx, *args), key=lambda chat: chat.state == "active")

    patch.set(Chats, "queue", queue)


@mutant("life.chat", "An operator closes a chat without a word of sistem.")
def operator_closes_silently(patch: Patch) -> None:
    async def close_in(original: Any, world: Any, tx: Any, chat: Any, closed_by: Any) -> Any:
        if closed_by != "operator" or chat.state == "closed":
            return await original(world, tx, chat, closed_by)
        closed = replace(chat, state="closed", closed_at=world.clock.now())
        await tx.put_chat(closed)
        return closed

    patch.wrap(chats, "close_in", close_in)


@mutant("life.chat", "The operators' mesaj_sayisi counts without the last word of sistem.")
def last_word_uncounted(patch: Patch) -> None:
    original = chat_shapes.OperatorChat.of

    def of(chat: Any) -> Any:
        return original(replace(chat, last_sequence=chat.last_sequence - (chat.state == "closed")))

    patch.set(chat_shapes.OperatorChat, "of", of)


@mutant("life.chat", "A chat cannot be handed back to whom it came from.")
def never_handed_back(patch: Patch) -> None:
    had: dict[int, set[int]] = {}

    async def transfer(original: Any, world: Any, find: Any, operator_id: int) -> Any:
        before = await world.store.transact(find)
        owners = had.setdefault(before.id, set())
        if before.operator_id != operator_id and operator_id in owners:
            return before
        owners.add(before.operator_id or 0)
        return await original(world, find, operator_id)

    patch.wrap(chats, "transfer", transfer)


# Tickets


def _state(patch: Patch, change: Any) -> None:
    patch.wrap(tickets, "_in_state", lambda move, ticket, state, now: change(ticket, move(ticket, state, now)))


@mutant("life.ticket", "A ticket that is opened again still says when it was solved.")
def solution_stays(patch: Patch) -> None:
    _state(patch, lambda before, after: replace(after, solved_at=after.solved_at or before.solved_at))


@mutant("life.ticket", "A solved ticket that is closed no longer says when it was solved.")
def solution_lost(patch: Patch) -> None:
    _state(patch, lambda before, after: replace(after, solved_at=None) if after.state == "closed" else after)


@mutant("life.ticket", "A ticket stays with the operator who was the first to touch it.")
def first_operator_stays(patch: Patch) -> None:
    patch.wrap(tickets, "_by", lambda by, operator, ticket: ticket if ticket.operator_id else by(operator, ticket))


@mutant("life.ticket", "Whoever puts the same state again has the ticket.")
def same_state_takes(patch: Patch) -> None:
    async def put(original: Any, world: Any, caller: Any, find: Any, state: Any) -> Any:
        async def work(tx: Any) -> Any:
            ticket = await find(tx)
            mine = replace(ticket, operator_id=caller.operator.id, operator_name=caller.operator.name)
            if ticket.state != state:
                return None
            await tx.put_ticket(mine)
            return mine

        return await world.store.transact(work) or await original(world, caller, find, state)

    patch.wrap(tickets, "set_state", put)


@mutant("life.ticket", "The visitor's reply makes an urgent ticket a normal one.")
def reply_calms(patch: Patch) -> None:
    _state(patch, lambda before, after: replace(after, priority="normal") if after.state == "open" else after)


@mutant("life.ticket", "With a state, the operators' list does not look at the priority.")
def list_by_state_only(patch: Patch) -> None:
    original = Tickets.tickets_of_tenants

    async def listed(tx: Any, tenants: Any, state: Any, priority: Any, *rest: Any) -> Any:
        return await original(tx, tenants, state, None if state else priority, *rest)

    patch.set(Tickets, "tickets_of_tenants", listed)


@mutant("life.ticket", "An answered ticket that is closed and opened again is answered.")
def opened_as_answered(patch: Patch) -> None:
    def change(before: Any, after: Any) -> Any:
        again = before.state == "closed" and after.state == "open" and before.reply_count
        return replace(after, state="answered") if again else after

    _state(patch, change)


# Operators who come and go


def _go_offline(patch: Patch, choose: Any) -> None:
    """`choose(operator, chat)`: which of the chats come back."""

    async def go_offline(original: Any, world: Any, tx: Any, operator: Any, *rest: Any, **more: Any) -> Any:
        kept = [chat for chat in await tx.active_chats(operator.id) if not choose(operator, chat)]
        returned = await original(world, tx, operator, *rest, **more)
        for chat in kept:
            await tx.put_chat(chat)
        return [chat_id for chat_id in returned if chat_id not in {chat.id for chat in kept}]

    patch.wrap(operators, "go_offline", go_offline)


@mutant("life.presence", "Going offline does not return the chats of the primary tenant.")
def chats_of_primary_tenant_stay(patch: Patch) -> None:
    _go_offline(patch, lambda operator, chat: chat.tenant_id != operator.primary_tenant_id)


@mutant("life.presence", "Going offline returns one chat.")
def one_chat_returns(patch: Patch) -> None:
    seen: dict[int, int] = {}

    def choose(operator: Any, chat: Any) -> Any:
        return seen.setdefault(operator.id, chat.id) == chat.id

    _go_offline(patch, choose)


@mutant("life.presence", "Going offline returns the colleagues' chats too.")
def colleagues_chats_return(patch: Patch) -> None:
    async def go_offline(original: Any, world: Any, tx: Any, operator: Any, *rest: Any, **more: Any) -> Any:
        returned = list(await original(world, tx, operator, *rest, **more))
        for colleague in (7, 8, 9):
            for chat in await tx.active_chats(colleague):
                await tx.put_chat(replace(chat, state="waiting", operator_id=None, operator_name=None))
                returned.append(chat.id)
        return returned

    patch.wrap(operators, "go_offline", go_offline)


@mutant("life.presence", "Being busy returns the chats.")
def busy_returns(patch: Patch) -> None:
    async def set_state(original: Any, world: Any, caller: Any, state: Any) -> Any:
        if state == "busy":
            await original(world, caller, "offline")
        return await original(world, caller, state)

    patch.wrap(operators, "set_state", set_state)


@mutant("life.presence", "A chat that came back still has its operator's name.")
def returned_with_name(patch: Patch) -> None:
    async def go_offline(original: Any, world: Any, tx: Any, operator: Any, *rest: Any, **more: Any) -> Any:
        returned = await original(world, tx, operator, *rest, **more)
        for chat_id in returned:
            await tx.put_chat(replace(await tx.chat(chat_id), operator_name=operator.name))
        return returned

    patch.wrap(operators, "go_offline", go_offline)


@mutant("life.presence", "The logout of a second session sends the operator offline.")
def any_logout_goes_offline(patch: Patch) -> None:
    async def sign_out(original: Any, world: Any, caller: Any) -> Any:
        await original(world, caller)
        await operators.set_state(world, caller, "offline")
        return "offline"

    async def nothing(tx: Any, caller: Any) -> None:
        return None

    patch.set(operators, "check_signed_in", nothing)
    patch.wrap(operators, "sign_out", sign_out)


@mutant("life.presence", "Colleagues see the operator's chats of all tenants counted in each.")
def chats_counted_everywhere(patch: Patch) -> None:
    original = Members._member

    def member(tx: Any, operator_id: int, *rest: Any) -> Any:
        active = len(tx.chat_ids_by_operator.get(operator_id, ()))
        return replace(original(tx, operator_id, *rest), active_chats=active)

    patch.set(Members, "_member", member)
