"""Folding: what Turkish writers mean to be the same is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.folding import WORDS_AT_MOST, fold, folded_words, query_words, words


@pytest.mark.parametrize("text", ["ŞİFRE", "sifre", "şifre", "Sıfre", "SIFRE", "s\u0327i\u0307fre", "ＳＩＦＲＥ"])
def test_spellings_of_one_word_meet(text: str) -> None:
    assert fold(text) == "sifre"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ıiİI", "iiii"),
        ("ğĞüÜöÖçÇşŞ", "gguuooccss"),
        ("âÂîÎûÛ", "aaiiuu"),
        ("i̇ı̇", "ii"),
        ("Straße", "strasse"),
        ("ﬁyat", "fiyat"),
        ("m²", "m2"),
        ("Ελλάς", "ελλασ"),
        ("ᾳ", "α"),
        ("kar\u00adgo", "kargo"),
        ("ŉ", "ʼn"),
    ],
)
def test_letters_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyzâîû", max_size=30))
def test_turkish_capitals_fold_as_the_small_letters(text: str) -> None:
    capitals = text.replace("i", "İ").replace("ı", "I").upper()
    assert fold(capitals) == fold(text)
    assert fold(text).isascii()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Şifremi nasıl sıfırlarım?", ["sifremi", "nasil", "sifirlarim"]),
        ("Türkiye’nin 81 ili", ["turkiye", "nin", "81", "ili"]),
        ("e-posta_adresi", ["e", "posta", "adresi"]),
        ("½", ["1", "2"]),
        ("!? … _", []),
        ("", []),
    ],
)
def test_words_are_runs_of_letters_and_digits(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text(max_size=60))
def test_a_word_holds_only_letters_and_digits(text: str) -> None:
    assert all(word.isalnum() for word in words(text))


def test_a_query_names_each_word_once_and_not_too_many() -> None:
    assert query_words("Şifre sifre ŞİFRE kargo") == ("sifre", "kargo")
    assert len(query_words(" ".join(map(str, range(WORDS_AT_MOST + 1))))) == WORDS_AT_MOST


def test_folded_words_tell_what_begins_one() -> None:
    text = folded_words("Şifremi unuttum")
    assert text == " sifremi unuttum"
    assert " sifre" in text
    assert " ifre" not in text
