"""What the port promises, of every store that implements it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

import pytest
from msgspec.structs import replace

from impl.model import Chat, ChatState, OperatorState
from impl.store.memory import MemoryStore, MemoryTx
from impl.store.port import Store, Tx
from impl.tests.store import of_attempts, of_browser, of_deliveries, of_files, of_knowledge, of_portal, of_tickets
from impl.tests.store.rows import (
    at,
    chat,
    event,
    membership,
    message,
    operator,
    tenant,
    token,
    visitor,
)
from impl.tests.store.yielding import YieldingStore

Result = TypeVar("Result")

NOUNS: Final = (of_attempts, of_browser, of_deliveries, of_files, of_knowledge, of_portal, of_tickets)
"""What else is kept: each brings its rows, reads and writes."""


class Kept:
    """A store under test: transactions on it, and its whole state to compare."""

    def __init__(self, store: MemoryStore | YieldingStore) -> None:
        self.port: Store = store
        self._tables = store.tables
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()

    def run(self, work: Awaitable[Result]) -> Result:
        """Await something in the store's event loop."""

        async def waited() -> Result:
            return await work

        return self._runner.run(waited())

    def do(self, work: Callable[[Tx], Awaitable[Result]]) -> Result:
        """One transaction: `store.do(lambda tx: tx.chat(42))`."""
        return self.run(self.port.transact(work))

    def put(self, *rows: Any) -> None:
        """One transaction that writes these rows, each by the verb for its kind."""

        async def work(tx: Tx) -> None:
            for row in rows:
                await getattr(tx, VERBS[type(row).__name__])(row)

        self.do(work)

    def state(self) -> dict[str, Any]:
        """All that is kept; an empty queue is as good as none."""
        return tables_of(self._tables)


VERBS: Final[dict[str, str]] = {
    "Tenant": "put_tenant",
    "Operator": "put_operator",
    "Membership": "put_membership",
    "AccessToken": "put_token",
    "Visitor": "put_visitor",
    "Chat": "put_chat",
    "Message": "add_message",
    "OutboxRow": "add_to_outbox",
}
for _noun in NOUNS:
    VERBS.update(_noun.VERBS)


def tables_of(tx: MemoryTx) -> dict[str, Any]:
    """A copy of the tables and indexes, without the lists that are empty."""
    copied: dict[str, Any] = {}
    for name, table in vars(tx).items():
        if isinstance(table, dict):
            rows = {key: row.copy() if isinstance(row, list | dict) else row for key, row in table.items()}
            copied[name] = {key: row for key, row in rows.items() if name != "queues" or row}
        else:
            copied[name] = list(table)
    return copied


IMPLEMENTATIONS: Final[dict[str, Callable[[], MemoryStore | YieldingStore]]] = {
    "memory": MemoryStore,
    "yielding": YieldingStore,
}


