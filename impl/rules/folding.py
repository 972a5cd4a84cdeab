"""Folding of letters, so that `ŞİFRE`, `Sıfre` and `sifre` meet, and the words of a text.

Source: the contract (kb/search). Turkish first: ı, i, İ and I are one letter, ş is s, ğ g, ü u, ö o, ç c; â, î, û too.
Beyond that, Unicode's: NFKD without marks, casefold (UAX 15; Unicode 3.13).
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, normalize

WORDS_AT_MOST: Final = 200
"""Of a query; more than its 200 characters can hold, but for ligatures of whole phrases."""

_UNSEEN: Final = frozenset({"Mn", "Me", "Cf"})
"""Marks on the letter before them, and what has no shape of its own, such as a soft hyphen."""

_word = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """The text in folded letters; folding it again changes nothing."""
    if text.isascii():
        return text.lower()
    text = _bare(text.replace("ı", "i"))
    if text.isascii():
        return text.lower()
    return _bare(_bare(text.casefold()).casefold())  # what casefold makes can have marks again


def _bare(text: str) -> str:
    decomposed = normalize("NFKD", text)
    return "".join([letter for letter in decomposed if letter.isascii() or category(letter) not in _UNSEEN])


def words(text: str) -> list[str]:
    """The folded words, in order: runs of letters and digits."""
    return _word.findall(fold(text))


def query_words(text: str) -> tuple[str, ...]:
    """The different words of a query, at most `WORDS_AT_MOST`; none where it has no letter and no digit."""
    return tuple(dict.fromkeys(words(text)))[:WORDS_AT_MOST]


def folded_words(text: str) -> str:
    """The words, each behind a blank, so that `' sif' in it` says whether one begins with `sif`."""
    return "".join([" " + word for word in words(text)])
