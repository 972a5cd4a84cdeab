"""A request before it is sent: what a generator made of it, and what may be put in place of what it made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jsonschema_rs

from contract_tests.document import Document, Operation

Validator = jsonschema_rs.Draft202012Validator
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


class Form:
    """What the document says of the values of an operation's requests, one by one."""

    def __init__(self, document: Document, operation: Operation) -> None:
        self._schemas: dict[str, Any] = {}
        item = document.node["paths"][operation.path]
        for node in (*item.get("parameters", []), *operation.node.get("parameters", [])):
            parameter = document.resolved(node)
            self._schemas[f"{parameter['in']}/{parameter['name']}"] = parameter["schema"]
        body = document.resolved(operation.node.get("requestBody", {}))
        for content in body.get("content", {}).values():
            properties = document.resolved(content["schema"]).get("properties", {})
            self._schemas |= {f"body/{name}": schema for name, schema in properties.items()}
        self._validator: Callable[[Any], Validator] = document.validator

    def allows(self, place: str, value: Any) -> bool:
        """Whether the document allows the value there; in a query or a path, a number is the text of it."""
        schema = self._schemas.get(place)
        if schema is None:
            return False
        validator = self._validator(schema)
        if validator.is_valid(value):
            return True
        try:
            return not place.startswith("body/") and isinstance(value, str) and validator.is_valid(int(value))
        except ValueError:
            return False

    def fill(self, draft: Draft, values: Values, but: Collection[str] = ()) -> None:
        """Put real values where the case has some that the document allows: what breaks the document stays."""
        for place, value in values.items():
            if place in but or not draft.has(place):
                continue
            before = draft.get(place)
            if not isinstance(before, bytes) and not self.allows(place, before) and not draft.allowed:
                continue
            draft.put(place, value(before) if callable(value) else value)
