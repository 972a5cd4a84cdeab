"""A snapshot as a document: plain data for JSON and YAML, with a version; and read again, checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import msgspec

from impl.problems import Text
from mocks.state.checking import check_rows
from mocks.state.plain import check_plain
from mocks.state.rows import read_bytes, read_row, read_whole_instant, written
from mocks.state.snapshot import OperatorCall, Snapshot
from mocks.state.tables import TABLES
from mocks.state.wrong import WrongInput, below, unknown
from mocks.state.yaml_text import read_yaml_as, write_yaml

VERSION: Final = 1
HEAD: Final = ("version", "saved_at", "last_ids")
CALLS: Final = "operator_calls"
CONTENTS: Final = "file_contents"
MEMBERS: Final = (*HEAD, *(table.name for table in TABLES), CALLS, CONTENTS)

TITLE: Final = "# State of `cozum mock`, for `cozum snapshot load`: instants move to the time at which it is loaded.\n"


def document_of(snapshot: Snapshot) -> dict[str, Any]:
    """Plain data, but for instants and bytes, which JSON and YAML write in their own way; what is empty is left out."""
    tables = {table.name: [written(row, table.without) for row in snapshot.rows[table.name]] for table in TABLES}
    calls = [written(call) for call in snapshot.calls]
    optional = {"last_ids": dict(snapshot.last_ids), **tables, CALLS: calls, CONTENTS: dict(snapshot.contents)}
    head = {"version": VERSION, "saved_at": snapshot.saved_at}
    return head | {name: member for name, member in optional.items() if member}


def as_yaml(snapshot: Snapshot) -> bytes:
    """The document in UTF-8."""
    return (TITLE + write_yaml(document_of(snapshot))).encode()


def as_json(snapshot: Snapshot) -> bytes:
    """The same as JSON."""
    return msgspec.json.encode(document_of(snapshot))


def from_yaml(text: bytes) -> Snapshot:
    """Raises WrongInput: which line, which member, and what was expected."""
    return read_yaml_as(text, read_document)


def from_json(text: bytes) -> Snapshot:
    """Raises WrongInput."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise WrongInput("", Text(f"JSON okunamıyor: {error}", f"is not JSON: {error}")) from None
    return read_document(value)


def read_document(value: Any) -> Snapshot:
    """The snapshot that plain data describes. Raises WrongInput."""
    check_plain(value)
    if not isinstance(value, dict):
        raise WrongInput("", Text("Durum bir nesne olmalı.", "A state must be an object."))
    _check_version(value)
    for name in value:
        if name not in MEMBERS:
            raise WrongInput(below("", name), unknown(name, MEMBERS))
    if "saved_at" not in value:
        raise WrongInput("", Text("`saved_at` eksik.", "`saved_at` is missing."))
    rows = {table.name: _read_table(value, table) for table in TABLES}
    calls = _read_list(value, CALLS, partial(read_row, OperatorCall))
    snapshot = Snapshot(
        read_whole_instant(value["saved_at"], "/saved_at"), rows, calls, _read_last_ids(value), _read_contents(value)
    )
    check_rows(snapshot)
    return snapshot


def _check_version(value: Mapping[str, Any]) -> None:
    if "version" not in value:
        raise WrongInput("", Text("`version` eksik: bu bir durum dosyası mı?", "`version` is missing: is it a state?"))
    version = value["version"]
    if version != VERSION or isinstance(version, bool):
        raise WrongInput(
            "/version",
            Text(f"Yalnız {VERSION}. sürüm okunur.", f"Only version {VERSION} can be read."),
        )


def _read_table(value: Mapping[str, Any], table: Any) -> list[Any]:
    read = partial(read_row, table.kind, more=table.without)
    return [table.complete(row) for row in _read_list(value, table.name, read)]


def _read_list(value: Mapping[str, Any], name: str, read: Any) -> list[Any]:
    listed = value.get(name)
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise WrongInput(below("", name), Text("Bir liste olmalı.", "Must be a list."))
    return [read(row, f"/{name}/{at}") for at, row in enumerate(listed)]


def _read_object(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    given = value.get(name)
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise WrongInput(below("", name), Text("Bir nesne olmalı.", "Must be an object."))
    return given


def _read_last_ids(value: Mapping[str, Any]) -> dict[str, int]:
    given = _read_object(value, "last_ids")
    for kind, number in given.items():
        if type(number) is not int or number < 0:
            text = Text("0 ya da daha büyük bir tam sayı olmalı.", "Must be 0 or more.")
            raise WrongInput(below("/last_ids", kind), text)
    return given


def _read_contents(value: Mapping[str, Any]) -> dict[str, bytes]:
    given = _read_object(value, CONTENTS)
    return {file_id: read_bytes(content, below(f"/{CONTENTS}", file_id)) for file_id, content in given.items()}