@pytest.fixture(params=list(IMPLEMENTATIONS.values()), ids=list(IMPLEMENTATIONS))
def store(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """An empty store of each implementation."""
    kept = Kept(request.param())
    yield kept
    kept.close()


def ids(rows: Sequence[Any]) -> list[int]:
    return [row.id for row in rows]


# Absence


READS_OF_AN_EMPTY_STORE: Final[dict[str, tuple[Callable[[Tx], Awaitable[object]], object]]] = {
    "tenant": (lambda tx: tx.tenant(1), None),
    "operator": (lambda tx: tx.operator(7), None),
    "operator_by_email": (lambda tx: tx.operator_by_email("op7@example.com"), None),
    "membership": (lambda tx: tx.membership(7, 1), None),
    "memberships": (lambda tx: tx.memberships(7), []),
    "operators_unseen_since": (lambda tx: tx.operators_unseen_since(at(0)), []),
    "anyone_online": (lambda tx: tx.anyone_online(1), False),
    "token": (lambda tx: tx.token(1), None),
    "tokens_of": (lambda tx: tx.tokens_of(7), []),
    "failed_logins": (lambda tx: tx.failed_logins("op7@example.com"), []),
    "visitor": (lambda tx: tx.visitor(1, "abc123"), None),
    "chat": (lambda tx: tx.chat(42), None),
    "chat_for_update": (lambda tx: tx.chat_for_update(42), None),
    "open_chat_of": (lambda tx: tx.open_chat_of(1, "abc123"), None),
    "active_chats": (lambda tx: tx.active_chats(7), []),
    "queue": (lambda tx: tx.queue([1, 2], ["waiting", "active", "closed"], None, 10), []),
    "open_chats_idle_since": (lambda tx: tx.open_chats_idle_since(at(0), 10), []),
    "chats_of_visitor": (lambda tx: tx.chats_of_visitor(1, "abc123", 10), []),
    "messages_after": (lambda tx: tx.messages_after(42, 0, 10), []),
    "message_by_client_id": (lambda tx: tx.message_by_client_id(42, None, "m1"), None),
}
for _noun in NOUNS:
    READS_OF_AN_EMPTY_STORE.update(_noun.READS)


@pytest.mark.parametrize(("read", "nothing"), READS_OF_AN_EMPTY_STORE.values(), ids=READS_OF_AN_EMPTY_STORE.keys())
def test_empty_store_has_nothing(store: Kept, read: Callable[[Tx], Awaitable[object]], nothing: object) -> None:
    found = store.do(read)
    assert (list(found) if isinstance(found, list | tuple) else found) == nothing


def test_every_getter_of_the_port_is_read_from_an_empty_store() -> None:
    """So that a new verb is not forgotten above."""
    verbs = {name for name in vars(Tx) if not name.startswith(("_", "put_", "add_", "delete_"))}
    assert verbs - {"after_commit"} == set(READS_OF_AN_EMPTY_STORE)


# Tenants, operators, memberships


def test_tenant_is_found_by_id_and_by_key(store: Kept) -> None:
    store.put(tenant(1), tenant(2))
    assert store.do(lambda tx: tx.tenant(2)) == tenant(2)
    assert store.run(store.port.tenant_by_key("CM_KEY_2")) == tenant(2)


def test_tenant_is_found_by_key_without_a_transaction(store: Kept) -> None:
    store.put(tenant(1), tenant(2))
    store.put(tenant(2, "CM_NEW_2"))
    assert store.run(store.port.tenant_by_key("CM_KEY_1")) == tenant(1)
    assert store.run(store.port.tenant_by_key("CM_NEW_2")) == tenant(2, "CM_NEW_2")
    assert store.run(store.port.tenant_by_key("CM_KEY_2")) is None
    assert store.run(store.port.tenant_by_key("")) is None


def test_tenant_of_a_transaction_that_fails_is_never_found_by_key(store: Kept) -> None:
    async def refused(tx: Tx) -> None:
        await tx.put_tenant(tenant(1))
        await tx.tenant(1)
        raise RefusedError

    async def scene() -> list[object]:
        reads = (store.port.tenant_by_key("CM_KEY_1") for _ in range(5))
        return list(await asyncio.gather(store.port.transact(refused), *reads, return_exceptions=True))

    failed, *read = store.run(scene())
    assert isinstance(failed, RefusedError)
    assert read == [None] * 5


def test_key_is_compared_exactly(store: Kept) -> None:
    store.put(tenant(1))
    assert store.run(store.port.tenant_by_key("cm_key_1")) is None


def test_tenant_with_a_new_key_is_not_found_by_the_old_one(store: Kept) -> None:
    store.put(tenant(1, "CM_OLD_1"))
    store.put(tenant(1, "CM_NEW_1"))
    assert store.run(store.port.tenant_by_key("CM_OLD_1")) is None
    assert store.run(store.port.tenant_by_key("CM_NEW_1")) == tenant(1, "CM_NEW_1")


@pytest.mark.parametrize("email", ["ali@example.com", "ALI@EXAMPLE.COM", "Ali@Example.com"])
def test_operator_is_found_by_email_without_case(store: Kept, email: str) -> None:
    store.put(operator(7, "Ali@example.com"))
    assert store.do(lambda tx: tx.operator_by_email(email)) == operator(7, "Ali@example.com")


def test_operator_with_a_new_email_is_not_found_by_the_old_one(store: Kept) -> None:
    store.put(operator(7, "old@example.com"))
    store.put(operator(7, "new@example.com"))
    assert store.do(lambda tx: tx.operator_by_email("old@example.com")) is None
    assert store.do(lambda tx: tx.operator_by_email("new@example.com")) == operator(7, "new@example.com")


def test_email_that_changes_only_its_case_is_still_found(store: Kept) -> None:
    store.put(operator(7, "ali@example.com"))
    store.put(operator(7, "Ali@example.com"))
    assert store.do(lambda tx: tx.operator_by_email("ali@example.com")) == operator(7, "Ali@example.com")


def test_memberships_come_by_position_then_by_tenant(store: Kept) -> None:
    tabs = [membership(7, 3, 1), membership(7, 1, 2), membership(7, 2, 1), membership(7, 4, 0)]
    store.put(operator(7), operator(8), *tabs, membership(8, 5, 0))
    assert [tab.tenant_id for tab in store.do(lambda tx: tx.memberships(7))] == [4, 2, 3, 1]


def test_membership_is_replaced_and_moves_in_the_order(store: Kept) -> None:
    store.put(operator(7), membership(7, 1, 0), membership(7, 2, 1))
    moved = membership(7, 1, 2, muted=True, chat_limit=3)
    store.put(moved)
    assert store.do(lambda tx: tx.membership(7, 1)) == moved
    assert list(store.do(lambda tx: tx.memberships(7))) == [membership(7, 2, 1), moved]


def test_membership_of_another_tenant_is_not_there(store: Kept) -> None:
    store.put(operator(7), membership(7, 1))
    assert store.do(lambda tx: tx.membership(7, 2)) is None
    assert store.do(lambda tx: tx.membership(8, 1)) is None


@pytest.mark.parametrize(("state", "online"), [("online", True), ("busy", False), ("offline", False)])
def test_only_the_state_online_is_online(store: Kept, state: OperatorState, online: bool) -> None:
    store.put(operator(7, state=state), operator(8), membership(7, 1), membership(8, 1))
    assert store.do(lambda tx: tx.anyone_online(1)) is online


def test_operator_is_online_only_for_their_own_tenants(store: Kept) -> None:
    store.put(operator(7, state="online"), membership(7, 1), membership(7, 2))

    async def online(tx: Tx) -> list[bool]:
        return [await tx.anyone_online(tenant_id) for tenant_id in (1, 2, 3)]

    assert store.do(online) == [True, True, False]
    store.put(operator(7, state="offline"))
    assert not store.do(lambda tx: tx.anyone_online(1))


# Access tokens and failed sign-ins


def test_tokens_of_an_operator_come_by_id(store: Kept) -> None:
    store.put(token(3), token(1), token(2, 8), token(10))
    assert ids(store.do(lambda tx: tx.tokens_of(7))) == [1, 3, 10]
    assert store.do(lambda tx: tx.token(2)) == token(2, 8)


def test_token_is_replaced(store: Kept) -> None:
    store.put(token(1), token(1, digest=b"other"))
    assert list(store.do(lambda tx: tx.tokens_of(7))) == [token(1, digest=b"other")]


def test_deleted_token_is_gone_and_the_others_stay(store: Kept) -> None:
    store.put(token(1), token(2))
    store.do(lambda tx: tx.delete_token(1))
    assert store.do(lambda tx: tx.token(1)) is None
    assert ids(store.do(lambda tx: tx.tokens_of(7))) == [2]


def test_deleting_a_token_that_is_not_there_does_nothing(store: Kept) -> None:
    store.put(token(1))
    before = store.state()
    store.do(lambda tx: tx.delete_token(2))
    assert store.state() == before


def test_failed_logins_are_replaced_as_a_list(store: Kept) -> None:
    store.do(lambda tx: tx.put_failed_logins("a@example.com", [at(1), at(2)]))
    store.do(lambda tx: tx.put_failed_logins("b@example.com", [at(9)]))
    store.do(lambda tx: tx.put_failed_logins("a@example.com", [at(2), at(3)]))
    assert list(store.do(lambda tx: tx.failed_logins("a@example.com"))) == [at(2), at(3)]
    assert list(store.do(lambda tx: tx.failed_logins("b@example.com"))) == [at(9)]


def test_empty_list_of_failed_logins_removes_the_subject(store: Kept) -> None:
    before = store.state()
    store.do(lambda tx: tx.put_failed_logins("a@example.com", [at(1)]))
    store.do(lambda tx: tx.put_failed_logins("a@example.com", []))
    store.do(lambda tx: tx.put_failed_logins("nobody@example.com", []))
    assert store.state() == before


# Visitors


def test_same_visitor_id_in_two_tenants_is_two_visitors(store: Kept) -> None:
    store.put(visitor("abc123", 1, verified=True), visitor("abc123", 2))
    assert store.do(lambda tx: tx.visitor(1, "abc123")) == visitor("abc123", 1, verified=True)
    assert store.do(lambda tx: tx.visitor(2, "abc123")) == visitor("abc123", 2)
    assert store.do(lambda tx: tx.visitor(1, "ABC123")) is None


def test_visitor_is_replaced_whole(store: Kept) -> None:
    store.put(visitor("abc123", verified=True, token_digests=(b"1",)), visitor("abc123"))
    assert store.do(lambda tx: tx.visitor(1, "abc123")) == visitor("abc123")


# Chats


def test_chat_is_read_as_it_was_put_also_for_update(store: Kept) -> None:
    store.put(chat(42), chat(42, comment="iyi"))
    assert store.do(lambda tx: tx.chat(42)) == chat(42, comment="iyi")
    assert store.do(lambda tx: tx.chat_for_update(42)) == chat(42, comment="iyi")


@pytest.mark.parametrize("state", ["waiting", "active"])
def test_chat_that_is_not_closed_is_the_visitors_open_one(store: Kept, state: ChatState) -> None:
    store.put(chat(42, "abc123", state=state, operator_id=7))
    found = store.do(lambda tx: tx.open_chat_of(1, "abc123"))
    assert found is not None
    assert found.id == 42
    assert store.do(lambda tx: tx.open_chat_of(2, "abc123")) is None
    assert store.do(lambda tx: tx.open_chat_of(1, "user_42")) is None


def test_closed_chat_is_not_open_and_the_next_one_is(store: Kept) -> None:
    store.put(chat(1, "abc123"), chat(1, "abc123", state="closed"))
    assert store.do(lambda tx: tx.open_chat_of(1, "abc123")) is None
    store.put(chat(2, "abc123"))
    store.put(chat(1, "abc123", state="closed", rating=5))
    assert store.do(lambda tx: tx.open_chat_of(1, "abc123")) == chat(2, "abc123")


def test_active_chats_of_an_operator_come_by_id_over_all_tenants(store: Kept) -> None:
    store.put(
        chat(3, state="active", operator_id=7, tenant_id=2),
        chat(1, state="active", operator_id=7),
        chat(2, state="active", operator_id=8),
        chat(4, state="waiting"),
        chat(5, state="closed", operator_id=7),
    )
    assert ids(store.do(lambda tx: tx.active_chats(7))) == [1, 3]


def test_active_chats_follow_transfer_return_and_close(store: Kept) -> None:
    store.put(*(chat(number, state="active", operator_id=7) for number in (1, 2, 3, 4)))
    store.put(
        chat(1, state="active", operator_id=8),
        chat(2, state="waiting", operator_id=7),
        chat(3, state="closed", operator_id=7),
        chat(4, state="active", operator_id=7, comment="aynı"),
    )
    assert ids(store.do(lambda tx: tx.active_chats(7))) == [4]
    assert ids(store.do(lambda tx: tx.active_chats(8))) == [1]


def queue(
    store: Kept,
    tenants: Sequence[int],
    states: Sequence[ChatState],
    after: Chat | None = None,
    limit: int = 100,
) -> list[int]:
    """The ids of a page of the queue, behind a chat."""
    pair = (after.opened_at, after.id) if after else None
    return ids(store.do(lambda tx: tx.queue(tenants, states, pair, limit)))


def test_queue_is_ordered_by_opening_then_by_id_over_tenants_and_states(store: Kept) -> None:
    store.put(
        chat(1, opened=50),
        chat(2, opened=10, tenant_id=2),
        chat(3, opened=10, state="active", operator_id=7),
        chat(4, opened=10),
        chat(5, opened=0, state="closed"),
        chat(6, opened=0, tenant_id=3),
        chat(7, opened=20, tenant_id=2, state="active", operator_id=7),
    )
    assert queue(store, [1, 2], ["waiting", "active"]) == [2, 3, 4, 7, 1]
    assert queue(store, [2, 1], ["active", "waiting"]) == [2, 3, 4, 7, 1]
    assert queue(store, [1], ["waiting"]) == [4, 1]
    assert queue(store, [1, 2, 3], ["closed"]) == [5]
    assert queue(store, [3], ["waiting", "active", "closed"]) == [6]
    assert queue(store, [], ["waiting"]) == []
    assert queue(store, [1], []) == []


def test_queue_is_read_in_pages_without_gap_or_repetition(store: Kept) -> None:
    """Five chats share an instant over two tenants: the id tells where a page ended."""
    chats = [chat(number, opened=number // 5, tenant_id=1 + number % 2) for number in range(1, 15)]
    store.put(*reversed(chats))
    for limit in range(1, 16):
        read: list[int] = []
        last: Chat | None = None
        while page := queue(store, [1, 2], ["waiting", "active"], last, limit):
            assert len(page) <= limit
            read += page
            assert len(read) <= len(chats)
            last = chats[page[-1] - 1]
        assert read == [each.id for each in chats]


def test_queue_goes_on_behind_a_chat_that_has_left_it(store: Kept) -> None:
    chats = [chat(number, opened=number) for number in (1, 2, 3)]
    store.put(*chats)
    store.put(replace(chats[1], state="closed"))
    assert queue(store, [1], ["waiting"], chats[1]) == [3]
    assert queue(store, [1], ["waiting"], chats[2]) == []


def test_chat_keeps_its_place_when_it_comes_back(store: Kept) -> None:
    store.put(*(chat(number, opened=5) for number in (1, 2, 3)))
    store.put(chat(2, opened=5, state="active", operator_id=7))
    assert queue(store, [1], ["waiting"]) == [1, 3]
    assert queue(store, [1], ["active"]) == [2]
    store.put(chat(2, opened=5))
    assert queue(store, [1], ["waiting"]) == [1, 2, 3]
    assert queue(store, [1], ["active"]) == []


def test_queue_shows_chats_as_they_are_now(store: Kept) -> None:
    store.put(chat(1))
    store.put(replace(chat(1), visitor_name="Ahmet"))
    assert [c.visitor_name for c in store.do(lambda tx: tx.queue([1], ["waiting"], None, 1))] == ["Ahmet"]


def test_chats_of_a_visitor_come_newest_first(store: Kept) -> None:
    store.put(*(chat(number, "abc123", opened=number, state="closed") for number in (1, 2, 3)))
    store.put(chat(4, "abc123", tenant_id=2, opened=4), chat(5, "user_42", opened=5))
    store.put(chat(1, "abc123", opened=1, state="closed", rating=5))

    def newest(limit: int) -> list[int]:
        return ids(store.do(lambda tx: tx.chats_of_visitor(1, "abc123", limit)))

    assert [newest(limit) for limit in (1, 2, 3, 20)] == [[3], [3, 2], [3, 2, 1], [3, 2, 1]]


# Messages


def test_messages_after_a_sequence_come_in_order(store: Kept) -> None:
    store.put(chat(42), chat(43), *(message(42, number) for number in (1, 2, 3, 4, 5)), message(43, 1))

    def after(sequence: int, limit: int) -> list[int]:
        return [m.sequence for m in store.do(lambda tx: tx.messages_after(42, sequence, limit))]

    assert after(0, 100) == [1, 2, 3, 4, 5]
    assert after(0, 2) == [1, 2]
    assert after(2, 2) == [3, 4]
    assert after(4, 2) == [5]
    assert after(5, 2) == after(1000, 2) == []
    assert list(store.do(lambda tx: tx.messages_after(43, 0, 10))) == [message(43, 1)]


def test_page_that_was_read_does_not_change_with_the_chat(store: Kept) -> None:
    store.put(chat(42), message(42, 1))
    page = store.do(lambda tx: tx.messages_after(42, 0, 10))
    store.put(message(42, 2))
    assert list(page) == [message(42, 1)]


def test_chat_follows_its_last_message(store: Kept) -> None:
    store.put(chat(42), message(42, 1), message(42, 2, sent_at=at(70)))
    assert store.do(lambda tx: tx.chat(42)) == replace(chat(42), last_sequence=2, last_activity_at=at(70))


def test_message_is_found_by_its_senders_own_id(store: Kept) -> None:
    """The same id of the visitor, of two operators, and in another chat are four messages."""
    sent = [
        message(42, 1, client_id="m1"),
        message(42, 2, client_id="m1", sender="operator", operator_id=7),
        message(42, 3, client_id="m1", sender="operator", operator_id=8),
        message(42, 4),
        message(42, 5, client_id="m2"),
        message(43, 1, client_id="m1"),
    ]
    store.put(chat(42), chat(43), *sent)

    def found(chat_id: int, operator_id: int | None, client_id: str) -> object:
        return store.do(lambda tx: tx.message_by_client_id(chat_id, operator_id, client_id))

    assert found(42, None, "m1") == sent[0]
    assert found(42, 7, "m1") == sent[1]
    assert found(42, 8, "m1") == sent[2]
    assert found(42, None, "m2") == sent[4]
    assert found(43, None, "m1") == sent[5]
    assert found(42, 9, "m1") is None
    assert found(42, 7, "m2") is None
    assert found(42, None, "M1") is None


# Outbox


def test_outbox_keeps_its_rows_in_order(store: Kept) -> None:
    store.put(event(1), event(2))
    assert store.state()["outbox"] == [event(1), event(2)]


# Transactions


FILLED: Final = (
    tenant(1),
    operator(7),
    operator(8),
    membership(7, 1),
    token(1),
    token(2),
    visitor("abc123"),
    chat(42, "abc123"),
    chat(43, "user_42", state="active", operator_id=7),
    chat(44, "v44", state="closed"),
    message(42, 1, client_id="m1"),
    event(1),
    *(row for noun in NOUNS for row in noun.FILLED),
)

WRITES: Final[dict[str, Callable[[Tx], Awaitable[None]]]] = {
    "new tenant": lambda tx: tx.put_tenant(tenant(2)),
    "tenant": lambda tx: tx.put_tenant(tenant(1, secure_mode=True)),
    "tenant's key": lambda tx: tx.put_tenant(tenant(1, "CM_NEW_1")),
    "new operator": lambda tx: tx.put_operator(operator(9)),
    "operator's state": lambda tx: tx.put_operator(operator(7, state="online")),
    "operator's email": lambda tx: tx.put_operator(operator(7, "new@example.com")),
    "new membership": lambda tx: tx.put_membership(membership(8, 1)),
    "membership": lambda tx: tx.put_membership(membership(7, 1, 5, muted=True)),
    "new token": lambda tx: tx.put_token(token(3, 8)),
    "token": lambda tx: tx.put_token(token(1, digest=b"other")),
    "deleted token": lambda tx: tx.delete_token(1),
    "expired tokens": lambda tx: tx.delete_expired_tokens(at(10**9)),
    "old failures": lambda tx: tx.delete_failed_logins(at(10**9)),
    "new failed sign-in": lambda tx: tx.put_failed_logins("b@example.com", [at(2)]),
    "failed sign-ins": lambda tx: tx.put_failed_logins("a@example.com", [at(1), at(2)]),
    "no failed sign-ins": lambda tx: tx.put_failed_logins("a@example.com", []),
    "new visitor": lambda tx: tx.put_visitor(visitor("user_42")),
    "visitor": lambda tx: tx.put_visitor(visitor("abc123", verified=True)),
    "new chat": lambda tx: tx.put_chat(chat(45, "v45", opened=-5)),
    "second chat of a visitor": lambda tx: tx.put_chat(chat(45, "v44", opened=9)),
    "accepted chat": lambda tx: tx.put_chat(chat(42, "abc123", state="active", operator_id=7, last_sequence=1)),
    "transferred chat": lambda tx: tx.put_chat(chat(43, "user_42", state="active", operator_id=8)),
    "returned chat": lambda tx: tx.put_chat(chat(43, "user_42")),
    "closed chat": lambda tx: tx.put_chat(chat(43, "user_42", state="closed", operator_id=7)),
    "activity in a chat": lambda tx: tx.put_chat_activity(42, at(9)),
    "rated chat": lambda tx: tx.put_chat(chat(44, "v44", state="closed", rating=5)),
    "message": lambda tx: tx.add_message(message(42, 2)),
    "first message": lambda tx: tx.add_message(message(43, 1)),
    "message with its sender's id": lambda tx: tx.add_message(message(42, 2, client_id="m2")),
    "event": lambda tx: tx.add_to_outbox(event(2)),
}
for _noun in NOUNS:
    WRITES.update(_noun.WRITES)


class RefusedError(Exception):
    """Raised by work, to be undone."""


def filled(store: Kept) -> dict[str, Any]:
    """Fill the store; its state."""
    store.put(*FILLED)
    store.do(lambda tx: tx.put_failed_logins("a@example.com", [at(1)]))
    return store.state()


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_write_is_kept_when_work_returns_and_undone_when_it_raises(
    store: Kept, write: Callable[[Tx], Awaitable[None]]
) -> None:
    before = filled(store)

    async def refused(tx: Tx) -> None:
        await write(tx)
        raise RefusedError

    with pytest.raises(RefusedError):
        store.do(refused)
    assert store.state() == before
    store.do(write)
    assert store.state() != before


def test_every_writing_verb_of_the_port_is_undone_above() -> None:
    """So that a new verb is not forgotten above."""
    called: set[str] = set()

    class Noting:
        def __getattr__(self, name: str) -> Callable[..., None]:
            called.add(name)
            return lambda *_: None

    noting: Any = Noting()
    for write in WRITES.values():
        write(noting)
    assert called == {name for name in vars(Tx) if name.startswith(("put_", "add_", "claim_", "delete_"))}


def test_all_writes_of_one_transaction_are_undone_together(store: Kept) -> None:
    before = filled(store)

    async def refused(tx: Tx) -> None:
        await tx.put_chat(chat(45, "v45"))
        for sequence in (1, 2, 3):
            await tx.add_message(message(45, sequence, client_id=f"m{sequence}"))
        await tx.put_chat(replace(chat(45, "v45"), state="active", operator_id=8, last_sequence=3))
        await tx.put_chat(replace(chat(45, "v45"), state="closed", operator_id=8, last_sequence=3))
        await tx.put_token(token(3))
        await tx.delete_token(3)
        await tx.delete_token(1)
        await tx.put_token(token(1, digest=b"again"))
        await tx.put_tenant(tenant(1, "CM_NEW_1"))
        await tx.put_tenant(tenant(1))
        await tx.add_to_outbox(event(2))
        raise RefusedError

    with pytest.raises(RefusedError):
        store.do(refused)
    assert store.state() == before


def test_work_sees_what_it_wrote(store: Kept) -> None:
    async def work(tx: Tx) -> tuple[Chat | None, Sequence[Chat], int]:
        await tx.put_chat(chat(42, "abc123"))
        await tx.add_message(message(42, 1))
        found = await tx.open_chat_of(1, "abc123")
        return found, await tx.queue([1], ["waiting"], None, 10), len(await tx.messages_after(42, 0, 10))

    found, waiting, count = store.do(work)
    assert found == replace(chat(42, "abc123"), last_sequence=1, last_activity_at=at(1))
    assert list(waiting) == [found]
    assert count == 1


def test_transaction_answers_what_its_work_returns(store: Kept) -> None:
    async def work(tx: Tx) -> str:
        await tx.put_tenant(tenant(1))
        return "cevap"

    assert store.do(work) == "cevap"


def test_failure_after_a_commit_takes_back_only_its_own_writes(store: Kept) -> None:
    """The undo log starts anew with each transaction."""
    store.put(tenant(1))

    async def refused(tx: Tx) -> None:
        await tx.put_tenant(tenant(2))
        raise RefusedError

    with pytest.raises(RefusedError):
        store.do(refused)
    assert store.do(lambda tx: tx.tenant(1)) == tenant(1)
    assert store.do(lambda tx: tx.tenant(2)) is None


def test_cancelled_work_is_undone_and_the_store_goes_on(store: Kept) -> None:
    before = filled(store)

    async def cancelled(tx: Tx) -> None:
        await tx.put_tenant(tenant(2))
        raise asyncio.CancelledError

    async def scene() -> None:
        task = asyncio.ensure_future(store.port.transact(cancelled))
        await asyncio.wait([task])
        assert task.cancelled()

    store.run(scene())
    assert store.state() == before
    store.put(tenant(2))
    assert store.do(lambda tx: tx.tenant(2)) == tenant(2)


def test_of_transactions_at_once_none_loses_anothers_write(store: Kept) -> None:
    """Twenty writers each read the last sequence and add the next message."""

    async def say(tx: Tx) -> int:
        found = await tx.chat_for_update(42)
        assert found is not None
        await tx.add_message(message(42, found.last_sequence + 1))
        return found.last_sequence + 1

    async def scene() -> list[int]:
        return await asyncio.gather(*(store.port.transact(say) for _ in range(20)))

    store.put(chat(42))
    assert sorted(store.run(scene())) == list(range(1, 21))
    assert [m.sequence for m in store.do(lambda tx: tx.messages_after(42, 0, 100))] == list(range(1, 21))


def test_of_two_openings_at_once_the_second_finds_the_first(store: Kept) -> None:
    numbers = iter((1, 2))

    async def start(tx: Tx) -> int:
        found = await tx.open_chat_of(1, "abc123")
        if found:
            return found.id
        opened = chat(next(numbers), "abc123")
        await tx.put_chat(opened)
        return opened.id

    async def scene() -> list[int]:
        return await asyncio.gather(*(store.port.transact(start) for _ in range(2)))

    assert store.run(scene()) == [1, 1]


def test_failing_transaction_among_others_takes_back_only_its_own(store: Kept) -> None:
    async def keep(tx: Tx) -> None:
        await tx.put_tenant(tenant(1))
        await tx.put_operator(operator(7))

    async def refused(tx: Tx) -> None:
        await tx.put_tenant(tenant(2))
        await tx.put_operator(operator(8))
        raise RefusedError

    async def scene() -> list[BaseException | None]:
        works = [keep, refused, keep, refused]
        return await asyncio.gather(*map(store.port.transact, works), return_exceptions=True)

    assert [type(result) for result in store.run(scene())] == [
        type(None),
        RefusedError,
        type(None),
        RefusedError,
    ]
    assert store.do(lambda tx: tx.tenant(1)) == tenant(1)
    assert store.do(lambda tx: tx.operator(7)) == operator(7)
    assert store.do(lambda tx: tx.tenant(2)) is None
    assert store.do(lambda tx: tx.operator(8)) is None


# The yielding store itself


def test_yielding_store_lets_other_tasks_run_inside_a_transaction() -> None:
    """What it is there for: while one works, others get their turn."""

    async def scene() -> list[str]:
        store = YieldingStore()
        seen: list[str] = []

        async def work(tx: Tx) -> None:
            for _ in range(3):
                await tx.tenant(1)
                seen.append("verb")

        async def others() -> None:
            for _ in range(3):
                seen.append("other")
                await asyncio.sleep(0)

        await asyncio.gather(store.transact(work), others())
        return seen

    assert "verb other verb" in " ".join(asyncio.run(scene()))


# What falls due


def test_operators_unseen_are_those_not_offline_and_seen_before_by_id(store: Kept) -> None:
    store.put(
        operator(9, state="online", last_seen_at=at(9)),
        operator(8, state="busy", last_seen_at=None),
        operator(7, state="online", last_seen_at=at(10)),
        operator(6, state="offline", last_seen_at=at(0)),
    )
    assert [found.id for found in store.do(lambda tx: tx.operators_unseen_since(at(10)))] == [8, 9]


def test_idle_chats_are_open_ones_without_activity_oldest_opened_first(store: Kept) -> None:
    store.put(
        chat(1, "a", opened=5, last_activity_at=at(20)),
        chat(2, "b", opened=3, last_activity_at=at(10)),
        chat(3, "c", tenant_id=2, opened=1, last_activity_at=at(10), state="active", operator_id=7),
        chat(4, "d", opened=0, last_activity_at=at(0), state="closed"),
        chat(5, "e", opened=2, last_activity_at=at(11)),
    )
    assert [found.id for found in store.do(lambda tx: tx.open_chats_idle_since(at(10), 10))] == [3, 2]
    assert [found.id for found in store.do(lambda tx: tx.open_chats_idle_since(at(10), 1))] == [3]
    assert [found.id for found in store.do(lambda tx: tx.open_chats_idle_since(at(9), 10))] == []
    assert [found.id for found in store.do(lambda tx: tx.open_chats_idle_since(at(20), 10))] == [3, 5, 2, 1]


def test_expired_tokens_are_deleted_with_their_place_in_the_operators_list(store: Kept) -> None:
    store.put(replace(token(1), expires_at=at(10)), replace(token(2), expires_at=at(11)))
    store.do(lambda tx: tx.delete_expired_tokens(at(10)))
    assert store.do(lambda tx: tx.token(1)) is None
    assert [found.id for found in store.do(lambda tx: tx.tokens_of(7))] == [2]


def test_subjects_whose_last_failure_is_old_are_removed(store: Kept) -> None:
    store.do(lambda tx: tx.put_failed_logins("a", [at(0), at(9)]))
    store.do(lambda tx: tx.put_failed_logins("b", [at(0), at(10)]))
    store.do(lambda tx: tx.delete_failed_logins(at(10)))
    assert list(store.do(lambda tx: tx.failed_logins("a"))) == []
    assert list(store.do(lambda tx: tx.failed_logins("b"))) == [at(0), at(10)]
