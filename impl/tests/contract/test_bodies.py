"""Reading JSON bodies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

from impl.contract.bodies import MAX_DEPTH, MAX_VALUES, Disconnected, JsonBody, check_media_type, decode, the_rest
from impl.contract.document import DocumentError, Node
from impl.contract.replies import Receive
from impl.contract.schemas import Schemas
from impl.problems import BodyTooLarge, InvalidFields, MalformedJson, WrongMediaType
from impl.tests.contract.small import operation, receiving, request, takes

JSON = {b"content-type": b"application/json"}


TEN = b'{"a":"xx"}'
ELEVEN = b'{"a":"xxx"}'


class Draft(msgspec.Struct, frozen=True):
    text: str
    count: int = 0


class Tiny(msgspec.Struct, frozen=True):
    a: str = ""


TINY: Node = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 100}}}
SCHEMA: Node = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "maxLength": 5000},
        "count": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
    },
}


async def _taken(compiled: JsonBody, headers: Mapping[bytes, bytes], receive: Receive) -> Any:
    return compiled.read(await the_rest(await receive(), headers, receive, compiled.limit), headers)


def _read(body: bytes, headers: Mapping[bytes, bytes] = JSON, *, limit: int | None = None) -> Any:
    more = {} if limit is None else {"x-cozum-body-limit": limit}
    compiled = JsonBody({}, operation("save", requestBody=takes(SCHEMA), **more), Draft, Schemas({}))
    return asyncio.run(_taken(compiled, headers, receiving([request(body)])))


def _text(messages: Sequence[Mapping[str, Any]], headers: Mapping[bytes, bytes] | None = None) -> Any:
    """The `a` of a body of at most ten bytes."""
    node = operation("save", requestBody=takes(TINY), **{"x-cozum-body-limit": 10})
    compiled = JsonBody({}, node, Tiny, Schemas({}))
    return asyncio.run(_taken(compiled, JSON | dict(headers or {}), receiving(messages))).a


def test_a_body_becomes_the_handlers_struct() -> None:
    for more in (b"", b', "unknown": [1]'):
        draft = _read(b'{"text": "Merhaba", "count": 2' + more + b"}")
        assert isinstance(draft, Draft)
        assert (draft.text, draft.count) == ("Merhaba", 2)


def test_a_whole_number_with_a_fraction_is_an_integer() -> None:
    """In JSON Schema 1.0 is an integer, so it is one for the handler."""
    count = _read(b'{"text": "", "count": 1.0}').count
    assert (count, type(count)) == (1, int)
    with pytest.raises(InvalidFields):
        _read(b'{"text": "", "count": 1.5}')


@pytest.mark.parametrize("number", ["9223372036854775808", "1" + "0" * 40, "-1", "1e300"])
def test_numbers_out_of_range_are_field_errors(number: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        _read(f'{{"text": "", "count": {number}}}'.encode())
    assert [error.pointer for error in caught.value.field_errors()] == ["/count"]


def test_a_body_of_the_limit_is_read_and_one_byte_more_is_not() -> None:
    assert _text([request(TEN)]) == "xx"
    with pytest.raises(BodyTooLarge) as caught:
        _text([request(ELEVEN)])
    assert caught.value.fields == {"limit": 10}


@pytest.mark.parametrize("length", [b"11", b"99999999999999999999999"])
def test_a_large_content_length_is_refused_without_waiting_for_the_rest(length: bytes) -> None:
    with pytest.raises(BodyTooLarge):
        _text([request(b"{", more=True)], {b"content-length": length})


@pytest.mark.parametrize("length", [b"10", b"", b"x", b"-1", "١١".encode()])
def test_a_content_length_that_promises_less_does_not_help(length: bytes) -> None:
    headers = {b"content-length": length}
    assert _text([request(TEN)], headers) == "xx"
    assert _text([request(TEN[:5], more=True), request(TEN[5:])], headers) == "xx"
    with pytest.raises(BodyTooLarge):
        _text([request(ELEVEN)], headers)
    with pytest.raises(BodyTooLarge):
        _text([request(ELEVEN[:5], more=True), request(ELEVEN[5:])], headers)


def test_a_body_in_parts_is_put_together() -> None:
    parts = [
        request(b'{"a', more=True),
        request(b"", more=True),
        {"type": "http.request", "more_body": True},
    ]
    assert _text([*parts, request(b'":"xy"}')]) == "xy"


@pytest.mark.parametrize(
    "parts",
    [
        [request(b"x" * 6, more=True), request(b"x" * 5)],
        [request(b"x" * 11, more=True), request(b"never read", more=True)],
        [request(b"x" * 6, more=True), request(b"x" * 6, more=True), request(b"never read", more=True)],
    ],
)
def test_a_body_in_parts_is_refused_as_soon_as_it_is_too_large(parts: list[dict[str, Any]]) -> None:
    with pytest.raises(BodyTooLarge):
        _text(parts)


@pytest.mark.parametrize("before", [[], [request(b"ab", more=True)]])
def test_a_client_that_goes_away_leaves_nobody_to_answer(before: list[dict[str, Any]]) -> None:
    with pytest.raises(Disconnected):
        _text(before)


def test_an_operation_can_have_a_limit_of_its_own() -> None:
    body = b'{"text": "12345678901234567890"}'
    assert _read(body, limit=len(body)).count == 0
    with pytest.raises(BodyTooLarge):
        _read(body, limit=len(body) - 1)


def test_the_limit_is_256_kib_unless_said_otherwise() -> None:
    body = b'{"text": "' + b" " * 300_000 + b'"}'
    with pytest.raises(BodyTooLarge) as caught:
        _read(body)
    assert caught.value.fields == {"limit": 262_144}


@pytest.mark.parametrize(
    "media_type",
    [
        b"application/json",
        b"Application/JSON",
        b"application/json; charset=utf-8",
        b'application/json;charset="UTF-8"',
        b"application/json ; boundary=x",
    ],
)
def test_json_in_utf8_is_accepted(media_type: bytes) -> None:
    check_media_type(media_type)
    assert _read(b'{"text": "a"}', {b"content-type": media_type}).text == "a"


@pytest.mark.parametrize(
    "media_type",
    [
        b"",
        b"text/plain",
        b"application/jsonp",
        b"application/problem+json",
        b"application/json; charset=latin-1",
        b"application/json, text/plain",
        b"\xff",
    ],
)
def test_other_media_types_are_refused(media_type: bytes) -> None:
    with pytest.raises(WrongMediaType):
        _read(b'{"text": ""}', {b"content-type": media_type})


def test_a_body_without_a_media_type_is_refused() -> None:
    with pytest.raises(WrongMediaType):
        _read(b'{"text": ""}', {})


def test_no_body_and_no_media_type_is_malformed_rather_than_of_another_type() -> None:
    with pytest.raises(MalformedJson):
        _read(b"", {})


def test_the_size_comes_before_the_media_type_and_this_before_the_syntax() -> None:
    with pytest.raises(BodyTooLarge):
        _read(b"{" * 50, {b"content-type": b"text/plain"}, limit=10)
    with pytest.raises(WrongMediaType):
        _read(b"{", {b"content-type": b"text/plain"})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{",
        b"[1,]",
        b"{'a': 1}",
        b"NaN",
        b"Infinity",
        b"1e999",
        b"1 2",
        b"\xff",
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'{"text": "\x00"}',
        b'\xef\xbb\xbf{"text": ""}',
        '{"text": ""}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_not_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedJson):
        decode(raw[:200_000])


@pytest.mark.parametrize("text", [r"\ud800", r"\ud800 and more text", r"\udc00", r"a\ud83d\u0041"])
def test_a_lone_surrogate_is_malformed(text: str) -> None:
    """Also where no schema looks at it."""
    with pytest.raises(MalformedJson):
        _read(f'{{"text": "{text}"}}'.encode())
    with pytest.raises(MalformedJson):
        _read(f'{{"text": "", "unknown": "{text}"}}'.encode())


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_32_levels_are_accepted_and_33_are_not(opening: str, closing: str) -> None:
    each = opening.count("[") + opening.count("{")

    def nested(levels: int) -> bytes:
        wraps, rest = divmod(levels, each)
        return (opening * wraps + "[" * rest + "1" + "]" * rest + closing * wraps).encode()

    assert decode(nested(MAX_DEPTH)) == json.loads(nested(MAX_DEPTH))
    with pytest.raises(MalformedJson):
        decode(nested(MAX_DEPTH + 1))
    assert MAX_DEPTH == 32


def test_the_deepest_branch_counts_and_not_the_number_of_brackets() -> None:
    flat = b"[" + b",".join([b"[]"] * 500) + b"]"
    assert len(decode(flat)) == 500
    with pytest.raises(MalformedJson):
        decode(b"[1, " + b"[" * 32 + b"]" * 32 + b"]")


def test_brackets_in_text_are_text() -> None:
    assert decode(b'"' + b"[" * 100 + b'"') == "[" * 100


@pytest.mark.parametrize("raw", [b"null", b"[]", b'"text"', b"{}"])
def test_json_that_breaks_the_schema_is_a_field_error(raw: bytes) -> None:
    with pytest.raises(InvalidFields):
        _read(raw)


def test_a_handler_for_json_needs_json_in_the_document() -> None:
    node = operation("upload", requestBody=takes({}, "multipart/form-data"))
    with pytest.raises(DocumentError, match=r"^upload: its handler takes JSON, the document does not$"):
        JsonBody({}, node, Draft, Schemas({}))


# Much that is wrong


FREE: Node = {
    "type": "object",
    "properties": {"a": {"type": "array", "items": {"type": "integer"}}},
    "propertyNames": {"pattern": "^[a-z]+$"},
}


class Free(msgspec.Struct, frozen=True):
    a: list[int] = []


def _free(body: bytes) -> Any:
    compiled = JsonBody({}, operation("save", requestBody=takes(FREE)), Free, Schemas({}))
    return compiled.read(body, JSON)


def test_of_a_large_body_only_the_first_fault_is_told() -> None:
    """Each finding copies the object that it is about: all of them would take gigabytes."""
    names = json.dumps({f"\0{number}": 1 for number in range(5_000)}).encode()
    items = json.dumps({"a": ["x"] * 5_000}).encode()
    for body in (names, items):
        with pytest.raises(InvalidFields) as caught:
            _free(body)
        assert len(caught.value.field_errors()) == 1


def test_of_a_small_body_every_fault_is_told() -> None:
    with pytest.raises(InvalidFields) as caught:
        _free(json.dumps({"a": ["x"] * 50}).encode())
    assert len(caught.value.field_errors()) == 50


def test_a_body_of_too_many_values_is_not_read() -> None:
    assert _free(json.dumps({"a": [1] * MAX_VALUES}).encode()).a == [1] * MAX_VALUES
    with pytest.raises(MalformedJson):
        _free(json.dumps({"b": 1, "a": ["x"] * (MAX_VALUES + 1)}).encode())
