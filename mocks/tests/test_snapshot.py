"""A snapshot has the whole state: put into a fresh world it is the same, to the last index."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from impl import model
from impl.files import Files
from impl.rules.times import ISTANBUL
from impl.store.memory import MemoryStore, MemoryTx
from impl.store.port import Tx
from impl.world import Presence
from mocks.clock import MockClock
from mocks.state.document import as_json, as_yaml, document_of, from_json, from_yaml
from mocks.state.instants import moved
from mocks.state.rows import reader
from mocks.state.snapshot import Snapshot, put_snapshot, take_snapshot
from mocks.state.tables import TABLES
from mocks.tests.living import DEEDS, Living, tables_of
from mocks.tests.whole import Whole, whole_mock

INDEXES: Final = {
    *("undo_log", "effects", "numbers_known"),  # a transaction's, and a cache
    *("tenant_ids_by_key", "operator_ids_by_email", "operator_ids_by_tenant", "token_ids_by_operator"),
    *("chat_counts", "active_counts", "days", "open_queues", "open_places", "open_chat_ids", "queues", "client_ids"),
    *("chat_ids_by_visitor", "chat_ids_by_operator", "places_of_tenant", "places_of_visitor"),
    *("file_ids_by_visitor", "recipients_by_file", "doomed_in_order", "shots_by_file"),
    *("category_ids_by_tenant", "article_ids_by_slug", "published_by_category", "word_indexes", "knowledge_versions"),
    *("canned_by_tenant", "deliveries_by_tenant", "all_deliveries", "waiting", "outbox_by_id"),
}
"""What the store works out from its tables."""
NOT_KEPT: Final = {model.FoundArticle, model.Shelf, model.Member}
"""Answers of the store."""
INSIDE: Final = {model.Profile, model.Reading, *model.Event.__args__}
"""What stands in rows of others."""


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


def _taken(mock: Whole) -> tuple[dict[str, Any], Snapshot]:
    """The tables, and a snapshot of the same moment."""

    async def both() -> tuple[dict[str, Any], Snapshot]:
        world = mock.mock.sandboxes.main.world
        return tables_of(mock.mock.sandboxes.main.store.tables), await take_snapshot(world)

    return mock.run(both())


def _put(mock: Whole, snapshot: Snapshot, now: datetime | None = None) -> tuple[MemoryTx, Files, Presence, Any]:
    store, files, presence = MemoryStore(), Files(), Presence()
    ids = mock.run(put_snapshot(snapshot, now or snapshot.saved_at, store, files, presence))
    return store.tables, files, presence, ids


def _check_round_trip(mock: Whole) -> Snapshot:
    before, snapshot = _taken(mock)
    read = from_yaml(as_yaml(snapshot))
    assert document_of(from_json(as_json(snapshot))) == document_of(read) == document_of(snapshot)
    tables, files, presence, ids = _put(mock, read)
    after = tables_of(tables)
    for name in before:
        assert after[name] == before[name], name
    assert ids.last() == snapshot.last_ids
    assert [(call.operator_id, presence.last_call(call.operator_id)) for call in snapshot.calls] == [
        (call.operator_id, call.at) for call in snapshot.calls
    ]
    for file_id, content in snapshot.contents.items():
        assert mock.run(_bytes(files, file_id)) == content
    return snapshot


async def _bytes(files: Files, file_id: str) -> bytes:
    opened = await files.read(file_id)
    assert opened is not None
    return b"".join([part async for part in opened[1]])


def test_the_demo_comes_back_as_it_was(mock: Whole) -> None:
    snapshot = _check_round_trip(mock)
    assert list(snapshot.contents) == ["logo:2"]


def test_a_world_in_which_everything_happened_comes_back_as_it_was(mock: Whole) -> None:
    random = Random(5)
    living = Living(mock, random.randrange)
    for _ in range(6):
        living.do([name for name in DEEDS if name != "is_forgotten"])
    living.do(["mistypes"])
    snapshot = _check_round_trip(mock)
    filled = {name for name, rows in snapshot.rows.items() if rows}
    assert filled == {table.name for table in TABLES} - {"doomed_files"}
    assert len(snapshot.contents) > 3
    assert snapshot.calls


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(DEEDS)), max_size=40), st.integers(0, 10**6))
def test_whatever_people_do_comes_back_as_it_was(deeds: list[str], seed: int) -> None:
    with whole_mock() as mock:
        Living(mock, Random(seed).randrange).do(deeds)
        _check_round_trip(mock)


def test_bytes_that_are_doomed_come_back_with_their_time(mock: Whole) -> None:
    sandbox = mock.mock.sandboxes.main
    doomed = model.DoomedFile("x" * 22, sandbox.clock.now() + timedelta(hours=1))

    async def doom(tx: Tx) -> None:
        await tx.put_doomed_file(doomed)

    mock.run(sandbox.world.files.put(doomed.id, b"abc"))
    mock.run(sandbox.store.transact(doom))
    snapshot = _check_round_trip(mock)
    assert snapshot.rows["doomed_files"] == [doomed]
    assert snapshot.contents[doomed.id] == b"abc"


# That nothing is forgotten


def test_every_table_of_the_store_is_in_the_snapshot_or_is_worked_out() -> None:
    known = {table.source for table in TABLES}
    assert not known & INDEXES
    assert set(vars(MemoryTx())) == known | INDEXES, "a table is new: name it in mocks/state/tables.py"


def test_every_kind_of_row_is_in_the_snapshot() -> None:
    kinds = {kind for _, kind in inspect.getmembers(model, inspect.isclass) if issubclass(kind, Struct)} - {Struct}
    assert {table.kind for table in TABLES if table.kind.__module__ == "impl.model"} == kinds - NOT_KEPT - INSIDE


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_every_field_can_be_read(table: Any) -> None:
    for name, hint in get_type_hints(table.kind).items():
        if name not in table.without:
            assert callable(reader(hint))


def test_only_one_field_has_unix_seconds() -> None:
    """A number that is an instant moves with the others; another one must be looked at."""
    kinds = {table.kind for table in TABLES} | INSIDE
    assert [
        (kind.__name__, name) for kind in kinds for name, hint in get_type_hints(kind).items() if "float" in str(hint)
    ] == [("Visitor", "last_seen_at")]


def test_the_port_has_every_verb() -> None:
    assert not {table.verb for table in TABLES} - set(dir(Tx))


# Time


@given(
    st.integers(946_684_800, 4_102_444_800),
    st.integers(0, 10**8),
    st.sampled_from(["2026-12-01", "2026-12-01T10:00:00+03:00", "yarın", None]),
)
def test_every_instant_of_a_row_moves_and_comes_back(at: int, seconds: int, trial_end: str | None) -> None:
    since, now = (datetime.fromtimestamp(number, ISTANBUL) for number in (at, at + seconds))
    profile = model.Profile(trial_end=trial_end, trial_days_received_at=since, extra={"trial_bitis": trial_end})
    row = model.Visitor(1, "a", since, since.timestamp(), profile)
    later = moved(row, since, now)
    assert later.updated_at == later.profile.trial_days_received_at == now
    assert later.last_seen_at == now.timestamp()
    assert later.profile.extra["trial_bitis"] == later.profile.trial_end
    assert moved(later, now, since) == row


def test_what_has_no_instant_is_not_made_anew() -> None:
    tenant = model.Tenant(1, "a", "CM_AAAA", "s", None, "#000000")
    now = datetime.now(ISTANBUL)
    assert moved(tenant, now, now) is tenant


def test_ages_stay_what_they_were(mock: Whole) -> None:
    """Saved, and loaded three days later: tokens are valid, trials have as many days, chats waited as long."""
    mock.widget("chat/start", {"ziyaretci_id": "yeni", "mesaj": "a"})
    operator = mock.signed_in()
    mock.ask("PUT", "/api/v1/operator/status", {"durum": "cevrimici"}, **operator)
    info = {"ziyaretci_id": "yeni", "trial_bitis": _in_days(5), "ekstra": {"trial_bitis": "x"}}
    mock.ask("POST", "/api/v1/context/customer-info", info, x_api_key="CM_DEMO_2026")
    banner = mock.ask("GET", "/api/v1/operator/context/yeni", **operator).json["data"]["banner"]
    mock.control("POST", "/clock", {"ilerlet": "100s"})
    _, snapshot = _taken(mock)
    old = Snapshot(
        snapshot.saved_at - timedelta(days=3, hours=5),
        {
            name: [moved(row, snapshot.saved_at, snapshot.saved_at - timedelta(days=3, hours=5)) for row in rows]
            for name, rows in snapshot.rows.items()
        },
        snapshot.calls,
        snapshot.last_ids,
        snapshot.contents,
    )
    mock.run(mock.mock.sandboxes.main.begin(mock.mock.worlds.of(old)))
    after = mock.ask("GET", "/api/v1/operator/context/yeni", **operator)
    assert after.status == 200, "the token is still valid"
    assert after.json["data"]["banner"] == banner
    (chat,) = mock.ask("GET", "/api/v1/operator/chats", **operator).json["data"]["oturumlar"]
    waited = mock.mock.sandboxes.main.clock.now() - datetime.fromisoformat(chat["baslangic"])
    assert timedelta(seconds=99) <= waited <= timedelta(seconds=110)


def _in_days(days: int) -> str:
    return (datetime.now(ISTANBUL) + timedelta(days=days)).date().isoformat()


def test_ids_go_on_where_they_were(mock: Whole) -> None:
    first = mock.widget("chat/start", {"ziyaretci_id": "bir"}).json["data"]["oturum"]["id"]
    _, snapshot = _taken(mock)
    mock.run(mock.mock.sandboxes.main.begin(mock.mock.worlds.of(snapshot)))
    assert mock.widget("chat/start", {"ziyaretci_id": "iki"}).json["data"]["oturum"]["id"] == first + 1


def test_ids_that_a_person_left_out_are_not_given_twice(mock: Whole) -> None:
    _, snapshot = _taken(mock)
    bare = Snapshot(snapshot.saved_at, snapshot.rows, (), {}, {})
    _, _, _, ids = _put(mock, bare)
    assert (ids.next("chat"), ids.next("article"), ids.next("tenant")) == (43, 6, 4)


def test_webhooks_that_waited_are_sent_once_the_state_is_loaded(mock: Whole) -> None:
    Living(mock, Random(1).randrange).do(["manages"])
    mock.widget("chat/start", {"ziyaretci_id": "yeni"})
    _, snapshot = _taken(mock)
    assert snapshot.rows["deliveries"]
    sandbox = mock.mock.sandboxes.main
    mock.run(sandbox.begin(mock.mock.worlds.of(snapshot)))
    mock.control("POST", "/clock", {"ilerlet": "2m"})
    assert all(delivery.attempts for delivery in sandbox.store.tables.deliveries_by_id.values())
    assert isinstance(sandbox.clock, MockClock)
