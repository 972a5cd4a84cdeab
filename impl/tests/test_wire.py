"""`openapi.yaml` and `wire.py` against each other, property by property."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Final, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from msgspec import UNSET, UnsetType
from msgspec.structs import FieldInfo, fields

from impl import wire
from impl.app import handlers
from impl.contract.document import METHODS, SCHEMAS, Node, follow, inlined, load
from impl.tests.client import DOCUMENT
from impl.uploads import Upload

SHAPED: Final = ("application/json", "multipart/form-data")
"""Media types whose schemas have shapes; files are bytes."""

PLAIN: Final[Mapping[str, object]] = {"string": str, "integer": int, "number": float, "boolean": bool, "object": dict}


@cache
def _document() -> Node:
    return load(DOCUMENT)


def _schemas() -> Node:
    schemas: Node = _document()["components"]["schemas"]
    return schemas


def _shapes() -> dict[str, type[wire.Shape]]:
    found = [value for value in vars(wire).values() if isinstance(value, type) and issubclass(value, wire.Shape)]
    return {shape.__name__: shape for shape in found if shape not in (wire.Shape, wire.Answer)}


def _is_request(name: str) -> bool:
    return name.endswith("Request")


# What the document says of a property


def _resolved(schema: Node) -> Node:
    while "$ref" in schema:
        schema = follow(_document(), schema["$ref"])
    return schema


def _is_nullable(schema: Node) -> bool:
    schema = _resolved(schema)
    types_ = schema.get("type", [])
    if "null" in ([types_] if isinstance(types_, str) else types_):
        return True
    return any(_is_nullable(branch) for branch in schema.get("anyOf", []))


def _documented(schema: Node) -> object:
    """A property's type as Python says it, without `None`: `Chat`, `list[TenantTab]`, `datetime`."""
    reference = schema.get("$ref", "")
    name = reference.removeprefix(SCHEMAS)
    if name in _shapes():
        return name
    schema = _resolved(schema)
    if "contentMediaType" in schema:
        return Upload
    if schema.get("format") == "date-time":
        return datetime
    branches = [branch for branch in schema.get("anyOf", []) if branch != {"type": "null"}]
    if len(branches) == 1:
        return _documented(branches[0])
    kinds = schema["type"]
    (kind,) = [kinds] if isinstance(kinds, str) else [kind for kind in kinds if kind != "null"]
    return [_documented(schema["items"])] if kind == "array" else PLAIN[kind]


# What wire.py says of it


def _parts(annotation: object) -> set[object]:
    is_union = get_origin(annotation) in (types.UnionType, Union)
    return set(get_args(annotation)) if is_union else {annotation}


def _written(annotation: object) -> object:
    (part,) = _parts(annotation) - {types.NoneType, UnsetType}
    if get_origin(part) is list:
        (item,) = get_args(part)
        return [_written(item)]
    if get_origin(part) is dict:
        return dict
    return part.__name__ if isinstance(part, type) and issubclass(part, wire.Shape) else part


def _has_default(info: FieldInfo) -> bool:
    return info.default is not msgspec.NODEFAULT or info.default_factory is not msgspec.NODEFAULT


def _named(type_: object) -> str:
    if isinstance(type_, list):
        return f"list[{_named(type_[0])}]"
    return type_.__name__ if isinstance(type_, type) else str(type_)


def _properties() -> Iterator[tuple[str, str, Node, FieldInfo]]:
    """Schema, property, the document's node, the Struct's field; those that both have."""
    for name, shape in _shapes().items():
        documented = _schemas().get(name, {}).get("properties", {})
        hints = get_type_hints(shape)
        for info in fields(shape):
            if info.encode_name in documented:
                resolved = FieldInfo(info.name, info.encode_name, hints[info.name], info.default, info.default_factory)
                yield name, info.encode_name, documented[info.encode_name], resolved


def test_every_shape_is_a_schema_of_the_document() -> None:
    missing = sorted(set(_shapes()) - set(_schemas()))
    assert not missing, f"wire.py has these shapes, openapi.yaml has no schemas of the name: {missing}"


def test_every_schema_that_a_handler_needs_has_a_shape() -> None:
    """The other way round: bodies and answers of operations with a handler."""
    written = handlers()
    missing = set()
    for _, operation in _operations():
        if operation["operationId"] in written:
            missing |= {name for name in _schemas_of(operation) if name not in _shapes()}
    assert not missing, f"handlers read or answer these schemas, wire.py has no Struct of the name: {sorted(missing)}"


def _schemas_of(operation: Node) -> set[str]:
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [node.get("content", {}) for status, node in operation["responses"].items() if status[0] == "2"]
    schemas = [content[kind]["schema"] for content in contents for kind in SHAPED if kind in content]
    return {schema["$ref"].removeprefix(SCHEMAS) for schema in schemas}


def _operations() -> Iterator[tuple[str, Node]]:
    for path, item in _document()["paths"].items():
        for method in set(item) & set(METHODS):
            yield f"{method.upper()} {path}", inlined(_document(), item[method])


