"""The HTML for a tenant's site."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.embedding import embed_code

KEY = "CM_DEMO_2026"


def test_code_is_the_document_s() -> None:
    expected = '<script async src="https://cozummerkezi.net/widget.js" data-api-key="CM_PRATIKESNAF"></script>'
    assert embed_code("https://cozummerkezi.net", "CM_PRATIKESNAF") == expected


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9000", "http://[::1]:9000", "https://destek.example.com:8443"])
def test_script_comes_from_the_server_s_own_address(base_url: str) -> None:
    assert f'src="{base_url}/widget.js"' in embed_code(base_url, KEY)


@pytest.mark.parametrize("base_url", ["http://", "http://a/b", "http://a b", "http://" + "a" * 5_000, "http://x@y"])
def test_host_that_is_none_is_left_out(base_url: str) -> None:
    assert embed_code(base_url, KEY) == f'<script async src="/widget.js" data-api-key="{KEY}"></script>'


@given(st.text(), st.text())
def test_nothing_breaks_out_of_an_attribute(base_url: str, key: str) -> None:
    code = embed_code(f"http://{base_url}", key)
    assert code.count('"') == 4
    assert (code.count("<"), code.count(">")) == (2, 2)


def test_markup_in_a_host_is_escaped() -> None:
    assert 'src="http://&quot;&gt;&lt;script&gt;/widget.js"' in embed_code('http://"><script>', KEY)
