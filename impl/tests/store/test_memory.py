"""The memory store against a model that only searches lists: random transactions, some of which fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from impl.model import Chat, ChatState, Message, Priority, TicketState
from impl.store.memory import MemoryStore
from impl.store.port import Tx
from impl.tests.store.of_tickets import reply, ticket
from impl.tests.store.rows import at, chat, event, membership, message, operator, tenant, token, visitor

TENANTS: Final = (1, 2)
OPERATORS: Final = (7, 8, 9)
VISITORS: Final = ("abc123", "user_42", "v3")
KEYS: Final = ("CM_KEY_A", "CM_KEY_B", "CM_KEY_C")
EMAILS: Final = ("a@example.com", "A@Example.com", "b@example.com", "c@example.com")
TOKENS: Final = (1, 2, 3, 4)
CLIENT_IDS: Final = ("m1", "m2")
STATES: Final[tuple[ChatState, ...]] = ("waiting", "active", "closed")
TICKETS: Final = (1, 2, 3, 4, 5)
TICKET_STATES: Final[tuple[TicketState, ...]] = ("open", "answered", "solved")
TICKET_LISTS: Final[tuple[tuple[tuple[int, ...], TicketState | None, Priority | None], ...]] = (
    ((1, 2), None, None),
    ((2, 1), "open", None),
    ((1,), None, "high"),
    ((1, 2), "solved", "normal"),
)

Verb = tuple[str, tuple[Any, ...]]
"""The name of a port's verb and what it is called with."""


