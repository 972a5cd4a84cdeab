"""The knowledge base as a tenant's visitors read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from impl.model import FoundArticle, Shelf, Tenant
from impl.problems import NotFound
from impl.rules.articles import snippet
from impl.rules.folding import query_words
from impl.store.port import Tx
from impl.world import World

SHELVES: Final = 100
"""Categories at most, and articles in each."""


class Hit(Struct, frozen=True):
    """An article that a search found, and what to show of it."""

    found: FoundArticle
    snippet: str


Found = tuple[list[Hit], bool]
"""A page of hits, and whether there are more."""


async def search(
    world: World, tenant: Tenant, query: str, after: tuple[int, datetime, int] | None, limit: int
) -> Found:
    """The tenant's articles with all the words of the query, best first; answers too whether there are more."""
    words = query_words(query)
    asked = ("search", tenant.id, words, after, limit)

    async def work(tx: Tx) -> tuple[int, Found | None, Sequence[FoundArticle]]:
        version = await tx.knowledge_version(tenant.id)
        known: Found | None = world.memo.get((version, *asked))
        return version, known, () if known else await tx.search_articles(tenant.id, words, after, limit + 1)

    version, known, articles = await world.store.transact(work)
    if known is None:
        beginnings = [" " + word for word in words]
        hits = [Hit(one, snippet(one.article.reading, beginnings)) for one in articles[:limit]]
        known = hits, len(articles) > limit
        world.memo.put((version, *asked), known)
    return known


async def list_shelves(world: World, tenant: Tenant) -> Sequence[Shelf]:
    """The tenant's categories that have something to read."""

    async def work(tx: Tx) -> Sequence[Shelf]:
        return await tx.shelves(tenant.id, SHELVES)

    return await world.store.transact(work)


async def read(world: World, tenant: Tenant, slug: str) -> FoundArticle:
    """A published article. Raises NotFound."""

    async def work(tx: Tx) -> FoundArticle:
        found = await tx.published_article(tenant.id, slug)
        if found is None:
            raise NotFound
        return found

    return await world.store.transact(work)
