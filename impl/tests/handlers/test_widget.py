"""Starting the widget: `widget_init`, and the visitor's browser token."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from impl.tests.client import DEMO_KEY, ESNAF_KEY, Client, Reply


def init(client: Client, visitor: str, key: str = DEMO_KEY, **options: Any) -> Reply:
    return client.call("POST", "/api/v1/widget/init", key=key, body={"ziyaretci_id": visitor}, **options)


def test_a_known_visitor_gets_the_tenant_s_look(client: Client) -> None:
    assert init(client, "abc123").data == {
        "firma_adi": "CozumMerkezi Demo",
        "logo_url": None,
        "renk_primary": "#2563EB",
        "cevrimici": False,
        "aktif_oturum": None,
    }


def test_each_tenant_has_its_own_look(client: Client) -> None:
    data = init(client, "ahmet.yilmaz", ESNAF_KEY).data
    assert (data["firma_adi"], data["logo_url"]) == ("PratikEsnaf.Com", "/storage/tenants/2/logo.png")


def test_the_open_chat_is_shown_until_it_is_closed(client: Client) -> None:
    shown = init(client, "ahmet.yilmaz", ESNAF_KEY).data["aktif_oturum"]
    assert (shown["id"], shown["musteri_id"], shown["durum"]) == (42, 2, "bekliyor")
    client.end("ahmet.yilmaz", 42, ESNAF_KEY)
    assert init(client, "ahmet.yilmaz", ESNAF_KEY).data["aktif_oturum"] is None


def test_the_same_id_in_another_tenant_is_another_visitor(client: Client) -> None:
    data = init(client, "ahmet.yilmaz", DEMO_KEY).data
    assert data["aktif_oturum"] is None
    assert "ziyaretci_token" in data


@pytest.mark.parametrize(("state", "online"), [("online", True), ("busy", False), ("offline", False)])
def test_the_widget_is_online_while_a_member_is(client: Client, state: str, online: bool) -> None:
    client.change_operator(8, state=state)
    assert init(client, "abc123").data["cevrimici"] is online


def test_an_operator_of_another_tenant_does_not_make_it_online(client: Client) -> None:
    client.change_operator(9, state="online")
    assert init(client, "abc123").data["cevrimici"] is False


def test_a_visitor_seen_for_the_first_time_gets_a_token_and_never_again(client: Client) -> None:
    assert len(init(client, "yeni").data["ziyaretci_token"]) == 43
    assert "ziyaretci_token" not in init(client, "yeni").data


def test_two_new_visitors_get_two_tokens(client: Client) -> None:
    tokens = {init(client, visitor).data["ziyaretci_token"] for visitor in ("biri", "oteki")}
    assert len(tokens) == 2


def test_of_two_first_starts_at_once_one_gets_the_token_and_it_works(crowd: Client) -> None:
    async def both() -> list[Reply]:
        body = {"ziyaretci_id": "yeni"}
        sends = [crowd.send("POST", "/api/v1/widget/init", key=DEMO_KEY, body=body) for _ in range(2)]
        return await asyncio.gather(*sends)

    tokens = [reply.data["ziyaretci_token"] for reply in crowd.run(both()) if "ziyaretci_token" in reply.data]
    assert len(tokens) == 1
    crowd.change_tenant(1, secure_mode=True)
    assert init(crowd, "yeni", visitor_token=tokens[0]).status == 200


@pytest.mark.parametrize("visitor", ["a|b", "..", ".gizli", "a/b", "", "ş", "a" * 129, "a b", 7, None])
def test_an_id_that_breaks_the_pattern_is_refused(client: Client, visitor: Any) -> None:
    assert init(client, visitor).fields == ["/ziyaretci_id"]


@pytest.mark.parametrize("visitor", ["a", "_", "-1", "+90", "a.b@c:d", "a" * 128])
def test_an_id_that_keeps_the_pattern_is_taken(client: Client, visitor: str) -> None:
    assert init(client, visitor).status == 200


def test_unknown_fields_are_ignored(client: Client) -> None:
    body = {"ziyaretci_id": "abc123", "sayfa": "/", "ad": {"x": 1}}
    assert client.call("POST", "/api/v1/widget/init", key=DEMO_KEY, body=body).status == 200


# guvenli_mod


def refused(reply: Reply) -> bool:
    return (reply.status, reply.code) == (
        401,
        "ziyaretci_token_gerekli",
    ) and "www-authenticate" in reply.headers


def test_secure_mode_lets_only_the_visitor_s_own_browser_in(client: Client) -> None:
    mine = init(client, "ben").data["ziyaretci_token"]
    other = init(client, "oteki").data["ziyaretci_token"]
    client.change_tenant(1, secure_mode=True)
    without = init(client, "ben")
    assert refused(without)
    assert without.headers["www-authenticate"].startswith("ZiyaretciToken ")
    assert refused(init(client, "ben", visitor_token=other))
    assert refused(init(client, "ben", visitor_token=mine[:-1]))
    assert init(client, "ben", visitor_token=mine).status == 200


def test_secure_mode_still_meets_new_visitors(client: Client) -> None:
    client.change_tenant(1, secure_mode=True)
    assert "ziyaretci_token" in init(client, "yeni").data


def test_without_secure_mode_a_wrong_token_is_not_looked_at(client: Client) -> None:
    assert init(client, "abc123", visitor_token="yanlis").status == 200


@pytest.mark.parametrize("token", ["a b", "a.b", "x" * 200])
def test_a_token_that_none_can_be_is_just_a_wrong_one(client: Client, token: str) -> None:
    assert init(client, "abc123", visitor_token=token).status == 200
    client.change_tenant(1, secure_mode=True)
    assert refused(init(client, "abc123", visitor_token=token))


def test_secure_mode_guards_every_call_of_the_visitor(client: Client) -> None:
    mine = init(client, "ben").data["ziyaretci_token"]
    chat = client.start_chat("ben")["id"]
    client.change_tenant(1, secure_mode=True)
    ours = {"ziyaretci_id": "ben", "oturum_id": chat}
    calls: list[tuple[str, str, Any]] = [
        ("POST", "/api/v1/widget/chat/start", {"ziyaretci_id": "ben"}),
        ("POST", "/api/v1/widget/chat/message", ours | {"mesaj": "selam"}),
        ("GET", f"/api/v1/widget/chat/messages?ziyaretci_id=ben&oturum_id={chat}", None),
        ("POST", "/api/v1/context/customer-info", {"ziyaretci_id": "ben", "ad": "Ben"}),
        ("POST", "/api/v1/widget/chat/end", ours),
        ("POST", "/api/v1/widget/chat/rate", ours | {"puan": 5}),
    ]
    for method, path, body in calls:
        assert refused(client.call(method, path, key=DEMO_KEY, body=body)), path
    for method, path, body in calls:
        assert client.call(method, path, key=DEMO_KEY, body=body, visitor_token=mine).status < 300, path


def test_secure_mode_refuses_a_stranger_before_telling_whether_the_chat_exists(
    client: Client,
) -> None:
    client.change_tenant(2, secure_mode=True)
    assert refused(client.say("kimse", 42, "selam", ESNAF_KEY))
    assert refused(client.say("kimse", 4242, "selam", ESNAF_KEY))


def test_a_signed_customer_info_gives_secure_mode_another_browser(client: Client) -> None:
    client.change_tenant(1, secure_mode=True)
    signed = client.customer_info("abc123", email="ahmet@example.com", signed_at=int(client.clock.timestamp()))
    assert init(client, "abc123", visitor_token=signed.data["ziyaretci_token"]).status == 200


def test_the_newest_32_browsers_of_a_visitor_stay_known(client: Client) -> None:
    now = int(client.clock.timestamp())
    tokens = [client.customer_info("abc123", signed_at=now).data["ziyaretci_token"] for _ in range(33)]
    client.change_tenant(1, secure_mode=True)
    assert refused(init(client, "abc123", visitor_token=tokens[0]))
    assert all(init(client, "abc123", visitor_token=token).status == 200 for token in tokens[1:])


def test_a_tenant_whose_trial_is_over_still_starts_its_widget(client: Client) -> None:
    client.change_tenant(1, trial_ends_at=client.clock.now())
    assert init(client, "abc123").status == 200
