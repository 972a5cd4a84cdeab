"""The widget's settings in the portal: embed code and origins."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

import pytest

from impl.actions import origins, projects, sessions, webhooks
from impl.callers import PortalCaller
from impl.model import Role
from impl.problems import NoProjectChosen, NotPermitted, NotSignedIn
from impl.tests.client import LONELY_KEY, Client
from impl.tests.handlers.browser import HOOK, HOST, OWNER_OF_3, SENIOR, Browser, at_once, everything, leave, tables
from impl.world import World

SITE = "https://yalniz.example.com"


@pytest.fixture
def owner(client: Client) -> Browser:
    """Operator 9, owner of tenant 3."""
    return Browser(client, OWNER_OF_3)


def init(client: Client, origin: str, key: str = LONELY_KEY) -> int:
    """The status of a widget's start on a page of that origin."""
    body = {"ziyaretci_id": "v1"}
    return client.call("POST", "/api/v1/widget/init", key=key, body=body, headers={"origin": origin}).status


# Settings


def test_every_member_sees_the_settings_of_the_active_project(client: Client) -> None:
    assert Browser(client, SENIOR).settings() == {
        "musteri_id": 2,
        "firma_adi": "PratikEsnaf.Com",
        "api_key": "CM_PRATIKESNAF",
        "gomme_kodu": f'<script async src="http://{HOST}/widget.js" data-api-key="CM_PRATIKESNAF"></script>',
        "izinli_originler": ["https://pratikesnaf.com"],
        "guvenli_mod": False,
    }


def test_settings_follow_the_active_project_and_secure_mode(client: Client) -> None:
    browser = Browser(client, SENIOR)
    client.change_tenant(1, secure_mode=True)
    browser.choose(1)
    settings = browser.settings()
    assert (settings["musteri_id"], settings["guvenli_mod"], settings["izinli_originler"]) == (1, True, [])


@pytest.mark.parametrize("host", ['"><script>alert(1)</script>', "a" * 5_000, "<b>", "' onload='x"])
def test_made_up_host_puts_no_markup_into_the_embed_code(client: Client, host: str) -> None:
    browser = Browser(client, SENIOR)
    code = browser.call("GET", "/portal/widget", headers={"host": host}).data["gomme_kodu"]
    assert (code.count("<"), code.count(">"), code.count('"')) == (2, 2, 4)
    assert "'" not in code


# Adding


def test_added_origin_is_normal_and_listed_once(owner: Browser) -> None:
    added = owner.add_origin("https://Yalniz.example.com:443")
    assert (added.status, added.data) == (201, {"musteri_id": 3, "izinli_originler": [SITE]})
    again = owner.add_origin(SITE)
    assert (again.status, again.data) == (200, added.data)
    assert owner.add_origin("http://localhost:3000").data["izinli_originler"] == [SITE, "http://localhost:3000"]
    assert owner.settings()["izinli_originler"] == [SITE, "http://localhost:3000"]


def test_turkish_domain_is_listed_in_its_ascii_form(owner: Browser) -> None:
    assert owner.add_origin("https://çınar.com.tr").data["izinli_originler"] == ["https://xn--nar-1la48a.com.tr"]


def test_added_origin_counts_at_the_next_call_of_the_widget(client: Client, owner: Browser) -> None:
    assert (init(client, SITE), init(client, "https://evil.example")) == (200, 200)
    owner.add_origin(SITE)
    assert (init(client, SITE), init(client, "https://evil.example")) == (200, 403)
    owner.remove_origin(SITE)
    assert (init(client, SITE), init(client, "https://evil.example")) == (200, 200)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "yalniz.example.com",
        "ftp://yalniz.example.com",
        "https://yalniz.example.com/",
        "https://yalniz.example.com/a",
        "https://user@yalniz.example.com",
        "https://*.example.com",
        "https://a!b.example.com",
        "https://yalniz.example.com:99999",
        "https://yalniz.example.com:a",
        "https://[::1",
        "https://" + "a" * 300,
        "https://" + "ğ" * 200,
        "null",
        None,
        1,
    ],
)
def test_what_is_no_origin_is_a_field_error_and_changes_nothing(client: Client, owner: Browser, origin: Any) -> None:
    before = everything(client)
    reply = owner.add_origin(origin)
    assert (reply.status, reply.fields) == (422, ["/origin"])
    assert everything(client) == before


