"""A call is held against what was expected, and told where it differs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocks.choosing import Choice, path_matches, status_matches
from mocks.journal import KEPT_BODY, Entry
from mocks.tests.entries import entry
from mocks.verify import MOST, NEAREST, Expected, Miss, differences, told, verify

JSON_HEADERS = [(b"content-type", b"application/json")]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def asked(value: Any, **changed: Any) -> Entry:
    """A call with this JSON body."""
    raw = json.dumps(value).encode()
    return entry(**{"headers": JSON_HEADERS, "body": raw, "body_size": len(raw)} | changed)


def numbered(*entries: Entry) -> list[Entry]:
    for number, one in enumerate(entries, 1):
        one.id = number
    return list(entries)


def misses(expected: Expected, one: Entry) -> list[tuple[str, Any, Any]]:
    return [(miss.pointer, miss.expected, miss.seen) for miss in differences(expected, one)[1]]


@given(VALUES)
def test_every_body_is_in_itself(value: Any) -> None:
    assert differences(Expected(body=value), asked(value)) == (0, [])


@given(st.dictionaries(st.text(max_size=3), VALUES, min_size=1, max_size=4), st.data())
def test_a_body_with_more_members_matches_and_one_with_another_value_does_not(
    value: dict[str, Any], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(value)))
    assert not differences(Expected(body={name: value[name]}), asked(value))[1]
    assert not differences(Expected(body=[{name: value[name]}]), asked([value]))[1]
    pointer = "/govde/" + name.replace("~", "~0").replace("/", "~1")
    assert differences(Expected(body={name: "başka değer"}), asked(value)) == (
        1,
        [Miss(pointer, "başka değer", value[name])],
    )


@pytest.mark.parametrize(
    ("wanted", "came", "where"),
    [
        ({"a": 1}, {"a": True}, "/govde/a"),
        ({"a": 0}, {"a": False}, "/govde/a"),
        ({"a": 1}, {}, "/govde/a"),
        ({"a": {}}, {}, "/govde/a"),
        ([1, 2], [2, 1], "/govde/0"),
        ([1], [1, 2], "/govde"),
        ([], {}, "/govde"),
        ({}, None, "/govde"),
        ({"a": {"b/c": [1]}}, {"a": {"b/c": ["1"]}}, "/govde/a/b~1c/0"),
    ],
)
def test_values_of_another_kind_place_or_length_differ(wanted: Any, came: Any, where: str) -> None:
    assert misses(Expected(body=wanted), asked(came))[0][0] == where


@pytest.mark.parametrize(("wanted", "came"), [({"a": 1}, {"a": 1.0}), ({"a": None}, {}), ({}, {"a": 1}), (None, None)])
def test_equal_json_matches(wanted: Any, came: Any) -> None:
    assert not misses(Expected(body=wanted), asked(came))


def test_a_form_is_an_object_of_texts_and_other_text_is_text() -> None:
    form = [(b"content-type", b"application/x-www-form-urlencoded; charset=UTF-8")]
    body = b"ad=Ay%C5%9Fe+Demir&yas=3"
    sent = entry(headers=form, body=body, body_size=len(body))
    assert not misses(Expected(body={"ad": "Ayşe Demir"}), sent)
    assert misses(Expected(body={"yas": 3}), sent) == [("/govde/yas", 3, "3")]
    broken = entry(body=b'{"a": ', body_size=6)
    assert misses(Expected(body={"a": 1}), broken) == [("/govde", {"a": 1}, '{"a": ')]
    assert misses(Expected(body={}), entry(body=b"", body_size=0)) == [("/govde", {}, None)]


def test_a_body_that_was_cut_is_no_match_and_says_so() -> None:
    long = entry(body=b"x" * KEPT_BODY, body_size=KEPT_BODY + 5)
    ((pointer, _, seen),) = misses(Expected(body="x"), long)
    assert (pointer, seen) == ("/govde", f"… {KEPT_BODY + 5} bayt, {KEPT_BODY} baytı saklandı")
    assert not misses(Expected(), long)


def test_query_values_are_compared_by_name() -> None:
    sent = entry(query=b"q=%C5%9Fifre&etiket=a&etiket=b&bos=")
    assert not misses(Expected(query={"q": "şifre", "etiket": ["a", "b"], "bos": "", "yok": None}), sent)
    assert misses(Expected(query={"q": "sifre", "etiket": "a", "yok": "1", "bos": None}), sent) == [
        ("/sorgu/q", "sifre", "şifre"),
        ("/sorgu/etiket", "a", ["a", "b"]),
        ("/sorgu/yok", "1", None),
        ("/sorgu/bos", None, ""),
    ]


def test_header_names_have_no_case_and_repeated_headers_are_one() -> None:
    sent = entry(headers=[(b"accept", b"a"), (b"accept", b"b"), (b"x-api-key", b"CM_DEMO_2026")])
    assert not misses(Expected(headers={"X-API-Key": "CM_DEMO_2026", "Accept": "a, b", "Origin": None}), sent)
    assert misses(Expected(headers={"X-Api-Key": "CM", "Accept": None}), sent) == [
        ("/basliklar/X-Api-Key", "CM", "CM_DEMO_2026"),
        ("/basliklar/Accept", None, "a, b"),
    ]


@pytest.mark.parametrize(
    ("choice", "where"),
    [
        (Choice(operation="rate_chat"), "/islem"),
        (Choice(method="GET"), "/yontem"),
        (Choice(path="/api/*/chat"), "/yol"),
        (Choice(status="4xx"), "/durum"),
    ],
)
def test_another_call_differs_in_what_it_is(choice: Choice, where: str) -> None:
    assert [miss[0] for miss in misses(Expected(choice, body={"x": 1}), entry())] == [where]


@pytest.mark.parametrize(
    ("least", "most", "count", "holds"),
    [(1, 2**31, 0, False), (1, 2**31, 3, True), (2, 2, 2, True), (2, 2, 3, False), (0, 0, 0, True), (0, 0, 1, False)],
)
def test_calls_are_counted(least: int, most: int, count: int, holds: bool) -> None:
    calls = numbered(*(asked({"a": 1}) for _ in range(count)), asked({"a": 2}))
    verdict = verify(Expected(body={"a": 1}, at_least=least, at_most=most), calls)
    assert verdict.holds is holds
    assert [one.id for one in verdict.matching] == list(range(1, count + 1))


def test_on_a_miss_the_nearest_calls_come_first_and_the_newest_of_equal_ones() -> None:
    other, far = asked({"a": 1}, operation="rate_chat"), asked({"a": 2, "b": 2})
    near, newer = asked({"a": 1, "b": 2}), asked({"a": 1, "b": 3})
    calls = numbered(other, far, near, newer, *(asked({}) for _ in range(NEAREST)))
    verdict = verify(Expected(Choice(operation="widget_init"), body={"a": 1, "b": 1}), calls)
    assert not verdict.holds
    assert [one.id for one, _ in verdict.nearest] == [4, 3, 9, 8, 7]
    assert verdict.nearest[0][1] == [Miss("/govde/b", 1, 3)]


def test_another_sandboxs_calls_are_not_even_near() -> None:
    mine, others = asked({}, headers=[(b"x-mock-sandbox", b"a")]), asked({}, headers=[(b"x-mock-sandbox", b"b")])
    verdict = verify(Expected(Choice(sandbox=b"a"), at_least=2), numbered(mine, others, asked({})))
    assert (list(verdict.matching), list(verdict.nearest)) == ([mine], [])


@pytest.mark.parametrize(
    ("least", "most", "sentence"),
    [
        (2, 2, "Beklenen: 2 kez; gelen: 1 kez."),
        (2, 2**31, "Beklenen: en az 2 kez; gelen: 1 kez."),
        (0, 3, "Beklenen: en çok 3 kez; gelen: 1 kez."),
        (2, 3, "Beklenen: 2–3 kez; gelen: 1 kez."),
    ],
)
def test_what_was_expected_is_said(least: int, most: int, sentence: str) -> None:
    assert told(Expected(at_least=least, at_most=most), 1).tr == sentence


PIECES = st.text("ab/", max_size=6)


@given(st.lists(PIECES, min_size=1, max_size=4), st.lists(PIECES, min_size=3, max_size=3))
def test_a_star_stands_for_anything(parts: list[str], between: list[str]) -> None:
    path = parts[0] + "".join(gap + part for gap, part in zip(between, parts[1:], strict=False))
    assert path_matches("*".join(parts), path)


@pytest.mark.parametrize(
    ("wanted", "path"), [("/a*a", "/a"), ("*b*", "/a"), ("/a", "/ab"), ("a*b*c", "acb"), ("*ab*ab", "xab")]
)
def test_a_path_that_is_not_meant_does_not_match(wanted: str, path: str) -> None:
    assert not path_matches(wanted, path)


def test_a_status_is_meant_by_number_or_by_class() -> None:
    assert status_matches("404", 404)
    assert status_matches("4xx", 499)
    assert not status_matches("4xx", 500)
    assert not status_matches("404", 400)
    assert not status_matches("1xx", 0)


@pytest.mark.parametrize(
    ("least", "most", "count", "sentence"),
    [
        (1, MOST, 0, "Expected: at least once; came: 0 times."),
        (2, MOST, 1, "Expected: at least 2 times; came: once."),
        (1, 1, 2, "Expected: once; came: 2 times."),
        (0, 0, 1, "Expected: 0 times; came: once."),
        (0, 1, 2, "Expected: at most once; came: 2 times."),
        (1, 3, 4, "Expected: 1 to 3 times; came: 4 times."),
    ],
)
def test_it_is_told_in_english_too(least: int, most: int, count: int, sentence: str) -> None:
    assert told(Expected(at_least=least, at_most=most), count).en == sentence
