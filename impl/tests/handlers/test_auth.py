"""Signing in and out: `login`, `logout`, and the token between them."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import pytest

from impl.model import AccessToken, OperatorWentOffline
from impl.store.port import Tx
from impl.tests.client import ESNAF_KEY, Client, Reply

WINDOW_SECONDS = 900


def sign_in(client: Client, email: str, password: str, address: str = "127.0.0.1") -> Reply:
    body = {"email": email, "sifre": password}
    return client.call("POST", "/api/v1/auth/login", body=body, client=address)


def sign_out(client: Client, token: str) -> Reply:
    return client.call("POST", "/api/v1/auth/logout", token=token)


def works(client: Client, token: str) -> bool:
    return client.call("GET", "/api/v1/operator/tenants", token=token).status == 200


def fail(client: Client, times: int, email: str = "operator@example.com", address: str = "127.0.0.1") -> None:
    for _ in range(times):
        assert sign_in(client, email, "yanlis", address).code == "giris_hatali"


# login


def test_signing_in_answers_the_reference_s_whole_shape(client: Client) -> None:
    data = sign_in(client, "operator@example.com", "sifre123").data
    secret = data.pop("token").removeprefix("13|")
    assert len(secret) == 43
    assert data == {
        "token_tipi": "Bearer",
        "gecerlilik": "2026-05-12T14:30:00+03:00",
        "operator": {
            "id": 7,
            "ad": "Örnek Operatör",
            "email": "operator@example.com",
            "musteri_id": 2,
            "musteriler": [
                {
                    "id": 2,
                    "firma_adi": "PratikEsnaf.Com",
                    "logo_url": "/storage/tenants/2/logo.png",
                    "renk_primary": "#FF6B35",
                    "sira": 0,
                    "sessize_alindi": False,
                    "rol": "senior",
                    "max_chat_per_tenant": None,
                },
                {
                    "id": 1,
                    "firma_adi": "CozumMerkezi Demo",
                    "logo_url": None,
                    "renk_primary": "#2563EB",
                    "sira": 1,
                    "sessize_alindi": False,
                    "rol": "senior",
                    "max_chat_per_tenant": None,
                },
            ],
        },
    }


def test_every_sign_in_gives_another_token_and_all_of_them_work(client: Client) -> None:
    first, second = client.login(), client.login()
    assert (first.split("|")[0], second.split("|")[0]) == ("13", "14")
    assert first.split("|")[1] != second.split("|")[1]
    assert works(client, first)
    assert works(client, second)


def test_the_email_is_compared_without_case(client: Client) -> None:
    data = sign_in(client, "Operator@EXAMPLE.com", "sifre123").data
    assert data["operator"]["email"] == "operator@example.com"


@pytest.mark.parametrize("password", ["SIFRE123", "sifre123 ", "sifre12"])
def test_the_password_is_compared_exactly(client: Client, password: str) -> None:
    assert sign_in(client, "operator@example.com", password).code == "giris_hatali"


def test_a_wrong_email_and_a_wrong_password_answer_the_same_body(client: Client) -> None:
    wrong_email = sign_in(client, "kimse@example.com", "sifre123")
    wrong_password = sign_in(client, "operator@example.com", "yanlis")
    assert wrong_email.status == wrong_password.status == 401
    assert wrong_email.value.pop("istek_id") != wrong_password.value.pop("istek_id")
    assert wrong_email.value == wrong_password.value
    assert wrong_email.headers["www-authenticate"] == 'Bearer realm="cozum"'


def test_signing_in_does_not_change_the_operator_s_state(client: Client) -> None:
    client.login()
    online = client.call("POST", "/api/v1/widget/init", key=ESNAF_KEY, body={"ziyaretci_id": "v1"}).data["cevrimici"]
    assert online is False
    assert client.events() == []


def test_ten_failures_close_the_door_for_the_rest_of_the_window(client: Client) -> None:
    fail(client, 10)
    client.clock.advance(seconds=300)
    reply = sign_in(client, "operator@example.com", "sifre123")
    assert reply.code == "cok_fazla_istek"
    assert reply.headers["retry-after"] == "600"
    assert reply.headers["ratelimit"] == '"login";r=0;t=600'
    assert reply.headers["ratelimit-policy"] == f'"login";q=10;w={WINDOW_SECONDS}'


def test_nine_failures_leave_the_door_open(client: Client) -> None:
    fail(client, 9)
    assert sign_in(client, "operator@example.com", "sifre123").status == 200


def test_the_door_opens_when_the_window_is_over_and_not_a_second_before(client: Client) -> None:
    fail(client, 10)
    client.clock.advance(seconds=WINDOW_SECONDS - 1)
    assert sign_in(client, "operator@example.com", "sifre123").headers["retry-after"] == "1"
    client.clock.advance(seconds=1)
    assert sign_in(client, "operator@example.com", "sifre123").status == 200


def test_a_success_forgets_the_failures_before_it(client: Client) -> None:
    fail(client, 9)
    client.login()
    fail(client, 9)
    assert sign_in(client, "operator@example.com", "sifre123").status == 200


def test_failures_count_for_one_address_and_one_email_only(client: Client) -> None:
    fail(client, 10)
    assert sign_in(client, "operator@example.com", "sifre123", "203.0.113.7").status == 200
    assert sign_in(client, "destek@example.com", "sifre123").status == 200
    assert sign_in(client, "OPERATOR@example.com", "sifre123").status == 429


def test_an_unknown_email_is_throttled_like_a_known_one(client: Client) -> None:
    fail(client, 10, "kimse@example.com")
    assert sign_in(client, "kimse@example.com", "yanlis").status == 429


def test_of_many_wrong_tries_at_once_only_ten_learn_that_they_were_wrong(crowd: Client) -> None:
    async def all_at_once() -> list[Reply]:
        body = {"email": "operator@example.com", "sifre": "yanlis"}
        return await asyncio.gather(*[crowd.send("POST", "/api/v1/auth/login", body=body) for _ in range(14)])

    statuses = sorted(reply.status for reply in crowd.run(all_at_once()))
    assert statuses == [401] * 10 + [429] * 4


def test_fields_that_break_the_schema_are_named(client: Client) -> None:
    reply = client.call("POST", "/api/v1/auth/login", body={"email": "operator", "sifre": ""})
    assert reply.code == "alan_hatasi"
    assert reply.fields == ["/email", "/sifre"]


# The token


def test_a_token_lives_for_thirty_days_and_no_longer(client: Client, token: str) -> None:
    client.clock.advance(days=30, seconds=-1)
    assert works(client, token)
    client.clock.advance(seconds=1)
    assert client.call("GET", "/api/v1/operator/tenants", token=token).code == "token_gecersiz"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer 13",
        "Bearer 13|",
        "Bearer |{secret}",
        "Bearer {secret}",
        "Bearer 013|{secret}",
        "Bearer 0|{secret}",
        "Bearer -13|{secret}",
        "Bearer 13||{secret}",
        "Bearer 13|{secret}x",
        "Bearer 13|{secret} ",
        "Bearer 13|yanlis",
        "Bearer 12|{secret}",
        "Bearer 99999999999999999999|{secret}",
        "Bearer 9223372036854775808|{secret}",
        "Bearer 13|ş{secret}",
        "Basic 13|{secret}",
        "13|{secret}",
    ],
)
def test_what_is_not_a_live_token_is_refused_with_a_challenge(client: Client, token: str, value: str) -> None:
    header = value.format(secret=token.split("|")[1]).encode().decode("latin-1")
    reply = client.call("GET", "/api/v1/operator/tenants", headers={"authorization": header})
    assert reply.code == "token_gecersiz"
    assert reply.headers["www-authenticate"] == 'Bearer realm="cozum", error="invalid_token"'


def test_a_token_does_not_work_under_the_id_of_another(client: Client, token: str) -> None:
    other = client.login("destek@example.com")
    crossed = f"{other.split('|')[0]}|{token.split('|')[1]}"
    assert not works(client, crossed)
    assert works(client, other)


def test_no_token_at_all_is_refused(client: Client) -> None:
    assert client.call("GET", "/api/v1/operator/tenants").code == "token_gecersiz"


def test_a_doubled_authorization_header_is_a_broken_request(client: Client, token: str) -> None:
    doubled = [("authorization", f"Bearer {token}")] * 2
    reply = client.call("GET", "/api/v1/operator/tenants", headers=doubled)
    assert (reply.status, reply.code) == (400, "cift_baslik")


def test_only_a_digest_of_the_token_is_kept(client: Client, token: str) -> None:
    async def stored(tx: Tx) -> AccessToken | None:
        return await tx.token(13)

    kept = client.change(stored)
    assert token.split("|")[1] not in repr(kept)
    assert kept.digest == sha256(token.split("|")[1].encode()).digest()


# logout


def test_signing_out_kills_the_token(client: Client, token: str) -> None:
    assert sign_out(client, token).data == {"durum": "cevrimdisi"}
    assert sign_out(client, token).code == "token_gecersiz"


def test_the_last_token_takes_an_online_operator_offline_and_the_chats_back_to_the_queue(
    client: Client, token: str
) -> None:
    client.change_operator(7, state="online")
    client.accept(42, token)
    sign_out(client, token)
    (chat,) = client.queue(client.login())["oturumlar"]
    assert (chat["durum"], chat["operator_id"], chat["operator_adi"], chat["kabul"]) == (
        "bekliyor",
        None,
        None,
        None,
    )
    assert client.events() == [
        OperatorWentOffline(2, 7, "Örnek Operatör", "logout"),
        OperatorWentOffline(1, 7, "Örnek Operatör", "logout"),
    ]


def test_the_widget_sees_that_the_last_operator_left(client: Client, token: str) -> None:
    def online() -> bool:
        reply = client.call("POST", "/api/v1/widget/init", key=ESNAF_KEY, body={"ziyaretci_id": "v1"})
        return bool(reply.data["cevrimici"])

    client.change_operator(7, state="online")
    assert online()
    sign_out(client, token)
    assert not online()


def test_an_operator_who_was_offline_leaves_without_an_event(client: Client, token: str) -> None:
    client.accept(42, token)
    sign_out(client, token)
    assert client.queue(client.login())["oturumlar"][0]["durum"] == "bekliyor"
    assert client.events() == []


def test_another_live_token_keeps_state_and_chats(client: Client, token: str) -> None:
    other = client.login()
    client.change_operator(7, state="busy")
    client.accept(42, token)
    assert sign_out(client, token).data == {"durum": "mesgul"}
    assert client.queue(other)["oturumlar"][0]["durum"] == "aktif"
    assert client.events() == []


def test_an_expired_token_keeps_nobody_online(client: Client, token: str) -> None:
    client.clock.advance(days=30)
    fresh = client.login()
    client.change_operator(7, state="online")
    assert not works(client, token)
    assert sign_out(client, fresh).data == {"durum": "cevrimdisi"}
    assert [event.tenant_id for event in client.events()] == [2, 1]


def test_somebody_else_s_token_keeps_nobody_online(client: Client, token: str) -> None:
    client.login("destek@example.com")
    client.change_operator(7, state="online")
    assert sign_out(client, token).data == {"durum": "cevrimdisi"}


def test_of_two_sign_outs_at_once_the_tenants_are_told_once(crowd: Client) -> None:
    token = crowd.login()
    crowd.change_operator(7, state="online")

    async def at_once() -> list[Reply]:
        return await asyncio.gather(*[crowd.send("POST", "/api/v1/auth/logout", token=token) for _ in range(2)])

    assert {reply.status for reply in crowd.run(at_once())} <= {200, 401}
    assert [event.tenant_id for event in crowd.events()] == [2, 1]


def test_the_right_password_among_many_wrong_ones_at_once_still_opens(crowd: Client) -> None:
    async def at_once() -> list[Reply]:
        passwords = ["sifre123"] + ["yanlis"] * 9
        bodies = [{"email": "operator@example.com", "sifre": password} for password in passwords]
        return await asyncio.gather(*[crowd.send("POST", "/api/v1/auth/login", body=body) for body in bodies])

    assert sorted(reply.status for reply in crowd.run(at_once())) == [200] + [401] * 9


def test_signing_out_wakes_the_visitor_who_waits_in_the_operator_s_chat(client: Client, token: str) -> None:
    client.accept(42, token)

    async def leave_while_waiting() -> Reply:
        waiting = asyncio.create_task(client.poll("ahmet.yilmaz", 42, ESNAF_KEY, son_sira=1, bekle=20))
        await asyncio.sleep(0)
        await client.send("POST", "/api/v1/auth/logout", token=token)
        return await asyncio.wait_for(waiting, 5)

    assert client.run(leave_while_waiting()).data == {"mesajlar": [], "durum": "bekliyor"}
