"""What an operator's role in a tenant permits."""

from __future__ import annotations

from typing import Final

from impl.model import Role

MANAGERS: Final[frozenset[Role]] = frozenset({"owner", "manager"})
"""Who manages a tenant: `sahip` and `yonetici`."""


def may_manage(role: Role) -> bool:
    """Whether this role changes the tenant's settings and sees its secrets."""
    return role in MANAGERS
