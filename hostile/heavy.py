"""Bodies whose refusal could cost far more than their sending: thousands of wrong names and items."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from hostile.attempts import Attempt, Source
from hostile.bodies import Path, json_with
from hostile.calls import Call
from hostile.values import MANY
from impl.contract.bodies import DEFAULT_LIMIT
from impl.contract.document import METHODS, Node, follow, inlined

SIZES: Final = (10_000, 60_000, 200_000)
"""Bytes; and the operation's limit, where it is larger."""


def heavy(source: Source) -> Iterator[Attempt]:
    """At each place of each schema that may be an array or an object, and at one that may not."""
    for call in source.with_json():
        operation = _operation(source.document, call.operation)
        limit: int = operation.get("x-cozum-body-limit", DEFAULT_LIMIT)
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        places = list(_places(source.document, schema, ()))
        texts = [(name,) for name in call.field_names if (name,) not in places]
        for path in [*places, *source.random.sample(texts, min(1, len(texts)))]:
            for size in (*SIZES, limit - 2_000):
                for name, make in MANY.items():
                    what = f"{call.operation} /{'/'.join(map(str, path))} = {name}, {size:,} bytes"
                    yield Attempt("heavy", what, partial(_body, call, path, make, size), (call.method,))


def _operation(document: Node, name: str) -> Node:
    items = inlined(document, document["paths"]).values()
    return next(item[method] for item in items for method in METHODS if item.get(method, {}).get("operationId") == name)


def _places(document: Node, schema: Node, path: Path) -> Iterator[Path]:
    """Where an array or an object may stand."""
    if "$ref" in schema:
        schema = follow(document, schema["$ref"])
    types = schema.get("type", [])
    if not {"array", "object"}.isdisjoint([types] if isinstance(types, str) else types):
        yield path
    for name, part in schema.get("properties", {}).items():
        yield from _places(document, part, (*path, name))
    if "items" in schema:
        yield from _places(document, schema["items"], (*path, 0))


def _body(call: Call, path: Path, make: Any, size: int) -> bytes:
    value: Any = call.value
    room = size - len(call.body or b"") if path else size
    return call.raw(body=json_with(value, path, make(max(1, room))))
