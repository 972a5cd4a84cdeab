"""A request before it is sent: what a generator made of it, and what may be put in place of what it made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Values = Mapping[str, Any]
"""What to put where, as `body/oturum_id`; a function makes it of what stands there."""

CONTAINERS: Final = {"path": "path_parameters", "query": "query", "header": "headers"}


@dataclass(frozen=True)
class Request:
    """What is sent."""

    method: str
    where: str
    """Path and query."""
    headers: dict[str, str]
    content: bytes | None


@dataclass
class Draft:
    """A case of a generator's, or an example; `case` has its parts under the names that Schemathesis gives them."""

    operation: str
    case: Any
    allowed: bool
    """Whether the document allows it."""
    wrong: frozenset[str]
    """Which parts break the document: `body`, `query`, `path`, `header`, `cookie`, `method`."""
    about: str
    scenario: str = ""
    parameter: str | None = None
    """The parameter that breaks the document, when it is one."""
    encode: Callable[[Draft, Mapping[str, str]], Request] = field(kw_only=True, repr=False)
    """Makes bytes of it; the headers are added, and win."""

    def get(self, place: str) -> Any:
        """What stands at `body/oturum_id`. Raises KeyError."""
        where, name = place.split("/", 1)
        container = self._container(where)
        if not isinstance(container, Mapping):
            raise KeyError(place)
        return container[name]

    def has(self, place: str) -> bool:
        """Whether something stands there."""
        try:
            self.get(place)
        except KeyError:
            return False
        return True

    def put(self, place: str, value: Any) -> None:
        """Put a value in the place of what stands there, or take it away (None)."""
        where, name = place.split("/", 1)
        changed = dict(self._container(where) or {})
        changed.pop(next((known for known in changed if _same(where, known, name)), name), None)
        if value is not None:
            changed[name] = value
        setattr(self.case, CONTAINERS.get(where, "body"), changed)

    def _container(self, where: str) -> Any:
        return getattr(self.case, CONTAINERS.get(where, "body"))


def _same(where: str, known: str, name: str) -> bool:
    return known.lower() == name.lower() if where == "header" else known == name
