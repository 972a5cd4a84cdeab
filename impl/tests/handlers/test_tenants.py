"""The tabs of the panel: `list_tenants`, `order_tenants`, `mute_tenant`."""

from __future__ import annotations

from typing import Any

import pytest

from impl.tests.client import Client, Reply

TENANTS = "/api/v1/operator/tenants"


def order(client: Client, token: str, tenant_ids: Any) -> Reply:
    return client.call("PUT", f"{TENANTS}/sira", token=token, body={"order": tenant_ids})


def mute(client: Client, token: str, tenant_id: int | str, muted: Any = True) -> Reply:
    return client.call("PUT", f"{TENANTS}/{tenant_id}/sessize", token=token, body={"sessize": muted})


def tabs(client: Client, token: str) -> list[tuple[int, int, bool]]:
    data = client.call("GET", TENANTS, token=token).data
    return [(tab["id"], tab["sira"], tab["sessize_alindi"]) for tab in data["musteriler"]]


def test_the_tabs_are_those_of_the_sign_in(client: Client, token: str) -> None:
    body = {"email": "operator@example.com", "sifre": "sifre123"}
    at_sign_in = client.call("POST", "/api/v1/auth/login", body=body).data["operator"]["musteriler"]
    assert client.call("GET", TENANTS, token=token).data == {"musteriler": at_sign_in}


def test_an_operator_sees_only_their_own_tenants(client: Client, stranger: str) -> None:
    (tab,) = client.call("GET", TENANTS, token=stranger).data["musteriler"]
    assert (tab["id"], tab["firma_adi"], tab["rol"]) == (3, "Yalnız A.Ş.", "sahip")


def test_a_limit_of_chats_is_shown(client: Client, token: str) -> None:
    client.add_member(7, 1, chat_limit=3)
    limits = [tab["max_chat_per_tenant"] for tab in client.call("GET", TENANTS, token=token).data["musteriler"]]
    assert limits == [None, 3]


def test_a_new_order_is_answered_and_kept(client: Client, token: str) -> None:
    answered = order(client, token, [1, 2]).data["musteriler"]
    assert [(tab["id"], tab["sira"]) for tab in answered] == [(1, 0), (2, 1)]
    assert tabs(client, token) == [(1, 0, False), (2, 1, False)]


def test_an_order_is_the_operator_s_own(client: Client, token: str, colleague: str) -> None:
    before = tabs(client, colleague)
    order(client, token, [1, 2])
    assert tabs(client, colleague) == before


def test_whole_numbers_written_as_floats_are_ids(client: Client, token: str) -> None:
    order(client, token, [1.0, 2.0])
    assert [tab[0] for tab in tabs(client, token)] == [1, 2]


@pytest.mark.parametrize("tenant_ids", [[2], [2, 1, 3], [2, 3], [2, 2], [2, 1, 1], [], [1, 1.0]])
def test_what_is_not_a_permutation_is_refused_and_changes_nothing(
    client: Client, token: str, tenant_ids: list[float]
) -> None:
    reply = order(client, token, tenant_ids)
    assert reply.code == "alan_hatasi"
    assert reply.fields == ["/order"]
    assert tabs(client, token) == [(2, 0, False), (1, 1, False)]


@pytest.mark.parametrize(
    ("tenant_ids", "field"),
    [(["1", "2"], "/order/0"), ([2, None], "/order/1"), ([2, 0], "/order/1"), (2, "/order")],
)
def test_what_is_no_list_of_ids_is_refused_by_its_field(
    client: Client, token: str, tenant_ids: Any, field: str
) -> None:
    assert field in order(client, token, tenant_ids).fields


def test_a_tab_is_muted_and_unmuted(client: Client, token: str) -> None:
    assert mute(client, token, 2).data["musteri"]["sessize_alindi"] is True
    assert tabs(client, token) == [(2, 0, True), (1, 1, False)]
    assert mute(client, token, 2, muted=False).data["musteri"]["sessize_alindi"] is False
    assert tabs(client, token) == [(2, 0, False), (1, 1, False)]


def test_a_muted_tenant_s_chats_stay_in_the_queue(client: Client, token: str) -> None:
    mute(client, token, 2)
    assert [chat["id"] for chat in client.queue(token)["oturumlar"]] == [42]


def test_silence_is_the_operator_s_own(client: Client, token: str, colleague: str) -> None:
    mute(client, token, 1)
    assert not any(muted for _, _, muted in tabs(client, colleague))


@pytest.mark.parametrize("tenant_id", [3, 99, 0, "abc", "-1", "99999999999999999999"])
def test_a_tenant_of_others_cannot_be_told_from_none(client: Client, token: str, tenant_id: int | str) -> None:
    assert mute(client, token, tenant_id).code == "bulunamadi"


@pytest.mark.parametrize("muted", ["true", 1, None])
def test_silence_is_true_or_false(client: Client, token: str, muted: object) -> None:
    assert mute(client, token, 2, muted).fields == ["/sessize"]
