"""Pages over several sorted lists at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heapreplace
from typing import Any, TypeVar

Place = TypeVar("Place", int, tuple[str, int])


def first_of_all(lists: Iterable[Sequence[Place] | None], behind: Place | None, limit: int) -> list[Place]:
    """The smallest places over all lists, in order, those behind the given one. No place is in two lists.

    Costs a look at each list and a step for each place found, however long the lists are.
    """
    heads: list[Any]
    if behind is None:
        heads = [(places[0], 0, places) for places in lists if places]
    else:
        found = [(places, bisect_right(places, behind) if places[0] <= behind else 0) for places in lists if places]
        heads = [(places[at], at, places) for places, at in found if at < len(places)]
    heapify(heads)
    page: list[Place] = []
    while heads and len(page) < limit:
        place, at, places = heads[0]
        page.append(place)
        at += 1
        if at < len(places):
            heapreplace(heads, (places[at], at, places))
        else:
            heappop(heads)
    return page
