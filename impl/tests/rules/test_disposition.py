"""`Content-Disposition`: names that are right, and names that try."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.disposition import attachment

FORM = re.compile(
    rb"attachment; filename=\"([^\"\\\x00-\x1f\x7f-\xff]*)\"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+)"
)


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        ("siparis.txt", "siparis.txt", "siparis.txt"),
        ("İade ığüşöç.pdf", "Iade igusoc.pdf", "%C4%B0ade%20%C4%B1%C4%9F%C3%BC%C5%9F%C3%B6%C3%A7.pdf"),
        ('a"b\\c;d%e/f*.pdf', "a_b_c_d_e_f_.pdf", "a%22b%5Cc%3Bd%25e%2Ff%2A.pdf"),
        ("a\r\nSet-Cookie: x=1", "a__Set-Cookie_ x=1", "a__Set-Cookie%3A%20x%3D1"),
        ("fatura\u202efdp.exe", "fatura_fdp.exe", "fatura_fdp.exe"),
        ("文件.zip", "__.zip", "%E6%96%87%E4%BB%B6.zip"),
        ("\u0301", "_", "%CC%81"),
    ],
)
def test_name_is_told_in_ascii_and_as_it_is(name: str, plain: str, encoded: str) -> None:
    assert attachment(name) == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}".encode()


@given(st.text(min_size=1, max_size=255))
def test_every_name_is_one_header_of_at_most_2000_characters(name: str) -> None:
    value = attachment(name)
    assert FORM.fullmatch(value)
    assert len(value) <= 2000


def test_name_that_is_too_long_keeps_its_ending() -> None:
    value = attachment("😀" * 250 + ".pdf")
    found = FORM.fullmatch(value)
    assert found
    assert len(value) <= 2000
    assert unquote(found[2].decode()) == "😀" * 124 + ".pdf"
    assert FORM.fullmatch(attachment("😀" * 200 + "." + "😀" * 50))
