"""The names that an operation knows, those in a request that it does not, and which was perhaps meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Final, get_type_hints

import msgspec

from impl.contract.document import METHODS, Node, follow, inlined
from impl.contract.plan import Plan
from impl.rules.folding import fold
from mocks.hint_shapes import Place, Stray

CLOSE: Final = 0.6
CLOSE_HEADER: Final = 0.75
"""Browsers send many headers: only what is very near is told."""
CLOSE_INSIDE: Final = 0.85
"""A site's own names may be like ours."""
HEADER: Final[Place] = "baslik"
BODY: Final[Place] = "govde"
QUERY: Final[Place] = "sorgu"
LONGEST: Final = 100
"""Characters of a name that is compared, and shown."""
MOST: Final = 20
"""Strays of a request that are told."""

NICKNAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "X-API-Key": ("key", "apitoken", "widgetkey", "appkey", "clientkey", "publickey", "cmkey", "anahtar"),
    "Authorization": ("token", "authtoken", "accesstoken", "apitoken", "bearer", "auth", "operatortoken"),
    "X-Ziyaretci-Token": ("visitortoken", "ziyaretci", "widgettoken"),
    "Idempotency-Key": ("idempotency", "idempotent", "idempotencytoken"),
    "ziyaretci_id": ("userid", "user", "customerid", "clientid"),
    "oturum_id": ("sessionid", "session", "conversationid", "chat", "sohbetid"),
    "musteri_id": ("projectid", "projeid", "customerid", "firmaid"),
    "durum": ("status",),
    "puan": ("score", "stars", "yildiz"),
    "son_sira": ("since", "lastid", "sonid"),
    "dosya": ("attachment", "upload"),
    "sifre": ("parola", "pass", "pwd"),
}
"""What people call these headers and fields, beside what is spelt alike and the English attributes of ours."""

_COMMON: Final = """
accept accept-charset accept-encoding accept-language access-control-request-headers access-control-request-method age
alt-used baggage cache-control connection content-encoding content-language content-length content-type cookie date dnt
expect forwarded from host if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive
max-forwards origin pragma prefer priority range referer save-data sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform
sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc te traceparent tracestate trailer transfer-encoding
upgrade upgrade-insecure-requests user-agent via x-correlation-id x-csrf-token x-forwarded-for x-forwarded-host
x-forwarded-proto x-real-ip x-request-id x-requested-with
"""
COMMON: Final = frozenset(_COMMON.split())
"""Headers that clients send by themselves: none of them is another one, misspelt."""
COMMON_PREFIXES: Final = ("sec-", "x-forwarded-", "x-mock-", "cf-", "x-amz", "x-b3-")


@dataclass(frozen=True, eq=False)
class Names:
    """What one operation knows, as it is spelt on the wire."""

    query: frozenset[str]
    body: frozenset[str]
    headers: frozenset[str]
    """Those that say who calls, and those that are its parameters."""
    takes_body: bool
    """Whether the document says what the body's fields are."""
    choices: Mapping[str, tuple[str, ...]]
    """The values that a field or parameter takes, where they are listed."""
    places: Mapping[str, tuple[str, Place]] = field(repr=False)
    """The wire name and its place, by each plain name that it has: as on the wire, and the English attribute."""
    nicknames: Mapping[str, tuple[str, Place]] = field(repr=False)
    """The same for what people call them."""
    free: Mapping[str, tuple[str, ...]]
    """The names that mean something inside a field that takes any: those that its description has in backticks."""
    query_in_bytes: frozenset[bytes]
    """The names of the query, as they come, also those of every operation."""


