"""The document's own example of each operation, made ready to be sent without a generator."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from contract_tests.document import Document, Node, Operation
from contract_tests.schema.draft import Draft, Request

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
BORDER: Final = "cozum-contract-test"


@dataclass
class Example:
    """A request as the document shows it: what a generator calls a case."""

    method: str
    path: str
    path_parameters: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any
    media_type: str | None


def examples(document: Document, operation: Operation) -> Iterator[Draft]:
    """One for each example of the body, or a single one where there is none."""
    parameters: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    item = document.node["paths"][operation.path]
    for reference in (*item.get("parameters", []), *operation.node.get("parameters", [])):
        parameter = document.resolved(reference)
        value = _first(parameter)
        if value is not None and parameter["in"] in parameters:
            parameters[parameter["in"]][parameter["name"]] = value
    for name, media_type, body in _bodies(document, operation):
        example = Example(
            operation.method,
            operation.path,
            dict(parameters["path"]),
            dict(parameters["query"]),
            {key: str(value) for key, value in parameters["header"].items()},
            body,
            media_type,
        )
        yield Draft(
            operation.id, example, True, frozenset(), f"its own example {name}".rstrip(), "example", encode=encoded
        )


def _bodies(document: Document, operation: Operation) -> Iterator[tuple[str, str | None, Any]]:
    known = document.resolved(operation.node.get("requestBody", {})).get("content", {})
    if not known:
        yield "", None, None
    for media_type, node in known.items():
        for name, example in node.get("examples", {}).items():
            yield name, media_type, json.loads(json.dumps(document.resolved(example)["value"]))


def _first(parameter: Node) -> Any:
    if "example" in parameter:
        return parameter["example"]
    examples = parameter.get("examples")
    return next(iter(examples.values()))["value"] if examples else None


def encoded(draft: Draft, headers: Mapping[str, str]) -> Request:
    """The example as bytes; `headers` are added, and win."""
    example: Example = draft.case
    path = example.path
    for name, value in example.path_parameters.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    query = urlencode({name: _as_text(value) for name, value in example.query.items()})
    given = {**example.headers, **headers}
    raw = None
    if example.media_type is not None:
        given["Content-Type"], raw = content(example.media_type, example.body)
    return Request(example.method, path + (f"?{query}" if query else ""), given, raw)


def content(media_type: str, body: Any) -> tuple[str, bytes]:
    """A body of that media type: its Content-Type, and its bytes."""
    if media_type == JSON:
        return JSON, json.dumps(body).encode()
    if media_type == FORM:
        return FORM, urlencode(body).encode()
    parts = b"".join(_part(name, value) for name, value in body.items())
    return f"multipart/form-data; boundary={BORDER}", parts + f"--{BORDER}--\r\n".encode()


def _part(name: str, value: Any) -> bytes:
    is_file = isinstance(value, bytes)
    about = '; filename="dosya"\r\nContent-Type: application/octet-stream' if is_file else ""
    head = f'--{BORDER}\r\nContent-Disposition: form-data; name="{name}"{about}\r\n\r\n'
    return head.encode() + (value if is_file else str(value).encode()) + b"\r\n"


def _as_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)
