"""Turkish-like text for the knowledge base that is searched: the same words for the server and for those who ask."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, count, islice

SYLLABLES = [f"{consonant}{vowel}" for consonant in "bcçdfgğhklmnprsştvyz" for vowel in "aeıioöuü"]
WORDS = 5_000
"""Different words; the n-th is met about 1/n as often as the first, as in real text."""
PER_ARTICLE = 150


@cache
def vocabulary() -> list[str]:
    """Words of two to five syllables."""
    chance = random.Random(2026)
    words = dict.fromkeys(["şifre", "sipariş", "fatura", "kargo", "ödeme", "hesap", "üyelik", "iade"])
    while len(words) < WORDS:
        words["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5)))] = None
    return list(words)


def articles(number: int) -> Iterator[tuple[str, str]]:
    """Titles and bodies."""
    chance = random.Random(1)
    weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
    for _ in range(number):
        words = chance.choices(vocabulary(), cum_weights=weights, k=PER_ARTICLE)
        paragraphs = [" ".join(words[at : at + 30]) for at in range(5, PER_ARTICLE, 30)]
        yield " ".join(words[:5]).capitalize(), "\n\n".join(paragraphs)


_marks = count(1)


def fresh_queries(number: int) -> list[str]:
    """Two of the 200 most frequent words, in an order that was not asked before (39,800 times)."""
    frequent = vocabulary()[:200]
    pairs = [divmod(mark, 199) for mark in islice(_marks, number)]
    return [f"{frequent[one % 200]} {frequent[(one + other + 1) % 200]}" for one, other in pairs]


def queries(wanted: int) -> list[str]:
    """What is searched: one word, two words, the first three letters of one; frequent and rare ones."""
    chance = random.Random(7)
    made = []
    for number in range(wanted):
        one, other = chance.choice(vocabulary()[:200]), chance.choice(vocabulary())
        made.append((other, f"{one} {other}", one[:3], one)[number % 4])
    return made
