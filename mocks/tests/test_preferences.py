"""What `Prefer` says (RFC 7240)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocks.preferences import Misread, Preferences, read_preferences


@pytest.mark.parametrize(
    ("headers", "preferences"),
    [
        ([], Preferences()),
        ([""], Preferences()),
        (["code=429"], Preferences(code=429)),
        (["CODE = 429"], Preferences(code=429)),
        (['code="429"'], Preferences(code=429)),
        (["code=429, example=cok"], Preferences(code=429, example="cok")),
        (["code=429", "delay=800"], Preferences(code=429, delay=800)),
        (["code=429; delay=800"], Preferences(code=429, delay=800)),
        (['example="açık \\"sohbet\\""'], Preferences(example='açık "sohbet"')),
        (["dynamic=true"], Preferences(dynamic=True)),
        (["dynamic"], Preferences(dynamic=True)),
        (["dynamic=FALSE"], Preferences(dynamic=False)),
        (["delay=0"], Preferences(delay=0)),
        (["delay=60000"], Preferences(delay=60_000)),
        (["return=minimal, respond-async, wait=10; code=429"], Preferences()),
        ([",, code=404 ,"], Preferences(code=404)),
    ],
)
def test_preferences_are_read_from_lists_and_from_several_headers(headers: list[str], preferences: Preferences) -> None:
    assert read_preferences(headers) == preferences


def test_of_a_repeated_preference_the_first_counts() -> None:
    assert read_preferences(["code=429, code=503", "code=404"]).code == 429


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("code=4x9", "`code=4x9` is no HTTP status"),
        ("code", "`code=` is no HTTP status"),
        ("code=99", "no HTTP status"),
        ("example=", "needs the name of an example"),
        ("dynamic=maybe", "must be true or false"),
        ("delay=fast", "must be an integer from 0 to 60000"),
        ("delay=60001", "must be an integer from 0 to 60000"),
        ("delay=-1", "must be an integer from 0 to 60000"),
        ("delay=8.5", "must be an integer from 0 to 60000"),
        ("delay=٨", "must be an integer from 0 to 60000"),
        ("delay=" + "9" * 900, "must be an integer from 0 to 60000"),
        ("dynamic=true, example=cok", "exclude each other"),
        ('example="cok', "cannot be read"),
        ("code=429 503", "cannot be read"),
        ("=429", "cannot be read"),
        ("code=429" + " " * 1_000, "may have 1000 characters at most"),
    ],
)
def test_a_preference_that_cannot_be_followed_is_told(header: str, why: str) -> None:
    with pytest.raises(Misread, match=re.escape(why)) as misread:
        read_preferences([header])
    assert misread.value.text.tr != misread.value.text.en


@pytest.mark.parametrize(
    ("preferences", "applied"),
    [
        (Preferences(), ""),
        (Preferences(code=429, delay=800), "code=429, delay=800"),
        (Preferences(example='a "b"', dynamic=False), 'example="a \\"b\\"", dynamic=false'),
    ],
)
def test_what_was_applied_is_written_as_it_was_asked(preferences: Preferences, applied: str) -> None:
    assert preferences.applied() == applied
    assert read_preferences([applied]) == preferences


def test_only_code_example_and_dynamic_choose_an_answer() -> None:
    choosing = [Preferences(code=200), Preferences(example="a"), Preferences(dynamic=True)]
    assert all(preferences.choose() for preferences in choosing)
    assert not any(preferences.choose() for preferences in (Preferences(delay=1), Preferences(dynamic=False)))


@given(st.text(st.sampled_from('code=429, delayxmpi;"\\\t\xa0ş'), max_size=40) | st.text(max_size=40))
def test_any_header_is_read_or_told_and_what_is_applied_reads_the_same(header: str) -> None:
    try:
        preferences = read_preferences([header])
    except Misread:
        return
    assert read_preferences([preferences.applied()]) == preferences
