"""What the document says of an operation's requests, value by value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from contract_tests.document import Document, Node, Operation
from contract_tests.schema.draft import Draft, Values

JSON: Final = "application/json"
CONTENT_TYPES: Final = ("malformed_content_type", "unsupported_content_type")
"""Scenarios that are about the body's media type."""


class Form:
    """Which values the document allows, and where a request breaks it."""

    def __init__(self, document: Document, operation: Operation) -> None:
        self._schemas: dict[str, Any] = {}
        self._required: set[str] = set()
        self._bodies: dict[str, Node] = {}
        self._document = document
        item = document.node["paths"][operation.path]
        for reference in (*item.get("parameters", []), *operation.node.get("parameters", [])):
            parameter = document.resolved(reference)
            place = f"{parameter['in']}/{parameter['name']}"
            self._schemas[place] = parameter["schema"]
            if parameter.get("required"):
                self._required.add(place)
        body = document.resolved(operation.node.get("requestBody", {}))
        self._needs_body = bool(body.get("required"))
        for media_type, content in body.get("content", {}).items():
            self._bodies[media_type] = content["schema"]
            properties = document.resolved(content["schema"]).get("properties", {})
            self._schemas |= {f"body/{name}": schema for name, schema in properties.items()}

    def allows(self, place: str, value: Any) -> bool:
        """Whether the document allows the value there; in a query or a path, a number is the text of it."""
        schema = self._schemas.get(place)
        if schema is None:
            return False
        validator = self._document.validator(schema)
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

    def wrong(self, draft: Draft, missing: Collection[str]) -> frozenset[str]:
        """The parts that break the document as it is read here: unknown names are ignored, numbers may be text.

        `missing` are the credentials that are left out.
        """
        parts = {"header"} if missing else set()
        if draft.scenario in CONTENT_TYPES or "method" in draft.wrong:
            parts |= draft.wrong
        if self._is_body_wrong(draft):
            parts.add("body")
        for place in self._schemas:
            where = place.partition("/")[0]
            if where != "body" and self._is_wrong(draft, place):
                parts.add(where)
        return frozenset(parts)

    def _is_wrong(self, draft: Draft, place: str) -> bool:
        if not draft.has(place):
            return place in self._required
        value = draft.get(place)
        return isinstance(value, str | int | float) and not isinstance(value, bool) and not self.allows(place, value)

    def _is_body_wrong(self, draft: Draft) -> bool:
        body, media_type = draft.case.body, draft.case.media_type
        if media_type is None:
            return self._needs_body
        schema = self._bodies.get(media_type)
        if schema is None:
            return False
        if media_type == JSON:
            return _is_json(body) and not self._document.validator(schema).is_valid(body)
        if not isinstance(body, Mapping):
            return False
        required = self._document.resolved(schema).get("required", [])
        return any(name not in body for name in required) or any(
            isinstance(value, str) and f"body/{name}" in self._schemas and not self._takes_text(name, value)
            for name, value in body.items()
        )

    def _takes_text(self, name: str, value: str) -> bool:
        """Whether a form's text may be that value."""
        schema = self._document.resolved(self._schemas[f"body/{name}"])
        return schema.get("type") != "string" or self.allows(f"body/{name}", value)


def _is_json(body: Any) -> bool:
    return body is None or isinstance(body, dict | list | str | int | float)
