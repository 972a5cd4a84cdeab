"""The fast way through a body takes only what the schema takes, and builds what the general way builds."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.app import handlers
from impl.contract.bodies import JsonBody
from impl.contract.document import Node, load
from impl.contract.schemas import Schemas
from impl.contract.typed import PLAIN, UNREADABLE, TypedBody, Unsupported, python_pattern
from impl.problems import Problem
from impl.tests.client import DOCUMENT
from impl.wire import Shape

document: Final[Node] = load(DOCUMENT)
schemas: Final = Schemas(document)


def bodies() -> list[tuple[str, Node, type[Shape]]]:
    """Name, schema and shape of every request body that a handler takes."""
    found = []
    for handler in handlers().values():
        body = handler.__annotations__.get("body")
        if body:
            name = str(body).removeprefix("wire.")
            found.append((name, {"$ref": f"#/components/schemas/{name}"}, _shape(name)))
    return found


def _shape(name: str) -> type[Shape]:
    from impl import wire

    shape: type[Shape] = getattr(wire, name)
    return shape


BODIES: Final = bodies()


class Ways:
    """One body, read the fast way and the general way."""

    def __init__(self, name: str, schema: Node, shape: type[Shape]) -> None:
        operation = {"operationId": name, "requestBody": {"content": {"application/json": {"schema": schema}}}}
        self.fast = JsonBody(document, operation, shape, schemas)
        self.general = JsonBody(document, operation, shape, schemas)
        self.general._typed = None

    def read(self, raw: bytes) -> tuple[Any, Any]:
        """What both ways make of it: a Struct, or the problem's code and fields."""
        return _outcome(self.fast, raw), _outcome(self.general, raw)


def _outcome(body: JsonBody, raw: bytes) -> Any:
    try:
        return body.read(raw, {b"content-type": b"application/json"})
    except Problem as problem:
        return problem.code, [error.pointer for error in problem.field_errors()]


WAYS: Final = {name: Ways(name, schema, shape) for name, schema, shape in BODIES}
FAST: Final = sorted(set(WAYS) - {"OriginRequest", "WebhookRequest"})
"""Patterns with an escaped backslash, and lists of words of a table, have the general way only."""

TEXTS: Final = [
    "",
    " ",
    "abc123",
    "abc123\n",
    "a b",
    "çöş İĞ 😀",
    "iki\nsatır",
    "\x00",
    "a\x00b",
    "\u00a0",
    "\u200b",
    "\u2028",
    "\ufeff",
    "\x85",
    "\x1c",
    "ahmet@example.com",
    "@",
    "a@b@c",
    "2026-04-12",
    "2026-04-12\n",
    "x" * 22,
    "x" * 64,
    "x" * 65,
    "x" * 129,
    "x" * 4001,
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([0, 1, 5, 6, 42, 2**63 - 1, 2**63, -1, 1.0, 1.5, 1e18, -0.0, 1e300]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(TEXTS),
    st.text(),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(TEXTS) | st.text(), inner, max_size=4),
    max_leaves=6,
)


