"""Problems: rendered in both languages, each with a code of its own, and Accept-Language weighed."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl import problems
from impl.problems import (
    FieldError,
    InvalidFields,
    Language,
    Problem,
    Text,
    TooManyRequests,
    preferred_language,
    render,
)

FIELDS: Final = {
    "header": "x-api-key",
    "allow": "GET, HEAD",
    "limit": 1048576,
    "expected": "application/json",
    "operation": "start_chat",
}
"""A value for each `{field}` that a detail may have."""

LANGUAGES: Final[tuple[Language, ...]] = ("tr", "en")


def kinds(base: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Every problem that has a code, that is, every one that is raised."""
    for kind in base.__subclasses__():
        if kind.__module__ == problems.__name__:
            if "code" in vars(kind):
                yield kind
            yield from kinds(kind)


def made(kind: type[Problem]) -> Problem:
    """One of this kind, with its fields filled."""
    if kind is InvalidFields:
        return InvalidFields([FieldError("/ad", Text("Boş olamaz.", "Must not be blank."))])
    if issubclass(kind, TooManyRequests):
        return kind(policy="login", quota=10, window=900, seconds=42)
    names = {name for _, name, _, _ in string.Formatter().parse(kind.detail.tr) if name}
    return kind(**{name: FIELDS[name] for name in names})


def body(problem: Problem, language: Language = "tr") -> Any:
    return json.loads(render(problem, language, "01J0-istek"))


ALL: Final = list(kinds())


def test_every_problem_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in ALL]
    assert len(codes) == len(set(codes))
    assert len(codes) > 20


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_code_is_snake_case_and_status_an_error(kind: type[Problem]) -> None:
    assert set(kind.code) <= set(string.ascii_lowercase + string.digits + "_")
    assert 400 <= kind.status <= 599


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_problem_renders_as_rfc_9457_with_the_envelopes_members(kind: type[Problem], language: Language) -> None:
    rendered = body(made(kind), language)
    assert {"type", "title", "status", "detail", "basarili", "kod", "istek_id"} == rendered.keys() - {"hatalar"}
    assert rendered["type"] == f"tag:cozummerkezi.net,2026:{kind.code}"
    assert rendered["status"] == kind.status
    assert rendered["basarili"] is False
    assert rendered["kod"] == kind.code
    assert rendered["istek_id"] == "01J0-istek"
    assert rendered["title"] == getattr(kind.title, language)
    assert rendered["detail"].strip()
    assert "{" not in rendered["detail"]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_languages_differ_in_words_and_agree_in_fields(kind: type[Problem]) -> None:
    turkish, english = ({name for _, name, _, _ in string.Formatter().parse(text) if name} for text in kind.detail)
    assert turkish == english
    assert kind.detail.tr != kind.detail.en
    assert kind.title.tr != kind.title.en


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (problems.DoubledHeader, "x-api-key"),
        (problems.MethodNotAllowed, "GET, HEAD"),
        (problems.BodyTooLarge, "1048576"),
        (problems.WrongMediaType, "application/json"),
        (problems.TooManyRequests, "42"),
        (problems.HeadersTooLarge, "1048576"),
        (problems.NotImplementedYet, "start_chat"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_detail_tells_its_field(kind: type[Problem], value: str) -> None:
    for language in LANGUAGES:
        assert value in body(made(kind), language)["detail"]


def test_field_with_braces_stays_as_it_is() -> None:
    detail = body(problems.DoubledHeader(header="{header} {0} %s"))["detail"]
    assert detail == "`{header} {0} %s` başlığı yalnız bir kez gönderilebilir."


def test_field_errors_are_pointers_with_a_sentence_in_the_language() -> None:
    invalid = InvalidFields(
        [
            FieldError("/ad", Text("Boş olamaz.", "Must not be blank.")),
            FieldError("/ekstra/a~1b", Text("Metin olmalı.", "Must be a text.")),
        ]
    )
    assert body(invalid, "tr")["hatalar"] == [
        {"alan": "/ad", "mesaj": "Boş olamaz."},
        {"alan": "/ekstra/a~1b", "mesaj": "Metin olmalı."},
    ]
    assert [error["mesaj"] for error in body(invalid, "en")["hatalar"]] == [
        "Must not be blank.",
        "Must be a text.",
    ]
    assert body(invalid, "tr")["detail"] == "2 alan geçersiz."
    assert body(invalid, "en")["detail"] == "Invalid fields: 2."


def test_problem_without_field_errors_has_no_hatalar() -> None:
    assert "hatalar" not in body(problems.NotFound())


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind.status == 401], ids=lambda kind: kind.__name__)
def test_every_401_says_what_is_expected(kind: type[Problem]) -> None:
    ((name, challenge),) = made(kind).headers()
    assert name == b"www-authenticate"
    assert b'realm="cozum"' in challenge


def test_405_says_what_is_allowed() -> None:
    assert problems.MethodNotAllowed(allow="GET, HEAD").headers() == [(b"allow", b"GET, HEAD")]


def test_429_says_when_to_try_again() -> None:
    assert made(TooManyRequests).headers() == [
        (b"retry-after", b"42"),
        (b"ratelimit", b'"login";r=0;t=42'),
        (b"ratelimit-policy", b'"login";q=10;w=900'),
    ]


# Accept-Language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "tr"),
        (b"", "tr"),
        (b"en", "en"),
        (b"EN-gb", "en"),
        (b"tr", "tr"),
        (b"de", "tr"),
        (b"en, tr", "tr"),
        (b"tr;q=0.8, en;q=0.9", "en"),
        (b"en;q=0.8, tr;q=0.9", "tr"),
        (b"en-US,en;q=0.9,tr;q=0.8", "en"),
        (b"tr-TR,tr;q=0.9,en-US;q=0.8,en;q=0.7", "tr"),
        (b"en ; q=0.5 , tr ; q=0.4", "en"),
        (b"en;Q=0.5, tr;q=0.4", "en"),
        (b"en;q=0", "tr"),
        (b"en;q=0, tr;q=0", "tr"),
        (b"de, en;q=0.1", "en"),
        (b"english", "tr"),
    ],
)
def test_language_of_the_larger_weight_is_preferred_and_turkish_when_equal(
    header: bytes | None, language: Language
) -> None:
    assert preferred_language(header) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (b"*", "tr"),
        (b"en;q=0.5, *", "tr"),
        (b"en, *;q=0.5", "en"),
        (b"tr;q=0.1, *;q=0.5", "en"),
        (b"tr;q=0, *", "en"),
    ],
)
def test_star_weighs_a_language_that_is_not_named(header: bytes, language: Language) -> None:
    """RFC 4647, 3.3.1: `*` matches what no other range of the header matches."""
    assert preferred_language(header) == language


@pytest.mark.parametrize("weight", [b"x", b"", b"nan", b"-1", b"1;q=1;", b"\xff"])
def test_weight_that_is_none_counts_as_zero(weight: bytes) -> None:
    assert preferred_language(b"en;q=" + weight + b", tr;q=0.001") == "tr"


@given(header=st.binary(max_size=300))
def test_any_header_has_a_language(header: bytes) -> None:
    assert preferred_language(header) in LANGUAGES


@given(english=st.integers(0, 1000), turkish=st.integers(0, 1000))
def test_three_digits_of_weight_are_told_apart(english: int, turkish: int) -> None:
    header = f"en;q={english / 1000:.3f},tr;q={turkish / 1000:.3f}".encode()
    assert preferred_language(header) == ("en" if english > turkish else "tr")
