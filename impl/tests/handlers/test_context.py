"""What operators see of a visitor: `get_visitor_context`."""

from __future__ import annotations

from typing import Any, Final

import pytest

from impl.tests.client import DEMO_KEY, ESNAF_KEY, LONELY_KEY, Client

PLAN = {"tip": "paket", "icon": "📦", "label": "Paket", "deger": "Kurumsal"}
CREDIT = {"tip": "kontor", "icon": "💰", "label": "Kalan kontör", "deger": "4.500"}
TRIAL = {"tip": "trial", "icon": "⚠️", "label": "Deneme bitiyor", "deger": "2 gün", "kritik": True}
STORAGE: Final[dict[str, Any]] = {
    "tip": "depolama",
    "icon": "💾",
    "label": "Depolama",
    "deger": "3,0 / 5,0 GB (%60)",
    "kritik": False,
}


def banner(client: Client, token: str, visitor: str = "v1", **info: Any) -> Any:
    """The banner of a visitor after the site told this about them."""
    assert client.customer_info(visitor, **info).status == 200
    return client.context(visitor, token).data["banner"]


def test_the_reference_s_banner_stands_over_abc123(client: Client, token: str) -> None:
    assert client.context("abc123", token).data["banner"] == [PLAN, CREDIT, TRIAL, STORAGE]


def test_user_42_has_a_banner_of_what_is_known(client: Client, token: str) -> None:
    assert client.context("user_42", token).data["banner"] == [PLAN | {"deger": "Pro 5GB"}, STORAGE]


def test_a_visitor_of_whom_nothing_is_known_has_an_empty_banner(client: Client, token: str) -> None:
    data = client.context("ahmet.yilmaz", token).data
    assert data["banner"] == []
    assert (data["musteri"]["paket"], data["musteri"]["ekstra"]) == (None, {})


def test_storage_of_ninety_percent_is_critical(client: Client, token: str) -> None:
    (item,) = banner(client, token, ekstra={"depolama_kullanilan_gb": 4.6, "depolama_toplam_gb": 5})
    assert item == STORAGE | {"icon": "⚠️", "deger": "4,6 / 5,0 GB (%92)", "kritik": True}


def test_a_flag_makes_storage_critical_at_any_percent(client: Client, token: str) -> None:
    extra = {"depolama_kullanim": "3 GB / 5 GB", "depolama_dolu_yuzde": 60, "depolama_kritik": True}
    (item,) = banner(client, token, ekstra=extra)
    assert item == STORAGE | {"icon": "⚠️", "deger": "3 GB / 5 GB (%60)", "kritik": True}


def test_a_flag_of_false_cannot_calm_ninety_percent(client: Client, token: str) -> None:
    extra = {"depolama_kullanim": "4,5 GB / 5 GB", "depolama_dolu_yuzde": 90, "depolama_kritik": False}
    assert banner(client, token, ekstra=extra)[0]["kritik"] is True


@pytest.mark.parametrize(
    "extra",
    [
        {"depolama_kullanilan_gb": "3", "depolama_toplam_gb": 5},
        {"depolama_kullanilan_gb": 3, "depolama_toplam_gb": 0},
        {"depolama_kullanilan_gb": -1, "depolama_toplam_gb": 5},
        {"depolama_kullanilan_gb": True, "depolama_toplam_gb": 5},
        {"depolama_kullanilan_gb": 2**63 - 1, "depolama_toplam_gb": 5},
        {"depolama_kullanim": {"a": 1}},
        {"trial_bitis": "hiç"},
        {"trial_bitis": "2026-02-30"},
        {"trial_kalan_gun": "iki"},
        {"trial_kalan_gun": 2**63 - 1},
        {"trial_kalan_gun": -(2**63)},
    ],
)
def test_unusable_values_leave_the_item_out_and_never_fail_the_call(
    client: Client, token: str, extra: dict[str, Any]
) -> None:
    assert banner(client, token, ekstra=extra) == []


@pytest.mark.parametrize(
    "extra",
    [{}, {"depolama_dolu_yuzde": 1e15}],
)
def test_the_longest_ready_text_never_breaks_the_answer(client: Client, token: str, extra: dict[str, Any]) -> None:
    (item,) = banner(client, token, ekstra=extra | {"depolama_kullanim": "x" * 2000})
    assert item["deger"].startswith("x" * 2000)


def test_tiny_and_huge_storage_never_breaks_the_answer(client: Client, token: str) -> None:
    extra = {"depolama_kullanilan_gb": 1e15, "depolama_toplam_gb": 5e-324}
    assert banner(client, token, ekstra=extra)[0]["kritik"] is True


def test_the_trial_counts_down_with_the_clock(client: Client) -> None:
    seen = []
    for _ in range(3):
        trial = client.context("abc123", client.login()).data["banner"][2]
        seen.append((trial["deger"], trial["kritik"]))
        client.clock.advance(days=1)
    assert seen == [("2 gün", True), ("1 gün", True), ("Süresi doldu", True)]


