"""The fast way through a body: one pass of msgspec that decodes, validates and builds the handler's Struct.

From a schema and the Struct of its name a narrower Struct is made, whose fields carry the schema's bounds. What it
takes, the schema takes; what it refuses (a wrong body, but also unknown fields, or `1.0` for an integer) goes the
general way, which decides, and says what is wrong. A property-based test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct

from impl.contract.document import Node, follow
from impl.contract.schemas import Schemas

ANNOTATIONS: Final = {"description", "title", "examples", "example", "default", "format", "x-cozum-extension"}
TEXT: Final = {"type", "minLength", "maxLength", "pattern"}
NUMBER: Final = {"type", "minimum", "maximum"}
ARRAY: Final = {"type", "items", "minItems", "maxItems", "uniqueItems"}
TOP: Final = {"type", "required", "properties", "anyOf", "dependentRequired"}

_BLANK: Final = r"\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
PLAIN: Final = {
    r"^[^\u0000]*$",
    r"^[^\u0000]+$",
    rf"^[^\u0000]*[^{_BLANK}][^\u0000]*$",
    rf"^[^\u0000-\u001f\u007f]*[^{_BLANK}][^\u0000-\u001f\u007f]*$",
}
"""The document's patterns for text that says something: printable text that is not only spaces fits them all."""

NO_NUL: Final = r"^[^\u0000]*$"
PLAIN_TYPES: Final = {"string", "number", "boolean", "null"}

UNREADABLE: Final = (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError)


class Unsupported(Exception):
    """The schema says something that this way cannot check."""


class TypedBody:
    """How to decode a body quickly, and what to hold it against then. Raises Unsupported when made."""

    def __init__(self, document: Node, schema: Node, shape: type[Struct], schemas: Schemas) -> None:
        schema = _resolved(document, schema)
        _only(schema, TOP)
        _not_nullable(document, schema)
        fields = _Fields(document, schema, shape, schemas)
        self.decode = msgspec.json.Decoder(fields.struct(), strict=True).decode
        """JSON bytes to a Struct of the shape. Raises one of UNREADABLE."""
        self.keeps = _compiled([*fields.checks, *_among(schema, fields.attributes)], fields.validators)
        """Whether a decoded body also keeps what its types cannot say."""
        self.is_flat = not fields.validators
        """Whether no field can hold anything nested."""
        self.forbids_nul = fields.forbids_nul
        """Whether a body with an escaped NUL must go the general way."""