class Model:
    """The port's verbs in the plainest way: rows in lists, found by looking at each."""

    def __init__(self) -> None:
        self.tenants: list[Any] = []
        self.operators: list[Any] = []
        self.memberships: list[Any] = []
        self.tokens: list[Any] = []
        self.failures: list[Any] = []
        self.visitors: list[Any] = []
        self.chats: list[Chat] = []
        self.messages: list[Message] = []
        self.tickets: list[Any] = []
        self.replies: list[Any] = []
        self.outbox: list[Any] = []

    def write(self, verb: Verb) -> None:
        name, given = verb
        getattr(self, name)(*given)

    def put_tenant(self, row: Any) -> None:
        self.tenants = [r for r in self.tenants if r.id != row.id] + [row]

    def put_operator(self, row: Any) -> None:
        self.operators = [r for r in self.operators if r.id != row.id] + [row]

    def put_membership(self, row: Any) -> None:
        pair = (row.operator_id, row.tenant_id)
        self.memberships = [r for r in self.memberships if (r.operator_id, r.tenant_id) != pair] + [row]

    def put_token(self, row: Any) -> None:
        self.tokens = [r for r in self.tokens if r.id != row.id] + [row]

    def delete_token(self, token_id: int) -> None:
        self.tokens = [r for r in self.tokens if r.id != token_id]

    def put_failed_logins(self, subject: str, times: Sequence[datetime]) -> None:
        self.failures = [r for r in self.failures if r[0] != subject] + [(subject, list(times))]

    def put_visitor(self, row: Any) -> None:
        pair = (row.tenant_id, row.id)
        self.visitors = [r for r in self.visitors if (r.tenant_id, r.id) != pair] + [row]

    def put_chat(self, row: Chat) -> None:
        self.chats = [r for r in self.chats if r.id != row.id] + [row]

    def add_message(self, row: Message) -> None:
        self.messages.append(row)
        (old,) = (c for c in self.chats if c.id == row.chat_id)
        self.put_chat(replace(old, last_sequence=row.sequence, last_activity_at=row.sent_at))

    def put_ticket(self, row: Any) -> None:
        self.tickets = [r for r in self.tickets if r.id != row.id] + [row]

    def add_reply(self, row: Any) -> None:
        self.replies.append(row)

    def delete_tickets_of_visitor(self, tenant_id: int, visitor_id: str) -> None:
        gone = [r.id for r in self.tickets if (r.tenant_id, r.visitor_id) == (tenant_id, visitor_id)]
        self.tickets = [r for r in self.tickets if r.id not in gone]
        self.replies = [r for r in self.replies if r.ticket_id not in gone]

    def add_to_outbox(self, row: Any) -> None:
        self.outbox.append(row)

    def view(self) -> dict[str, Any]:
        """All that the getters should answer."""
        seen: dict[str, Any] = {"outbox": list(self.outbox)}
        for t in TENANTS:
            seen[f"tenant {t}"] = one(r for r in self.tenants if r.id == t)
            members = {m.operator_id for m in self.memberships if m.tenant_id == t}
            seen[f"online {t}"] = any(o.state == "online" and o.id in members for o in self.operators)
            for v in VISITORS:
                seen[f"visitor {t} {v}"] = one(r for r in self.visitors if (r.tenant_id, r.id) == (t, v))
                theirs = [c for c in self.chats if (c.tenant_id, c.visitor_id) == (t, v)]
                seen[f"open chat {t} {v}"] = one(c for c in theirs if c.state != "closed")
                newest = sorted(theirs, key=lambda c: c.opened_at, reverse=True)
                seen[f"chats {t} {v}"] = [newest[:limit] for limit in (1, 2, 50)]
                asked = [r for r in self.tickets if (r.tenant_id, r.visitor_id) == (t, v)]
                seen[f"tickets {t} {v}"] = latest_first(asked)
        for n in TICKETS:
            seen[f"ticket {n}"] = (one(r for r in self.tickets if r.id == n),) * 2
            seen[f"replies {n}"] = [[r for r in self.replies if r.ticket_id == n][k:][:2] for k in (0, 1)]
        for tenant_ids, state, priority in TICKET_LISTS:
            rows = [r for r in self.tickets if r.tenant_id in tenant_ids]
            rows = [r for r in rows if state in (None, r.state) and priority in (None, r.priority)]
            rows = latest_first(rows)
            seen[f"tickets {tenant_ids} {state} {priority}"] = [rows[k : k + 2] for k in range(len(rows) + 1)]
        for o in OPERATORS:
            seen[f"operator {o}"] = one(r for r in self.operators if r.id == o)
            tabs = [m for m in self.memberships if m.operator_id == o]
            seen[f"memberships {o}"] = sorted(tabs, key=lambda m: (m.position, m.tenant_id))
            seen[f"membership {o} 2"] = one(m for m in tabs if m.tenant_id == 2)
            seen[f"tokens {o}"] = by_id(r for r in self.tokens if r.operator_id == o)
            seen[f"active {o}"] = by_id(c for c in self.chats if (c.state, c.operator_id) == ("active", o))
        for e in EMAILS:
            seen[f"email {e}"] = one(r for r in self.operators if r.email.lower() == e.lower())
            seen[f"failures {e}"] = one(times for subject, times in self.failures if subject == e) or []
        for n in TOKENS:
            seen[f"token {n}"] = one(r for r in self.tokens if r.id == n)
        for c in by_id(self.chats):
            said = sorted((m for m in self.messages if m.chat_id == c.id), key=lambda m: m.sequence)
            seen[f"chat {c.id}"] = (c, c)
            seen[f"messages {c.id}"] = [
                [m for m in said if m.sequence > after][:limit] for after in (0, 1, 2) for limit in (1, 50)
            ]
            seen[f"client ids {c.id}"] = [
                one(m for m in said if (m.operator_id, m.client_id) == (o, i))
                for o in (None, *OPERATORS)
                for i in CLIENT_IDS
            ]
        for tenants, states in QUEUES:
            waiting = [c for c in self.chats if c.tenant_id in tenants and c.state in states]
            waiting.sort(key=lambda c: (c.opened_at, c.id))
            seen[f"queue {tenants} {states}"] = [waiting[k : k + 2] for k in range(len(waiting) + 1)]
        return seen


QUEUES: Final[tuple[tuple[tuple[int, ...], tuple[ChatState, ...]], ...]] = (
    ((1, 2), ("waiting", "active")),
    ((2, 1), STATES),
    ((1,), ("waiting",)),
    ((2,), ("active",)),
)


