"""The ending of a saved file says what its bytes are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.file_names import ENDINGS, saved_as


@pytest.mark.parametrize(
    ("name", "media_type", "kept"),
    [
        ("siparis.txt", "text/plain", "siparis.txt"),
        ("OKUBENI.TXT", "text/plain", "OKUBENI.TXT"),
        ("fatura.html", "text/plain", "fatura.html.txt"),
        ("kur.bat", "text/plain", "kur.bat.txt"),
        ("arsiv.jar", "application/zip", "arsiv.jar.zip"),
        ("resim.svg", "image/png", "resim.svg.png"),
        ("foto.JPEG", "image/jpeg", "foto.JPEG"),
        ("dosya", "application/pdf", "dosya.pdf"),
        (".txt", "text/plain", ".txt.txt"),
        ("nokta.", "text/plain", "nokta..txt"),
    ],
)
def test_name_gets_an_ending_of_its_type(name: str, media_type: str, kept: str) -> None:
    assert saved_as(name, media_type) == kept


@given(st.text(min_size=1, max_size=255), st.sampled_from(sorted(ENDINGS)))
def test_every_name_ends_as_its_type_and_stays_short(name: str, media_type: str) -> None:
    saved = saved_as(name, media_type)
    assert saved.rpartition(".")[2].lower() in ENDINGS[media_type]
    assert len(saved) <= 255
    assert saved_as(saved, media_type) == saved