class _Fields:
    """Narrows the shape's fields to what the schema's properties allow."""

    def __init__(self, document: Node, schema: Node, shape: type[Struct], schemas: Schemas) -> None:
        self._document = document
        self._properties: Node = schema.get("properties", {})
        self._required = set(schema.get("required", []))
        self._shape = shape
        self._schemas = schemas
        self.attributes = dict(zip(shape.__struct_encode_fields__, shape.__struct_fields__, strict=True))
        self.checks: list[str] = []
        """Expressions over `body`; all of them must hold."""
        self.validators: dict[str, Callable[[Any], bool]] = {}
        """What the expressions call, by name."""
        self.forbids_nul = False
        """Whether a NUL character anywhere must be looked into."""

    def struct(self) -> type[Struct]:
        """A subclass of the shape with narrower fields, which takes no unknown ones."""
        defaults = {field.name: field for field in msgspec.structs.fields(self._shape)}
        fields: list[Any] = []
        for name, attribute in self.attributes.items():
            type_ = self._type(name, attribute)
            if name in self._required:
                fields.append((attribute, type_))
            else:
                fields.append((attribute, type_, _default(defaults[attribute])))
        return msgspec.defstruct(
            self._shape.__name__,
            fields,
            bases=(self._shape,),
            rename={attribute: name for name, attribute in self.attributes.items()},
            frozen=True,
            gc=False,
            forbid_unknown_fields=True,
        )

    def _type(self, name: str, attribute: str) -> Any:
        if name not in self._properties:
            raise Unsupported(f"no property {name}")
        schema = _resolved(self._document, self._properties[name])
        types = schema.get("type")
        types = types if isinstance(types, list) else [types]
        nullable = "null" in types
        match [type_ for type_ in types if type_ != "null"]:
            case ["string"] if "enum" in schema:
                _only(schema, {"type", "enum"})
                narrow: Any = Literal[tuple(schema["enum"])]
            case ["string"]:
                _only(schema, TEXT)
                narrow = Annotated[str, Meta(**self._text_bounds(attribute, schema))]
            case ["integer"]:
                _only(schema, NUMBER)
                narrow = Annotated[int, Meta(**_bounds(schema, ge="minimum", le="maximum"))]
            case ["boolean"]:
                _only(schema, {"type"})
                narrow = bool
            case ["array"]:
                narrow = self._array(attribute, schema)
            case ["object"]:
                narrow = self._whole(name, attribute)
            case _:
                raise Unsupported(name)
        return narrow | None if nullable else narrow

    def _text_bounds(self, attribute: str, schema: Node) -> dict[str, Any]:
        bounds = _bounds(schema, min_length="minLength", max_length="maxLength")
        pattern = schema.get("pattern")
        if pattern in PLAIN and (pattern == NO_NUL or schema.get("minLength")):
            self.checks.append(f"not (text := body.{attribute}) or (text.isprintable() and not text.isspace())")
        elif pattern is not None:
            bounds["pattern"] = python_pattern(pattern)
        return bounds

    def _array(self, attribute: str, schema: Node) -> Any:
        """A list of text or of integers."""
        _only(schema, ARRAY)
        items = list[_item(_resolved(self._document, schema.get("items", {})))]  # type: ignore[valid-type, misc]
        if schema.get("uniqueItems"):
            self.checks.append(f"not (items := body.{attribute}) or len(set(items)) == len(items)")
        return Annotated[items, Meta(**_bounds(schema, min_length="minItems", max_length="maxItems"))]

    def _whole(self, name: str, attribute: str) -> Any:
        """An object of plain values, or else any object, held against its schema."""
        schema = self._properties[name]
        try:
            narrow = _flat_object(self._document, _resolved(self._document, schema))
        except Unsupported:
            return self._checked_whole(attribute, schema)
        self.forbids_nul = True
        return narrow

    def _checked_whole(self, attribute: str, schema: Node) -> Any:
        name = f"valid_{attribute}"
        self.validators[name] = self._schemas.validator(schema).is_valid
        self.checks.append(f"body.{attribute} is None or body.{attribute} is UNSET or {name}(body.{attribute})")
        return dict[str, Any]


def _default(field: msgspec.structs.FieldInfo) -> Any:
    """What stands in a Struct's definition for the default of a field that has one."""
    if field.default is msgspec.NODEFAULT:
        return msgspec.field(default_factory=field.default_factory)
    return field.default


def _item(schema: Node) -> Any:
    """The type of an array's items. Raises Unsupported."""
    match schema.get("type"):
        case "string":
            _only(schema, TEXT)
            bounds = _bounds(schema, min_length="minLength", max_length="maxLength")
            if "pattern" in schema:
                bounds["pattern"] = python_pattern(schema["pattern"])
            return Annotated[str, Meta(**bounds)]
        case "integer":
            _only(schema, NUMBER)
            return Annotated[int, Meta(**_bounds(schema, ge="minimum", le="maximum"))]
        case _:
            raise Unsupported("neither text nor integers")


def _not_nullable(document: Node, schema: Node) -> None:
    """Null counts as given in JSON Schema and as not given here. Raises Unsupported where that would matter."""
    names = {name for choice in schema.get("anyOf", []) for name in choice.get("required", [])}
    for name, needs in schema.get("dependentRequired", {}).items():
        names |= {name, *needs}
    for name in names:
        if "null" in _resolved(document, schema["properties"][name]).get("type", ()):
            raise Unsupported(f"{name} may be null")