async def view(tx: Tx, outbox: list[Any]) -> dict[str, Any]:
    """What the store's getters answer."""
    seen: dict[str, Any] = {"outbox": list(outbox)}
    for t in TENANTS:
        seen[f"tenant {t}"] = await tx.tenant(t)
        seen[f"online {t}"] = await tx.anyone_online(t)
        for v in VISITORS:
            seen[f"visitor {t} {v}"] = await tx.visitor(t, v)
            seen[f"open chat {t} {v}"] = await tx.open_chat_of(t, v)
            seen[f"chats {t} {v}"] = [list(await tx.chats_of_visitor(t, v, limit)) for limit in (1, 2, 50)]
            first = list(await tx.tickets_of_visitor(t, v, None, 1))
            place = (first[0].updated_at, first[0].id) if first else (at(0), 0)
            seen[f"tickets {t} {v}"] = first + list(await tx.tickets_of_visitor(t, v, place, 50))
    for n in TICKETS:
        seen[f"ticket {n}"] = (await tx.ticket(n), await tx.ticket_for_update(n))
        seen[f"replies {n}"] = [list(await tx.replies_after(n, after, 2)) for after in (0, 1)]
    for tenant_ids, state, priority in TICKET_LISTS:
        seen[f"tickets {tenant_ids} {state} {priority}"] = await ticket_pages(tx, tenant_ids, state, priority)
    for o in OPERATORS:
        seen[f"operator {o}"] = await tx.operator(o)
        seen[f"memberships {o}"] = list(await tx.memberships(o))
        seen[f"membership {o} 2"] = await tx.membership(o, 2)
        seen[f"tokens {o}"] = list(await tx.tokens_of(o))
        seen[f"active {o}"] = list(await tx.active_chats(o))
    for e in EMAILS:
        seen[f"email {e}"] = await tx.operator_by_email(e)
        seen[f"failures {e}"] = list(await tx.failed_logins(e))
    for n in TOKENS:
        seen[f"token {n}"] = await tx.token(n)
    number = 0
    while found := await tx.chat(number := number + 1):
        seen[f"chat {number}"] = (found, await tx.chat_for_update(number))
        seen[f"messages {number}"] = [
            list(await tx.messages_after(number, after, limit)) for after in (0, 1, 2) for limit in (1, 50)
        ]
        seen[f"client ids {number}"] = [
            await tx.message_by_client_id(number, o, i) for o in (None, *OPERATORS) for i in CLIENT_IDS
        ]
    for tenants, states in QUEUES:
        pages = [list(await tx.queue(tenants, states, None, 2))]
        while pages[-1]:
            assert len(pages) <= number, "the pages do not end"
            behind = pages[-1][0]
            pages.append(list(await tx.queue(tenants, states, (behind.opened_at, behind.id), 2)))
        seen[f"queue {tenants} {states}"] = pages
    return seen


async def ticket_pages(
    tx: Tx, tenant_ids: tuple[int, ...], state: TicketState | None, priority: Priority | None
) -> list[Any]:
    """Pages of two, each behind the first row of the one before, up to the empty one."""
    pages = [list(await tx.tickets_of_tenants(tenant_ids, state, priority, None, 2))]
    while pages[-1]:
        assert len(pages) <= len(TICKETS), "the pages do not end"
        behind = pages[-1][0]
        after = (behind.updated_at, behind.id)
        pages.append(list(await tx.tickets_of_tenants(tenant_ids, state, priority, after, 2)))
    return pages


def latest_first(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: (row.updated_at, row.id), reverse=True)


def one(rows: Any) -> Any:
    """The only row, or None."""
    found = list(rows)
    assert len(found) < 2
    return found[0] if found else None


def by_id(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: row.id)


# What is wished for; `verbs_of` makes it a call that the port allows, or leaves it out.