class Known:
    """The names of each operation, looked up in the document once."""

    def __init__(
        self,
        document: Node,
        handlers: Mapping[str, Any],
        arguments: Mapping[str, str],
        *,
        more: Iterable[str] = (),
        queries: Iterable[str] = (),
    ) -> None:
        """`handlers` by operationId and `arguments` by parameter bring the English names.

        `more` are known headers, `queries` parameters that mean something on every operation.
        """
        self.queries = frozenset(queries)
        self._document = document
        self._handlers = handlers
        self._arguments = arguments
        self._names: dict[str, Names] = {}
        self.headers = frozenset(name.lower().encode() for name in (*COMMON, *self._all_headers(), *more))
        """Every header that is no other one, misspelt, in lower case: the operations', and what clients send anyway."""

    def _all_headers(self) -> set[str]:
        found = {header for scheme in self._schemes().values() for header in _header_of(scheme)}
        for path, item in self._document["paths"].items():
            if path.startswith("x-"):
                continue
            for method in set(item) & set(METHODS):
                found |= {p["name"] for p in self._parameters(path, method) if p["in"] == "header"}
        return found

    def _schemes(self) -> Mapping[str, Node]:
        schemes: Node = self._document["components"].get("securitySchemes", {})
        resolved: Node = inlined(self._document, schemes)
        return resolved

    def _parameters(self, path: str, method: str) -> list[Node]:
        item = self._document["paths"][path]
        given = [*item.get("parameters", []), *item[method].get("parameters", [])]
        found: list[Node] = inlined(self._document, given)
        return found

    def of(self, plan: Plan) -> Names:
        """The names of this operation."""
        names = self._names.get(plan.id)
        if names is None:
            names = self._names[plan.id] = self._look_up(plan)
        return names

    def _look_up(self, plan: Plan) -> Names:
        method = plan.method.lower()
        operation = self._document["paths"][plan.path][method]
        parameters = self._parameters(plan.path, method)
        properties = self._body_properties(operation)
        headers = {p["name"] for p in parameters if p["in"] == "header"}
        for requirement in operation.get("security", self._document.get("security", [])):
            headers |= {header for scheme in requirement for header in _header_of(self._schemes()[scheme])}
        schemas = {p["name"]: p.get("schema", {}) for p in parameters if p["in"] == "query"}
        query = frozenset(schemas)
        choices = {name: self._choices(schema) for name, schema in {**schemas, **properties}.items()}
        places = self._places(plan, query, properties, headers)
        spelt = {(name, place) for name, place in places.values()}
        return Names(
            query,
            frozenset(properties),
            frozenset(headers),
            "requestBody" in operation,
            {name: values for name, values in choices.items() if values},
            places,
            {plain(nickname): meant for meant in spelt for nickname in NICKNAMES.get(meant[0], ())},
            {name: names for name, schema in properties.items() if (names := _named_inside(schema))},
            frozenset(name.encode() for name in query | self.queries),
        )

    def _body_properties(self, operation: Node) -> Node:
        body = operation.get("requestBody", {})
        body = follow(self._document, body["$ref"]) if "$ref" in body else body
        found: Node = {}
        for media in body.get("content", {}).values():
            found |= self._properties(media.get("schema", {}))
        return found

    def _properties(self, schema: Node) -> Node:
        schema = follow(self._document, schema["$ref"]) if "$ref" in schema else schema
        found: Node = dict(schema.get("properties", {}))
        for part in [*schema.get("allOf", []), *schema.get("anyOf", []), *schema.get("oneOf", [])]:
            found |= self._properties(part)
        return found

    def _choices(self, schema: Node) -> tuple[str, ...]:
        schema = follow(self._document, schema["$ref"]) if "$ref" in schema else schema
        return tuple(value for value in schema.get("enum", []) if isinstance(value, str))

    def _places(
        self, plan: Plan, query: Iterable[str], body: Iterable[str], headers: Iterable[str]
    ) -> dict[str, tuple[str, Place]]:
        found: dict[str, tuple[str, Place]] = {}
        for names, place in ((headers, HEADER), (query, QUERY)):
            for name in names:
                found[plain(self._arguments.get(name, name))] = found[plain(name)] = name, place
        for attribute, name in self._attributes(plan.id):
            found[plain(attribute)] = name, BODY
        return found | {plain(name): (name, BODY) for name in body}

    def _attributes(self, operation_id: str) -> list[tuple[str, str]]:
        """The English attribute and the wire name of each field of the body."""
        shape = get_type_hints(self._handlers.get(operation_id, _nothing)).get("body")
        if not (isinstance(shape, type) and issubclass(shape, msgspec.Struct)):
            return []
        return [(info.name, info.encode_name) for info in msgspec.structs.fields(shape)]


