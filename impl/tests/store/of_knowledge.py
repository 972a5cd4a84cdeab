"""What the store's tests know of articles, campaigns, canned responses and the dashboard's numbers."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from impl.model import Article, Campaign, CannedResponse, Category, TenantNumbers
from impl.rules.articles import reading
from impl.rules.folding import folded_words
from impl.tests.store.rows import NOON, at, chat, membership, operator

TODAY: Final = NOON.date()


def category(category_id: int, tenant_id: int = 1, position: int = 0) -> Category:
    return Category(category_id, tenant_id, f"Kategori {category_id}", position)


def article(article_id: int, title: str = "Şifre", body: str = "Gövde", **more: Any) -> Article:
    """Of tenant 1, without a category, updated so many seconds after 14:30 as its id says."""
    values: dict[str, Any] = {
        "tenant_id": 1,
        "category_id": None,
        "slug": f"makale-{article_id}",
        "updated_at": at(article_id),
    } | more
    texts: dict[str, Any] = {"folded_title": folded_words(title), "reading": reading(body)}
    return Article(id=article_id, title=title, body=body, **values, **texts)


def campaign(campaign_id: int, starts: int = 0, **more: Any) -> Campaign:
    """Of tenant 1, starting so many seconds after 14:30."""
    values: dict[str, Any] = {"tenant_id": 1, "title": "Baş", "message": "Metin", "starts_at": at(starts)} | more
    return Campaign(campaign_id, **values)


def canned(response_id: int, shortcut: str, tenant_id: int = 1, text: str = "Metin") -> CannedResponse:
    return CannedResponse(response_id, tenant_id, shortcut, "Baş", text)


VERBS: Final[dict[str, str]] = {
    "Category": "put_category",
    "Article": "put_article",
    "Campaign": "put_campaign",
    "CannedResponse": "put_canned_response",
}
"""The verb that writes each kind of row."""

NO_NUMBERS: Final = TenantNumbers(0, 0, 0, 0, 0, 0, 0, 0)

READS: Final[dict[str, tuple[Any, object]]] = {
    "published_article": (lambda tx: tx.published_article(1, "sifre"), None),
    "shelves": (lambda tx: tx.shelves(1, 100), []),
    "knowledge_version": (lambda tx: tx.knowledge_version(1), 0),
    "search_articles": (lambda tx: tx.search_articles(1, ["sifre"], None, 10), []),
    "running_campaigns": (lambda tx: tx.running_campaigns(1, NOON), []),
    "canned_responses": (lambda tx: tx.canned_responses([1, 2], None, 10), []),
    "numbers": (lambda tx: tx.numbers([1, 2], TODAY, TODAY), [NO_NUMBERS, NO_NUMBERS]),
    "members": (lambda tx: tx.members(1, 0, 10), []),
    "tabs": (lambda tx: tx.tabs(7), []),
}
"""Each getter, and what it answers while the store is empty."""

FILLED: Final[tuple[Any, ...]] = (
    category(1),
    article(1, category_id=1),
    article(2, published=False, category_id=1),
    article(3),
    campaign(1),
    canned(1, "merhaba"),
)
"""Rows that stand there before each write below."""

WRITES: Final[dict[str, Any]] = {
    "new category": lambda tx: tx.put_category(category(2)),
    "category": lambda tx: tx.put_category(category(1, position=3)),
    "new article": lambda tx: tx.put_article(article(4, "Kargo takibi", category_id=1)),
    "first article of a tenant": lambda tx: tx.put_article(article(4, tenant_id=2)),
    "older article": lambda tx: tx.put_article(article(4, "Kargo takibi", updated_at=at(0))),
    "article": lambda tx: tx.put_article(article(1, "Fatura", slug="fatura")),
    "published article": lambda tx: tx.put_article(article(2, category_id=1)),
    "withdrawn article": lambda tx: tx.put_article(article(1, category_id=1, published=False)),
    "new campaign": lambda tx: tx.put_campaign(campaign(2, 5)),
    "campaign": lambda tx: tx.put_campaign(campaign(1, active=False)),
    "new canned response": lambda tx: tx.put_canned_response(canned(2, "kargo")),
    "canned response": lambda tx: tx.put_canned_response(canned(1, "selam")),
    "canned response of another tenant": lambda tx: tx.put_canned_response(canned(2, "kargo", 2)),
    "member": lambda tx: tx.put_membership(membership(8, 1)),
    "operator of nobody": lambda tx: tx.put_operator(operator(9)),
    "chat rated today": lambda tx: tx.put_chat(
        replace(chat(44, "v44", state="closed"), rating=5, rated_at=NOON, closed_at=NOON, first_reply_at=at(9))
    ),
}
"""Writes that change the state, to be done and undone."""