@pytest.mark.parametrize("name", sorted(_shapes()))
def test_shape_and_schema_have_the_same_properties(name: str) -> None:
    documented = set(_schemas()[name]["properties"])
    written = {info.encode_name for info in fields(_shapes()[name])}
    only_document, only_wire = sorted(documented - written), sorted(written - documented)
    assert not only_document, f"{name}: openapi.yaml has {only_document}, wire.py does not"
    assert not only_wire, f"{name}: wire.py has {only_wire}, openapi.yaml does not"


def test_a_request_requires_what_the_document_requires() -> None:
    told = [
        f"{name}.{key}: openapi.yaml says {_word(key in _schemas()[name].get('required', []))}, wire.py "
        + (f"has the default {info.default!r}" if _has_default(info) else "has no default")
        for name, key, _, info in _properties()
        if _is_request(name) and (key in _schemas()[name].get("required", [])) == _has_default(info)
    ]
    assert not told, "\n".join(told)


def _word(required: bool) -> str:
    return "it is required" if required else "it is optional"


def test_an_answer_always_has_what_the_document_requires() -> None:
    """What the document leaves open may always be there too, where it goes beyond the reference."""
    told = []
    for name, key, node, info in _properties():
        required = key in _schemas()[name].get("required", [])
        can_be_absent = UnsetType in _parts(info.type)
        always_is = required or bool(node.get("x-cozum-extension"))
        if _is_request(name) or (required and not can_be_absent):
            continue
        if required or (not can_be_absent and not always_is):
            sends = "can leave it out (UNSET)" if can_be_absent else "always sends it"
            told.append(f"{name}.{key}: openapi.yaml says {_word(required)}, wire.py {sends}")
        if can_be_absent and info.default is not UNSET:
            told.append(f"{name}.{key}: wire.py can leave it out, but its default is {info.default!r}, not UNSET")
    assert not told, "\n".join(told)


def test_null_is_possible_where_the_document_says_so() -> None:
    """In a request, None may also stand for an absent property: then it is the default."""
    told = []
    for name, key, node, info in _properties():
        nullable, takes_none = _is_nullable(node), types.NoneType in _parts(info.type)
        stands_for_absent = _is_request(name) and info.default is None and not nullable
        if nullable != takes_none and not stands_for_absent:
            told.append(
                f"{name}.{key}: openapi.yaml says {'null is possible' if nullable else 'never null'}, "
                f"wire.py {info.type}"
            )
    assert not told, "\n".join(told)


def test_every_property_has_the_type_of_the_document() -> None:
    told = []
    for name, key, node, info in _properties():
        documented, written = _documented(node), _written(info.type)
        if documented != written:
            told.append(f"{name}.{key}: openapi.yaml says {_named(documented)}, wire.py {_named(written)}")
    assert not told, "\n".join(told)


@pytest.mark.parametrize(
    ("written", "reference"),
    [
        (wire.CHAT_STATES, "#/components/schemas/ChatState"),
        (wire.SENDERS, "#/components/schemas/Message/properties/gonderen"),
        (wire.ROLES, "#/components/schemas/Role"),
        (wire.OPERATOR_STATES, "#/components/schemas/OperatorState"),
        (wire.BANNER_KINDS, "#/components/schemas/BannerItem/properties/tip"),
        (wire.TICKET_STATES, "#/components/schemas/TicketState"),
        (wire.PRIORITIES, "#/components/schemas/TicketPriority"),
        (wire.PRIORITIES, "#/components/schemas/CreateTicketRequest/properties/oncelik"),
    ],
    ids=["CHAT_STATES", "SENDERS", "ROLES", "OPERATOR_STATES", "BANNER_KINDS", "TICKET_STATES", "PRIORITIES", "asked"],
)
def test_the_words_of_a_table_are_those_of_the_document(written: Mapping[str, str], reference: str) -> None:
    documented = follow(_document(), reference)["enum"]
    assert sorted(written.values()) == sorted(documented), (
        f"{reference}: openapi.yaml says {documented}, wire.py {list(written.values())}"
    )


def test_a_table_read_backwards_is_the_same_table() -> None:
    assert {wire_word: state for state, wire_word in wire.CHAT_STATES.items()} == wire.CHAT_STATES_READ
    assert {wire_word: state for state, wire_word in wire.TICKET_STATES.items()} == wire.TICKET_STATES_READ
    assert {wire_word: priority for priority, wire_word in wire.PRIORITIES.items()} == wire.PRIORITIES_READ


def test_every_parameter_of_an_operation_with_a_handler_has_an_argument() -> None:
    written = handlers()
    told = [
        f"{place}: the parameter {parameter['name']} has no argument in wire.ARGUMENTS"
        for place, operation in _operations()
        if operation["operationId"] in written
        for parameter in operation.get("parameters", [])
        if parameter["name"] not in wire.ARGUMENTS
    ]
    assert not told, "\n".join(told)


def test_every_argument_belongs_to_a_parameter_of_the_document() -> None:
    names = {parameter["name"] for _, operation in _operations() for parameter in operation.get("parameters", [])}
    unknown = sorted(set(wire.ARGUMENTS) - names)
    assert not unknown, f"wire.ARGUMENTS has these, no operation of openapi.yaml has: {unknown}"