def test_hundred_origins_are_the_most(client: Client, owner: Browser) -> None:
    for number in range(100):
        assert owner.add_origin(f"https://s{number}.example.com").status == 201
    before = everything(client)
    reply = owner.add_origin(SITE)
    assert (reply.status, reply.code) == (409, "koken_siniri")
    assert "100" in reply.value["detail"]
    assert everything(client) == before
    assert owner.add_origin("https://s7.example.com").status == 200
    owner.remove_origin("https://s7.example.com")
    assert owner.add_origin(SITE).status == 201


def test_field_error_comes_before_the_full_list(client: Client, owner: Browser) -> None:
    client.change_tenant(3, allowed_origins=tuple([f"https://s{number}.example.com" for number in range(100)]))
    assert owner.add_origin("https://a!b").status == 422


def test_of_many_origins_added_at_once_none_is_lost(crowd: Client) -> None:
    owner = Browser(crowd, OWNER_OF_3)
    bodies = [{"origin": f"https://s{number}.example.com"} for number in range(10)]
    replies = at_once(crowd, [owner.send("POST", "/portal/widget/originler", body=body) for body in bodies])
    assert {reply.status for reply in replies} == {201}
    assert len(owner.settings()["izinli_originler"]) == 10


# Removing


def test_removed_origin_is_gone_and_the_others_stay(owner: Browser) -> None:
    for origin in (SITE, "https://a.example", "https://b.example"):
        owner.add_origin(origin)
    assert owner.remove_origin("https://a.example").data == {
        "musteri_id": 3,
        "izinli_originler": [SITE, "https://b.example"],
    }


def test_origin_with_its_default_port_removes_the_same_one(owner: Browser) -> None:
    owner.add_origin(SITE)
    assert owner.remove_origin(f"{SITE}:443").data["izinli_originler"] == []


@pytest.mark.parametrize("origin", ["https://other.example.com", "http://yalniz.example.com", "https://a.b:99999"])
def test_origin_that_is_not_listed_is_not_found(client: Client, owner: Browser, origin: str) -> None:
    owner.add_origin(SITE)
    before = everything(client)
    assert owner.remove_origin(origin).status == 404
    assert everything(client) == before


@pytest.mark.parametrize("origin", ["", "x", "https://UPPER.example"])
def test_parameter_that_is_no_origin_is_a_field_error(owner: Browser, origin: str) -> None:
    assert owner.remove_origin(origin).fields == ["/origin"]
    assert owner.call("DELETE", "/portal/widget/originler").fields == ["/origin"]


# Who may


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("manager", True), ("senior", False), ("junior", False)])
def test_only_owners_and_managers_change_origins(client: Client, role: Role, may: bool) -> None:
    client.add_member(7, 2, role=role)
    browser = Browser(client, SENIOR)
    before = everything(client)
    replies = [browser.add_origin(SITE), browser.remove_origin("https://pratikesnaf.com")]
    assert [reply.status for reply in replies] == ([201, 200] if may else [403, 403])
    if not may:
        assert {reply.code for reply in replies} == {"yetki_yok"}
        assert everything(client) == before


def test_role_is_asked_before_the_body_is_read(client: Client) -> None:
    browser = Browser(client, SENIOR)
    assert browser.add_origin(None).code == "yetki_yok"
    assert browser.call("POST", "/portal/widget/originler", raw=b"{").code == "yetki_yok"
    assert browser.call("PUT", "/portal/webhook", raw=b"{").code == "yetki_yok"
    assert browser.webhook(imlec="x").code == "yetki_yok"


