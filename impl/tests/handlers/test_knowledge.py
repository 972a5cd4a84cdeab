"""The knowledge base: search, categories, articles."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from msgspec.structs import replace

from impl.store.port import Tx
from impl.tests.client import DEMO_KEY, ESNAF_KEY, LONELY_KEY, Client, Reply
from impl.tests.store.of_knowledge import article, category

SEARCH = "/api/v1/widget/kb/search"
CATEGORIES = "/api/v1/widget/kb/categories"


def write(client: Client, *rows: Any) -> None:
    """Put articles there."""

    async def work(tx: Tx) -> None:
        for row in rows:
            await tx.put_article(row)

    client.change(work)


def search(client: Client, query: str, key: str = DEMO_KEY, **more: Any) -> Reply:
    return client.call("GET", f"{SEARCH}?{urlencode({'q': query} | more)}", key=key)


def found(client: Client, query: str, **more: Any) -> list[int]:
    return [hit["id"] for hit in search(client, query, **more).data["makaleler"]]


@pytest.mark.parametrize("query", ["sifre", "şifre", "ŞİFRE", "Sıfre", "şifremi", "SIFIRLARIM sifre", "şif", "sifre!"])
def test_spellings_and_beginnings_find_the_article(client: Client, query: str) -> None:
    assert found(client, query) == [1]


@pytest.mark.parametrize("query", ["ifre", "şifrem yok", "siparis", "…", "_", "?!", "\u0301"])
def test_what_begins_no_word_finds_nothing(client: Client, query: str) -> None:
    """A query without a letter and a digit too."""
    assert search(client, query).data == {"makaleler": [], "sonraki_imlec": None}


def test_a_tenant_searches_its_own_articles(client: Client) -> None:
    assert [found(client, "şifre", key=key) for key in (DEMO_KEY, ESNAF_KEY, LONELY_KEY)] == [[1], [3], [5]]


def test_drafts_are_not_found(client: Client) -> None:
    write(client, article(6, "Şifre taslağı", slug="taslak", published=False))
    assert found(client, "şifre") == [1]
    assert client.call("GET", "/api/v1/widget/kb/article/taslak", key=DEMO_KEY).code == "bulunamadi"


def test_the_snippet_is_the_paragraph_with_the_word(client: Client) -> None:
    (hit,) = search(client, "dakika").data["makaleler"]
    assert hit["ozet"] == "Size gelen bağlantı 30 dakika geçerlidir; yeni şifreniz en az 8 karakter olmalıdır."
    write(client, article(6, "Uzun", "# Baş\n\n**" + "kelime " * 80 + "**"))
    (hit,) = search(client, "kelim").data["makaleler"]
    assert len(hit["ozet"]) <= 300
    assert hit["ozet"].startswith("kelime kelime")
    assert hit["ozet"].endswith("…")
    assert hit["kategori"] is None


def test_an_article_without_a_paragraph_has_an_empty_snippet(client: Client) -> None:
    write(client, article(6, "Boşluk", "---"))
    assert search(client, "boşluk").data["makaleler"][0]["ozet"] == ""


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_search_is_read_in_pages(client: Client, limit: int) -> None:
    rows = [article(n, "Şifre kargo" if n % 3 else "Kargo", "şifre") for n in range(10, 21)]
    write(client, *rows)
    whole = found(client, "şifre kargo")
    assert whole == [20, 19, 17, 16, 14, 13, 11, 10, 18, 15, 12]
    read: list[int] = []
    more: dict[str, Any] = {}
    while True:
        page = search(client, "şifre kargo", limit=limit, **more).data
        read += [hit["id"] for hit in page["makaleler"]]
        assert len(read) <= len(whole)
        if page["sonraki_imlec"] is None:
            break
        assert len(page["makaleler"]) == limit
        more = {"imlec": page["sonraki_imlec"]}
    assert read == whole


def test_an_article_changed_between_two_pages_moves_and_nothing_is_shown_twice(client: Client) -> None:
    write(client, *[article(n, "Kargo") for n in range(10, 16)])
    page = search(client, "kargo", limit=3).data
    assert [hit["id"] for hit in page["makaleler"]] == [15, 14, 13]
    write(client, article(12, "Kargo", updated_at=client.clock.now().replace(hour=20)))
    assert found(client, "kargo", imlec=page["sonraki_imlec"]) == [11, 10]


@pytest.mark.parametrize(
    "cursor", ["x", "0" * 27, "0" * 29, "g" * 28, "00" + "0" * 10 + "8" + "0" * 15, "A" * 28, "0" * 28 + "\n"]
)
def test_a_broken_cursor_is_refused(client: Client, cursor: str) -> None:
    assert search(client, "şifre", imlec=cursor).fields == ["/imlec"]


@pytest.mark.parametrize("cursor", ["f" * 12 + "7" + "f" * 15, "0" * 28, "01" + "f" * 10 + "0" * 16])
def test_every_cursor_of_the_form_is_read(client: Client, cursor: str) -> None:
    assert search(client, "şifre", imlec=cursor).status == 200


@pytest.mark.parametrize("query", ["", " ", "\u3000", "ş" * 201])
def test_a_blank_or_too_long_query_is_refused(client: Client, query: str) -> None:
    assert search(client, query).fields == ["/q"]


def test_a_query_must_be_there(client: Client) -> None:
    assert client.call("GET", SEARCH, key=DEMO_KEY).code == "alan_hatasi"


@pytest.mark.parametrize("query", [" ".join("abcdefghijklmnoprstuvyz"), "ﷺ" * 60, "%", "a" * 200, "½" * 200, "⒜" * 200])
def test_nasty_queries_are_answered(client: Client, query: str) -> None:
    write(client, article(6, " ".join("abcdefghijklmnoprstuvyz")))
    assert search(client, query).status == 200


def test_refusals_come_in_their_order(client: Client) -> None:
    assert client.call("GET", SEARCH).status == 401
    assert client.call("GET", SEARCH, key=ESNAF_KEY, headers={"Origin": "https://baska.com"}).status == 403
    assert client.call("GET", SEARCH, key=ESNAF_KEY).status == 422
    assert client.call("GET", "/api/v1/widget/kb/article/yok", key=DEMO_KEY).status == 404


def test_categories_have_a_published_article_and_stand_in_the_tenants_order(client: Client) -> None:
    async def work(tx: Tx) -> None:
        await tx.put_category(category(6, position=-1))
        await tx.put_category(category(7))
        await tx.put_article(article(6, "Kargo", category_id=6))
        await tx.put_article(article(7, "Taslak", category_id=7, published=False))

    client.change(work)
    shown = client.call("GET", CATEGORIES, key=DEMO_KEY).data["kategoriler"]
    assert [(one["id"], one["ad"], one["makale_sayisi"]) for one in shown] == [
        (6, "Kategori 6", 1),
        (1, "Hesap", 1),
        (2, "Ödeme", 1),
    ]
    assert shown[0]["makaleler"] == [{"id": 6, "slug": "makale-6", "baslik": "Kargo"}]


def test_a_category_shows_a_hundred_articles_and_counts_all(client: Client) -> None:
    write(client, *[article(n, category_id=2) for n in range(210, 100, -1)])
    payment = client.call("GET", CATEGORIES, key=DEMO_KEY).data["kategoriler"][1]
    assert payment["makale_sayisi"] == 111
    assert [one["id"] for one in payment["makaleler"]] == [2, *range(101, 200)]


def test_an_article_is_the_tenants_own(client: Client) -> None:
    path = "/api/v1/widget/kb/article/fatura-goruntuleme"
    assert client.call("GET", path, key=DEMO_KEY).data["makale"]["kategori"] == "Ödeme"
    assert client.call("GET", path, key=ESNAF_KEY).code == "bulunamadi"


@pytest.mark.parametrize("slug", ["Sifre-Sifirlama", "şifre", "sifre_sifirlama", "-", "a" * 121])
def test_a_slug_that_breaks_the_rule_is_not_there(client: Client, slug: str) -> None:
    reply = client.call("GET", f"/api/v1/widget/kb/article/{quote(slug)}", key=DEMO_KEY)
    assert reply.code == "bulunamadi"


def test_an_article_that_changes_is_found_as_it_is_now(client: Client) -> None:
    """Answers are kept for who asks again, as long as nothing changes."""
    before = [search(client, "sifre").data for _ in range(2)]
    assert before[0] == before[1]

    async def work(tx: Tx) -> None:
        found = await tx.published_article(1, "sifre-sifirlama")
        assert found
        await tx.put_article(replace(found.article, title="Şifre ve parola"))

    client.change(work)
    (changed,) = search(client, "sifre").data["makaleler"]
    assert changed["baslik"] == "Şifre ve parola"