wishes = st.one_of(
    st.tuples(st.just("tenant"), st.sampled_from(TENANTS), st.sampled_from(KEYS)),
    st.tuples(
        st.just("operator"),
        st.sampled_from(OPERATORS),
        st.sampled_from(EMAILS),
        st.sampled_from(["online", "busy", "offline"]),
    ),
    st.tuples(st.just("membership"), st.sampled_from(OPERATORS), st.sampled_from(TENANTS), st.integers(0, 2)),
    st.tuples(st.just("token"), st.sampled_from(TOKENS), st.binary(max_size=1)),
    st.tuples(st.just("no token"), st.sampled_from(TOKENS)),
    st.tuples(
        st.just("failures"),
        st.sampled_from(EMAILS),
        st.lists(st.integers(0, 9).map(at), max_size=2).map(sorted),
    ),
    st.tuples(st.just("visitor"), st.sampled_from(TENANTS), st.sampled_from(VISITORS), st.booleans()),
    st.tuples(st.just("start"), st.sampled_from(TENANTS), st.sampled_from(VISITORS)),
    st.tuples(st.just("start"), st.sampled_from(TENANTS), st.sampled_from(VISITORS)),
    st.tuples(st.just("move"), st.integers(0, 9), st.sampled_from(STATES), st.sampled_from(OPERATORS)),
    st.tuples(st.just("move"), st.integers(0, 9), st.sampled_from(STATES), st.sampled_from(OPERATORS)),
    st.tuples(
        st.just("say"),
        st.integers(0, 9),
        st.sampled_from([None, *OPERATORS]),
        st.sampled_from([None, *CLIENT_IDS]),
    ),
    st.tuples(st.just("ticket"), st.sampled_from(TICKETS), st.sampled_from(TICKET_STATES), st.integers(0, 3)),
    st.tuples(st.just("ticket"), st.sampled_from(TICKETS), st.sampled_from(TICKET_STATES), st.integers(0, 3)),
    st.tuples(st.just("reply"), st.sampled_from(TICKETS)),
    st.tuples(st.just("no tickets"), st.sampled_from(TENANTS), st.sampled_from(VISITORS)),
    st.tuples(st.just("event")),
)


def verb_of(wish: tuple[Any, ...], model: Model) -> Verb | None:
    """The call, or None where the port's callers never make it."""
    kind, *given = wish
    verb: Verb | None = MAKERS[kind](model, *given)
    return verb


def tenant_verb(model: Model, tenant_id: int, key: str) -> Verb | None:
    """A key belongs to one tenant."""
    taken = any(r.api_key == key and r.id != tenant_id for r in model.tenants)
    return None if taken else ("put_tenant", (tenant(tenant_id, key),))


def operator_verb(model: Model, operator_id: int, email: str, state: str) -> Verb | None:
    """An email belongs to one operator."""
    taken = any(r.email.lower() == email.lower() and r.id != operator_id for r in model.operators)
    return None if taken else ("put_operator", (operator(operator_id, email, state=state),))


def membership_verb(model: Model, operator_id: int, tenant_id: int, position: int) -> Verb | None:
    """A member is an operator."""
    known = any(r.id == operator_id for r in model.operators)
    return ("put_membership", (membership(operator_id, tenant_id, position),)) if known else None


def start_verb(model: Model, tenant_id: int, visitor_id: str) -> Verb | None:
    """A visitor has one open chat, and opens one after the other; all visitors' stand in another order."""
    number = len(model.chats) + 1
    opened = 10 * number - 20 * (VISITORS.index(visitor_id) + tenant_id)
    new = chat(number, visitor_id, tenant_id, opened)
    return None if is_open(model, new) else ("put_chat", (new,))


def move_verb(model: Model, index: int, state: ChatState, operator_id: int) -> Verb | None:
    """Any chat to any state, but not back beside a newer open one."""
    if not model.chats:
        return None
    old = model.chats[index % len(model.chats)]
    moved = replace(old, state=state, operator_id=None if state == "waiting" else operator_id)
    return None if old.state == "closed" and is_open(model, old) else ("put_chat", (moved,))


def say_verb(model: Model, index: int, operator_id: int | None, client_id: str | None) -> Verb | None:
    """The chat's next message; a sender uses an id of theirs once."""
    if not model.chats:
        return None
    old = model.chats[index % len(model.chats)]
    said = (old.id, operator_id, client_id)
    if client_id and said in [(m.chat_id, m.operator_id, m.client_id) for m in model.messages]:
        return None
    new = message(old.id, old.last_sequence + 1, operator_id=operator_id, client_id=client_id)
    return "add_message", (new,)


