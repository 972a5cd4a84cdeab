"""What must hold between the rows of a snapshot, or the store could not have had them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Final

from msgspec import Struct

from impl.problems import Text
from mocks.state.rows import LARGEST
from mocks.state.snapshot import Snapshot
from mocks.state.tables import TABLES
from mocks.state.wrong import WrongInput, below

REFERENCES: Final[Mapping[str, str]] = {
    "tenant_id": "tenants",
    "operator_id": "operators",
    "chat_id": "chats",
    "ticket_id": "tickets",
    "category_id": "categories",
}
"""Fields that name a row of another table, wherever they stand; None names none."""
FREE: Final = frozenset({("opened_projects", "tenant_id")})
"""It counts whatever became of the tenant."""
ACTIVE: Final = "An `active` chat has an operator, a `waiting` one has none."

FORMS: Final = (
    (
        "operators",
        "password_hash",
        re.compile(r"\$argon2id\$v=[0-9]+\$m=[0-9]+,t=[0-9]+,p=[0-9]+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}"),
        Text("Bir argon2id özeti olmalı.", "Must be an argon2id hash."),
    ),
    (
        "webhooks",
        "secret",
        re.compile(r"whsec_(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
        Text("`whsec_` ve en az 24 baytın base64'ü olmalı.", "Must be `whsec_` and the base64 of 24 bytes or more."),
    ),
    (
        "screenshots",
        "media_type",
        re.compile(r"image/(?:png|jpeg|webp)"),
        Text("PNG, JPEG ya da WebP olmalı.", "Must be PNG, JPEG or WebP."),
    ),
    (
        "tenants",
        "color",
        re.compile(r"#[0-9A-Fa-f]{6}"),
        Text("`#2563EB` gibi bir renk olmalı.", "Must be a colour such as `#2563EB`."),
    ),
    (
        "tenants",
        "api_key",
        re.compile(r"CM_[A-Z0-9_]{4,32}"),
        Text("`CM_DEMO_2026` gibi bir anahtar olmalı.", "Must be a key such as `CM_DEMO_2026`."),
    ),
    (
        "tenants",
        "name",
        re.compile(r"(?=.*\S)[^\x00-\x1f\x7f]{1,120}"),
        Text("1 ile 120 karakter arasında bir satır olmalı.", "Must be one line of 1 to 120 characters."),
    ),
)
"""Texts that the application works with, and those that the contract gives a form."""

RANGES: Final = (("memberships", "chat_limit", 1, 1_000), ("memberships", "position", 0, LARGEST))
"""Numbers that the contract bounds."""

Keyed = tuple[Hashable, str]
"""What must be there only once, and the pointer of the row that has it."""


def check_rows(snapshot: Snapshot) -> None:
    """Raises WrongInput for rows that are there twice, that name others that are not there, or that leave gaps."""
    for table in TABLES:
        get = attrgetter(*table.key)
        _check_once(_keyed(snapshot, table.name, get))
        if table.counted:
            _check_once(_keyed(snapshot, table.name, attrgetter("id")))
    _check_once(_keyed(snapshot, "tenants", attrgetter("api_key")))
    _check_once(_keyed(snapshot, "operators", lambda operator: operator.email.casefold()))
    _check_once(_keyed(snapshot, "articles", attrgetter("tenant_id", "slug")))
    _check_once(_keyed(snapshot, "memberships", attrgetter("operator_id", "tenant_id")))
    _check_once(_open_chats(snapshot))
    _check_references(snapshot)
    _check_sequence(snapshot, "chats", "last_sequence", "messages", "chat_id", "sequence")
    _check_sequence(snapshot, "tickets", "reply_count", "ticket_replies", "ticket_id", "position")
    _check_places(snapshot)
    _check_forms(snapshot)


def _keyed(snapshot: Snapshot, name: str, get: Any) -> Iterator[Keyed]:
    return ((get(row), f"/{name}/{at}") for at, row in enumerate(snapshot.rows[name]))


def _open_chats(snapshot: Snapshot) -> Iterator[Keyed]:
    for at, chat in enumerate(snapshot.rows["chats"]):
        if chat.state != "closed":
            yield (chat.tenant_id, chat.visitor_id), f"/chats/{at}"


def _check_once(keyed: Iterator[Keyed]) -> None:
    seen: dict[Hashable, str] = {}
    for key, pointer in keyed:
        first = seen.setdefault(key, pointer)
        if first != pointer:
            raise WrongInput(pointer, Text(f"`{first}` ile aynı; yalnız bir kez olabilir.", f"The same as `{first}`."))


def _check_references(snapshot: Snapshot) -> None:
    ids = {name: {row.id for row in snapshot.rows[name]} for name in set(REFERENCES.values())}
    for table in TABLES:
        named = [name for name in table.kind.__struct_fields__ if name in REFERENCES and (table.name, name) not in FREE]
        for at, row in enumerate(snapshot.rows[table.name]):
            for name in named:
                _check_named(row, name, ids[REFERENCES[name]], f"/{table.name}/{at}")
    for at, call in enumerate(snapshot.calls):
        _check_named(call, "operator_id", ids["operators"], f"/operator_calls/{at}")


def _check_named(row: Struct, name: str, ids: set[int], pointer: str) -> None:
    value = getattr(row, name)
    if value is not None and value not in ids:
        there = REFERENCES[name]
        raise WrongInput(
            below(pointer, name), Text(f"`{there}` içinde {value} yok.", f"There is no {value} in `{there}`.")
        )


def _check_sequence(snapshot: Snapshot, owners: str, count: str, name: str, owner: str, number: str) -> None:
    """Rows stand in the order of their numbers 1, 2, 3 … inside their owner, which knows how many they are."""
    seen: Counter[int] = Counter()
    for at, row in enumerate(snapshot.rows[name]):
        seen[getattr(row, owner)] += 1
        wanted = seen[getattr(row, owner)]
        if getattr(row, number) != wanted:
            told = Text(f"{wanted} olmalı: sırayla, boşluk bırakmadan sayılır.", f"Must be {wanted}: they count up.")
            raise WrongInput(f"/{name}/{at}/{number}", told)
    for at, row in enumerate(snapshot.rows[owners]):
        if getattr(row, count) != seen[row.id]:
            told = Text(
                f"{seen[row.id]} olmalı: `{name}` içinde o kadarı var.",
                f"Must be {seen[row.id]}, as many as `{name}` has.",
            )
            raise WrongInput(f"/{owners}/{at}/{count}", told)


def _check_places(snapshot: Snapshot) -> None:
    """A chat that is active has its operator."""
    for at, chat in enumerate(snapshot.rows["chats"]):
        if (chat.state == "active") != (chat.operator_id is not None) and chat.state != "closed":
            told = Text("`active` bir sohbetin operatörü olur, `waiting` olanın olmaz.", ACTIVE)
            raise WrongInput(f"/chats/{at}/operator_id", told)


def _check_forms(snapshot: Snapshot) -> None:
    for name in dict.fromkeys(name for name, *_ in (*FORMS, *RANGES)):
        for at, row in enumerate(snapshot.rows[name]):
            check_form(name, row, f"/{name}/{at}")


def check_form(name: str, row: Struct, pointer: str) -> None:
    """Raises WrongInput for a field of this table's row that no answer could show."""
    for table, field, form, told in FORMS:
        if table == name and not form.fullmatch(getattr(row, field)):
            raise WrongInput(below(pointer, field), told)
    for table, field, least, most in RANGES:
        value = getattr(row, field) if table == name else None
        if value is not None and not least <= value <= most:
            wanted = Text(f"{least} ile {most} arasında olmalı.", f"Must be from {least} to {most}.")
            raise WrongInput(below(pointer, field), wanted)