def _flat_object(document: Node, schema: Node) -> Any:
    """The type of a free object none of whose values is nested. Raises Unsupported.

    NUL characters are left to the caller: in JSON they are always written `\\u0000`.
    """
    _only(schema, {"type", "maxProperties", "propertyNames", "additionalProperties"})
    names = _resolved(document, schema.get("propertyNames", {}))
    _only(names, TEXT)
    values = schema.get("additionalProperties")
    if not isinstance(values, dict) or names.get("pattern", NO_NUL) != NO_NUL:
        raise Unsupported("not a free object")
    key = Annotated[str, Meta(**_bounds(names, min_length="minLength", max_length="maxLength"))]
    value = _plain_value(_resolved(document, values))
    return Annotated[dict[key, value], Meta(**_bounds(schema, max_length="maxProperties"))]  # type: ignore[valid-type]


def _plain_value(schema: Node) -> Any:
    _only(schema, TEXT | NUMBER | {"items", "maxItems", "additionalProperties", "propertyNames", "maxProperties"})
    if schema.get("pattern", NO_NUL) != NO_NUL or set(schema.get("type", ())) < PLAIN_TYPES:
        raise Unsupported("not any plain value")
    text = Meta(**_bounds(schema, min_length="minLength", max_length="maxLength"))
    number = Meta(**_bounds(schema, ge="minimum", le="maximum"))
    return Annotated[str, text] | Annotated[int, number] | Annotated[float, number] | bool | None


def _among(schema: Node, attributes: dict[str, str]) -> list[str]:
    """What a schema says of several fields: `anyOf` of `required`, `dependentRequired`."""
    checks = []
    if "anyOf" in schema:
        checks.append(" or ".join(f"({_all_given(choice, attributes)})" for choice in schema["anyOf"]))
    for name, needs in schema.get("dependentRequired", {}).items():
        given = _all_given({"required": needs}, attributes)
        checks.append(f"not ({_all_given({'required': [name]}, attributes)}) or ({given})")
    return checks


def _all_given(choice: Node, attributes: dict[str, str]) -> str:
    _only(choice, {"required"})
    given = [f"body.{attributes[name]}" for name in choice["required"]]
    return " and ".join(f"{value} is not None and {value} is not UNSET" for value in given)


def _compiled(checks: list[str], validators: dict[str, Callable[[Any], bool]]) -> Callable[[Any], bool]:
    """The expressions as one function: between two requests a call of each would cost more than the checks."""
    source = f"lambda body: {' and '.join(f'({check})' for check in checks) or True}"
    keeps: Callable[[Any], bool] = eval(source, {"UNSET": UNSET, **validators})  # noqa: S307 - made of our own names
    return keeps


def python_pattern(pattern: str) -> str:
    """An ECMA pattern as Python's: `$` is the very end. Raises Unsupported for what differs between the two."""
    outside_classes = re.sub(r"\[(?:\\.|[^\]\\])*\]", "C", pattern)
    if re.search(r"\\[^u.nrt/+*?()|$^{}-]", pattern) or re.search(r"(?<!\\)\.|\(\?", outside_classes):
        raise Unsupported(pattern)
    if not (pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")):
        raise Unsupported(pattern)
    return f"{pattern[:-1]}\\Z"


def _bounds(schema: Node, **names: str) -> dict[str, Any]:
    return {ours: schema[theirs] for ours, theirs in names.items() if theirs in schema}


def _resolved(document: Node, schema: Node) -> Node:
    while "$ref" in schema:
        if set(schema) - ANNOTATIONS - {"$ref"}:
            raise Unsupported("a reference with keywords beside it")
        schema = follow(document, schema["$ref"])
    return schema


def _only(schema: Node, keywords: set[str]) -> None:
    unknown = set(schema) - keywords - ANNOTATIONS
    if unknown:
        raise Unsupported(", ".join(sorted(unknown)))
