"""One wrong server for each operation of the document: it loosens, tightens or forgets one small thing there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import partial
from typing import Any, Final

import impl.app
from contract_tests.mutants.planting import Patch, Seen, family, mutant
from cozum.document import find_document
from impl.contract.document import load

Plant = Callable[[Patch], object]
Node = dict[str, Any]
JSON: Final = "application/json"
METHODS: Final = ("get", "put", "post", "delete")


def _resolved(document: Node, node: Node) -> Node:
    while "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def _operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _own_copy(document: Node, name: str) -> Node:
    """The operation, with parameters and body of its own: what is changed there is changed nowhere else."""
    operation: Node = next(node for _, _, node in _operations(document) if node["operationId"] == name)
    operation["parameters"] = [deepcopy(_resolved(document, node)) for node in operation.get("parameters", [])]
    for parameter in operation["parameters"]:
        parameter["schema"] = deepcopy(_resolved(document, parameter["schema"]))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content["schema"] = deepcopy(_resolved(document, content["schema"]))
        for field, node in schema.get("properties", {}).items():
            schema["properties"][field] = deepcopy(_resolved(document, node))
    return operation


def _changing(name: str, change: Callable[[Node], object]) -> Plant:
    """The server is compiled from a document in which that operation is another."""

    def plant(patch: Patch) -> None:
        def loaded(original: Any, path: Any) -> Any:
            document = original(path)
            change(_own_copy(document, name))
            return document

        patch.wrap(impl.app, "load", loaded)

    return plant


def _answering(path: str, method: str, change: Callable[[Seen], object]) -> Plant:
    """That operation's answers are changed on their way out."""
    pattern = re.compile(re.sub(r"\\{[^/]+?\\}", "[^/]+", re.escape(path)))

    def on_the_way(seen: Seen) -> None:
        if seen.method == method.upper() and pattern.fullmatch(seen.path):
            change(seen)

    return lambda patch: patch.answers(on_the_way)


def _properties(operation: Node) -> Node:
    found: Node = operation["requestBody"]["content"][JSON]["schema"]["properties"]
    return found


def _longest_texts(operation: Node) -> list[Node]:
    content = operation.get("requestBody", {}).get("content", {})
    return [
        node
        for media_type, body in content.items()
        if media_type == JSON
        for name, node in body["schema"].get("properties", {}).items()
        if "maxLength" in node and name in TEXTS
    ]


LIMITS: Final = "schema.coverage"
ANSWER: Final = "answer.schema"
WITHOUT_DATA: Final = ("download_file", "download_logo", "portal_resend_delivery")
"""Operations that answer bytes, or succeed for nobody who cannot wait for hours."""
TEXTS: Final = ("ad", "mesaj", "konu", "yorum", "yigin", "sayfa_basligi", "sifre", "istemci_mesaj_id")
"""Fields whose length only the document limits, of requests that may be sent often."""


def _unlimited(operation: Node) -> None:
    del _longest_texts(operation)[-1]["maxLength"]


def _shorter(operation: Node) -> None:
    _longest_texts(operation)[-1]["maxLength"] -= 1


def _limits(operation: Node) -> list[Node]:
    return [one["schema"] for one in operation.get("parameters", []) if one["name"] == "limit"]


def _larger_limit(operation: Node) -> None:
    for schema in _limits(operation):
        schema["maximum"] += 1


def _smaller_limit(operation: Node) -> None:
    for schema in _limits(operation):
        schema["maximum"] -= 1


def _data(seen: Seen, change: Callable[[Node], object]) -> None:
    if seen.status < 300 and JSON in seen.headers.get("content-type", ""):
        value = json.loads(seen.body)
        change(value["data"])
        seen.body = json.dumps(value).encode()


def _less(seen: Seen) -> None:
    _data(seen, lambda data: data.pop(next(iter(data))))


def _otherwise(seen: Seen) -> None:
    def change(data: Node) -> None:
        first = next(iter(data))
        data[first] = 5 if isinstance(data[first], str) else str(data[first])

    _data(seen, change)


def _teapot(seen: Seen) -> None:
    if seen.status in (404, 422):
        seen.status = 418


def _broken(seen: Seen) -> None:
    if seen.status == 422:
        seen.status, seen.headers["content-type"] = 500, "text/plain"


def _kinds(document: Node, path: str, method: str, node: Node) -> list[tuple[str, str, Plant]]:
    """What can be wrong there: the rule that it breaks, its sentence, how."""
    name: str = node["operationId"]
    own = _own_copy(deepcopy(document), name)
    found: list[tuple[str, str, Plant]] = []
    if _longest_texts(own):
        found.append((LIMITS, "takes a longer text than it may", _changing(name, _unlimited)))
        found.append((LIMITS, "refuses the longest text", _changing(name, _shorter)))
    if _limits(own):
        found.append((LIMITS, "takes a limit of 101", _changing(name, _larger_limit)))
        found.append((LIMITS, "refuses a limit of 100", _changing(name, _smaller_limit)))
    if own["parameters"] or "requestBody" in own:
        found.append((ANSWER, "refuses with a status that is not documented", _answering(path, method, _teapot)))
    if "requestBody" in own:
        found.append(("answer.no_500", "answers what breaks its schema with 500", _answering(path, method, _broken)))
    if name not in WITHOUT_DATA:
        found.append((ANSWER, "leaves out what must be there", _answering(path, method, _less)))
        found.append((ANSWER, "answers with another type", _answering(path, method, _otherwise)))
    return found


def _each_operation() -> None:
    document = load(find_document(None))
    for number, (path, method, node) in enumerate(_operations(document)):
        kinds = _kinds(document, path, method, node)
        rule, sentence, plant = kinds[number % len(kinds)]
        name = node["operationId"]
        family(rule, f"schema-{name}", f"{name} {sentence}.", plant, name)


_each_operation()


@mutant("schema.examples", "An error with a column is refused.")
def column_refused(patch: Patch) -> None:
    _changing("add_error_log", lambda operation: _properties(operation)["sutun"].update(type="null"))(patch)


@mutant("schema.links", "A cursor is answered in upper case, and not taken back.")
def cursor_in_upper_case(patch: Patch) -> None:
    def change(data: Node) -> None:
        data["sonraki_imlec"] = data["sonraki_imlec"] and data["sonraki_imlec"].upper().replace("0", "A", 1)

    path = "/api/v1/operator/tenants/{musteriId}/operators"
    _answering(path, "get", lambda seen: _data(seen, change))(patch)


@mutant("schema.walk", "A chat that its operator closed cannot be read any more.")
def closed_chat_unread(patch: Patch) -> None:
    closed: set[str] = set()

    def change(seen: Seen) -> None:
        where, _, what = seen.path.rpartition("/")
        if what == "close" and seen.status == 200:
            closed.add(where)
        elif what == "messages" and where in closed:
            seen.status = 409

    patch.answers(change)


@mutant("schema.fuzz", "Letters that no European language has are refused where nobody would look for them.")
def foreign_letters_refused(patch: Patch) -> None:
    for name, fields in FREE_TEXTS.items():
        _changing(name, partial(_european, fields))(patch)


FREE_TEXTS: Final = {
    "add_page_view": ("sayfa_basligi", "yonlendiren"),
    "add_error_log": ("kaynak", "yigin", "tarayici"),
    "create_ticket": ("konu", "ad"),
    "rate_chat": ("yorum",),
    "set_customer_info": ("soyad", "paket"),
}


def _european(fields: Sequence[str], operation: Node) -> None:
    for name in fields:
        _properties(operation)[name]["pattern"] = "^[\\u0001-\\u024f]*$"
