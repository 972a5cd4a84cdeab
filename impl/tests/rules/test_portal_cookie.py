"""The portal's cookie."""

from __future__ import annotations

from impl.rules.portal_cookie import empty_cookie, set_cookie


def test_cookie_is_kept_from_scripts_and_other_sites() -> None:
    expected = "cozum_portal=abc; Path=/portal; Max-Age=43200; HttpOnly; SameSite=Lax"
    assert set_cookie("abc", secure=False) == expected
    assert set_cookie("abc", secure=True) == f"{expected}; Secure"


def test_emptied_cookie_is_gone_at_once() -> None:
    expected = "cozum_portal=; Path=/portal; Max-Age=0; HttpOnly; SameSite=Lax"
    assert empty_cookie(secure=False) == expected
    assert empty_cookie(secure=True) == f"{expected}; Secure"
