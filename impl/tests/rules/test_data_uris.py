"""Data URIs."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.data_uris import read_data_uri


@given(st.binary(min_size=1, max_size=50))
def test_every_content_is_read_back(content: bytes) -> None:
    assert read_data_uri(f"data:image/png;base64,{b64encode(content).decode()}") == ("image/png", content)


@pytest.mark.parametrize(
    "uri",
    [
        "data:image/png;base64,QQ",
        "data:image/png;base64,QQ=",
        "data:image/png;base64,QQ===",
        "data:image/png;base64,QQ==QQ==",
        "data:image/png;base64,Q",
        "data:image/png;base64,====",
        "data:image/png;base64,QR==",
        "data:image/png;base64,QUF=",
        "data:image/png;base64,Q Q=",
        "data:image/png;base64,QQ-_",
        "data:image/png;base64,ş",
        "data:image/png,QQ==",
        "image/png;base64,QQ==",
        "data:image/png;base64",
        "",
    ],
)
def test_broken_ones_are_nothing(uri: str) -> None:
    assert read_data_uri(uri) is None