def _nothing() -> None:
    """The handler of an operation that has none."""


def _named_inside(schema: Node) -> tuple[str, ...]:
    if not schema.get("additionalProperties"):
        return ()
    return tuple(re.findall(r"`(\w+)`", schema.get("description", "")))


def _header_of(scheme: Node) -> set[str]:
    if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
        return {scheme["name"]}
    return {"Authorization"} if scheme.get("type") == "http" else set()


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """`ziyaretçiId`, `Ziyaretci-ID` and `ziyaretci_id` alike; a leading `X-` means nothing."""
    folded = fold(name[:LONGEST])
    return "".join(letter for letter in folded.removeprefix("x-").removeprefix("x_") if letter.isalnum())


def nearest(name: str, known: Iterable[str], close: float = CLOSE) -> str | None:
    """The known name that is spelt most alike."""
    by_plain = {plain(one): one for one in known}
    found = get_close_matches(plain(name), by_plain, 1, close)
    return by_plain[found[0]] if found else None


def strays(
    known: Known, names: Names, headers: Collection[bytes], query: Collection[str], body: Collection[str]
) -> list[Stray]:
    """What the operation does not know: each parameter and field, and each header that is near one of its own.

    At most `MOST`, the body's first.
    """
    if known.headers.issuperset(headers) and names.query.issuperset(query) and names.body.issuperset(body):
        return []  # as nearly always
    fields = (_stray(names, BODY, name) for name in body if name not in names.body) if names.takes_body else ()
    parameters = (_stray(names, QUERY, name) for name in query if name not in names.query | known.queries)
    return list(islice(chain(fields, parameters, _stray_headers(known, names, headers)), MOST))


def strays_inside(names: Names, body: Mapping[str, Any]) -> list[Stray]:
    """Of names inside a field that takes any: those that are nearly one that means something."""
    found = []
    for name, known in names.free.items():
        inside = body.get(name)
        for one in islice(inside if isinstance(inside, dict) else (), MOST):
            meant = None if one in known else _near_inside(known, plain(one))
            if meant:
                shown = f"{name}/{one[:LONGEST]}"
                found.append(Stray(place=BODY, name=shown, nearest=f"{name}/{meant}", nearest_place=BODY))
    return found


@lru_cache(maxsize=1024)
def _near_inside(known: tuple[str, ...], name: str) -> str | None:
    return nearest(name, known, CLOSE_INSIDE)


def _stray_headers(known: Known, names: Names, headers: Iterable[bytes]) -> Iterator[Stray]:
    for raw in headers:
        if raw in known.headers:
            continue
        name = raw[:LONGEST].decode("latin-1")
        meant = None if name.startswith(COMMON_PREFIXES) else _near_header(names, name)
        if meant:
            yield Stray(place=HEADER, name=name, nearest=meant[0], nearest_place=meant[1])


def _stray(names: Names, place: Place, name: str) -> Stray:
    shown, meant = name[:LONGEST], _near(names, place, plain(name))
    if meant is None:
        return Stray(place=place, name=shown)
    return Stray(place=place, name=shown, nearest=meant[0], nearest_place=meant[1])


@lru_cache(maxsize=4096)
def _near(names: Names, place: Place, name: str) -> tuple[str, Place] | None:
    """A name that is the same, or else one that is near, of the same place before others."""
    if name in names.places:
        return names.places[name]
    here = [one for one, (_, where) in names.places.items() if where == place]
    found = get_close_matches(name, here, 1, CLOSE)
    if not found and name in names.nicknames:
        return names.nicknames[name]
    found = found or get_close_matches(name, names.places, 1, CLOSE)
    return names.places[found[0]] if found else None


@lru_cache(maxsize=4096)
def _near_header(names: Names, name: str) -> tuple[str, Place] | None:
    """One of the operation's headers that is very near."""
    headers = {one: meant for one, meant in names.places.items() if meant[1] == HEADER}
    headers |= {one: meant for one, meant in names.nicknames.items() if meant[1] == HEADER}
    found = get_close_matches(plain(name), headers, 1, CLOSE_HEADER)
    return headers[found[0]] if found else None
