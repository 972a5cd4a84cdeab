"""A valid request for each operation, out of the document's examples: what everything else is a mutation of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from impl.contract.document import METHODS, Node, follow, inlined

BOUNDARY: Final = "cozum-hostile-boundary"
ESNAF_ORIGIN: Final = b"https://pratikesnaf.com"
HOST: Final = b"127.0.0.1"

Pairs = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the signed-in callers of a fresh world show; the same in each."""

    token: bytes = b"0|none"
    cookie: bytes = b"cozum_portal=none"
    manager_token: bytes = b"0|none"
    manager_cookie: bytes = b"cozum_portal=none"
    """Of an operator who may manage a tenant."""
    file_id: bytes = b""
    """Of a file that is there."""
    stranger_token: bytes = b"0|none"
    """Of an operator whose tenants are none of the others'."""


MANAGERS: Final = frozenset({"erase_visitor"})
"""What an operator must be a manager for."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that can still be taken apart. Values of path and query are percent-encoded already."""

    operation: str
    method: bytes
    template: str
    path_values: Mapping[str, bytes]
    query: tuple[tuple[bytes, bytes], ...]
    headers: Pairs
    media_type: str = ""
    value: Any = None
    """The example's body, as plain data."""
    field_names: tuple[str, ...] = ()
    """The body's top-level fields, those of the schema that the example has not too."""

    @property
    def path(self) -> bytes:
        """The path, without the query."""
        parts = self.template.encode()
        for name, value in self.path_values.items():
            parts = parts.replace(b"{%b}" % name.encode(), value)
        return parts

    @property
    def target(self) -> bytes:
        """Path and query."""
        query = b"&".join(b"%b=%b" % pair for pair in self.query)
        return self.path + (b"?" + query if query else b"")

    @property
    def body(self) -> bytes | None:
        """The valid body, or None where the operation has none."""
        match self.media_type:
            case "":
                return None
            case "application/json":
                return json.dumps(self.value, ensure_ascii=False).encode()
            case "application/x-www-form-urlencoded":
                return urlencode(self.value).encode()
            case _:
                return multipart(self.value)

    @property
    def content_type(self) -> bytes:
        """The value of `Content-Type`."""
        boundary = f"; boundary={BOUNDARY}" if self.media_type.startswith("multipart/") else ""
        return (self.media_type + boundary).encode()

    def raw(
        self,
        *,
        method: bytes | None = None,
        target: bytes | None = None,
        headers: Pairs | None = None,
        content_type: bytes | None = None,
        body: bytes | None = None,
    ) -> bytes:
        """The request's bytes, with what is given in place of its own. An empty `content_type` leaves it out."""
        body = self.body if body is None else body
        headers = self.headers if headers is None else headers
        if body is not None:
            kind = self.content_type if content_type is None else content_type
            headers = (*headers, *([(b"Content-Type", kind)] if kind else []))
        return written(method or self.method, self.target if target is None else target, headers, body)

    def with_header(self, name: bytes, *values: bytes) -> Pairs:
        """The headers with this one as given, once for each value."""
        others = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return (*others, *[(name, value) for value in values])


def written(method: bytes, target: bytes, headers: Pairs, body: bytes | None) -> bytes:
    """A request as bytes; with a body comes its length."""
    lines = [b"%b %b HTTP/1.1" % (method, target)]
    if not any(name.lower() == b"host" for name, _ in headers):
        lines.append(b"Host: " + HOST)
    lines += [b"%b: %b" % header for header in headers]
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body or b""])


def multipart(value: Mapping[str, Any]) -> bytes:
    """Form fields as multipart/form-data; `dosya` is a file."""
    parts = []
    for name, content in value.items():
        is_file = name == "dosya"
        more = '; filename="dosya.txt"\r\nContent-Type: text/plain' if is_file else ""
        parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{content}\r\n')
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def calls(document: Node, credentials: Credentials) -> list[Call]:
    """The valid requests of every operation, one for each example of its body."""
    return [
        call
        for path, item in inlined(document, document["paths"]).items()
        for method in METHODS
        if method in item
        for call in _of(document, path, method, item[method], credentials)
    ]


def _of(document: Node, path: str, method: str, operation: Node, credentials: Credentials) -> Iterator[Call]:
    parameters = operation.get("parameters", [])
    needed = [p for p in parameters if p["in"] == "path" or (p["in"] == "query" and p.get("required"))]
    given = {(p["in"], p["name"]): quote(str(_example(document, p)), safe="").encode() for p in needed}
    name = operation["operationId"]
    if name in MANAGERS:
        credentials = replace(credentials, token=credentials.manager_token)
    if name == "download_file" and credentials.file_id:
        given["path", "dosya_id"] = credentials.file_id
    call = Call(
        name,
        method.upper().encode(),
        path,
        {name: value for (place, name), value in given.items() if place == "path"},
        tuple((name.encode(), value) for (place, name), value in given.items() if place == "query"),
        (),
    )
    security: list[Node] = operation["security"] if "security" in operation else document["security"]
    schemes = [name for scheme in security for name in scheme]
    bodies = list(_bodies(document, operation)) or [("", None, ())]
    for media_type, value, names in bodies:
        told = f"{value}{call.target.decode()}"
        yield replace(
            call,
            media_type=media_type,
            value=value,
            field_names=names,
            headers=_credentials("".join(schemes), path, told, credentials),
        )


def _bodies(document: Node, operation: Node) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        names = tuple(_resolved(document, content["schema"]).get("properties", {}))
        for example in content["examples"].values():
            yield media_type, example["value"], names


def _credentials(scheme: str, path: str, told: str, credentials: Credentials) -> Pairs:
    match scheme:
        case "widgetKey" if "ahmet.yilmaz" in told:
            return (b"X-API-Key", b"CM_PRATIKESNAF"), (b"Origin", ESNAF_ORIGIN)
        case "widgetKey":
            return ((b"X-API-Key", b"CM_DEMO_2026"),)
        case "operatorToken":
            return ((b"Authorization", b"Bearer " + credentials.token),)
    if not path.startswith("/portal/"):
        return ()
    same_site = ((b"Accept", b"application/json"), (b"Sec-Fetch-Site", b"same-origin"))
    cookie = credentials.cookie if scheme == "portalSession" else credentials.manager_cookie
    return (*same_site, (b"Cookie", cookie)) if scheme else same_site


def _example(document: Node, parameter: Node) -> object:
    """A value for a parameter. Raises LookupError when the document shows none."""
    shown = [example["value"] for example in parameter.get("examples", {}).values()]
    schema = _resolved(document, parameter["schema"])
    shown += schema.get("examples", []) + [part["example"] for part in (parameter, schema) if "example" in part]
    if not shown:
        raise LookupError(f"the document shows no value for {parameter['name']}")
    return shown[0]


def _resolved(document: Node, schema: Node) -> Node:
    return follow(document, schema["$ref"]) if "$ref" in schema else schema


def parameters_of(document: Node, operation: str, place: str) -> Sequence[str]:
    """The names of an operation's parameters in `query` or `header`."""
    for item in inlined(document, document["paths"]).values():
        for method in METHODS:
            if item.get(method, {}).get("operationId") == operation:
                return [p["name"] for p in item[method].get("parameters", []) if p["in"] == place]
    return []
