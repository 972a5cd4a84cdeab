"""What `openapi.yaml` says of an answer: the statuses of each operation, their media types, headers and bodies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import yaml

from contract_tests.order import Level
from contract_tests.reference import SHOWN

Node = dict[str, Any]

METHODS: Final = ("get", "put", "post", "delete", "patch")
JSON: Final = ("application/json", "application/problem+json")
EXTENSION: Final = "x-cozum-extension"
PROBLEM: Final = "#/components/schemas/Problem"
_BASE: Final = "urn:openapi"


class Operation:
    """One operation of the document."""

    def __init__(self, path: str, method: str, node: Node) -> None:
        """`node` is the operation's; it has its own `security` where it differs from the document's."""
        self.id: str = node["operationId"]
        self.node = node
        self.path = path
        self.method = method.upper()
        self.responses: Node = node["responses"]
        self.extension: bool = node.get("x-cozum-extension", False)
        self.hides = node.get("security") == [] and "404" in self.responses
        """Whether it answers everybody, but with 404 for what there is not."""
        self.pattern = re.compile(re.sub(r"\\{[^/]+?\\}", "[^/]+", re.escape(path)))


class Document:
    """The document, ready to check answers with.

    At the level of the reference it is without what goes beyond it (`x-cozum-extension`), and says of answers only what
    the reference's examples show: nothing of refusals.
    """

    def __init__(self, path: Path, level: Level = "contract") -> None:
        """Read it. Raises OSError."""
        self.path = path
        self.level = level
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        text = yaml.load(path.read_bytes(), loader)  # noqa: S506 - both are safe
        self._node: Node = json.loads(json.dumps(text, default=str))
        if level == "reference":
            _without_extensions(self._node)
        self.operations = [
            Operation(where, method, item[method])
            for where, item in self._node["paths"].items()
            for method in METHODS
            if method in item
        ]
        self._exact = {(one.method, one.path): one for one in self.operations}
        self._registry = jsonschema_rs.Registry([(_BASE, self._node)])
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def __reduce__(self) -> tuple[type[Document], tuple[Path, Level]]:
        """For another process: read it there again."""
        return Document, (self.path, self.level)

    def operation(self, method: str, path: str) -> Operation | None:
        """Whose request that is; exact paths come before those with parameters."""
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact
        return next((one for one in self.operations if one.method == method and one.pattern.fullmatch(path)), None)

    def faults(self, operation: Operation | None, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
        """What is wrong with an answer, a sentence each; `headers` by lower-case name.

        Without an operation (no such path, another method) a refusal must be a problem.
        """
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if self.level == "reference":
            return self._faults_by_reference(operation, status, media_type, body)
        if operation is None:
            return self._body_faults({"$ref": PROBLEM}, media_type, body, {JSON[1]}) if status >= 400 else []
        response = self._resolved(operation.responses.get(str(status)))
        if response is None:
            return [f"status {status}, documented are {', '.join(sorted(operation.responses))}"]
        missing = [
            f"the header {name} is missing"
            for name, header in response.get("headers", {}).items()
            if (self._resolved(header) or {}).get("required") and name.lower() not in headers
        ]
        content = response.get("content", {})
        if not content:
            return [*missing, "a body where none is documented"] if body else missing
        known = content.get(media_type) or content.get("*/*")
        if known is None:
            return [*missing, f"media type {media_type or 'none'}, documented is {', '.join(content)}"]
        return missing + self._body_faults(known.get("schema", {}), media_type, body, set(content))

    def _faults_by_reference(self, operation: Operation | None, status: int, media_type: str, body: bytes) -> list[str]:
        """The reference tells neither which 2xx it is nor how refusals look, and shows few of the others."""
        if operation is None or operation.id not in SHOWN or not 200 <= status < 300:
            return []
        return self._body_faults(SHOWN[operation.id], media_type, body, {JSON[0]})

    def event_faults(self, name: str, headers: Mapping[str, str], body: bytes) -> list[str]:
        """What is wrong with a webhook of that event, a sentence each; `headers` by lower-case name."""
        webhook = self._node.get("webhooks", {}).get(name)
        if webhook is None:
            return [f"no event {name}"]
        faults = []
        for parameter in map(self.resolved, webhook["post"]["parameters"]):
            text = headers.get(parameter["name"].lower())
            if text is None:
                faults.append(f"the header {parameter['name']} is missing")
                continue
            is_number = parameter["schema"].get("type") == "integer" and text.isascii() and text.isdigit()
            if not self.validator(parameter["schema"]).is_valid(int(text) if is_number else text):
                faults.append(f"the header {parameter['name']} is {text[:100]}")
        content = webhook["post"]["requestBody"]["content"]
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return faults + self._body_faults(content[JSON[0]]["schema"], media_type, body, set(content))

    def resolved(self, node: Node) -> Node:
        """The node itself, or what its `$ref` names."""
        return self._resolved(node) or {}

    @property
    def node(self) -> Node:
        """The whole document."""
        return self._node

    def _resolved(self, node: Node | None) -> Node | None:
        while node is not None and "$ref" in node:
            found: Any = self._node
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def _body_faults(self, schema: Node, media_type: str, body: bytes, documented: set[str]) -> list[str]:
        if media_type not in documented and "*/*" not in documented:
            return [f"media type {media_type or 'none'}, documented is {', '.join(sorted(documented))}"]
        if media_type not in JSON:
            return []
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            return [f"the body is not JSON: {body[:60]!r}"]
        try:
            return [
                f"/{'/'.join(map(str, fault.instance_path))}: {fault.message[:300]}"
                for fault in self.validator(schema).iter_errors(value)
            ]
        except UnicodeEncodeError:
            return ["the body has half of a surrogate pair, which is no character"]

    def validator(self, schema: Node) -> jsonschema_rs.Draft202012Validator:
        """Checks values by a schema of the document; made once."""
        key = json.dumps(schema).replace('"$ref": "#/', f'"$ref": "{_BASE}#/')
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(json.loads(key), registry=self._registry)
        return self._validators[key]


def _without_extensions(node: Any) -> None:
    """Take out of a document what goes beyond the reference: operations, properties, required headers."""
    if isinstance(node, list):
        for item in node:
            _without_extensions(item)
    if not isinstance(node, dict):
        return
    extensions = [name for name, value in node.items() if isinstance(value, dict) and value.get(EXTENSION)]
    for name in extensions:
        if name in METHODS:
            del node[name]
        elif "schema" in node[name]:  # a header or a parameter
            node[name]["required"] = False
    properties = node.get("properties", {})
    beyond = {name for name, value in properties.items() if isinstance(value, dict) and value.get(EXTENSION)}
    for name in beyond:
        del properties[name]
    if beyond and "required" in node:
        node["required"] = [name for name in node["required"] if name not in beyond]
    for value in node.values():
        _without_extensions(value)