def ticket_verb(model: Model, number: int, state: TicketState, updated: int) -> Verb:
    """A new ticket, or the one of this number in another place."""
    old = one(r for r in model.tickets if r.id == number)
    new = ticket(number, VISITORS[number // 2 % 2], TENANTS[number // 3 % 2], priority=("normal", "high")[number % 2])
    return "put_ticket", (replace(old or new, state=state, updated_at=at(updated)),)


def reply_verb(model: Model, number: int) -> Verb | None:
    """The ticket's next reply."""
    position = 1 + sum(r.ticket_id == number for r in model.replies)
    return ("add_reply", (reply(number, position),)) if any(r.id == number for r in model.tickets) else None


MAKERS: Final[dict[str, Callable[..., Verb | None]]] = {
    "tenant": tenant_verb,
    "operator": operator_verb,
    "membership": membership_verb,
    "token": lambda _, token_id, digest: ("put_token", (token(token_id, OPERATORS[token_id % 2], digest),)),
    "no token": lambda _, token_id: ("delete_token", (token_id,)),
    "failures": lambda _, subject, times: ("put_failed_logins", (subject, times)),
    "visitor": lambda _, tenant_id, visitor_id, verified: (
        "put_visitor",
        (visitor(visitor_id, tenant_id, verified=verified),),
    ),
    "start": start_verb,
    "move": move_verb,
    "say": say_verb,
    "ticket": ticket_verb,
    "reply": reply_verb,
    "no tickets": lambda _, tenant_id, visitor_id: ("delete_tickets_of_visitor", (tenant_id, visitor_id)),
    "event": lambda model: ("add_to_outbox", (event(len(model.outbox) + 1),)),
}


def is_open(model: Model, of: Chat) -> bool:
    """Whether the chat's visitor has an open one."""
    pair = (of.tenant_id, of.visitor_id)
    return any(c.state != "closed" and (c.tenant_id, c.visitor_id) == pair for c in model.chats)


class RefusedError(Exception):
    """Raised by a transaction, to be undone."""


class MemoryStoreMachine(RuleBasedStateMachine):
    """Each rule is a transaction on both; after each, every getter answers alike."""

    @initialize()
    def begin(self) -> None:
        self.store = MemoryStore()
        self.model = Model()
        self.runner = asyncio.Runner()

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.runner.close()

    @rule(wanted=st.lists(wishes, min_size=1, max_size=8))
    def transaction_that_commits(self, wanted: list[tuple[Any, ...]]) -> None:
        self.model = self.runner.run(self.store.transact(lambda tx: self.write(tx, wanted)))

    @rule(wanted=st.lists(wishes, min_size=1, max_size=8))
    def transaction_that_fails(self, wanted: list[tuple[Any, ...]]) -> None:
        async def work(tx: Tx) -> None:
            await self.write(tx, wanted)
            raise RefusedError

        try:
            self.runner.run(self.store.transact(work))
        except RefusedError:
            return
        raise AssertionError("the failure was swallowed")

    @invariant()
    def every_getter_answers_as_the_model(self) -> None:
        if hasattr(self, "store"):
            self.runner.run(self.compare(self.store.tables, self.model))
            assert not self.store.tables.undo_log

    async def write(self, tx: Tx, wanted: list[tuple[Any, ...]]) -> Model:
        """Make the wishes true; the model as it is then. The transaction sees its own writes."""
        model = deepcopy(self.model)
        for wish in wanted:
            verb = verb_of(wish, model)
            if verb:
                name, given = verb
                model.write(verb)
                await getattr(tx, name)(*given)
        await self.compare(tx, model)
        return model

    async def compare(self, tx: Tx, model: Model) -> None:
        assert await view(tx, self.store.tables.outbox) == model.view()


TestMemoryStoreAgreesWithTheModel = MemoryStoreMachine.TestCase
TestMemoryStoreAgreesWithTheModel.settings = settings(
    max_examples=40, stateful_step_count=15, deadline=None, print_blob=True
)
