"""A snapshot in a file: it reads well, and one that is broken is refused with its place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from impl.files import Files
from impl.rules.times import ISTANBUL
from impl.store.memory import MemoryStore
from impl.world import Presence
from mocks.state.document import MEMBERS, as_yaml, from_json, from_yaml, read_document
from mocks.state.plain import DEEPEST
from mocks.state.snapshot import put_snapshot, take_snapshot
from mocks.state.wrong import WrongInput
from mocks.state.yaml_text import read_yaml, write_yaml
from mocks.tests.whole import Whole, whole_mock

BARE = {"version": 1, "saved_at": "2026-04-12T14:30:00+03:00"}
AT = "2026-04-12T14:30:00+03:00"


@pytest.fixture
def mock() -> Iterator[Whole]:
    with whole_mock() as made:
        yield made


@pytest.fixture
def text(mock: Whole) -> str:
    """The demo and a chat, as a file."""
    mock.widget("chat/start", {"ziyaretci_id": "yeni", "mesaj": "Merhaba 😀\nikinci satır"})
    return as_yaml(mock.run(take_snapshot(mock.mock.sandboxes.main.world))).decode()


def test_it_reads_well_in_git(text: str) -> None:
    """A field a line, texts as they are, instants with Istanbul's offset, nothing that is so by default."""
    assert text.startswith("# State of `cozum mock`")
    assert "\nversion: 1\nsaved_at: 20" in text
    assert "\n- id: 3\n  name: Yalnız A.Ş.\n  api_key: CM_YALNIZ_2026\n" in text
    assert "\n  text: |-\n    Merhaba 😀\n    ikinci satır\n" in text
    assert "+03:00\n" in text
    assert "secure_mode" not in text
    assert "folded" not in text
    assert not [line for line in text.splitlines() if len(line) > 160]
    assert list(read_yaml(text)) == [name for name in MEMBERS if name in read_yaml(text)]


def test_the_same_state_is_the_same_file(mock: Whole, text: str) -> None:
    assert as_yaml(from_yaml(text.encode())).decode() == text


def test_tables_may_be_left_out() -> None:
    snapshot = read_document(dict(BARE))
    assert not any(snapshot.rows.values())


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (("version: 1", "version: 2"), "/version", "Only version 1 can be read."),
        (("version: 1", "version: true"), "/version", "Only version 1 can be read."),
        (("version: 1\n", ""), "", "`version` is missing"),
        (("saved_at: ", "savedat: "), "/savedat", "did you mean `saved_at`?"),
        (("tenants:", "tenant:"), "/tenant", "did you mean `tenants`?"),
        (("visitor_name:", "vistor_name:"), "/chats/0/vistor_name", "did you mean `visitor_name`?"),
        (("  sender: visitor", "  sender: vistor"), "/messages/0/sender", "did you mean `visitor`?"),
        (("  slug: sifre-sifirlama", "  slug: 7"), "/articles/0/slug", "Must be a text."),
        (("role: senior", "role: boss"), "/memberships/0/role", "known: owner, manager, senior, junior."),
        (("type: ChatOpened", "type: ChatOpen"), "/outbox/0/event/type", "did you mean `ChatOpened`?"),
        (("    visitor_id: ahmet.yilmaz\n", ""), "/outbox/0/event", "`visitor_id` is missing."),
        (("saved_at: 20", "saved_at: 90"), "/saved_at", "Must be an instant such as"),
        (("opened_at: 20", "opened_at: x20"), "/chats/0/opened_at", "Must be an instant such as"),
        (
            ("  last_sequence: 1", "  last_sequence: 4"),
            "/chats/0/last_sequence",
            "Must be 1, as many as `messages` has",
        ),
        (("  sequence: 1", "  sequence: 2"), "/messages/0/sequence", "Must be 1: they count up."),
        (("  chat_id: 42\n  seq", "  chat_id: 41\n  seq"), "/messages/0/chat_id", "There is no 41 in `chats`."),
        (("api_key: CM_PRATIKESNAF", "api_key: CM_DEMO_2026"), "/tenants/1", "The same as `/tenants/0`."),
        (("email: yalniz@", "email: Destek@"), "/operators/2", "The same as `/operators/1`."),
        (("- id: 43", "- id: 42"), "/chats/1", "The same as `/chats/0`."),
        (("- id: 43", "- id: 0"), "/chats/1/id", "Must be 1 or more."),
        (("  last_sequence: 1", "  state: active\n  last_sequence: 1"), "/chats/0/operator_id", "has an operator"),
        (("password_hash: $argon2id", "password_hash: $argon2"), "/operators/0/password_hash", "an argon2id hash."),
        (("  logo:2: |", "  logo:2: |\n    §"), "/file_contents/logo:2", "Must be base64."),
        (("  article: 5", "  article: -5"), "/last_ids/article", "Must be 0 or more."),
        (("color: '#2563EB'", "color: blue"), "/tenants/0/color", "Must be a colour such as `#2563EB`."),
        (("api_key: CM_PRATIKESNAF", "api_key: foo bar"), "/tenants/1/api_key", "Must be a key such as"),
        (("tenants:\n-", "tenants: 7\nx:\n-"), "/x", "Unknown."),
        (("color: '#2563EB'", "color: !!binary aGk="), "/tenants/0/color", "JSON has no such value: bytes."),
    ],
)
def test_a_broken_one_is_refused_with_its_place(text: str, change: tuple[str, str], place: str, said: str) -> None:
    assert change[0] in text
    broken = text.replace(*change, 1).encode()
    with pytest.raises(WrongInput) as wrong:
        from_yaml(broken)
    assert (wrong.value.pointer, said in wrong.value.text.en) == (place, True), wrong.value


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"a: {b: 1,\n c: 2,\n b: 3}", "is not YAML: 3:2: `b` is written twice, first on line 1"),
        (b"a: [", "is not YAML: 2:1: did not find expected node content"),
        (b"\xff\xfe\xff", "is not YAML: "),
        (b"[" * 200, "is not YAML: 1:101: nested too deep"),
        (b"a: &a [*a]", f"/a{'/0' * (DEEPEST - 1)}: Nested too deep."),
        (b"", "A state must be an object."),
        (b"[]", "A state must be an object."),
        (b"1: 2", "/1: A name must be a text."),
        (b"a: .inf", "/a: Must be a finite number."),
        (b"a: 99999999999999999999", "/a: The number is too large."),
        (b'a: "\\0"', "/a: The text has a NUL."),
        (b"x: !!python/object:os.system {}", "is not YAML: 1:4: could not determine a constructor"),
    ],
)
def test_what_is_no_snapshot_at_all(broken: bytes, said: str) -> None:
    with pytest.raises(WrongInput) as wrong:
        from_yaml(broken)
    assert str(wrong.value).startswith(said[:200])


