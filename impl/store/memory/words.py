"""An index of what begins the words of a tenant's articles.

Sets of articles are the bits of integers: bit n is the article at place n of the order by last update and id, so that
the best answers stand at the highest bits. What begins with up to three letters is looked up; for longer beginnings,
the words that have them stand side by side in the sorted vocabulary.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from impl.model import Article

SHORT: Final = 3
"""Letters of a beginning up to which its articles are kept ready."""
AFTER_ALL: Final = "\U0010ffff"
"""Sorts behind every letter."""
REBUILT_AT: Final = 32
"""When one in so many articles has to be put between others, a rebuild costs less."""

WINDOW: Final = 512
"""Bits that are looked through at once."""
WINDOW_MASK: Final = (1 << WINDOW) - 1

Bits = dict[str, int]
Place = tuple[float, int]
"""Seconds of the last update, and id."""
After = tuple[int, datetime, int]
"""Query words in the title, last update, and id of the article behind which to go on."""


class WordIndex:
    """`add` and `remove` take back each other. Reads answer ids.

    An article updated after all others costs what it is long. Any other makes room among the bits, or closes the gap:
    some milliseconds at 10,000 articles; added ones wait for that until somebody searches, and many for a rebuild.
    """

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._titles: Bits = {}
        """By beginning or whole word: the articles that have it in the title."""
        self._texts: Bits = {}
        """The same for title or body."""
        self._vocabulary: list[str] = []
        """The words of more than `SHORT` letters."""
        self._articles: dict[int, Article] = {}
        self._waiting: dict[int, Article] = {}

    def add(self, article: Article) -> None:
        """Articles have different ids."""
        if self._waiting or (self._places and _place(article) < self._places[-1]):
            self._waiting[article.id] = article
        else:
            self._insert(article)

    def remove(self, article: Article) -> None:
        """The article is there."""
        if article.id in self._waiting:
            del self._waiting[article.id]
        else:
            self._take_out(article)

    def search(self, words: Sequence[str], after: After | None) -> Iterator[tuple[int, int]]:
        """The ids of the articles with all these beginnings, and how many are in the title; best first."""
        if self._waiting:
            self._settle()
        found = (1 << len(self._places)) - 1 if words else 0
        counted: list[int] = []
        for word in words:
            in_title, in_text = self._having(word)
            found &= in_text
            if not found:
                return
            _add(counted, in_title)
        for title_words, group in _by_count(found, counted):
            for at in _from_the_top(group if after is None else self._behind(group, title_words, after)):
                yield self._places[at][1], title_words

    def _having(self, word: str) -> tuple[int, int]:
        """The articles that have words with this beginning: in the title, anywhere."""
        titles, texts, vocabulary = self._titles, self._texts, self._vocabulary
        if len(word) <= SHORT:
            return titles.get(word, 0), texts.get(word, 0)
        start = bisect_left(vocabulary, word)
        in_title = in_text = 0
        for known in vocabulary[start : bisect_left(vocabulary, word + AFTER_ALL, start)]:
            in_text |= texts[known]
            if known in titles:
                in_title |= titles[known]
        return in_title, in_text

    def _behind(self, group: int, title_words: int, after: After) -> int:
        """Those of a group that come behind a cursor."""
        last, updated_at, article_id = after
        if title_words > last:
            return 0
        if title_words < last:
            return group
        return group & ((1 << bisect_left(self._places, (updated_at.timestamp(), article_id))) - 1)

    def _settle(self) -> None:
        waiting = self._waiting
        self._waiting = {}
        if len(waiting) > len(self._places) // REBUILT_AT:
            waiting |= self._articles
            self._places, self._titles, self._texts, self._vocabulary, self._articles = [], {}, {}, [], {}
        for article in sorted(waiting.values(), key=_place):
            self._insert(article)

    def _insert(self, article: Article) -> None:
        place = _place(article)
        at = bisect_left(self._places, place)
        if at < len(self._places):
            _make_room(self._titles, at)
            _make_room(self._texts, at)
        self._places.insert(at, place)
        self._articles[article.id] = article
        for table, texts in zip((self._titles, self._texts), _beginnings(article), strict=True):
            for text in texts:
                if text in table:
                    table[text] |= 1 << at
                else:
                    table[text] = 1 << at
                    if table is self._texts and len(text) > SHORT:
                        insort(self._vocabulary, text)

    def _take_out(self, article: Article) -> None:
        at = bisect_left(self._places, _place(article))
        del self._places[at], self._articles[article.id]
        for table, texts in zip((self._titles, self._texts), _beginnings(article), strict=True):
            for text in texts:
                table[text] ^= 1 << at
                if not table[text]:
                    del table[text]
                    if table is self._texts and len(text) > SHORT:
                        del self._vocabulary[bisect_left(self._vocabulary, text)]
        if at < len(self._places):
            _close_gap(self._titles, at)
            _close_gap(self._texts, at)


def _place(article: Article) -> Place:
    return article.updated_at.timestamp(), article.id


def _beginnings(article: Article) -> tuple[set[str], set[str]]:
    """What is kept of an article's title, and of all of it: words, and their first one to three letters."""
    title = set(article.folded_title.split())
    text = title.union(article.reading.folded.split())
    return _with_beginnings(title), _with_beginnings(text)


def _with_beginnings(words: set[str]) -> set[str]:
    return words.union(*[{word[:letters] for word in words} for letters in range(1, SHORT + 1)])


def _from_the_top(bits: int) -> Iterator[int]:
    """The places of the bits that are set, highest first; looked for in short integers, cut from the long one."""
    shift = bits.bit_length()
    while shift > 0:
        shift -= WINDOW
        window = (bits >> shift if shift > 0 else bits << -shift) & WINDOW_MASK
        while window:
            at = window.bit_length() - 1
            yield shift + at
            window ^= 1 << at


def _make_room(table: Bits, at: int) -> None:
    below = (1 << at) - 1
    for text, bits in table.items():
        if bits > below:
            table[text] = (bits >> at) << (at + 1) | (bits & below)


def _close_gap(table: Bits, at: int) -> None:
    """The bit itself is nobody's any more."""
    below = (1 << at) - 1
    for text, bits in table.items():
        if bits > below:
            table[text] = (bits >> (at + 1)) << at | (bits & below)


def _add(counted: list[int], bits: int) -> None:
    """Count one more for each of these articles; `counted[n]` has the articles whose count has binary digit n."""
    for digit, ones in enumerate(counted):
        if not bits:
            return
        counted[digit], bits = ones ^ bits, ones & bits
    if bits:
        counted.append(bits)


def _by_count(found: int, counted: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The articles in groups of the same count, the largest count first; empty groups are left out."""
    groups = [(len(counted), 0, found)]
    while groups:
        digit, count, bits = groups.pop()
        if not digit:
            yield count, bits
            continue
        digit -= 1
        ones = bits & counted[digit]
        if ones != bits:
            groups.append((digit, count, bits ^ ones))
        if ones:
            groups.append((digit, count | 1 << digit, ones))
