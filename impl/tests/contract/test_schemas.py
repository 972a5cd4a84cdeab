"""A validator's findings as field errors."""

from __future__ import annotations

from typing import Any

import pytest

from impl.contract.document import DocumentError, Node
from impl.contract.schemas import Schemas, field_errors
from impl.problems import FieldError
from impl.tests.contract.small import document


def _errors(schema: Node, value: Any, **components: Node) -> list[FieldError]:
    validator = Schemas(document({}, schemas=components)).validator(schema)
    return field_errors(validator.iter_errors(value))


def _pointers(schema: Node, value: Any) -> list[str]:
    return [error.pointer for error in _errors(schema, value)]


def _property(schema: Node, value: Any) -> FieldError:
    (error,) = _errors({"type": "object", "properties": {"x": schema}}, {"x": value})
    return error


def test_a_missing_field_is_pointed_at_itself_not_at_its_parent() -> None:
    schema = {"properties": {"a": {"type": "object", "required": ["b", "c"]}}}
    assert _pointers(schema, {"a": {}}) == ["/a/b", "/a/c"]


def test_a_field_that_another_one_needs_is_pointed_at() -> None:
    assert _pointers({"dependentRequired": {"signature": ["timestamp"]}}, {"signature": "x"}) == ["/timestamp"]


def test_one_of_several_fields_is_needed() -> None:
    schema = {"type": "object", "anyOf": [{"required": ["mesaj"]}, {"required": ["dosya_id"]}]}
    (error,) = _errors(schema, {})
    assert error.pointer == ""
    assert error.message.tr == "Şunlardan en az biri gerekli: `mesaj`, `dosya_id`."
    assert error.message.en == "At least one of `mesaj`, `dosya_id` is needed."


def test_of_a_nullable_union_the_branch_that_was_meant_is_told() -> None:
    union = {
        "anyOf": [
            {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
            {"type": "null"},
        ]
    }
    assert _property(union, {"id": "x"}).pointer == "/x/id"
    assert _property(union, {}).pointer == "/x/id"
    assert _property(union, "text") == FieldError(
        "/x",
        type(_property(union, 1).message)(
            "Bu değer beklenen türlerden değil.", "This value is of none of the expected types."
        ),
    )


def test_two_fields_missing_in_a_nullable_union_are_both_needed() -> None:
    """Two findings for two branches are not one for each."""
    union = {"anyOf": [{"type": "object", "required": ["id", "ad"]}, {"type": "null"}]}
    assert _pointers({"properties": {"x": union}}, {"x": {}}) == ["/x/id", "/x/ad"]


def test_a_list_of_types_is_told_as_a_choice() -> None:
    error = _property({"type": ["string", "null"]}, 1)
    assert (error.pointer, error.message.en) in {
        ("/x", "This value must be text or null."),
        ("/x", "This value must be null or text."),
    }
    assert "metin" in error.message.tr


@pytest.mark.parametrize(
    ("schema", "value", "turkish", "english"),
    [
        ({"type": "integer"}, "1", "Bu değer tam sayı olmalı.", "This value must be an integer."),
        ({"type": "number"}, "1", "Bu değer sayı olmalı.", "This value must be a number."),
        ({"type": "boolean"}, 1, "Bu değer true ya da false olmalı.", "This value must be true or false."),
        ({"type": "object"}, [], "Bu değer nesne olmalı.", "This value must be an object."),
        ({"type": "array"}, {}, "Bu değer dizi olmalı.", "This value must be an array."),
        ({"type": "null"}, 0, "Bu değer null olmalı.", "This value must be null."),
        ({"minLength": 2}, "ş", "En az 2 karakter olmalı.", "Must have 2 characters at least."),
        ({"maxLength": 1}, "şş", "En çok 1 karakter olmalı.", "Must have 1 character at most."),
        ({"minimum": 1}, 0, "En az 1 olmalı.", "Must be 1 or more."),
        ({"maximum": 5}, 6, "En çok 5 olmalı.", "Must be 5 or less."),
        ({"minItems": 1}, [], "En az 1 öge olmalı.", "Must have 1 item at least."),
        ({"maxItems": 0}, [1], "En çok 0 öge olmalı.", "Must have 0 items at most."),
        ({"maxProperties": 0}, {"a": 1}, "En çok 0 öge olmalı.", "Must have 0 items at most."),
        ({"enum": ["a", "b"]}, "c", "Şunlardan biri olmalı: `a`, `b`.", "Must be one of: `a`, `b`."),
        ({"const": "a"}, "b", "`a` olmalı.", "Must be `a`."),
        (
            {"uniqueItems": True},
            [1, 1],
            "Ögeler birbirinden farklı olmalı.",
            "The items must differ from each other.",
        ),
        ({"pattern": "^a$"}, "b", "Beklenen biçimde değil: ^a$", "Not in the expected form: ^a$"),
        ({"format": "date-time"}, "b", "Sözleşmeye uymuyor.", "Does not keep the contract."),
        ({"not": {}}, 1, "Sözleşmeye uymuyor.", "Does not keep the contract."),
        (
            {"propertyNames": {"maxLength": 1}},
            {"ab": 1},
            "En çok 1 karakter olmalı.",
            "Must have 1 character at most.",
        ),
    ],
)
def test_every_rule_has_a_sentence_in_two_languages(schema: Node, value: Any, turkish: str, english: str) -> None:
    error = _property(schema, value)
    assert error.pointer == "/x"
    assert (error.message.tr, error.message.en) == (turkish, english)


@pytest.mark.parametrize(("rule", "value"), [("exclusiveMinimum", 0), ("exclusiveMaximum", 0)])
def test_an_exclusive_limit_is_not_told_as_allowed(rule: str, value: int) -> None:
    assert _property({rule: 0}, value).message.en in {"Must be more than 0.", "Must be less than 0."}


def test_length_is_counted_in_characters_not_in_bytes() -> None:
    assert _errors({"maxLength": 2}, "ş😀") == []


def test_tilde_and_slash_are_escaped_in_pointers() -> None:
    schema = {"properties": {"a/b~c": {"items": {"type": "integer"}}}, "required": ["d/e"]}
    assert sorted(_pointers(schema, {"a/b~c": [1, "x"]})) == ["/a~1b~0c/1", "/d~1e"]


def test_a_field_is_told_once() -> None:
    assert _pointers({"properties": {"x": {"minLength": 3, "pattern": "^b"}}}, {"x": "a"}) == ["/x"]


def test_at_most_a_hundred_fields_are_told() -> None:
    assert _pointers({"items": {"type": "integer"}}, ["x"] * 5000) == [f"/{number}" for number in range(100)]
    assert len(_pointers({"required": [str(number) for number in range(150)]}, {})) == 100


def test_references_are_followed_into_the_registry() -> None:
    schema = {"properties": {"limit": {"$ref": "#/components/schemas/Limit"}}}
    (error,) = _errors(schema, {"limit": 0}, Limit={"$ref": "#/components/schemas/Id"}, Id={"minimum": 1})
    assert error.pointer == "/limit"


@pytest.mark.parametrize(
    "schema",
    [{"$ref": "#/components/schemas/Gone"}, {"type": "text"}, {"pattern": "("}, {"minimum": "x"}],
    ids=lambda schema: next(iter(schema)),
)
def test_a_schema_that_cannot_be_compiled_is_told_in_one_line(schema: Node) -> None:
    with pytest.raises(DocumentError, match=r"^a schema cannot be compiled: ") as caught:
        Schemas(document({})).validator(schema)
    assert "\n" not in str(caught.value)
