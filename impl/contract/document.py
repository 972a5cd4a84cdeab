"""The document itself: read from YAML, its references looked up, its mistakes told in one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from impl.contract.yaml_keys import EachKeyOnce

Node = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SCHEMAS = "#/components/schemas/"


class DocumentError(Exception):
    """What is wrong with the document, and where, in one line."""


_Quickest: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(EachKeyOnce, _Quickest):  # type: ignore[misc]
    """Safe, and strict."""


def load(path: Path) -> Node:
    """The document as plain data. Raises DocumentError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror}") from None
    try:
        loaded = yaml.load(text, _Loader)  # noqa: S506 - it is a safe one
    except yaml.YAMLError as error:
        raise DocumentError(f"{path}{_where(error)}") from None
    document = _checked(_as_json(loaded, path), path)
    for reference in _references(document):
        try:
            follow(document, reference)
        except DocumentError as error:
            raise DocumentError(f"{path}:{_line_of(reference, text)}: {error}") from None
    return document


def _line_of(value: str, text: bytes) -> int:
    """The first line, from 1, on which that scalar begins."""
    found = (token for token in yaml.scan(text, _Loader) if isinstance(token, yaml.ScalarToken))
    line: int = next(token.start_mark.line + 1 for token in found if token.value == value)
    return line


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)


def _as_json(document: object, path: Path) -> object:
    """The document as JSON has it: keys are text (`200:` in YAML is a number), dates are text, nothing holds itself."""
    try:
        return msgspec.json.decode(msgspec.json.encode(document))
    except RecursionError:
        raise DocumentError(f"{path}: a part of the document contains itself") from None
    except (TypeError, ValueError, msgspec.MsgspecError) as error:
        raise DocumentError(f"{path}: cannot be written as JSON: {error}") from None


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "is not YAML"
    return f":{mark.line + 1}:{mark.column + 1}: {what}" if mark else f": {what}"


def _checked(document: object, path: Path) -> Node:
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3.1"):
        raise DocumentError(f"{path}: not an OpenAPI 3.1 document")
    if not isinstance(document.get("info", {}), dict):
        raise DocumentError(f"{path}: info: not a mapping")
    paths = document.get("paths")
    if not isinstance(paths, dict) or not paths:
        raise DocumentError(f"{path}: no paths")
    components = document.setdefault("components", {})
    if not isinstance(components, dict) or not all(
        isinstance(part, dict) or name.startswith("x-") for name, part in components.items()
    ):
        raise DocumentError(f"{path}: components: not a mapping of mappings")
    components.setdefault("schemas", {})
    for name, item in paths.items():
        if str(name).startswith("x-"):
            continue
        if not isinstance(name, str) or not isinstance(item, dict):
            raise DocumentError(f"{path}: {name}: not a path item")
        for method in set(item) & set(METHODS):
            operation = item[method]
            if not isinstance(operation, dict) or not isinstance(operation.get("operationId"), str):
                raise DocumentError(f"{path}: {method.upper()} {name}: no operationId")
            if not operation.get("responses"):
                raise DocumentError(f"{path}: {method.upper()} {name}: no responses")
    return document


def follow(document: Node, reference: str) -> Any:
    """What a local reference (`#/components/…`) points at. Raises DocumentError."""
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not reference.startswith("#/") or not isinstance(node, dict) or key not in node:
            raise DocumentError(f"{reference}: this reference points at nothing")
        node = node[key]
    return node


def inlined(document: Node, node: Any, behind: tuple[str, ...] = ()) -> Any:
    """The node with its references replaced by what they point at, except those to schemas.

    Schemas stay references, since they are compiled over one registry. `behind` are the references on the way
    here. Raises DocumentError.
    """
    if isinstance(node, list):
        return [inlined(document, item, behind) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        target = follow(document, reference)
        if reference.startswith(SCHEMAS):
            return node
        if reference in behind:
            raise DocumentError(f"{reference}: this reference runs in a circle")
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return inlined(document, target | beside if beside else target, (*behind, reference))
    return {key: inlined(document, value, behind) for key, value in node.items()}
