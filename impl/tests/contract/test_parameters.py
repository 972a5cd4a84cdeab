"""Reading the parameters of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from impl.contract.document import DocumentError, Node
from impl.contract.parameters import Parameters
from impl.contract.schemas import Schemas
from impl.problems import InvalidFields, NotFound

ID: Node = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
NODE: Node = {"components": {"schemas": {"Id": ID, "Limit": {"type": "integer", "minimum": 1, "default": 20}}}}


def _parameter(name: str, schema: Node, place: str = "query", *, required: bool = False) -> Node:
    return {"name": name, "in": place, "schema": schema} | ({"required": True} if required else {})


def _compiled(*parameters: Node, arguments: Mapping[str, str] | None = None) -> Parameters:
    return Parameters(NODE, list(parameters), arguments or {}, Schemas(NODE))


def _query(schema: Node, query: bytes) -> Any:
    return _compiled(_parameter("x", schema)).read({}, query, {})["x"]


def _refused(schema: Node, query: bytes) -> list[str]:
    with pytest.raises(InvalidFields) as caught:
        _query(schema, query)
    return [error.pointer for error in caught.value.field_errors()]


@pytest.mark.parametrize(
    ("text", "value"),
    [(b"42", 42), (b"-7", -7), (b"0", 0), (b"9223372036854775807", 2**63 - 1), (b"%34%32", 42)],
)
def test_an_integer_is_read(text: bytes, value: int) -> None:
    assert _query({"type": "integer"}, b"x=" + text) == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"-",
        b"%2B5",
        b"--1",
        b"1.0",
        b"1e3",
        b"0x10",
        b"1_000",
        b"+5",
        b"5+",
        b"x",
        b"%D9%A4",
        "²".encode(),
    ],
)
def test_only_ascii_digits_are_an_integer(text: bytes) -> None:
    assert _refused({"type": "integer"}, b"x=" + text) == ["/x"]


@pytest.mark.parametrize("digits", [19, 20, 21, 5000])
@pytest.mark.parametrize("sign", [b"", b"-"])
def test_more_digits_than_64_bits_have_are_refused(digits: int, sign: bytes) -> None:
    assert _refused(ID, b"x=" + sign + b"9" * digits) == ["/x"]


def test_a_boolean_is_true_or_false() -> None:
    assert _query({"type": "boolean"}, b"x=true") is True
    assert _query({"type": "boolean"}, b"x=false") is False
    assert _refused({"type": "boolean"}, b"x=1") == ["/x"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"a+b", "a b"), (b"a%2Bb", "a+b"), (b"%C5%9F", "ş"), ("ş".encode(), "ş"), (b"a=b", "a=b"), (b"", "")],
)
def test_text_is_decoded_as_forms_are(raw: bytes, text: str) -> None:
    assert _query({"type": "string"}, b"x=" + raw) == text


def test_a_name_may_be_encoded_too() -> None:
    assert _query({"type": "string"}, b"%78=1") == "1"


@pytest.mark.parametrize("raw", [b"%FF", b"\xff", b"%ED%A0%80"])
def test_what_is_not_utf8_is_refused_by_name(raw: bytes) -> None:
    assert _refused({"type": "string"}, b"x=" + raw) == ["/x"]


def test_a_parameter_given_twice_is_refused() -> None:
    assert _refused({"type": "string"}, b"x=1&x=1") == ["/x"]


def test_unknown_parameters_are_ignored_even_twice() -> None:
    assert _query({"type": "string"}, b"y=1&x=2&y=%FF&&=") == "2"


def test_defaults_are_filled_in_through_references() -> None:
    parameters = _compiled(
        _parameter("limit", {"$ref": "#/components/schemas/Limit"}), _parameter("q", {"type": "string"})
    )
    assert parameters.read({}, b"", {}) == {"limit": 20, "q": None}
    assert parameters.read({}, b"q=a", {}) == {"limit": 20, "q": "a"}
    assert parameters.read({}, b"limit=5", {}) == {"limit": 5, "q": None}


def test_the_defaults_of_one_request_are_not_those_of_another() -> None:
    parameters = _compiled(_parameter("limit", {"type": "integer", "default": 20}))
    parameters.read({}, b"", {})["limit"] = 1
    assert parameters.read({}, b"", {}) == {"limit": 20}


def test_a_missing_required_parameter_is_refused_by_name() -> None:
    parameters = _compiled(_parameter("q", {"type": "string"}, required=True))
    with pytest.raises(InvalidFields) as caught:
        parameters.read({}, b"p=1", {})
    assert [error.pointer for error in caught.value.field_errors()] == ["/q"]


def test_all_mistakes_are_told_at_once() -> None:
    parameters = _compiled(_parameter("a", ID), _parameter("b", ID), _parameter("c", ID, required=True))
    with pytest.raises(InvalidFields) as caught:
        parameters.read({}, b"a=x&b=0", {})
    assert {error.pointer for error in caught.value.field_errors()} == {"/a", "/b", "/c"}


@pytest.mark.parametrize("text", ["0", "x", "9" * 19, "9" * 20, "9" * 30, "-1", "١"])
def test_a_path_parameter_that_breaks_its_schema_names_no_record(text: str) -> None:
    parameters = _compiled(_parameter("id", {"$ref": "#/components/schemas/Id"}, "path", required=True))
    with pytest.raises(NotFound):
        parameters.read({"id": text}, b"", {})


def test_a_wrong_query_wins_over_a_wrong_path() -> None:
    """422 comes before 404."""
    parameters = _compiled(_parameter("id", ID, "path", required=True), _parameter("limit", ID))
    with pytest.raises(InvalidFields):
        parameters.read({"id": "x"}, b"limit=x", {})
    with pytest.raises(NotFound):
        parameters.read({"id": "x"}, b"limit=1", {})


def test_a_header_is_read_by_its_lower_case_name() -> None:
    parameters = _compiled(
        _parameter("Idempotency-Key", {"type": "string", "pattern": "^[!-~]+$"}, "header"),
        arguments={"Idempotency-Key": "key"},
    )
    assert parameters.read({}, b"", {b"idempotency-key": b"abc"}) == {"key": "abc"}
    assert parameters.read({}, b"", {}) == {"key": None}
    with pytest.raises(InvalidFields) as caught:
        parameters.read({}, b"", {b"idempotency-key": b"\xff"})
    assert [error.pointer for error in caught.value.field_errors()] == ["/Idempotency-Key"]


def test_a_query_parameter_cannot_stand_in_for_a_header() -> None:
    parameters = _compiled(_parameter("Idempotency-Key", {"type": "string"}, "header"))
    assert parameters.read({}, b"Idempotency-Key=abc", {}) == {"Idempotency-Key": None}


def test_parameters_have_the_names_of_the_handlers_arguments() -> None:
    parameters = _compiled(_parameter("son_sira", ID), arguments={"son_sira": "after"})
    assert parameters.read({}, b"son_sira=3", {}) == {"after": 3}
    assert parameters.arguments == {"son_sira": "after"}


@pytest.mark.parametrize(
    "parameter",
    [
        _parameter("X-Unknown", {"type": "string"}, "header"),
        _parameter("sid", {"type": "string"}, "cookie"),
        _parameter("ids", {"type": "array"}),
        _parameter("either", {"type": ["string", "null"]}),
        {"name": "filter", "in": "query", "content": {"application/json": {"schema": {}}}},
    ],
    ids=["header that is not read", "cookie", "array", "two types", "content"],
)
def test_a_parameter_that_cannot_be_read_is_told_at_start(parameter: Node) -> None:
    with pytest.raises(DocumentError, match=f"^parameter {parameter['name']}: .*cannot be read"):
        _compiled(parameter)


def test_the_same_name_twice_is_told_at_start() -> None:
    with pytest.raises(DocumentError, match=r"^parameter id: stands there twice$"):
        _compiled(_parameter("id", ID, "path", required=True), _parameter("id", ID))
