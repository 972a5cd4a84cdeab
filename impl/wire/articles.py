"""The knowledge base."""

from __future__ import annotations

from datetime import datetime

from msgspec import field

from impl import model
from impl.wire.base import Answer, Shape


class ArticleHit(Shape, frozen=True):
    id: int
    slug: str
    title: str = field(name="baslik")
    snippet: str = field(name="ozet")
    category: str | None = field(name="kategori")
    updated_at: datetime = field(name="guncellendi")

    @classmethod
    def of(cls, found: model.FoundArticle, snippet: str) -> ArticleHit:
        article = found.article
        return cls(article.id, article.slug, article.title, snippet, found.category, article.updated_at)


class ArticleSearchData(Shape, frozen=True):
    articles: list[ArticleHit] = field(name="makaleler")
    next_cursor: str | None = field(name="sonraki_imlec")


class ArticleSearchAnswer(Answer, frozen=True, kw_only=True):
    data: ArticleSearchData


class ArticleTitle(Shape, frozen=True):
    id: int
    slug: str
    title: str = field(name="baslik")


class Category(Shape, frozen=True):
    id: int
    name: str = field(name="ad")
    count: int = field(name="makale_sayisi")
    articles: list[ArticleTitle] = field(name="makaleler")

    @classmethod
    def of(cls, shelf: model.Shelf) -> Category:
        category = shelf.category
        titles = [ArticleTitle(article.id, article.slug, article.title) for article in shelf.articles]
        return cls(category.id, category.name, shelf.count, titles)


class CategoriesData(Shape, frozen=True):
    categories: list[Category] = field(name="kategoriler")


class CategoriesAnswer(Answer, frozen=True, kw_only=True):
    data: CategoriesData


class Article(Shape, frozen=True):
    id: int
    slug: str
    title: str = field(name="baslik")
    body: str = field(name="icerik")
    category: str | None = field(name="kategori")
    updated_at: datetime = field(name="guncellendi")

    @classmethod
    def of(cls, found: model.FoundArticle) -> Article:
        article = found.article
        return cls(article.id, article.slug, article.title, article.body, found.category, article.updated_at)


class ArticleData(Shape, frozen=True):
    article: Article = field(name="makale")


class ArticleAnswer(Answer, frozen=True, kw_only=True):
    data: ArticleData
