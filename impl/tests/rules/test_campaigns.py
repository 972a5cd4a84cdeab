"""Targets of campaigns."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.campaigns import matches, normalised


def fits(target: str | None, url: str) -> bool:
    return matches(target, normalised(url))


@pytest.mark.parametrize(
    ("target", "url"),
    [
        (None, "https://siteniz.com/x"),
        ("*", "https://siteniz.com/x"),
        ("https://siteniz.com/fiyatlar*", "https://siteniz.com/fiyatlar"),
        ("https://siteniz.com/fiyatlar*", "https://siteniz.com/fiyatlar/yillik?a=1"),
        ("https://siteniz.com/fiyatlar", "https://siteniz.com/fiyatlar#yillik"),
        ("https://siteniz.com/fiyatlar#ust", "https://siteniz.com/fiyatlar"),
        ("HTTPS://Siteniz.COM/a", "https://siteniz.com/a"),
        ("https://siteniz.com/a", "Https://SITENIZ.com/a"),
        ("https://siteniz.com/*", "https://siteniz.com"),
        ("https://siteniz.com/", "https://siteniz.com?a=1#b".partition("?")[0]),
        ("https://siteniz.com", "https://siteniz.com/"),
        ("https://siteniz.com?a=*", "https://siteniz.com/?a=1"),
        ("https://*.siteniz.com/*", "https://www.siteniz.com/x"),
        ("https://siteniz.com*", "https://siteniz.com.tr/x"),
        ("*://siteniz.com/*", "http://siteniz.com/"),
        ("*/fiyat*lar", "https://siteniz.com/fiyat/ve/lar"),
        ("https://siteniz.com/a**b", "https://siteniz.com/ab"),
    ],
)
def test_page_is_meant(target: str | None, url: str) -> None:
    assert fits(target, url)


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("https://siteniz.com/fiyatlar", "https://siteniz.com/fiyatlar/"),
        ("https://siteniz.com/Fiyatlar", "https://siteniz.com/fiyatlar"),
        ("https://siteniz.com/*", "http://siteniz.com/"),
        ("https://siteniz.com/a.c", "https://siteniz.com/abc"),
        ("https://siteniz.com/[a]*", "https://siteniz.com/a"),
        ("https://siteniz.com/a?c", "https://siteniz.com/abc"),
        ("https://siteniz.com/aba*aba", "https://siteniz.com/aba"),
        ("https://siteniz.com/*b*c", "https://siteniz.com/acb"),
        ("https://siteniz.com/*ab*b", "https://siteniz.com/ab"),
        ("", "https://siteniz.com/"),
    ],
)
def test_page_is_not_meant(target: str, url: str) -> None:
    assert not fits(target, url)


@given(st.text(alphabet="ab*.", max_size=8), st.text(alphabet="ab.", max_size=8))
def test_stars_match_as_a_regular_expression_would(pattern: str, path: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), path) is not None
    assert fits(f"https://a.com/{pattern}", f"https://a.com/{path}") is expected


@pytest.mark.parametrize("pattern", ["*a" * 500 + "*b", "*aa" * 300 + "b*", "*" * 2000 + "b", "*" + "a" * 900 + "b*"])
def test_nasty_pattern_takes_no_time(pattern: str) -> None:
    url = "https://a.com/" + "a" * 1980
    started = process_time()
    for _ in range(20):
        assert not fits(pattern, url)
    assert process_time() - started < 0.5
