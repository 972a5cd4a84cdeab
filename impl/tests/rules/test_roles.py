"""What a role permits."""

from __future__ import annotations

from typing import get_args

from impl.model import Role
from impl.rules.roles import may_manage


def test_owners_and_managers_manage_and_nobody_else() -> None:
    assert [role for role in get_args(Role) if may_manage(role)] == ["owner", "manager"]