@pytest.mark.parametrize(
    ("table", "row", "field"),
    [
        (
            "webhooks",
            {"url": "https://a.example", "events": [], "secret": "whsec_AAAA", "created_at": AT, "updated_at": AT},
            "secret",
        ),
        (
            "screenshots",
            {
                "id": 1,
                "visitor_id": "a",
                "file_id": "f",
                "media_type": "text/html",
                "size": 1,
                "page_url": None,
                "at": AT,
            },
            "media_type",
        ),
    ],
)
def test_texts_that_the_application_works_with_are_looked_at(table: str, row: dict[str, Any], field: str) -> None:
    tenant = {"id": 1, "name": "a", "api_key": "CM_AAAA", "api_secret": "s", "logo_url": None, "color": "#000000"}
    with pytest.raises(WrongInput) as wrong:
        read_document({**BARE, "tenants": [tenant], table: [{"tenant_id": 1, **row}]})
    assert wrong.value.pointer == f"/{table}/0/{field}"


def test_the_line_is_told(text: str) -> None:
    broken = text.replace("  sender: visitor", "  sender: vistor", 1)
    line = broken.splitlines().index("  sender: vistor") + 1
    with pytest.raises(WrongInput, match=rf"did you mean `visitor`\? \(line {line}\)"):
        from_yaml(broken.encode())


def test_aliases_cannot_make_few_bytes_into_many_values() -> None:
    bomb = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (one, one, b", ".join([b"*%c" % (one - 1)] * 10)) for one in b"bcdefghij"
    )
    with pytest.raises(WrongInput, match="too many values"):
        from_yaml(bomb)


@pytest.mark.parametrize("broken", [b"", b"{", b"[[[", b'"\xff"', b"{" * 5_000])
def test_json_that_is_none(broken: bytes) -> None:
    with pytest.raises(WrongInput, match="is not JSON"):
        from_json(broken)


def _broken_at(value: Any, choose: Callable[[int], int], junk: Any) -> Any:
    """The same, in which one value somewhere is another."""
    if isinstance(value, dict) and value and choose(5):
        name = list(value)[choose(len(value))]
        return {**value, name: _broken_at(value[name], choose, junk)}
    if isinstance(value, list) and value and choose(5):
        at = choose(len(value))
        return [*value[:at], _broken_at(value[at], choose, junk), *value[at + 1 :]]
    return junk


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.just([]),
    st.just({}),
    st.just(AT),
    st.floats(),
    st.just([1]),
    st.sampled_from([0, 1, 2, 42, 77, "closed", "active", ""]),
)


@given(st.data())
def test_whatever_is_wrong_in_it_is_refused_as_such_or_fits(data: st.DataObject) -> None:
    value = _broken_at(_DEMO, lambda most: data.draw(st.integers(0, most - 1)), data.draw(JUNK))
    try:
        snapshot = read_document(value)
    except WrongInput:
        return
    assert from_yaml(as_yaml(snapshot)) == snapshot
    asyncio.run(put_snapshot(snapshot, datetime.now(ISTANBUL), MemoryStore(), Files(), Presence()))


def _demo() -> Any:
    with whole_mock() as mock:
        return read_yaml(as_yaml(mock.run(take_snapshot(mock.mock.sandboxes.main.world))))


_DEMO = _demo()


# YAML


@given(
    st.lists(st.text() | st.sampled_from([AT, "2026-04-12", "yes", "1e3", "~", "\x85\u2028", "a\n b", " a\n", "\t"]))
)
def test_every_text_comes_back_from_yaml(texts: list[str]) -> None:
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    assert read_yaml(write_yaml({"texts": texts})) == {"texts": texts}


def test_instants_stay_texts_however_they_are_written() -> None:
    assert read_yaml(f"a: {AT}\nb: '{AT}'\nc: 2026-04-12") == {"a": AT, "b": AT, "c": "2026-04-12"}
    assert yaml.safe_load("a: 2026-04-12")["a"].year == 2026, "others still read them"


def test_a_number_that_cannot_be_is_told_in_good_turkish() -> None:
    with pytest.raises(WrongInput) as wrong:
        read_document({"version": 1, "saved_at": "2026-01-01T00:00:00+03:00", "last_ids": {"chat": -1}})
    assert wrong.value.text.tr == "0 ya da daha büyük bir tam sayı olmalı."
