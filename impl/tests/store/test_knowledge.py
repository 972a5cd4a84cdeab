"""Articles, campaigns, canned responses, members and numbers in every store: order, pages, undo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from impl.model import Article, Chat, ChatState, TenantNumbers
from impl.rules.folding import query_words
from impl.store.port import Tx
from impl.tests.store.of_knowledge import NO_NUMBERS, TODAY, article, campaign, canned, category
from impl.tests.store.rows import NOON, at, chat, membership, operator, tenant
from impl.tests.store.test_store import IMPLEMENTATIONS, Kept, RefusedError, ids

WORDS = ["şifre", "şifremi", "şi", "kargo", "kar", "karı", "fatura", "ödeme", "hesap", "a", "b1"]


@pytest.fixture(params=list(IMPLEMENTATIONS.values()), ids=list(IMPLEMENTATIONS))
def store(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """An empty store of each implementation."""
    kept = Kept(request.param())
    yield kept
    kept.close()


def search(store: Kept, query: str, after: tuple[int, datetime, int] | None = None, limit: int = 100) -> list[int]:
    """The ids of the found articles of tenant 1."""
    found = store.do(lambda tx: tx.search_articles(1, query_words(query), after, limit))
    return [one.article.id for one in found]


def expected(articles: Sequence[Article], query: str) -> list[tuple[int, datetime, int]]:
    """What the port's docstring says, by looking at every article."""
    words = [" " + word for word in query_words(query)]
    keys = []
    for one in articles:
        texts = [one.folded_title, one.reading.folded]
        if one.published and words and all(any(word in text for text in texts) for word in words):
            keys.append((sum(word in one.folded_title for word in words), one.updated_at, one.id))
    return sorted(keys, reverse=True)


# Articles


def test_article_is_read_by_its_slug_with_its_category(store: Kept) -> None:
    store.put(category(1), article(1, slug="sifre", category_id=1), article(2, slug="fatura"))
    found = store.do(lambda tx: tx.published_article(1, "sifre"))
    assert found
    assert (found.article, found.category) == (article(1, slug="sifre", category_id=1), "Kategori 1")
    other = store.do(lambda tx: tx.published_article(1, "fatura"))
    assert other
    assert other.category is None


def test_draft_and_article_of_another_tenant_are_not_there(store: Kept) -> None:
    store.put(article(1, slug="taslak", published=False), article(2, slug="sifre", tenant_id=2))
    assert store.do(lambda tx: tx.published_article(1, "taslak")) is None
    assert store.do(lambda tx: tx.published_article(1, "sifre")) is None
    assert search(store, "sifre") == []


def test_article_with_a_new_slug_is_not_found_by_the_old_one(store: Kept) -> None:
    store.put(article(1, slug="eski"), article(1, slug="yeni"), article(2, slug="eski"))
    found = [store.do(lambda tx, slug=slug: tx.published_article(1, slug)) for slug in ("eski", "yeni")]  # type: ignore[misc]
    assert [one and one.article.id for one in found] == [2, 1]


def test_categories_come_by_position_then_id_with_published_articles_only(store: Kept) -> None:
    store.put(category(1, position=2), category(2, position=1), category(3, position=1), category(4), category(9, 2))
    store.put(
        article(5, category_id=1),
        article(3, category_id=1),
        article(4, category_id=1, published=False),
        article(6, category_id=3),
        article(7, category_id=2),
        article(8, category_id=4, published=False),
        article(9, category_id=9, tenant_id=2),
        article(10),
    )

    def shelves(limit: int) -> list[tuple[int, int, list[int]]]:
        found = store.do(lambda tx: tx.shelves(1, limit))
        return [(shelf.category.id, shelf.count, ids(shelf.articles)) for shelf in found]

    assert shelves(100) == [(2, 1, [7]), (3, 1, [6]), (1, 2, [3, 5])]
    assert shelves(1) == [(2, 1, [7])]
    store.put(article(7, category_id=1), article(6, category_id=3, published=False), category(1, position=0))
    assert shelves(2) == [(1, 3, [3, 5])]
    assert shelves(3) == [(1, 3, [3, 5, 7])]


def test_more_words_in_the_title_come_first_then_the_last_update_then_the_id(store: Kept) -> None:
    store.put(
        article(1, "Şifre ve kargo", updated_at=at(0)),
        article(2, "Şifre", "kargo", updated_at=at(5)),
        article(3, "Kargo", "şifreniz", updated_at=at(5)),
        article(4, "Başka", "Kargo.\n\nŞifremi unuttum", updated_at=at(9)),
        article(5, "Şifre", "fatura", updated_at=at(9)),
        article(6, "Şifre", "kargo", updated_at=at(7)),
    )
    assert search(store, "şifre kargo") == [1, 6, 3, 2, 4]
    assert search(store, "sif") == [5, 6, 2, 1, 4, 3]
    assert search(store, "ifre") == search(store, "…") == search(store, "şifre yok") == []


