"""The ids of a sandbox: they can be looked at, so that a snapshot goes on where it was."""

from __future__ import annotations

from typing import Self

from impl.world import CountingIds


class MockIds(CountingIds):
    """Ids that tell which were given last."""

    @classmethod
    def going_on(cls, ids: CountingIds) -> Self:
        """Ids that go on after those."""
        return cls(ids._last)

    def last(self) -> dict[str, int]:
        """The last id of each kind, by kind; those that were never given are left out."""
        return {kind: number for kind, number in sorted(self._last.items()) if number}
