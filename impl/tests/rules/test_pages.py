"""Addresses of pages."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.contract.document import load
from impl.contract.schemas import Schemas
from impl.rules.pages import http_url
from impl.tests.client import DOCUMENT

PAGE_URL: Final = Schemas(load(DOCUMENT)).validator({"$ref": "#/components/schemas/PageUrl"})


@pytest.mark.parametrize(
    "text",
    ["https://siteniz.com/", "http://a", "HTTPS://Siteniz.com/ş?q=1#x", "https://[::1]:8080/a b".replace(" ", "")],
)
def test_http_addresses_stay(text: str) -> None:
    assert http_url(text) == text


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "javascript:alert(1)",
        "android-app://com.google",
        "about:blank",
        "//siteniz.com",
        "https://",
        "https:///a",
        " https://a",
        "https://a b",
        "https://a\n",
        'https://a"onclick=',
        "https://a/<b>",
        "xhttps://a",
        "https://a/\u200b",
        "https://a/\\b",
    ],
)
def test_everything_else_is_nothing(text: str | None) -> None:
    assert http_url(text) is None


@given(st.sampled_from(["http://", "HTTPS://", "https:/", "ftp://", ""]), st.text(max_size=12))
def test_rule_and_document_take_the_same_addresses(scheme: str, rest: str) -> None:
    text = scheme + rest
    assert (http_url(text) is not None) == PAGE_URL.is_valid(text)
