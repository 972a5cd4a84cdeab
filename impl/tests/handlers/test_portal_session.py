"""The portal's session: signing in and out, the cookie between them, and where requests come from."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any, Final

import pytest

from impl.due import run_due
from impl.tests.client import Client
from impl.tests.handlers.browser import (
    HOST,
    OWNER_OF_1,
    OWNER_OF_3,
    SENIOR,
    Browser,
    at_once,
    everything,
    leave,
    tables,
)

NOBODY: Final = {"giris_yapildi": False, "operator": None, "aktif_musteri_id": None}
OPERATOR_7: Final = {
    "giris_yapildi": True,
    "operator": {"id": 7, "ad": "Örnek Operatör", "email": "operator@example.com"},
    "aktif_musteri_id": 2,
}

UNSAFE: Final[dict[tuple[str, str], Any]] = {
    ("POST", "/portal/giris"): {"email": "yalniz@example.com", "sifre": "sifre123"},
    ("POST", "/portal/cikis"): None,
    ("POST", "/portal/projeler/sec/3"): None,
    ("POST", "/portal/projelerim"): {"firma_adi": "Yeni"},
    ("POST", "/portal/widget/originler"): {"origin": "https://a.example"},
    ("DELETE", "/portal/widget/originler?origin=https://b.example"): None,
    ("PUT", "/portal/webhook"): {"url": "https://a.example/", "olaylar": ["yeni_chat"]},
    ("POST", "/portal/webhook/teslimatlar/1/yeniden"): None,
}
"""What changes something, with a body that would."""

SAFE: Final = (
    "/portal/giris",
    "/portal/projeler",
    "/portal/projelerim",
    "/portal/projelerim/yeni",
    "/portal/widget",
    "/portal/webhook",
)


# Signing in


def test_signing_in_answers_who_it_is_and_gives_a_cookie(client: Client) -> None:
    reply = Browser(client).sign_in()
    assert reply.data == OPERATOR_7
    assert re.fullmatch(
        r"cozum_portal=[A-Za-z0-9_-]{43}; Path=/portal; Max-Age=43200; HttpOnly; SameSite=Lax",
        reply.headers["set-cookie"],
    )
    assert (reply.headers["cache-control"], reply.headers["vary"]) == ("no-store", "Accept")


def test_cookie_is_for_https_only_where_the_request_came_over_it(client: Client) -> None:
    object.__setattr__(client.world, "public_url", f"https://{HOST}")
    browser = Browser(client)
    assert browser.sign_in().headers["set-cookie"].endswith("; SameSite=Lax; Secure")
    assert browser.sign_out().headers["set-cookie"].endswith("; SameSite=Lax; Secure")


def test_form_of_the_page_signs_in_as_json_does(client: Client) -> None:
    headers = {"host": HOST, "origin": f"https://{HOST}", "content-type": "application/x-www-form-urlencoded"}
    raw = b"email=operator%40example.com&sifre=sifre123"
    assert Browser(client).call("POST", "/portal/giris", headers=headers, raw=raw).data == OPERATOR_7


def test_email_is_compared_without_case(client: Client) -> None:
    assert Browser(client).sign_in("Operator@EXAMPLE.com").data == OPERATOR_7


def test_wrong_email_and_wrong_password_answer_alike_and_give_no_cookie(client: Client) -> None:
    replies = [Browser(client).sign_in("kimse@example.com"), Browser(client).sign_in(SENIOR, "yanlis")]
    for reply in replies:
        assert (reply.status, reply.code) == (401, "giris_hatali")
        assert reply.headers["www-authenticate"] == 'Bearer realm="cozum"'
        assert "set-cookie" not in reply.headers
        del reply.value["istek_id"]
    assert replies[0].value == replies[1].value
    assert tables(client).portal_sessions == {}


def test_body_without_a_password_is_a_field_error(client: Client) -> None:
    assert Browser(client).call("POST", "/portal/giris", body={"email": SENIOR}).fields == ["/sifre"]


def test_failures_at_both_doors_count_together(client: Client) -> None:
    wrong = {"email": SENIOR, "sifre": "yanlis"}
    for _ in range(5):
        assert Browser(client).sign_in(SENIOR, "yanlis").code == "giris_hatali"
        assert client.call("POST", "/api/v1/auth/login", body=wrong).code == "giris_hatali"
    shut = Browser(client).sign_in(SENIOR)
    assert (shut.code, shut.headers["retry-after"]) == ("cok_fazla_istek", "900")
    assert shut.headers["ratelimit-policy"] == '"login";q=10;w=900'
    assert client.call("POST", "/api/v1/auth/login", body=wrong | {"sifre": "sifre123"}).status == 429
    assert Browser(client).sign_in(SENIOR, address="10.0.0.9").status == 200
    client.clock.advance(minutes=15)
    assert Browser(client).sign_in(SENIOR).status == 200


def test_success_at_one_door_forgives_at_both(client: Client) -> None:
    for _ in range(9):
        Browser(client).sign_in(SENIOR, "yanlis")
    client.login(SENIOR)
    assert Browser(client).sign_in(SENIOR, "yanlis").status == 401
    assert Browser(client).sign_in(SENIOR).status == 200


def test_only_a_digest_of_the_cookie_is_kept(client: Client) -> None:
    browser = Browser(client, SENIOR)
    assert browser.cookie
    assert list(tables(client).portal_sessions) == [sha256(browser.cookie.encode()).digest()]
    assert browser.cookie not in repr(tables(client).portal_sessions)


def test_portal_sign_in_changes_neither_state_nor_tokens(client: Client) -> None:
    Browser(client, SENIOR)
    assert client.events() == []
    assert tables(client).tokens == {}
    assert tables(client).operators[7].state == "offline"


# Fixation and theft


def test_signing_in_gives_another_cookie_and_ends_the_old_one(client: Client) -> None:
    browser = Browser(client, SENIOR)
    planted = browser.cookie
    browser.sign_in(OWNER_OF_1)
    thief = Browser(client)
    thief.cookie = planted
    assert browser.cookie != planted
    assert not thief.is_signed_in()
    assert browser.state()["operator"]["id"] == 8


def test_cookie_that_the_server_never_gave_is_not_taken_over(client: Client) -> None:
    browser = Browser(client)
    browser.cookie = "A" * 43
    browser.sign_in()
    thief = Browser(client)
    thief.cookie = "A" * 43
    assert not thief.is_signed_in()


def test_failed_sign_in_leaves_the_present_session_alone(client: Client) -> None:
    browser = Browser(client, SENIOR)
    browser.sign_in(SENIOR, "yanlis")
    assert browser.is_signed_in()


def test_stolen_cookie_is_worth_nothing_after_the_sign_out(client: Client) -> None:
    browser = Browser(client, OWNER_OF_3)
    thief = Browser(client)
    thief.cookie = browser.cookie
    assert thief.is_signed_in()
    browser.sign_out()
    for path in SAFE[1:]:
        assert thief.call("GET", path).code == "portal_oturumu_gerekli"
    assert thief.create().status == 401


def test_body_that_comes_after_the_sign_out_changes_nothing(crowd: Client) -> None:
    """Who holds a request open with a good cookie does not outlive the session."""
    browser = Browser(crowd, OWNER_OF_3)
    calls = [browser.send("POST", "/portal/cikis")]
    calls += [browser.send("POST", "/portal/projelerim", body={"firma_adi": f"Firma {n}"}) for n in range(3)]
    calls += [browser.send("POST", "/portal/widget/originler", body={"origin": "https://a.example"})]
    calls += [browser.send("POST", "/portal/projeler/sec/3")]
    out, *replies = at_once(crowd, calls)
    assert out.status == 200
    assert {reply.status for reply in replies} <= {200, 201, 401}
    assert tables(crowd).portal_sessions == {}


def test_every_browser_has_a_session_of_its_own(client: Client) -> None:
    one, other = Browser(client, SENIOR), Browser(client, SENIOR)
    one.choose(1)
    assert (one.active(), other.active()) == (1, 2)
    one.sign_out()
    assert (one.is_signed_in(), other.is_signed_in()) == (False, True)


# The session


def test_session_lasts_twelve_hours_and_no_longer(client: Client) -> None:
    browser = Browser(client, SENIOR)
    client.clock.advance(hours=12, seconds=-1)
    assert browser.is_signed_in()
    client.clock.advance(seconds=1)
    assert browser.call("GET", "/portal/projeler").code == "portal_oturumu_gerekli"
    assert browser.state() == NOBODY


def test_expired_sessions_are_forgotten(client: Client) -> None:
    Browser(client, SENIOR)
    client.clock.advance(hours=6)
    Browser(client, SENIOR)
    client.run(run_due(client.world))
    assert len(tables(client).portal_sessions) == 2
    client.clock.advance(hours=6)
    client.run(run_due(client.world))
    assert len(tables(client).portal_sessions) == 1


def test_session_of_an_operator_who_is_gone_is_none(client: Client) -> None:
    browser = Browser(client, SENIOR)
    del tables(client).operators[7]
    assert browser.call("GET", "/portal/projeler").status == 401
    assert browser.state() == NOBODY


@pytest.mark.parametrize("cookie", ["", "x", "ş", "A" * 43, "A" * 9_000, '"quoted"'])
def test_cookie_that_names_no_session_is_refused_with_a_challenge(client: Client, cookie: str) -> None:
    browser = Browser(client)
    browser.cookie = cookie.encode().decode("latin-1")
    reply = browser.call("GET", "/portal/projeler")
    assert reply.code == "portal_oturumu_gerekli"
    assert reply.headers["www-authenticate"].startswith('Cookie realm="cozum"')
    assert browser.state() == NOBODY


@pytest.mark.parametrize("path", SAFE[1:])
def test_without_a_cookie_nothing_is_shown(client: Client, path: str) -> None:
    reply = Browser(client).call("GET", path)
    assert (reply.status, reply.headers["vary"]) == (401, "Accept")


@pytest.mark.parametrize("name", ["Cozum_Portal", "cozum_portal2", "xcozum_portal", "cozum"])
def test_other_cookies_are_not_the_session(client: Client, name: str) -> None:
    cookie = Browser(client, SENIOR).cookie
    headers = {"cookie": f"{name}={cookie}"}
    assert Browser(client).call("GET", "/portal/projeler", headers=headers).status == 401


def test_session_is_found_among_other_cookies(client: Client) -> None:
    cookie = Browser(client, SENIOR).cookie
    headers = {"cookie": f"a=b; cozum_portal={cookie}; c=d=e"}
    assert Browser(client).call("GET", "/portal/projeler", headers=headers).status == 200


def test_two_sessions_in_one_request_are_a_broken_request(client: Client) -> None:
    cookie = Browser(client, SENIOR).cookie
    headers = {"cookie": f"cozum_portal={cookie}; cozum_portal=x", "sec-fetch-site": "same-origin"}
    reply = Browser(client).call("GET", "/portal/projeler", headers=headers)
    assert (reply.status, reply.code) == (400, "cift_baslik")
    assert "Cookie: cozum_portal" in reply.value["detail"]


def test_two_sessions_lock_nobody_out_of_the_sign_in(client: Client) -> None:
    """A site beside this one can set a cookie of the same name for its parent domain."""
    cookie = Browser(client, SENIOR).cookie
    headers = {"cookie": f"cozum_portal={cookie}; cozum_portal=x", "sec-fetch-site": "same-origin"}
    assert Browser(client).call("GET", "/portal/giris", headers=headers).data["giris_yapildi"] is False
    body = {"email": SENIOR, "sifre": "sifre123"}
    reply = Browser(client).call("POST", "/portal/giris", headers=headers, body=body)
    assert (reply.status, "set-cookie" in reply.headers) == (200, True)


def test_operator_token_opens_no_portal_and_a_cookie_no_api(client: Client, token: str) -> None:
    assert client.call("GET", "/portal/projeler", token=token).status == 401
    cookie = Browser(client, SENIOR).cookie
    headers = {"cookie": f"cozum_portal={cookie}"}
    assert client.call("GET", "/api/v1/operator/tenants", headers=headers).status == 401


# Signing out, and the state


def test_sign_in_page_says_whether_somebody_is_signed_in(client: Client) -> None:
    browser = Browser(client)
    assert browser.state() == NOBODY
    browser.sign_in()
    assert browser.state() == OPERATOR_7


def test_signing_out_empties_the_cookie_and_deletes_the_session(client: Client) -> None:
    browser = Browser(client, SENIOR)
    reply = browser.sign_out()
    assert reply.data == NOBODY
    assert reply.headers["set-cookie"] == "cozum_portal=; Path=/portal; Max-Age=0; HttpOnly; SameSite=Lax"
    assert tables(client).portal_sessions == {}
    assert browser.sign_out().code == "portal_oturumu_gerekli"


# The first active project


def test_first_active_project_is_the_primary_one(client: Client) -> None:
    client.change_operator(7, primary_tenant_id=1)
    assert Browser(client, SENIOR).active() == 1


@pytest.mark.parametrize("primary", [None, 3])
def test_without_a_primary_project_of_theirs_it_is_the_first_tab(client: Client, primary: int | None) -> None:
    client.change_operator(7, primary_tenant_id=primary)
    assert Browser(client, SENIOR).active() == 2


def test_who_is_a_member_of_nothing_has_none(client: Client) -> None:
    leave(client, 9, 3)
    browser = Browser(client, OWNER_OF_3)
    assert browser.state()["aktif_musteri_id"] is None
    assert browser.call("GET", "/portal/projeler").data == {"musteriler": [], "aktif_musteri_id": None}
    for path in ("/portal/widget", "/portal/webhook"):
        assert (browser.call("GET", path).status, browser.call("GET", path).code) == (409, "proje_secilmedi")
    for reply in (
        browser.add_origin("https://a.example"),
        browser.remove_origin("https://a.example"),
        browser.set_webhook(),
        browser.resend(1),
    ):
        assert (reply.status, reply.code) == (409, "proje_secilmedi")


def test_who_was_taken_out_of_the_project_works_on_none(client: Client) -> None:
    browser = Browser(client, OWNER_OF_3)
    browser.add_origin("https://a.example")
    leave(client, 9, 3)
    before = everything(client)
    assert browser.active() is None
    assert browser.call("GET", "/portal/widget").code == "proje_secilmedi"
    assert browser.remove_origin("https://a.example").code == "proje_secilmedi"
    assert browser.set_webhook().code == "proje_secilmedi"
    assert browser.choose(3).status == 404
    assert everything(client) == before


# Where requests come from


@pytest.mark.parametrize(("method", "path"), UNSAFE)
@pytest.mark.parametrize(
    "proof",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": f"https://{HOST}"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"https://{HOST}:8443"},
        {"origin": f"https://evil.{HOST}"},
    ],
)
def test_unsafe_request_without_proof_changes_nothing(
    client: Client, method: str, path: str, proof: dict[str, str]
) -> None:
    browser = Browser(client, OWNER_OF_3)
    browser.add_origin("https://b.example")
    before = everything(client)
    reply = browser.call(method, path, body=UNSAFE[method, path], headers={"host": HOST} | proof)
    assert (reply.status, reply.code) == (403, "kaynak_dogrulanmadi")
    assert "set-cookie" not in reply.headers
    assert everything(client) == before


@pytest.mark.parametrize(("method", "path"), [call for call in UNSAFE if call[1] != "/portal/giris"])
def test_who_is_not_signed_in_is_asked_first_who_they_are(client: Client, method: str, path: str) -> None:
    reply = Browser(client).call(method, path, body=UNSAFE[method, path], headers={"host": HOST})
    assert reply.code == "portal_oturumu_gerekli"


def test_proof_is_asked_before_the_body_is_read(client: Client) -> None:
    browser = Browser(client, OWNER_OF_3)
    for path in ("/portal/giris", "/portal/projelerim", "/portal/widget/originler"):
        assert browser.call("POST", path, raw=b"{", headers={"host": HOST}).code == "kaynak_dogrulanmadi"


@pytest.mark.parametrize("proof", [{"sec-fetch-site": "same-origin"}, {"origin": f"https://{HOST}"}])
def test_either_proof_is_enough(client: Client, proof: dict[str, str]) -> None:
    browser = Browser(client, OWNER_OF_3)
    reply = browser.call("POST", "/portal/projeler/sec/3", headers={"host": HOST} | proof)
    assert reply.status == 200


@pytest.mark.parametrize("path", SAFE)
def test_reading_changes_nothing_and_needs_no_proof(client: Client, path: str) -> None:
    browser = Browser(client, OWNER_OF_3)
    browser.set_webhook()
    before = everything(client)
    reply = browser.call("GET", path, headers={"host": HOST, "sec-fetch-site": "cross-site"})
    assert (reply.status, reply.headers["vary"]) == (200, "Accept")
    assert reply.headers["cache-control"] == "no-store"
    assert everything(client) == before


def test_answers_are_json_whatever_is_accepted(client: Client) -> None:
    browser = Browser(client, SENIOR)
    reply = browser.call("GET", "/portal/projeler", headers={"accept": "text/html"})
    assert reply.headers["content-type"] == "application/json"


def test_portal_knows_no_cors(client: Client) -> None:
    reply = Browser(client, SENIOR).call("GET", "/portal/projeler", headers={"origin": "https://evil.example"})
    assert not [name for name in reply.headers if name.startswith("access-control-")]
