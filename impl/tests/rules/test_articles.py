"""Paragraphs and snippets of an article."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.articles import SNIPPET, plain, reading, shortened, snippet


@pytest.mark.parametrize(
    ("markdown", "read"),
    [
        ("## **Kargo** [takibi](/kargo)", "Kargo takibi"),
        ("- Bir\n* İki\n+ Üç\n1. Dört\n2) Beş", "Bir İki Üç Dört Beş"),
        ("> Alıntı\n> > içinde `kod_adi`", "Alıntı içinde kod_adi"),
        ("![Ekran](a.png) *eğik*, __kalın__, ~~eski~~", "Ekran eğik, kalın, eski"),
        ("5 * 3 = 15, 2*3 = 6, kod_adi", "5 * 3 = 15, 2*3 = 6, kod_adi"),
        (r"\*yıldız\* \# diyez", "*yıldız* # diyez"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("Başlık\n======", "Başlık"),
        ("#etiket", "#etiket"),
        ("2026. yıl\n1. adım", "2026. yıl adım"),
        ("“Şifremi unuttum” › e-posta", "“Şifremi unuttum” › e-posta"),
        ("[a](b", "[a](b"),
        ("***", ""),
        ("- - -", ""),
        ("", ""),
    ],
)
def test_markers_are_not_read(markdown: str, read: str) -> None:
    assert plain(markdown) == read


def test_a_blank_line_parts_paragraphs_and_empty_ones_are_left_out() -> None:
    body = "# Başlık\r\n\r\nİlk satır\nikincisi\n \t\n---\n\n\n\nSon\r\rgerçekten"
    assert reading(body).texts == ("Başlık", "İlk satır ikincisi", "Son", "gerçekten")
    assert reading("\n\n").texts == ()


def test_three_hundred_characters_stay_and_more_are_cut() -> None:
    assert shortened("ş" * SNIPPET) == "ş" * SNIPPET
    assert shortened("ş" * (SNIPPET + 1)) == "ş" * (SNIPPET - 1) + "…"
    assert shortened("a" * (SNIPPET - 2) + " " + "b" * 9) == "a" * (SNIPPET - 2) + "…"


def test_the_snippet_is_the_first_paragraph_with_a_word() -> None:
    parts = reading("Birinci.\n\nKargo ve fatura.\n\nŞifremi unuttum; kargo.")
    assert snippet(parts, [" sifre"]) == "Şifremi unuttum; kargo."
    assert snippet(parts, [" sifre", " kargo"]) == "Kargo ve fatura."
    assert snippet(parts, [" sifre", " yok"]) == "Şifremi unuttum; kargo."
    assert snippet(parts, [" birinci"]) == snippet(parts, [" ifre"]) == snippet(parts, [" yok", " da"]) == "Birinci."
    assert snippet(reading(""), [" sifre"]) == ""


def test_a_word_behind_the_cut_still_chooses_its_paragraph() -> None:
    parts = reading("Kısa.\n\n" + "uzun " * 80 + "kargo")
    assert snippet(parts, [" kargo"]).startswith("uzun")


@given(st.text(alphabet="a*_~`#>-+1.) []()!\\\n\t", max_size=80))
def test_any_markdown_becomes_one_line(body: str) -> None:
    for text in reading(body).texts:
        assert text == text.strip() != ""
        assert "\n" not in text
        assert len(text) <= len(body)


@pytest.mark.parametrize(
    "unit", ["*", "_", "~", "*_", "[", "[a](", "![", "> ", "#", "- ", "\\", "a* ", "(", "\n \n", "`"]
)
def test_nasty_bodies_take_linear_time(unit: str) -> None:
    body = (unit * 100_000)[:100_000]
    started = process_time()
    reading(body)
    assert process_time() - started < 1.0
