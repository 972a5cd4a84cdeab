"""The knowledge base: categories, articles, and the index that a search reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from impl.model import Article, Category, FoundArticle, Shelf
from impl.store.memory.tables import Tables
from impl.store.memory.words import WordIndex


class Articles(Tables):
    """Each tenant's articles by slug, by category, and by what begins their words."""

    def __init__(self) -> None:
        super().__init__()
        self.categories: dict[int, Category] = {}
        self.category_ids_by_tenant: dict[int, tuple[int, ...]] = {}
        self.articles: dict[int, Article] = {}
        self.article_ids_by_slug: dict[tuple[int, str], int] = {}
        self.published_by_category: dict[int, tuple[int, ...]] = {}
        self.word_indexes: dict[int, WordIndex] = {}
        self.knowledge_versions: dict[int, int] = {}

    async def put_category(self, category: Category) -> None:
        self._change(category.tenant_id)
        self._set(self.categories, category.id, category)
        ids = {*self.category_ids_by_tenant.get(category.tenant_id, ()), category.id}
        rows = sorted((self.categories[category_id].position, category_id) for category_id in ids)
        self._set(self.category_ids_by_tenant, category.tenant_id, tuple([category_id for _, category_id in rows]))

    async def put_article(self, article: Article) -> None:
        self._change(article.tenant_id)
        old = self.articles.get(article.id)
        if old:
            self._remove(self.article_ids_by_slug, (old.tenant_id, old.slug))
            if old.published:
                self._withdraw(old)
        self._set(self.articles, article.id, article)
        self._set(self.article_ids_by_slug, (article.tenant_id, article.slug), article.id)
        if article.published:
            self._publish(article)

    def _change(self, tenant_id: int) -> None:
        self._set(self.knowledge_versions, tenant_id, self.knowledge_versions.get(tenant_id, 0) + 1)

    async def knowledge_version(self, tenant_id: int) -> int:
        return self.knowledge_versions.get(tenant_id, 0)

    def _publish(self, article: Article) -> None:
        if article.category_id is not None:
            ids = (*self.published_by_category.get(article.category_id, ()), article.id)
            self._set(self.published_by_category, article.category_id, tuple(sorted(ids)))
        if article.tenant_id not in self.word_indexes:
            self._set(self.word_indexes, article.tenant_id, WordIndex())
        index = self.word_indexes[article.tenant_id]
        index.add(article)
        self._undo_by(lambda: index.remove(article))

    def _withdraw(self, article: Article) -> None:
        if article.category_id is not None:
            ids = tuple([one for one in self.published_by_category[article.category_id] if one != article.id])
            self._set(self.published_by_category, article.category_id, ids)
        index = self.word_indexes[article.tenant_id]
        index.remove(article)
        self._undo_by(lambda: index.add(article))

    async def published_article(self, tenant_id: int, slug: str) -> FoundArticle | None:
        article = self.articles.get(self.article_ids_by_slug.get((tenant_id, slug), 0))
        return self._found(article, 0) if article and article.published else None

    async def shelves(self, tenant_id: int, limit: int) -> Sequence[Shelf]:
        filled = filter(self.published_by_category.get, self.category_ids_by_tenant.get(tenant_id, ()))
        return [self._shelf(category_id, limit) for category_id in islice(filled, limit)]

    def _shelf(self, category_id: int, limit: int) -> Shelf:
        ids = self.published_by_category[category_id]
        first = tuple([self.articles[article_id] for article_id in ids[:limit]])
        return Shelf(self.categories[category_id], len(ids), first)

    async def search_articles(
        self, tenant_id: int, words: Sequence[str], after: tuple[int, datetime, int] | None, limit: int
    ) -> Sequence[FoundArticle]:
        index = self.word_indexes.get(tenant_id)
        if index is None:
            return []
        articles = self.articles
        return [self._found(articles[number], count) for number, count in islice(index.search(words, after), limit)]

    def _found(self, article: Article, title_words: int) -> FoundArticle:
        category_id = article.category_id
        return FoundArticle(article, None if category_id is None else self.categories[category_id].name, title_words)
