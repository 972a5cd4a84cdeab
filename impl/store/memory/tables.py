"""What all tables of the embedded store share: an undo log for rollback."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

Key = TypeVar("Key", bound=Hashable)
Member = TypeVar("Member", bound=Hashable)

MISSING: Final = object()


class Tables:
    """Dicts and indexes that can be put back as they were."""

    def __init__(self) -> None:
        self.undo_log: list[tuple[Any, Any, Any]] = []
        """Table, key and the row that stood there, or None, None and a step to take."""
        self.effects: list[Callable[[], object]] = []
        """What follows the commit."""

    async def after_commit(self, effect: Callable[[], object]) -> None:
        self.effects.append(effect)

    def take_effect(self) -> None:
        """Call what follows the commit."""
        effects, self.effects = self.effects, []
        for effect in effects:
            effect()

    def undo(self) -> None:
        """Take back what was written since the last commit, newest first."""
        self.effects.clear()
        while self.undo_log:
            target, key, old = self.undo_log.pop()
            if target is None:
                old()
            elif old is MISSING:
                del target[key]
            else:
                target[key] = old

    def _set(self, table: dict[Key, Any], key: Key, row: Any) -> None:
        self.undo_log.append((table, key, table.get(key, MISSING)))
        table[key] = row

    def _remove(self, table: dict[Key, Any], key: Key) -> None:
        if key in table:
            self.undo_log.append((table, key, table.pop(key)))

    def _give(self, table: dict[Key, dict[Member, None]], key: Key, member: Member) -> None:
        """Put a member into the ordered set under this key."""
        if key not in table:
            self._set(table, key, {})
        if member not in table[key]:
            self._set(table[key], member, None)

    def _take(self, table: dict[Key, dict[Member, None]], key: Key, member: Member) -> None:
        """Take a member out of the set under this key; an empty set goes."""
        members = table[key]
        self._remove(members, member)
        if not members:
            self._remove(table, key)

    def _undo_by(self, step: Callable[[], object]) -> None:
        self.undo_log.append((None, None, step))
