"""The document's links: which operation an answer leads to, with which of its values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.client import Answer
from contract_tests.document import Document, Node, Operation
from contract_tests.schema.draft import Draft

ABSENT: Final = object()


@dataclass(frozen=True)
class Link:
    """From an operation's answer to another operation."""

    name: str
    status: int
    target: Operation
    parameters: Node
    body: Any

    def values(self, asked: Draft, answer: Answer) -> dict[str, Any] | None:
        """What the answer gives, as `path/id`; None where it has not what the link takes."""
        taken = {f"{self._where(name)}/{name}": value for name, value in self.parameters.items()}
        taken |= {f"body/{name}": value for name, value in (self.body or {}).items()}
        found = {place: _evaluated(value, asked, answer) for place, value in taken.items() if _is_taken(value)}
        return None if any(value in (ABSENT, None) for value in found.values()) else found

    def literals(self) -> dict[str, Any]:
        """What the link says itself."""
        said = {f"{self._where(name)}/{name}": value for name, value in self.parameters.items() if not _is_taken(value)}
        return said | {f"body/{name}": value for name, value in (self.body or {}).items() if not _is_taken(value)}

    def from_a_list(self) -> bool:
        """Whether it takes the first of many, which may be anybody's."""
        return any("/0" in str(value) for value in (*self.parameters.values(), *(self.body or {}).values()))

    def _where(self, name: str) -> str:
        if f"{{{name}}}" in self.target.path:
            return "path"
        return "query"


def links(document: Document, operation: Operation) -> Iterator[Link]:
    """All links of the operation's answers."""
    for status, reference in operation.responses.items():
        for name, node in document.resolved(reference).get("links", {}).items():
            link = document.resolved(node)
            target = next((one for one in document.operations if one.id == link["operationId"]), None)
            if target is not None:
                yield Link(name, int(status), target, link.get("parameters", {}), link.get("requestBody"))


def has_links(document: Document) -> list[str]:
    """The operations whose answers lead somewhere."""
    return [operation.id for operation in document.operations if any(links(document, operation))]


def _is_taken(value: Any) -> bool:
    if isinstance(value, list):
        return any(_is_taken(one) for one in value)
    return isinstance(value, str) and value.startswith("$")


def _evaluated(value: Any, asked: Draft, answer: Answer) -> Any:
    """A runtime expression (OpenAPI 3.1, 4.8.20.4), as far as the document uses them."""
    if isinstance(value, list):
        found = [_evaluated(one, asked, answer) for one in value]
        return ABSENT if any(one in (ABSENT, None) for one in found) else found
    if value.startswith("$response.body#"):
        return _pointed(answer.value, value.removeprefix("$response.body#"))
    if value.startswith("$request.body#"):
        return _pointed(asked.case.body, value.removeprefix("$request.body#"))
    _, where, name = value.split(".", 2)
    place = f"{where}/{name}"
    return asked.get(place) if asked.has(place) else ABSENT


def _pointed(value: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (KeyError, IndexError, TypeError, ValueError):
            return ABSENT
    return value
