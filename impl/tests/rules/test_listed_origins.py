"""What a tenant may list as an origin."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.origins import listed_origin

SCHEMA = r"https?://(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]+)(:[0-9]{1,5})?"
"""The pattern of `Origin` in the document."""


@pytest.mark.parametrize(
    ("given_", "normal"),
    [
        ("https://Yalniz.example.com:443", "https://yalniz.example.com"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://çınar.example", "https://xn--nar-1la48a.example"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_origin_is_listed_in_its_normal_form(given_: str, normal: str) -> None:
    assert listed_origin(given_) == normal


@pytest.mark.parametrize(
    "given_",
    [
        "https://a!b",
        "https://a*.com",
        "https://*.example.com",
        "https://a;b",
        "https://a/",
        "null",
        "https://" + "a." * 150,
    ],
)
def test_what_no_answer_could_show_is_none(given_: str) -> None:
    assert listed_origin(given_) is None


@given(st.text(), st.sampled_from(["https://", "http://", "HTTPS://"]))
def test_listed_origin_always_keeps_the_document_s_pattern(host: str, scheme: str) -> None:
    listed = listed_origin(scheme + host)
    assert listed is None or (re.fullmatch(SCHEMA, listed) and len(listed) <= 267)
