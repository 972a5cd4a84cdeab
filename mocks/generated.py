"""Values made from a schema: seeded, in Turkish, and always what the schema allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any, Final
from uuid import UUID

import jsonschema_rs

from impl.contract.document import Node, follow
from impl.contract.schemas import Schemas
from impl.rules.times import ISTANBUL
from mocks.patterns import NoText, text_like
from mocks.turkish import BY_NAME, SENTENCES

ATTEMPTS: Final = 8
DEEPEST: Final = 24
"""Levels, after which a schema that holds itself is left off."""
MOST_ITEMS: Final = 3
SPAN: Final = 1_000
"""How far above its least an integer goes: ids and counts as people know them."""
OPTIONAL: Final = 0.75
"""How often a property that may be missing is there; how often a value that may be null is not."""
SINCE: Final = datetime(2026, 4, 12, 14, 30, tzinfo=ISTANBUL)
"""The instant of the document's examples; generated times are up to 90 days before it."""


class CannotGenerate(Exception):
    """The schema asks for something that this generator does not know how to make."""


class Generator:
    """Makes values; texts come from the document's examples for the same name where there are some."""

    def __init__(self, document: Node, schemas: Schemas) -> None:
        self._document = document
        self._schemas = schemas
        self._validators: dict[int, tuple[Node, jsonschema_rs.Draft202012Validator]] = {}

    def value(self, schema: Node, seed: str) -> object:
        """What the schema allows; of the same seed the same. Raises CannotGenerate."""
        random = Random(seed)  # noqa: S311 - chance that can be repeated is meant
        for _ in range(ATTEMPTS):
            try:
                made = self._of(schema, "", random, 0)
            except RecursionError:
                break
            if self._allows(schema, made):
                return made
        raise CannotGenerate

    def _allows(self, schema: Node, value: object) -> bool:
        known = self._validators.get(id(schema))
        if known is None:
            known = self._validators[id(schema)] = schema, self._schemas.validator(schema)
        return known[1].is_valid(value)

    @cached_property
    def _shown(self) -> dict[str, list[Any]]:
        """Every value in the document's examples by its property's name, and by that behind its parent's
        (`dosya.ad`), each once, in order."""
        shown: defaultdict[str, list[Any]] = defaultdict(list)
        for name, value in _named(_examples(self._document)):
            for key in (name, _last(name)):
                if value not in shown[key]:
                    shown[key].append(value)
        return dict(shown)

    def _of(self, schema: Node, name: str, random: Random, depth: int) -> object:
        if depth > DEEPEST:
            raise CannotGenerate
        if "$ref" in schema:
            beside = {key: value for key, value in schema.items() if key not in ("$ref", "description", "title")}
            target = follow(self._document, schema["$ref"])
            ours = {key for key in beside if not key.startswith("x-")}
            return self._of({**target, **beside} if ours else target, name, random, depth + 1)
        if "allOf" in schema:
            return self._of(_merged(self._document, schema), name, random, depth + 1)
        for alternatives in ("anyOf", "oneOf"):
            if alternatives in schema and not schema.get("properties"):
                chosen = _chosen(schema[alternatives], random, depth)
                rest = {key: value for key, value in schema.items() if key not in (alternatives, "description")}
                return self._of({**rest, **chosen} if rest else chosen, name, random, depth + 1)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return random.choice(schema["enum"])
        return self._of_type(_type(schema, random), schema, name, random, depth)

    def _of_type(self, type_: str, schema: Node, name: str, random: Random, depth: int) -> object:  # noqa: PLR0911 - one a type
        match type_:
            case "null":
                return None
            case "boolean":
                return random.random() < 0.5
            case "integer":
                return _integer(schema, random)
            case "number":
                least, most = _bounds(schema)
                return round(random.uniform(least, most), 2)
            case "array":
                return self._array(schema, name, random, depth)
            case "object":
                return self._object(schema, name, random, depth)
        return self._text(schema, name, random)

    def _object(self, schema: Node, name: str, random: Random, depth: int) -> dict[str, object]:
        properties: Node = schema.get("properties", {})
        if not properties:
            return self._free_object(schema, name, random)
        required = set(schema.get("required", []))
        for choice in random.sample(schema.get("anyOf", []), min(1, len(schema.get("anyOf", [])))):
            required |= set(choice.get("required", []))
        given = {key for key in properties if key in required or (depth < DEEPEST // 2 and random.random() < OPTIONAL)}
        for key, needed in schema.get("dependentRequired", {}).items():
            given |= set(needed) if key in given else set()
        parent = _last(name)
        return {
            key: self._of(part, f"{parent}.{key}", random, depth + 1)
            for key, part in properties.items()
            if key in given
        }

    def _free_object(self, schema: Node, name: str, random: Random) -> dict[str, object]:
        fitting = [value for value in self._shown.get(name, []) if self._allows(schema, value)]
        chosen: dict[str, object] = random.choice(fitting) if fitting else {}
        return chosen

    def _array(self, schema: Node, name: str, random: Random, depth: int) -> list[object]:
        least = schema.get("minItems", 0)
        most = max(least, min(schema.get("maxItems", MOST_ITEMS), MOST_ITEMS))
        size = random.randint(max(least, min(1, most)), most) if depth < DEEPEST // 2 else least
        items: list[object] = []
        for _ in range(size * ATTEMPTS):
            item = self._of(schema.get("items", {}), name, random, depth + 1)
            if not schema.get("uniqueItems") or item not in items:
                items.append(item)
            if len(items) == size:
                break
        return items

    def _text(self, schema: Node, name: str, random: Random) -> str:
        """The first kind of text that the schema allows, most telling first."""
        for text in self._texts(schema, name, random):
            if self._allows(schema, text):
                return text
        raise CannotGenerate

    def _texts(self, schema: Node, name: str, random: Random) -> Iterator[str]:
        moment = SINCE - timedelta(seconds=random.randrange(90 * 86_400))
        if schema.get("format") in FORMATS:
            yield moment.strftime(FORMATS[schema["format"]]).replace("+0300", "+03:00")
        last = _last(name)
        hints = BY_NAME.get(last, ())
        near, far = ([value for value in self._shown.get(key, []) if isinstance(value, str)] for key in (name, last))
        shown = near or far
        both = [*hints, *(text for text in shown if text not in hints)]
        yield from random.sample(both, len(both))
        least = schema.get("minLength", 0)
        if "pattern" in schema:
            for _ in range(ATTEMPTS):
                try:
                    yield text_like(schema["pattern"], random, least)
                except NoText:
                    break
        yield from _of_format(schema.get("format", ""), random)
        sentence = random.choice(SENTENCES)
        most = schema.get("maxLength", max(least, len(sentence)))
        yield (sentence * (least // len(sentence) + 1))[: max(least, min(most, len(sentence)))]


FORMATS: Final = {"date-time": "%Y-%m-%dT%H:%M:%S%z", "date": "%Y-%m-%d", "time": "%H:%M:%S%z"}
BY_FORMAT: Final[dict[str, tuple[str, ...]]] = {
    "uri": ("https://siteniz.com/sayfa/",),
    "uri-reference": ("/sayfa/",),
    "hostname": ("siteniz",),
}
"""Beginnings of texts of a format; a number follows."""


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _of_format(name: str, random: Random) -> Iterator[str]:
    number = random.randrange(256)
    match name:
        case "uuid":
            yield str(UUID(int=random.getrandbits(128), version=4))
        case "ipv4":
            yield f"192.0.2.{number}"
        case "email":
            yield f"ziyaretci{number}@example.com"
        case _:
            yield from (f"{beginning}{number}" for beginning in BY_FORMAT.get(name, ()))


def _examples(node: object) -> Iterator[object]:
    """Every example's value, wherever in the document it stands."""
    if isinstance(node, list):
        for item in node:
            yield from _examples(item)
    elif isinstance(node, dict):
        for key, part in node.items():
            if key == "examples" and isinstance(part, dict):
                yield from (example["value"] for example in part.values() if "value" in example)
            elif key == "example":
                yield part
            else:
                yield from _examples(part)


def _named(values: Iterator[object]) -> Iterator[tuple[str, object]]:
    """`parent.name` and value of each property in these, at any depth; a list's items go by the list's name."""
    waiting: list[tuple[str, object]] = [("", value) for value in values]
    for name, value in waiting:
        if isinstance(value, dict):
            waiting += [(f"{_last(name)}.{key}", part) for key, part in value.items()]
            yield name, value
        elif isinstance(value, list):
            waiting += [(name, item) for item in value]
        elif name:
            yield name, value


def _merged(document: Node, schema: Node) -> Node:
    """The schema with all parts of its `allOf` in one."""
    merged = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        whole = follow(document, part["$ref"]) if "$ref" in part else part
        properties = {**merged.get("properties", {}), **whole.get("properties", {})}
        required = [*merged.get("required", []), *whole.get("required", [])]
        merged = {**merged, **whole, **({"properties": properties, "required": required} if properties else {})}
    return merged


def _chosen(alternatives: list[Node], random: Random, depth: int) -> Node:
    """One of them; null seldom, but when it gets deep."""
    nulls = [part for part in alternatives if part.get("type") == "null"]
    others = [part for part in alternatives if part not in nulls]
    if nulls and (not others or depth >= DEEPEST // 2 or random.random() > OPTIONAL):
        return nulls[0]
    return random.choice(others)


def _type(schema: Node, random: Random) -> str:
    types = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(types, str):
        return types
    others = [type_ for type_ in types if type_ != "null"]
    if not others or ("null" in types and random.random() > OPTIONAL):
        return "null"
    return str(random.choice(others))


def _bounds(schema: Node) -> tuple[float, float]:
    least = max(schema.get("minimum", 0), schema.get("exclusiveMinimum", float("-inf")))
    most = min(schema.get("maximum", least + SPAN), schema.get("exclusiveMaximum", float("inf")), least + SPAN)
    if "minimum" not in schema and most < least:
        least = most - SPAN
    return least, most


def _integer(schema: Node, random: Random) -> int:
    least, most = _bounds(schema)
    step = schema.get("multipleOf", 1)
    first, last = int(-(-least // step)), int(most // step)
    if schema.get("exclusiveMinimum") == first * step:
        first += 1
    if schema.get("exclusiveMaximum") == last * step:
        last -= 1
    return int(random.randint(first, max(first, last)) * step)
