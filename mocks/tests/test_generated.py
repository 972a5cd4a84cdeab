"""Generated values are what their schema allows, of the same seed the same, and honest about what cannot be made."""

from __future__ import annotations

from typing import Final

import jsonschema
import pytest

from impl.contract.document import Node
from impl.contract.schemas import Schemas
from impl.tests.client import application
from impl.tests.contract.small import document
from mocks.generated import CannotGenerate, Generator

SEEDS: Final = [str(seed) for seed in range(40)]
TREE: Final[Node] = {
    "type": "object",
    "required": ["ad"],
    "properties": {
        "ad": {"type": "string", "minLength": 1},
        "dallar": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        "kok": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
    },
}
ENDLESS: Final[Node] = {
    "type": "object",
    "required": ["a"],
    "properties": {"a": {"$ref": "#/components/schemas/Endless"}},
}


def _generator() -> Generator:
    node = document({}, schemas={"Tree": TREE, "Endless": ENDLESS})
    return Generator(node, Schemas(node))


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "boolean"},
        {"type": "null"},
        {"const": {"a": [1]}},
        {"enum": ["bekliyor", "aktif"]},
        {"type": "integer"},
        {"type": "integer", "minimum": 5, "maximum": 6},
        {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 8},
        {"type": "integer", "maximum": -5},
        {"type": "integer", "minimum": 1, "multipleOf": 7},
        {"type": "number", "minimum": 0.5, "maximum": 1.5},
        {"type": ["string", "null"], "maxLength": 3},
        {"type": "string", "minLength": 200, "maxLength": 210},
        {"type": "string", "maxLength": 0},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "email"},
        {"type": "string", "format": "ipv4"},
        {"type": "string", "format": "uri"},
        {"type": "string", "format": "hostname"},
        {"type": "string", "pattern": r"^CM_[A-Z0-9_]{4,32}$"},
        {"type": "string", "pattern": r"^#[0-9A-Fa-f]{6}$"},
        {"type": "string", "pattern": r"^(alfa|beta)-\d+(\.\w*)?$"},
        {"type": "string", "pattern": r"^[^a-y]+.[^z]$"},
        {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 43, "maxLength": 43},
        {"type": "array", "items": {"type": "integer"}, "minItems": 5, "maxItems": 9},
        {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True},
        {"type": "array", "items": {}, "maxItems": 0},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}, "dependentRequired": {"a": ["b"]}},
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
        {
            "allOf": [
                {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
                {"properties": {"b": {"type": "boolean"}}, "required": ["b"]},
            ]
        },
        {"oneOf": [{"type": "integer"}, {"type": "boolean"}]},
        {"$ref": "#/components/schemas/Tree"},
    ],
    ids=str,
)
def test_what_is_generated_is_what_the_schema_allows(schema: Node) -> None:
    generator = _generator()
    told = {**schema, "components": {"schemas": {"Tree": TREE}}}
    for seed in SEEDS:
        value = generator.value(schema, seed)
        jsonschema.Draft202012Validator(told, format_checker=jsonschema.FormatChecker()).validate(value)
        assert generator.value(schema, seed) == value


@pytest.mark.parametrize("name", sorted(application().binding.schemas.names))
def test_every_schema_of_the_document_can_be_generated(name: str) -> None:
    binding = application().binding
    generator = Generator(binding.document, binding.schemas)
    schema = {"$ref": f"#/components/schemas/{name}"}
    made = [generator.value(schema, seed) for seed in SEEDS]
    assert all(binding.schemas.validator(schema).is_valid(value) for value in made)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/components/schemas/Endless"},
        {"type": "string", "pattern": "^(?=a)b$"},
        {"type": "string", "pattern": "^a$", "minLength": 5},
        {"type": "integer", "not": {}},
        {"not": {}},
    ],
    ids=str,
)
def test_what_cannot_be_generated_is_said(schema: Node) -> None:
    with pytest.raises(CannotGenerate):
        _generator().value(schema, "1")


def test_texts_are_those_of_the_examples_for_the_same_name() -> None:
    answer = {"content": {"application/json": {"examples": {"a": {"value": {"kedi": {"tur": "Van kedisi"}}}}}}}
    node = document({"GET /a": {"operationId": "a", "responses": {"200": answer}}}, schemas={})
    cat: Node = {
        "type": "object",
        "required": ["kedi"],
        "properties": {"kedi": {"type": "object", "required": ["tur"], "properties": {"tur": {"type": "string"}}}},
    }
    assert Generator(node, Schemas(node)).value(cat, "1") == {"kedi": {"tur": "Van kedisi"}}