@st.composite
def bodies_of(draw: st.DrawFn, name: str) -> bytes:
    """Bodies around a schema: right and wrong values under its names, some unknown names, all kinds of JSON."""
    properties = list(document["components"]["schemas"][name]["properties"])
    keys = draw(st.lists(st.sampled_from([*properties, "bilinmeyen"]), unique=True, max_size=len(properties)))
    right: dict[str, Any] = {
        "ziyaretci_id": "abc123",
        "oturum_id": 42,
        "mesaj": "Merhaba",
        "email": "ahmet@example.com",
        "sifre": "sifre123",
        "order": draw(st.lists(st.sampled_from([1, 2, 3, 0, 2**63, 1.0, True]), max_size=4)),
        "sessize": True,
        "operator_id": 7,
        "ekstra": {"depolama_kullanilan_gb": 3.0, "plan": "x", "n": None},
        "durum": "cevrimici",
        "puan": 5,
        "yorum": "Teşekkürler",
        "timestamp": 1775993400,
        "signature": "ab" * 32,
        "konu": "Faturam görünmüyor",
        "oncelik": "yuksek",
        "dosyalar": draw(st.lists(st.sampled_from(["a" * 22, "b" * 22, "c" * 21, 5]), max_size=3)),
    }
    body = {key: right[key] if key in right and draw(st.booleans()) else draw(values) for key in keys}
    return json.dumps(body, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", sorted(WAYS))
@given(data=st.data())
def test_both_ways_take_the_same_bodies_and_build_the_same_values(name: str, data: st.DataObject) -> None:
    fast, general = WAYS[name].read(data.draw(bodies_of(name)))
    assert repr(fast) == repr(general)


@pytest.mark.parametrize("name", FAST)
def test_ordinary_bodies_take_the_fast_way(name: str) -> None:
    """What the document shows as an example is not served by the slow way."""
    typed = WAYS[name].fast._typed
    examples = [
        example["value"]
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
        for media in operation.get("requestBody", {}).get("content", {}).values()
        if media["schema"] == {"$ref": f"#/components/schemas/{name}"}
        for example in media["examples"].values()
    ]
    assert examples
    assert typed is not None
    assert all(typed.keeps(typed.decode(json.dumps(example).encode())) for example in examples)


@pytest.mark.parametrize(
    ("items", "right", "wrong"),
    [
        ({"type": "integer", "minimum": 1}, [[], [1], [1, 1]], [[0], ["1"], [[1]], [1, 2, 3], [1.5], [True], [None]]),
        ({"type": "string"}, [["", "a\u0000"]], [[1], ["a", "b", "c"], {}, "a"]),
        ({"type": "string", "maxLength": 2, "pattern": "^[a-z]*$"}, [["ab", "ab"]], [["abc"], ["A"], ["a\n"]]),
    ],
)
def test_list_in_a_body_keeps_the_bounds_of_its_schema(items: Node, right: list[Any], wrong: list[Any]) -> None:
    schema = {
        "type": "object",
        "required": ["order"],
        "properties": {"order": {"type": "array", "maxItems": 2, "items": items}},
    }
    typed = TypedBody(document, schema, _shape("TenantOrderRequest"), schemas)

    def taken(value: Any) -> bool:
        try:
            return bool(typed.keeps(typed.decode(json.dumps({"order": value}).encode())))
        except UNREADABLE:
            return False

    assert [taken(value) for value in right] == [True] * len(right)
    assert [taken(value) for value in wrong] == [False] * len(wrong)


@given(st.text() | st.sampled_from(TEXTS))
def test_printable_text_that_is_not_only_spaces_fits_every_plain_pattern(text: str) -> None:
    if text.isprintable() and text and not text.isspace():
        for pattern in PLAIN:
            assert schemas.validator({"type": "string", "pattern": pattern}).is_valid(text), (pattern, text)


@pytest.mark.parametrize("pattern", [r"^\s+$", r"^\w$", r"^a.c$", r"^(?=a)b$", "abc", "^abc", r"^a\$", r"^\d+$"])
def test_pattern_that_could_mean_something_else_in_python_is_not_taken(pattern: str) -> None:
    with pytest.raises(Unsupported):
        python_pattern(pattern)


def test_dollar_does_not_stand_before_a_last_line_feed() -> None:
    assert python_pattern("^[a-z.]+$") == r"^[a-z.]+\Z"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"order": {"type": "array"}}, "not": {}},
        {"type": "object", "properties": {"order": {"type": "array"}}},
        {"type": "object", "properties": {"order": {"type": "array", "items": {"type": "object"}}}},
        {"type": "object", "properties": {"order": {"type": "array", "contains": {}, "items": {"type": "string"}}}},
        {"type": "object", "properties": {"order": {"type": "array", "items": {"type": "string", "enum": ["a"]}}}},
        {"type": "object", "properties": {}},
        {"type": "object", "properties": {"order": {"type": ["string", "integer"]}}},
        {"type": "object", "properties": {"order": {"$ref": "#/components/schemas/Id", "maximum": 5}}},
        {"type": "object", "properties": {"order": {"type": "string", "format": "x", "const": "y"}}},
    ],
)
def test_schema_with_more_than_bounds_has_the_general_way_only(schema: Node) -> None:
    with pytest.raises(Unsupported):
        TypedBody(document, schema, _shape("TenantOrderRequest"), schemas)