@pytest.mark.parametrize(
    ("info", "item"),
    [
        ({"trial_bitis": "2026-04-12"}, ("⚠️", "Deneme bitiyor", "1 gün", True)),
        ({"trial_bitis": "2026-04-14"}, ("⚠️", "Deneme bitiyor", "3 gün", True)),
        ({"trial_bitis": "2026-04-15"}, ("⏳", "Deneme", "4 gün", False)),
        ({"trial_bitis": "2026-04-15T14:30:00"}, ("⚠️", "Deneme bitiyor", "3 gün", True)),
        ({"trial_bitis": "2026-04-15T11:30:01Z"}, ("⏳", "Deneme", "4 gün", False)),
        ({"trial_bitis": "2026-04-11"}, ("⚠️", "Deneme bitiyor", "Süresi doldu", True)),
        ({"trial_kalan_gun": 14}, ("⏳", "Deneme", "14 gün", False)),
        ({"trial_bitis": "2026-04-25", "trial_kalan_gun": 1}, ("⏳", "Deneme", "14 gün", False)),
        ({"trial_kalan_gun": 14, "ekstra": {"trial_bitis": "2026-04-12"}}, ("⏳", "Deneme", "14 gün", False)),
        ({"ekstra": {"trial_kalan_gun": 2}}, ("⚠️", "Deneme bitiyor", "2 gün", True)),
    ],
)
def test_the_trial_is_read_from_its_end_or_its_days(
    client: Client, token: str, info: dict[str, Any], item: tuple[str, str, str, bool]
) -> None:
    (trial,) = banner(client, token, **info)
    assert (trial["icon"], trial["label"], trial["deger"], trial["kritik"]) == item


def test_the_verified_flag_is_shown(client: Client, token: str) -> None:
    assert client.context("abc123", token).data["identity_dogrulandi"] is False
    client.customer_info("abc123", signed_at=int(client.clock.timestamp()))
    assert client.context("abc123", token).data["identity_dogrulandi"] is True


def test_the_visitor_s_newest_chats_come_first_and_twenty_at_most(client: Client, token: str) -> None:
    chats = []
    for _ in range(21):
        client.clock.advance(seconds=1)
        chats.append(client.start_chat("abc123")["id"])
        client.end("abc123", chats[-1])
    assert [chat["id"] for chat in client.context("abc123", token).data["oturumlar"]] == chats[:0:-1]


def test_chats_of_other_visitors_and_tenants_are_not_among_them(client: Client, token: str) -> None:
    client.start_chat("user_42")
    client.start_chat("abc123", key=ESNAF_KEY)
    assert client.context("abc123", token, musteri_id=1).data["oturumlar"] == []


def test_of_two_visitors_of_the_same_id_the_one_seen_last_is_shown(client: Client, token: str) -> None:
    def seen() -> int:
        return int(client.context("ortak", token).data["musteri_id"])

    for key, tenant_id in ((DEMO_KEY, 1), (ESNAF_KEY, 2), (DEMO_KEY, 1)):
        client.clock.advance(seconds=0.25)
        client.call("POST", "/api/v1/widget/init", key=key, body={"ziyaretci_id": "ortak"})
        assert seen() == tenant_id


def test_a_tenant_can_be_chosen(client: Client, token: str) -> None:
    client.customer_info("ortak", DEMO_KEY, ad="Bir")
    client.customer_info("ortak", ESNAF_KEY, ad="Iki")
    for tenant_id, name in ((1, "Bir"), (2, "Iki")):
        data = client.context("ortak", token, musteri_id=tenant_id).data
        assert (data["musteri_id"], data["musteri"]["ad"]) == (tenant_id, name)


def test_a_foreign_tenant_that_saw_the_visitor_last_changes_nothing(client: Client, token: str) -> None:
    client.clock.advance(seconds=1)
    client.customer_info("abc123", LONELY_KEY, ad="Yabanci")
    assert client.context("abc123", token).data["musteri"]["ad"] == "Ahmet"


@pytest.mark.parametrize("visitor", ["hic", "a%7Cb", "..", "%2e%2e", "a" * 129, "%FF", "a%00b"])
def test_an_unknown_visitor_is_not_found(client: Client, token: str, visitor: str) -> None:
    assert client.context(visitor, token).status == 404


def test_a_visitor_of_a_foreign_tenant_cannot_be_told_from_none(client: Client, token: str, stranger: str) -> None:
    assert client.context("abc123", stranger).code == "bulunamadi"
    assert client.context("abc123", stranger, musteri_id=1).code == "bulunamadi"
    assert client.context("abc123", token, musteri_id=2).code == "bulunamadi"
    assert client.context("abc123", token, musteri_id=3).code == "bulunamadi"


def test_a_bad_tenant_is_a_field_error(client: Client, token: str) -> None:
    assert client.context("abc123", token, musteri_id="bir").fields == ["/musteri_id"]


def test_percent_encoded_ids_find_their_visitor(client: Client, token: str) -> None:
    client.customer_info("a@b:c+d", ad="Ayşe")
    assert client.context("a%40b%3Ac%2Bd", token).data["ziyaretci_id"] == "a@b:c+d"
    assert client.context("a@b:c+d", token).data["musteri"]["ad"] == "Ayşe"
