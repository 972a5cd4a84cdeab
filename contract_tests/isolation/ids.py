"""Which operations of the document take an id: in the path, the query, the body or a form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from contract_tests.document import Document, Operation

SCHEMAS: Final = frozenset({"Id", "VisitorId", "FileId", "FileIds", "Slug", "Origin"})
"""The schemas that name somebody's record."""
NAMES: Final = re.compile(r"(?:.*_)?ids?|.*I[dD]s?|slug|origin|dosyalar")
"""How parameters and properties that name a record are called."""


def taking_ids(document: Document, *schemes: str) -> list[str]:
    """The operationIds of those whose parameters or bodies name a record; with `schemes` only those secured so."""
    return [
        operation.id
        for operation in document.operations
        if (not schemes or _scheme(operation) in schemes) and any(_references(document, operation))
    ]


def _scheme(operation: Operation) -> str | None:
    requirements = operation.node.get("security") or [{}]
    return next(iter(requirements[0]), None)


def _references(document: Document, operation: Operation) -> Iterator[bool]:
    """Of each parameter, property and item, whether it names a record."""
    for given in operation.node.get("parameters", []):
        parameter = document.resolved(given)
        if parameter["in"] in ("path", "query"):
            yield bool(NAMES.fullmatch(parameter["name"]))
            yield from _in_schema(document, parameter.get("schema", {}), set())
    body = document.resolved(operation.node.get("requestBody", {}))
    for content in body.get("content", {}).values():
        yield from _in_schema(document, content.get("schema", {}), set())


def _in_schema(document: Document, schema: Any, seen: set[str]) -> Iterator[bool]:
    reference = str(schema.get("$ref", ""))
    yield reference.rpartition("/")[2] in SCHEMAS
    if reference in seen:
        return
    if reference:
        seen.add(reference)
        schema = document.resolved(schema)
    for name, inner in schema.get("properties", {}).items():
        yield bool(NAMES.fullmatch(name))
        yield from _in_schema(document, inner, seen)
    parts = [schema[word] for word in ("items", "additionalProperties") if isinstance(schema.get(word), dict)]
    for part in (*parts, *(one for word in ("allOf", "anyOf", "oneOf") for one in schema.get(word, []))):
        yield from _in_schema(document, part, seen)