def test_search_is_read_in_pages_without_gap_or_repetition(store: Kept) -> None:
    titles = ["Şifre kargo", "Şifre", "Kargo", "Ödeme"]
    store.put(
        *[article(number, titles[number % 4], "şifre kargo", updated_at=at(number // 5)) for number in range(1, 24)]
    )
    whole = search(store, "şifre kargo")
    assert len(whole) == 23
    for limit in (1, 2, 7, 23):
        read: list[int] = []
        after = None
        while True:
            page = store.do(lambda tx, a=after, n=limit: tx.search_articles(1, ["sifre", "kargo"], a, n))  # type: ignore[misc]
            if not page:
                break
            read += [one.article.id for one in page]
            assert len(read) <= len(whole)
            after = (page[-1].title_words, page[-1].article.updated_at, page[-1].article.id)
        assert read == whole


def test_search_goes_on_behind_an_article_that_was_withdrawn(store: Kept) -> None:
    store.put(*[article(number) for number in (1, 2, 3, 4)])
    store.put(article(3, published=False))
    assert search(store, "şifre", (1, at(3), 3)) == [2, 1]
    assert search(store, "şifre", (0, at(9), 9)) == []
    assert search(store, "şifre", (2, at(0), 0)) == [4, 2, 1]


class _Drafts:
    """Articles that Hypothesis writes, a few words each."""

    texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
    rows = st.builds(
        article,
        st.integers(1, 8),
        texts,
        texts,
        updated_at=st.integers(0, 4).map(at),
        published=st.booleans() | st.just(True),
    )
    steps = st.lists(st.tuples(rows, st.booleans(), st.booleans()), max_size=25)
    queries = st.lists(st.sampled_from([*WORDS, "kargom", "s", "k", "ş"]), min_size=1, max_size=5).map(" ".join)


@settings(max_examples=150)
@given(_Drafts.steps, _Drafts.queries, st.integers(0, 3))
def test_index_answers_as_looking_at_every_article_would(steps: Any, query: str, cut: int) -> None:
    """Articles come, change and go in any order, some in transactions that fail, searched now and then."""
    kept = Kept(IMPLEMENTATIONS["memory"]())
    try:
        rows: dict[int, Article] = {}
        for row, refused, searched in steps:

            async def work(tx: Tx, row: Article = row, refused: bool = refused, searched: bool = searched) -> None:
                await tx.put_article(row)
                if searched:
                    found = await tx.search_articles(1, query_words(query), None, 100)
                    now = expected([*(rows | {row.id: row}).values()], query)
                    assert [(one.title_words, one.article.updated_at, one.article.id) for one in found] == now
                if refused:
                    raise RefusedError

            if refused:
                with pytest.raises(RefusedError):
                    kept.do(work)
            else:
                kept.do(work)
                rows[row.id] = row
        wanted = expected([*rows.values()], query)
        assert search(kept, query) == [key[2] for key in wanted]
        if wanted:
            behind = wanted[min(cut, len(wanted) - 1)]
            assert search(kept, query, behind, 2) == [key[2] for key in wanted if key < behind][:2]
    finally:
        kept.close()


def test_index_forgets_words_that_nobody_has_any_more(store: Kept) -> None:
    store.put(article(1, "Şifre", "kargo"), article(2, "Fatura"))
    store.put(article(1, "Ödeme", "hesap"))
    assert search(store, "şifre") == search(store, "karg") == []
    assert search(store, "ödeme") == [1]
    assert search(store, "fatu") == [2]


# Campaigns and canned responses


def test_running_campaigns_come_by_start_then_id_the_last_first(store: Kept) -> None:
    store.put(
        campaign(1, 0),
        campaign(2, 5),
        campaign(3, 5),
        campaign(4, 5, active=False),
        campaign(5, 5, tenant_id=2),
        campaign(6, 11),
        campaign(7, 0, ends_at=at(10)),
        campaign(8, 10, ends_at=at(11)),
    )
    assert ids(store.do(lambda tx: tx.running_campaigns(1, at(10)))) == [8, 3, 2, 1]
    assert ids(store.do(lambda tx: tx.running_campaigns(1, at(9)))) == [3, 2, 7, 1]
    store.put(campaign(1, 9), campaign(3, 5, active=False))
    assert ids(store.do(lambda tx: tx.running_campaigns(1, at(9)))) == [1, 2, 7]


def test_canned_responses_come_by_shortcut_then_id_over_tenants(store: Kept) -> None:
    rows = [canned(4, "b"), canned(1, "b", 2), canned(2, "a-b"), canned(3, "a1", 2), canned(5, "a", 3), canned(6, "a")]
    store.put(*rows)

    def page(tenants: list[int], after: tuple[str, int] | None = None, limit: int = 9) -> list[int]:
        return ids(store.do(lambda tx: tx.canned_responses(tenants, after, limit)))

    assert page([1, 2]) == page([2, 1]) == [6, 2, 3, 1, 4]
    assert page([2]) == [3, 1]
    assert page([1, 2], None, 2) == [6, 2]
    assert page([1, 2], ("a-b", 2), 2) == [3, 1]
    assert page([1, 2], ("b", 1)) == [4]
    assert page([1, 2], ("zzz", 1)) == page([]) == []
    store.put(canned(6, "c", 2), canned(4, "b", text="Yeni"))
    assert page([1, 2]) == [2, 3, 1, 4, 6]
    assert page([1]) == [2, 4]


# Members


def test_members_come_by_id_with_their_active_chats_of_the_tenant(store: Kept) -> None:
    store.put(operator(9), operator(7, state="busy"), operator(8), operator(6))
    store.put(membership(9, 1), membership(7, 2), membership(7, 1, chat_limit=3), membership(8, 1), membership(6, 2))
    store.put(
        chat(1, state="active", operator_id=7),
        chat(2, state="active", operator_id=7, tenant_id=2),
        chat(3, state="active", operator_id=7),
        chat(4, state="closed", operator_id=7),
        chat(5, state="active", operator_id=8),
    )
    store.put(chat(5, state="active", operator_id=9), chat(3, state="closed", operator_id=7))
    members = store.do(lambda tx: tx.members(1, 0, 9))
    assert [(m.operator.id, m.active_chats) for m in members] == [(7, 1), (8, 0), (9, 1)]
    assert (members[0].operator.state, members[0].membership.chat_limit) == ("busy", 3)
    assert [m.operator.id for m in store.do(lambda tx: tx.members(1, 7, 1))] == [8]
    assert list(store.do(lambda tx: tx.members(1, 9, 1))) == []


def test_tabs_are_memberships_with_their_tenants(store: Kept) -> None:
    store.put(tenant(1), tenant(2), operator(7), membership(7, 1, 1), membership(7, 2, 0), membership(7, 3, 2))
    assert list(store.do(lambda tx: tx.tabs(7))) == [(tenant(2), membership(7, 2, 0)), (tenant(1), membership(7, 1, 1))]


# Numbers


def numbers(store: Kept, tenant_id: int = 1, since: date = TODAY, today: date = TODAY) -> TenantNumbers:
    (found,) = store.do(lambda tx: tx.numbers([tenant_id], since, today))
    return found


def days(count: int) -> timedelta:
    return timedelta(days=count)


def test_numbers_follow_a_chat_through_its_life(store: Kept) -> None:
    row = chat(1)
    store.put(row, chat(2, tenant_id=2))
    assert numbers(store) == TenantNumbers(1, 0, 0, 0, 0, 0, 0, 0)
    row = replace(row, state="active", operator_id=7, first_reply_at=at(12))
    store.put(row)
    assert numbers(store) == TenantNumbers(0, 1, 0, 0, 0, 0, 12, 1)
    row = replace(row, state="closed", closed_at=at(60))
    store.put(row)
    assert numbers(store) == TenantNumbers(0, 0, 1, 0, 0, 0, 12, 1)
    store.put(replace(row, rating=4, rated_at=at(70)))
    assert numbers(store) == TenantNumbers(0, 0, 1, 0, 4, 1, 12, 1)
    assert numbers(store, 2) == TenantNumbers(1, 0, 0, 0, 0, 0, 0, 0)


def test_numbers_come_in_the_order_of_the_tenants(store: Kept) -> None:
    store.put(chat(1), chat(2, tenant_id=2, state="active", operator_id=7))
    found = store.do(lambda tx: tx.numbers([2, 3, 1], TODAY, TODAY))
    assert [(one.waiting, one.active) for one in found] == [(0, 1), (0, 0), (1, 0)]


def test_each_day_of_the_span_counts_and_no_other(store: Kept) -> None:
    midnight = datetime.combine(TODAY, datetime.min.time(), NOON.tzinfo)
    for number, instant in enumerate(
        [midnight - timedelta(seconds=1), midnight, midnight - days(29), midnight - days(30)]
    ):
        closed: Any = {"state": "closed", "closed_at": instant, "rating": 1 + number, "rated_at": instant}
        times: Any = {
            "opened_at": instant,
            "last_activity_at": instant,
            "first_reply_at": instant + timedelta(seconds=5),
        }
        store.put(chat(number + 1, **closed, **times))
    assert numbers(store) == TenantNumbers(0, 0, 1, 0, 2, 1, 5, 1)
    assert numbers(store, 1, TODAY - days(1)) == TenantNumbers(0, 0, 1, 0, 3, 2, 10, 2)
    assert numbers(store, 1, TODAY - days(29)) == TenantNumbers(0, 0, 1, 0, 6, 3, 15, 3)
    assert numbers(store, 1, TODAY, TODAY + days(1)) == TenantNumbers(0, 0, 0, 0, 2, 1, 5, 1)


def test_reading_numbers_in_a_transaction_that_fails_leaves_no_trace(store: Kept) -> None:
    store.put(chat(1))
    assert numbers(store).waiting == 1

    async def refused(tx: Tx) -> None:
        await tx.put_chat(chat(1, state="active", operator_id=7))
        assert (await tx.numbers([1], TODAY, TODAY))[0].active == 1
        raise RefusedError

    before = store.state()
    with pytest.raises(RefusedError):
        store.do(refused)
    assert store.state() == before
    assert numbers(store) == TenantNumbers(1, 0, 0, 0, 0, 0, 0, 0)


def test_a_deleted_chat_takes_its_numbers_with_it() -> None:
    """No verb deletes chats yet: this is what one calls."""
    kept = Kept(IMPLEMENTATIONS["memory"]())
    gone = chat(1, state="closed", closed_at=NOON, rating=5, rated_at=NOON, first_reply_at=at(3), operator_id=7)

    async def deleted(tx: Any) -> None:
        tx._count(gone, None)

    kept.put(gone)
    assert numbers(kept) == TenantNumbers(0, 0, 1, 0, 5, 1, 3, 1)
    kept.do(deleted)
    assert numbers(kept) == NO_NUMBERS
    kept.close()


# The queue over many tenants

STATES: tuple[ChatState, ...] = ("waiting", "active", "closed")
rows_of_many = st.lists(st.tuples(st.integers(1, 14), st.integers(0, 9), st.sampled_from(STATES)), max_size=60).map(
    lambda given: [chat(n, None, t, o, state=s, operator_id=7) for n, (t, o, s) in enumerate(given, start=1)]
)


@settings(max_examples=150)
@given(
    rows_of_many,
    st.sets(st.integers(1, 14)),
    st.sampled_from([STATES, ("waiting", "active"), ("active", "waiting"), ("waiting",)]),
    st.none() | st.integers(1, 60),
    st.integers(1, 5),
)
def test_queue_of_many_tenants_is_what_sorting_them_all_would_be(
    rows: list[Chat], tenants: set[int], states: tuple[ChatState, ...], behind: int | None, limit: int
) -> None:
    """Whether most chats are of these tenants or hardly any."""
    kept = Kept(IMPLEMENTATIONS["memory"]())
    kept.put(*rows)
    after = None
    if behind is not None and behind <= len(rows):
        after = (rows[behind - 1].opened_at, behind)
    wanted = sorted(
        (row.opened_at, row.id)
        for row in rows
        if row.tenant_id in tenants and row.state in states and (after is None or (row.opened_at, row.id) > after)
    )
    found = kept.do(lambda tx: tx.queue(sorted(tenants), states, after, limit))
    kept.close()
    assert [(row.opened_at, row.id) for row in found] == wanted[:limit]


def test_queue_of_tenants_whose_chats_stand_far_apart(store: Kept) -> None:
    """More chats of others between them than are looked at one by one."""
    store.put(*[chat(number, tenant_id=99, opened=number) for number in range(1, 60)])
    store.put(chat(100, tenant_id=1, opened=-5), chat(101, tenant_id=2, opened=55), chat(102, tenant_id=3, opened=90))
    mine = list(range(1, 11))
    first = store.do(lambda tx: tx.queue(mine, ["waiting", "active"], None, 2))
    assert ids(first) == [100, 101]
    assert ids(store.do(lambda tx: tx.queue(mine, ["waiting", "active"], (at(-5), 100), 2))) == [101, 102]
    assert ids(store.do(lambda tx: tx.queue(mine, ["waiting", "active"], (at(55), 101), 2))) == [102]
