"""The index of words: what comes between others, and that adding and removing take back each other."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

import pytest

from impl.model import Article
from impl.store.memory.words import WordIndex
from impl.tests.store.of_knowledge import article
from impl.tests.store.rows import at

WORDS = ["sifre", "sifremi", "kargo", "karton", "fatura", "odeme", "hesap", "ad", "b"]
QUERIES = [["sif"], ["sifre"], ["sifrem"], ["kar", "a"], ["karg", "hesa", "b"], ["yok"]]


def articles(count: int, seed: int = 1) -> list[Article]:
    """By their last update, with a few words each."""
    random = Random(seed)
    texts = [" ".join(random.choices(WORDS, k=3)) for _ in range(2 * count)]
    return [article(n, texts[2 * n - 1], texts[2 * n - 2], updated_at=at(10 * n)) for n in range(1, count + 1)]


def index_of(rows: list[Article]) -> WordIndex:
    index = WordIndex()
    for row in rows:
        index.add(row)
    return index


def answers(index: WordIndex) -> list[list[tuple[int, int]]]:
    return [list(index.search(query, None)) for query in QUERIES]


def state(index: WordIndex) -> dict[str, Any]:
    answers(index)
    return deepcopy(vars(index))


@pytest.mark.parametrize("late", [1, 3, 60])
def test_articles_that_come_late_stand_where_they_belong(late: int) -> None:
    """One or three of a hundred find room, sixty mean a rebuild."""
    rows = articles(100)
    shuffled = rows.copy()
    Random(2).shuffle(shuffled)
    behind = shuffled[:late]
    index = index_of([row for row in rows if row not in behind])
    answers(index)
    for row in behind:
        index.add(row)
    assert state(index) == state(index_of(rows))


@pytest.mark.parametrize("place", [0, 1, 50, 98, 99])
def test_removing_and_adding_take_back_each_other(place: int) -> None:
    rows = articles(100)
    index = index_of(rows)
    before = state(index)
    index.remove(rows[place])
    assert state(index) == state(index_of(rows[:place] + rows[place + 1 :]))
    index.add(rows[place])
    assert state(index) == before


def test_article_that_waits_for_a_search_can_be_removed_before() -> None:
    rows = articles(9)
    index = index_of(rows[1:])
    before = state(index)
    index.add(rows[0])
    index.remove(rows[0])
    assert state(index) == before


def test_emptied_index_is_a_new_one() -> None:
    rows = articles(40)
    index = index_of(rows)
    for row in rows:
        index.remove(row)
    assert state(index) == state(WordIndex())
