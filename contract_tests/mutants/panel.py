"""Servers whose panel counts, lists or keeps the wrong things."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

from msgspec.structs import replace

from contract_tests.mutants.planting import Patch, Seen, mutant
from impl import wire
from impl.actions import chats, dashboard, files, messages, operators, tenants, tickets, visitors
from impl.contract import multipart
from impl.model import Member
from impl.problems import BodyTooLarge, ChatIsClosed
from impl.rules import dashboard as figures
from impl.store.memory.members import Members
from impl.wire import dashboard as shapes

# The dashboard


@mutant("dashboard.total", "The total is the first tab's.")
def total_of_one(patch: Patch) -> None:
    patch.wrap(shapes, "total", lambda total, numbers: total(numbers[:1]))


@mutant("dashboard.total", "The dashboard's tabs are in another order.")
def dashboard_reversed(patch: Patch) -> None:
    async def read(original: Any, world: Any, caller: Any) -> Any:
        return (await original(world, caller))[::-1]

    patch.wrap(dashboard, "read", read)


def _numbers(patch: Patch, change: Any) -> None:
    async def read(original: Any, world: Any, caller: Any) -> Any:
        return [(tenant, change(numbers)) for tenant, numbers in await original(world, caller)]

    patch.wrap(dashboard, "read", read)


@mutant("dashboard.counts", "Active chats count as waiting too.")
def active_are_waiting(patch: Patch) -> None:
    _numbers(patch, lambda numbers: numbers._replace(waiting=numbers.waiting + numbers.active))


@mutant("dashboard.counts", "Open tickets are not counted.")
def tickets_uncounted(patch: Patch) -> None:
    _numbers(patch, lambda numbers: numbers._replace(open_tickets=0))


@mutant("dashboard.counts", "Closed chats are not counted.")
def closed_uncounted(patch: Patch) -> None:
    _numbers(patch, lambda numbers: numbers._replace(closed=0))


@mutant("dashboard.means", "The mean rating is rounded down.")
def rating_rounded_down(patch: Patch) -> None:
    patch.set(shapes, "mean_rating", lambda n: 100 * n.rating_sum // n.ratings / 100 if n.ratings else None)


@mutant("dashboard.means", "The mean first reply is told in minutes.")
def reply_in_minutes(patch: Patch) -> None:
    patch.set(shapes, "mean_reply_seconds", lambda n: n.reply_seconds // n.replies // 60 if n.replies else None)


@mutant("dashboard.means", "No ratings are a mean of 5.")
def no_rating_is_five(patch: Patch) -> None:
    patch.wrap(shapes, "mean_rating", lambda mean, numbers: mean(numbers) or 5.0)


@mutant("dashboard.days", "The day ends in Greenwich.")
def day_of_greenwich(patch: Patch) -> None:
    patch.wrap(dashboard, "span", lambda span, now: span(now.astimezone(UTC)))


@mutant("dashboard.days", "Means are of 31 days.")
def means_of_31_days(patch: Patch) -> None:
    patch.set(figures, "DAYS", 31)


@mutant("dashboard.days", "Means are of 29 days.")
def means_of_29_days(patch: Patch) -> None:
    patch.set(figures, "DAYS", 29)


# Tickets and chats


@mutant("ticket.queue", "The list has the first tab's tickets only.")
def tickets_of_one_tab(patch: Patch) -> None:
    patch.wrap(
        tickets,
        "wanted_tenants",
        lambda wanted, caller, tenant: wanted(caller, tenant)[:1] if tenant is None else (tenant,),
    )


@mutant("ticket.queue", "Each ticket in the list has the first tab's musteri_id.")
def tickets_with_wrong_tenant(patch: Patch) -> None:
    original = wire.OperatorTicketSummary.of
    patch.set(wire.OperatorTicketSummary, "of", lambda ticket: replace(original(ticket), tenant_id=2))


def _filter(patch: Patch, **other: Any) -> None:
    async def listed(original: Any, world: Any, caller: Any, state: Any, urgency: Any, tenant: Any, *rest: Any) -> Any:
        asked = {"state": state, "urgency": urgency, "tenant": tenant} | other
        return await original(world, caller, asked["state"], asked["urgency"], asked["tenant"], *rest)

    patch.wrap(tickets, "list_of_tenants", listed)


@mutant("ticket.filter", "durum does not filter tickets.")
def ticket_state_ignored(patch: Patch) -> None:
    _filter(patch, state=None)


@mutant("ticket.filter", "oncelik does not filter tickets.")
def ticket_priority_ignored(patch: Patch) -> None:
    _filter(patch, urgency=None)


@mutant("ticket.filter", "musteri_id does not filter tickets.")
def ticket_tenant_ignored(patch: Patch) -> None:
    _filter(patch, tenant=None)


def _by_id(patch: Patch, name: str) -> None:
    async def listed(original: Any, *args: Any) -> Any:
        page, more = await original(*args)
        return sorted(page, key=lambda ticket: -ticket.id), more

    patch.wrap(tickets, name, listed)


@mutant("ticket.order", "The newest ticket comes first for operators.")
def newest_ticket_first(patch: Patch) -> None:
    _by_id(patch, "list_of_tenants")


@mutant("ticket.order", "The newest ticket comes first for the visitor.")
def visitors_newest_ticket_first(patch: Patch) -> None:
    _by_id(patch, "list_of_visitor")


@mutant("operator.messages", "The operator reads the newest message first.")
def operator_reads_backwards(patch: Patch) -> None:
    async def read(original: Any, world: Any, find: Any, after: int, limit: int, wait: int) -> Any:
        page = await original(world, find, after, limit, wait)
        by_operator = "members_chat" in find.__qualname__
        return replace(page, messages=page.messages[::-1]) if by_operator else page

    patch.wrap(messages, "read_messages", read)


@mutant("operator.messages", "The operator reads all messages at each poll.")
def operator_reads_all(patch: Patch) -> None:
    async def read(original: Any, world: Any, find: Any, after: int, limit: int, wait: int) -> Any:
        return await original(world, find, 0 if "members_chat" in find.__qualname__ else after, limit, wait)

    patch.wrap(messages, "read_messages", read)


@mutant("operator.close", "The operator may close a closed chat.")
def closed_again(patch: Patch) -> None:
    async def close(original: Any, world: Any, find: Any, closed_by: Any) -> Any:
        try:
            return await original(world, find, closed_by)
        except ChatIsClosed:
            if closed_by != "operator":
                raise
            return await world.store.transact(find)

    patch.wrap(chats, "close", close)


@mutant("operator.close", "An operator's closing leaves the chat active.")
def close_does_not_close(patch: Patch) -> None:
    async def close(original: Any, world: Any, find: Any, closed_by: Any) -> Any:
        return await (world.store.transact(find) if closed_by == "operator" else original(world, find, closed_by))

    patch.wrap(chats, "close", close)


# Members, files, status


def _members(patch: Patch, change: Any) -> None:
    original = Members.members

    async def members(tx: Any, tenant_id: int, after: int, limit: int) -> Sequence[Member]:
        return list(change(await original(tx, tenant_id, after, limit)))

    patch.set(Members, "members", members)


@mutant("members.listed", "Members come in another order.")
def members_reversed(patch: Patch) -> None:
    _members(patch, lambda found: found[::-1])


@mutant("members.listed", "Every member is a senior.")
def all_are_seniors(patch: Patch) -> None:
    _members(patch, lambda found: [replace(m, membership=replace(m.membership, role="senior")) for m in found])


@mutant("members.listed", "Every operator is listed.")
def strangers_listed(patch: Patch) -> None:
    async def members(tx: Any, tenant_id: int, after: int, limit: int) -> Sequence[Member]:
        known = [tx.memberships_by_operator[number][0] for number in sorted(tx.operators) if number > after]
        return [Member(tx.operators[m.operator_id], replace(m, tenant_id=tenant_id), 0) for m in known]

    patch.set(Members, "members", members)


@mutant("members.active", "Nobody has active chats.")
def no_active_chats(patch: Patch) -> None:
    _members(patch, lambda found: [replace(m, active_chats=0) for m in found])


@mutant("upload.operator", "An operator's file can be sent in every tenant.")
def file_in_every_tenant(patch: Patch) -> None:
    async def file_of(original: Any, tx: Any, chat: Any, sender: str, draft: Any) -> Any:
        if sender != "operator" or draft.file_id is None:
            return await original(tx, chat, sender, draft)
        return await tx.file(draft.file_id)

    patch.wrap(messages, "file_of", file_of)


@mutant("upload.operator", "Visitors can send operators' files.")
def visitor_sends_operators_file(patch: Patch) -> None:
    async def file_of(original: Any, tx: Any, chat: Any, sender: str, draft: Any) -> Any:
        file = None if draft.file_id is None else await tx.file(draft.file_id)
        mine = file is not None and file.visitor_id is None and file.tenant_id == chat.tenant_id
        return file if mine else await original(tx, chat, sender, draft)

    patch.wrap(messages, "file_of", file_of)


@mutant("upload.operator", "Operators upload for any tenant.")
def upload_for_any_tenant(patch: Patch) -> None:
    async def upload(original: Any, world: Any, caller: Any, tenant_id: int, file: Any) -> Any:
        return await original(world, caller, tenant_id if tenant_id in caller.tenant_ids else 1, file)

    patch.wrap(files, "upload_as_operator", upload)


def _limited(patch: Patch, operation_id: str, change: Any) -> None:
    original = multipart.MultipartBody.__init__

    def build(body: Any, document: Any, operation: Any, *rest: Any) -> None:
        original(body, document, operation, *rest)
        if operation["operationId"] == operation_id:
            change(body)

    patch.set(multipart.MultipartBody, "__init__", build)


def _widened(body: Any) -> None:
    body._limit *= 2
    body._limits = {name: limit * 2 if limit else limit for name, limit in body._limits.items()}


@mutant("upload.size", "Visitors' files have 20 MiB at most.")
def visitors_twenty_mebibytes(patch: Patch) -> None:
    _limited(patch, "upload_file", _widened)


@mutant("upload.size", "Operators' files have 20 MiB at most.")
def operators_twenty_mebibytes(patch: Patch) -> None:
    _limited(patch, "upload_operator_file", _widened)


@mutant("upload.size", "A file has less than 10 MiB, for its whole body counts.")
def body_of_ten_mebibytes(patch: Patch) -> None:
    async def read(original: Any, body: Any, headers: Any, receive: Any) -> Any:
        if int(headers.get(b"content-length", b"0")) > 10 * 1024 * 1024:
            raise BodyTooLarge(limit=10 * 1024 * 1024)
        return await original(body, headers, receive)

    original = multipart.MultipartBody.read
    patch.set(multipart.MultipartBody, "read", lambda body, headers, receive: read(original, body, headers, receive))


@mutant("status.states", "mesgul is kept as cevrimici.")
def busy_is_online(patch: Patch) -> None:
    patch.wrap(
        operators,
        "set_state",
        lambda put, world, caller, state: put(world, caller, "online" if state == "busy" else state),
    )


@mutant("status.states", "cevrimici is another word for mesgul.")
def states_from_elsewhere(patch: Patch) -> None:
    def change(seen: Seen) -> None:
        if seen.path == "/api/v1/operator/status" and seen.method == "GET":
            seen.body = seen.body.replace(b"cevrimici", b"mesgul")

    patch.answers(change)


@mutant("status.login", "Who logs in is online.")
def login_is_online(patch: Patch) -> None:
    async def sign_in(original: Any, world: Any, *args: Any) -> Any:
        signed_in = await original(world, *args)

        async def work(tx: Any) -> None:
            await tx.put_operator(replace(await tx.operator(signed_in.operator.id), state="online"))

        await world.store.transact(work)
        return signed_in

    patch.wrap(operators, "sign_in", sign_in)


@mutant("status.timeout", "Silence is no matter for an hour.")
def silent_for_an_hour(patch: Patch) -> None:
    patch.set(operators, "TIME_OUT", timedelta(hours=1))


@mutant("status.timeout", "After a minute of silence an operator is offline.")
def silent_for_a_minute(patch: Patch) -> None:
    patch.set(operators, "TIME_OUT", timedelta(minutes=1))


# Visitors of several tenants


@mutant("context.tenant", "musteri_id does not choose the visitor.")
def context_tenant_ignored(patch: Patch) -> None:
    patch.wrap(
        visitors, "read_context", lambda read, world, caller, visitor, tenant: read(world, caller, visitor, None)
    )


@mutant("context.tenant", "Where there is no such visitor, another tenant's is shown.")
def context_of_another(patch: Patch) -> None:
    patch.wrap(
        visitors, "wanted_tenants", lambda wanted, caller, tenant: (*wanted(caller, tenant), *caller.tenant_ids)[::-1]
    )


@mutant("context.latest", "It is the tenant with the smallest id.")
def context_of_the_first(patch: Patch) -> None:
    async def read(original: Any, world: Any, caller: Any, visitor: str, tenant: Any) -> Any:
        async def known(tx: Any) -> list[int]:
            return [one for one in sorted(caller.tenant_ids) if await tx.visitor(one, visitor)]

        first = await world.store.transact(known) if tenant is None else []
        return await original(world, caller, visitor, first[0] if first else tenant)

    patch.wrap(visitors, "read_context", read)


@mutant("members.listed", "The outsider's own tenant is everybody's.")
def tenants_shared(patch: Patch) -> None:
    async def listed(original: Any, world: Any, caller: Any, tenant_id: int, after: int, limit: int) -> Any:
        page, more = await original(world, caller, tenant_id, after, limit)
        return [page[0], *page][:limit], more

    patch.wrap(tenants, "list_members", listed)