def test_role_lost_between_two_calls_counts_at_once(client: Client, owner: Browser) -> None:
    owner.add_origin(SITE)
    client.add_member(9, 3, role="senior")
    assert owner.remove_origin(SITE).status == 403


CHANGES: Final[dict[str, Callable[[World, PortalCaller], Coroutine[Any, Any, object]]]] = {
    "add": lambda world, caller: origins.add_origin(world, caller, "https://b.example"),
    "remove": lambda world, caller: origins.remove_origin(world, caller, SITE),
    "set": lambda world, caller: webhooks.set_webhook(world, caller, HOOK, (), enabled=True, new_secret=True),
    "resend": lambda world, caller: webhooks.resend(world, caller, 1),
    "read": lambda world, caller: webhooks.read_webhook(world, caller, None, 20),
}


def _caller(client: Client, owner: Browser) -> PortalCaller:
    """Who the headers of a request showed; its body is still on the way."""
    caller = client.run(sessions.find_session(client.world, owner.cookie))
    assert caller
    return caller


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_role_lost_while_the_body_comes_counts(client: Client, owner: Browser, change: Any) -> None:
    owner.add_origin(SITE)
    caller = _caller(client, owner)
    client.add_member(9, 3, role="junior")
    before = everything(client)
    with pytest.raises(NotPermitted):
        client.run(change(client.world, caller))
    assert everything(client) == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_membership_lost_while_the_body_comes_counts(client: Client, owner: Browser, change: Any) -> None:
    owner.add_origin(SITE)
    caller = _caller(client, owner)
    leave(client, 9, 3)
    before = everything(client)
    with pytest.raises(NoProjectChosen):
        client.run(change(client.world, caller))
    assert everything(client) == before


ALSO: Final[dict[str, Callable[[World, PortalCaller], Coroutine[Any, Any, object]]]] = {
    "choose": lambda world, caller: sessions.choose_project(world, caller, 3),
    "open": lambda world, caller: projects.open_project(world, caller, "Yeni", "#2563EB"),
    "settings": origins.read_tenant,
}


@pytest.mark.parametrize("change", [*CHANGES.values(), *ALSO.values()], ids=[*CHANGES, *ALSO])
def test_session_ended_while_the_body_comes_counts(client: Client, owner: Browser, change: Any) -> None:
    owner.add_origin(SITE)
    caller = _caller(client, owner)
    owner.sign_out()
    before = everything(client)
    with pytest.raises(NotSignedIn):
        client.run(change(client.world, caller))
    assert everything(client) == before


@pytest.mark.parametrize("change", ["add", "remove", "settings"])
def test_project_that_is_gone_is_no_active_one(client: Client, owner: Browser, change: str) -> None:
    owner.add_origin(SITE)
    caller = _caller(client, owner)
    del tables(client).tenants[3]
    with pytest.raises(NoProjectChosen):
        client.run((CHANGES | ALSO)[change](client.world, caller))


def test_owner_elsewhere_changes_nothing_here(client: Client) -> None:
    """Operator 7 opens a project of their own; PratikEsnaf's origins stay out of their reach."""
    browser = Browser(client, SENIOR)
    browser.create()
    browser.add_origin(SITE)
    assert tables(client).tenants[2].allowed_origins == ("https://pratikesnaf.com",)
    browser.choose(2)
    assert browser.add_origin(SITE).status == 403


def test_nobody_reaches_a_project_that_they_are_no_member_of(client: Client, owner: Browser) -> None:
    assert owner.choose(2).status == 404
    owner.add_origin(SITE)
    assert tables(client).tenants[2].allowed_origins == ("https://pratikesnaf.com",)
    assert owner.settings()["musteri_id"] == 3
