"""Whether a request proves that it comes from the same site."""

from __future__ import annotations

import pytest

from impl.rules.same_site import is_same_site


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("site", [None, "cross-site", "none"])
def test_reading_needs_no_proof(method: str, site: str | None) -> None:
    assert is_same_site(method, site, "https://evil.example", "portal.example")
    assert is_same_site(method, site, None, None)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "get", ""])
def test_every_other_method_does(method: str) -> None:
    assert not is_same_site(method, None, None, "portal.example")


@pytest.mark.parametrize("site", ["none", "same-site", "cross-site", "", "SAME-ORIGIN", "same-origin "])
def test_sec_fetch_site_decides_whatever_the_origin_says(site: str) -> None:
    assert not is_same_site("POST", site, "https://portal.example", "portal.example")


def test_same_origin_is_enough() -> None:
    assert is_same_site("POST", "same-origin", None, None)
    assert is_same_site("POST", "same-origin", "null", "portal.example")


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://portal.example", "portal.example"),
        ("https://portal.example", "portal.example:443"),
        ("https://portal.example:443", "portal.example"),
        ("http://portal.example", "portal.example:80"),
        ("http://portal.example:80", "portal.example"),
        ("https://PORTAL.example", "portal.EXAMPLE"),
        ("http://127.0.0.1:9000", "127.0.0.1:9000"),
        ("http://[::1]:9000", "[::1]:9000"),
    ],
)
def test_origin_of_the_host_that_was_asked_is_enough(origin: str, host: str) -> None:
    assert is_same_site("POST", None, origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("null", "portal.example"),
        ("null", "null"),
        ("", ""),
        ("", "portal.example"),
        ("https://portal.example", ""),
        ("https://portal.example", None),
        (None, "portal.example"),
        ("https://evil.example", "portal.example"),
        ("https://portal.example.evil.example", "portal.example"),
        ("https://evilportal.example", "portal.example"),
        ("https://sub.portal.example", "portal.example"),
        ("https://portal.example:8443", "portal.example"),
        ("https://portal.example", "portal.example:8443"),
        ("http://portal.example", "portal.example:443"),
        ("https://portal.example", "portal.example:80"),
        ("https://portal.example@evil.example", "portal.example"),
        ("https://evil.example", "evil.example@portal.example"),
        ("https://evil.example", "evil.example/portal.example"),
        ("https://portal.example/", "portal.example"),
        ("ftp://portal.example", "portal.example"),
        ("file://portal.example", "portal.example"),
        ("https://portal.example:99999", "portal.example:99999"),
        ("https://portal.example https://evil.example", "portal.example"),
    ],
)
def test_what_is_not_exactly_it_is_not(origin: str | None, host: str | None) -> None:
    assert not is_same_site("POST", None, origin, host)


@pytest.mark.parametrize(
    ("origin", "proves"),
    [
        ("https://destek.example", True),
        ("https://DESTEK.example:443", True),
        ("http://destek.example", False),
        ("https://destek.example:8443", False),
        ("http://10.0.0.1:8080", False),
        ("null", False),
        (None, False),
    ],
)
def test_where_the_public_url_is_known_only_that_is_the_same_site(origin: str | None, proves: bool) -> None:
    """Not the address behind the proxy, and not the same name over plain http, which others can answer."""
    assert is_same_site("POST", None, origin, "10.0.0.1:8080", "https://destek.example") is proves
