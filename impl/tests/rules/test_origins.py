"""Which origins may call: equal in scheme, host and effective port, and nothing that only looks like it."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.origins import may_call, normal_origin, origin_of_url

ALLOWED: Final = ("https://pratikesnaf.com",)

labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
hosts = st.lists(labels, min_size=1, max_size=4).map(".".join)
schemes = st.sampled_from(["http", "https"])
ports = st.integers(1, 65_535)

LOOK_ALIKES: Final = {
    "suffix": "https://pratikesnaf.com.evil.example",
    "longer top-level domain": "https://pratikesnaf.community",
    "prefix": "https://evilpratikesnaf.com",
    "subdomain": "https://www.pratikesnaf.com",
    "userinfo": "https://pratikesnaf.com@evil.example",
    "own userinfo": "https://user:pass@pratikesnaf.com",
    "other port": "https://pratikesnaf.com:8443",
    "port of the other scheme": "https://pratikesnaf.com:80",
    "other scheme": "http://pratikesnaf.com",
    "other scheme on the same port": "http://pratikesnaf.com:443",
    "unknown scheme": "ftp://pratikesnaf.com",
    "no scheme": "pratikesnaf.com",
    "no scheme, with slashes": "//pratikesnaf.com",
    "backslash": "https://pratikesnaf.com\\.evil.example",
    "path": "https://evil.example/https://pratikesnaf.com",
    "query": "https://evil.example?https://pratikesnaf.com",
    "two origins": "https://pratikesnaf.com https://evil.example",
    "two origins with a comma": "https://pratikesnaf.com, https://evil.example",
    "space before": " https://pratikesnaf.com",
    "space after": "https://pratikesnaf.com ",
    "line end": "https://pratikesnaf.com\n",
    "final dot": "https://pratikesnaf.com.",
    "Cyrillic letters": "https://pratikesnаf.com",
    "percent": "https://pratikesnaf%2ecom",
    "empty": "",
    "null": "null",
    "star": "*",
}


@pytest.mark.parametrize("origin", LOOK_ALIKES.values(), ids=LOOK_ALIKES.keys())
def test_look_alike_origin_is_refused(origin: str) -> None:
    assert not may_call(ALLOWED, origin, None)


@pytest.mark.parametrize(
    "origin",
    [
        "https://pratikesnaf.com",
        "https://pratikesnaf.com:443",
        "HTTPS://PratikEsnaf.COM",
        "https://PRATIKESNAF.com:0443",
    ],
)
def test_same_origin_is_allowed_however_it_is_written(origin: str) -> None:
    assert may_call(ALLOWED, origin, None)


def test_port_that_is_listed_is_needed() -> None:
    allowed = ("http://site.example:8080",)
    assert may_call(allowed, "http://site.example:8080", None)
    assert not may_call(allowed, "http://site.example", None)
    assert not may_call(allowed, "http://site.example:80", None)


@pytest.mark.parametrize("origin", [None, "null", "https://any.example", "what?"])
def test_empty_list_accepts_all(origin: str | None) -> None:
    assert may_call((), origin, None)


def test_without_origin_and_referer_a_list_refuses() -> None:
    assert not may_call(ALLOWED, None, None)


@pytest.mark.parametrize(
    "referer",
    [
        "https://pratikesnaf.com",
        "https://pratikesnaf.com/",
        "https://PratikEsnaf.com:443/iletisim?x=https://evil.example#son",
        "https://pratikesnaf.com?x=1",
        "https://pratikesnaf.com#a@b",
    ],
)
def test_referer_decides_when_there_is_no_origin(referer: str) -> None:
    assert may_call(ALLOWED, None, referer)


@pytest.mark.parametrize(
    "referer",
    [
        "https://evil.example/https://pratikesnaf.com/",
        "https://evil.example/?https://pratikesnaf.com",
        "https://pratikesnaf.com@evil.example/",
        "https://pratikesnaf.com:443@evil.example/",
        "https://pratikesnaf.com.evil.example/",
        "https://evil.example\\@pratikesnaf.com/",
        "http://pratikesnaf.com/",
        "pratikesnaf.com/",
        "about:blank",
        "",
    ],
)
def test_look_alike_referer_is_refused(referer: str) -> None:
    assert not may_call(ALLOWED, None, referer)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_good_referer_does_not_help_a_bad_origin(origin: str) -> None:
    assert not may_call(ALLOWED, origin, "https://pratikesnaf.com/")


def test_good_origin_is_enough_with_a_foreign_referer() -> None:
    assert may_call(ALLOWED, "https://pratikesnaf.com", "https://evil.example/")


def test_unicode_host_is_taken_in_its_ascii_form() -> None:
    """`bücher` in Punycode is `bcher-kva` (RFC 3492)."""
    assert normal_origin("https://Bücher.example") == "https://xn--bcher-kva.example"
    assert may_call(("https://xn--bcher-kva.example",), "https://XN--bcher-kva.example", None)
    assert not may_call(("https://xn--bcher-kva.example",), "https://bucher.example", None)


@pytest.mark.parametrize(
    "text",
    [
        "https://site.example：8443",
        "https://site.example／x",
        "https://a＠site.example",
        "https://ü" + "a" * 70,
    ],
    ids=["full-width colon", "full-width slash", "full-width at", "label too long"],
)
def test_unicode_host_without_an_ascii_form_is_no_origin(text: str) -> None:
    """NFKC turns full-width signs into those that end a host."""
    assert normal_origin(text) is None


def test_65535_is_a_port_and_65536_is_none() -> None:
    assert normal_origin("https://site.example:65535") == "https://site.example:65535"
    assert normal_origin("https://site.example:65536") is None


def test_ipv6_host_is_an_origin() -> None:
    assert normal_origin("http://[::1]:80") == "http://[::1]"
    assert normal_origin("http://[2001:DB8::1]:8080") == "http://[2001:db8::1]:8080"


@given(scheme=schemes, host=hosts, port=ports)
def test_case_and_default_port_make_no_difference(scheme: str, host: str, port: int) -> None:
    default = 443 if scheme == "https" else 80
    expected = f"{scheme}://{host}" if port == default else f"{scheme}://{host}:{port}"
    assert normal_origin(f"{scheme}://{host}:{port}") == expected
    assert normal_origin(f"{scheme.upper()}://{host.upper()}:{port:05}") == expected
    assert normal_origin(f"{scheme}://{host}:{default}") == normal_origin(f"{scheme}://{host}")


@given(scheme=schemes, host=hosts, other=hosts, path=st.text(max_size=20))
def test_only_an_equal_origin_may_call(scheme: str, host: str, other: str, path: str) -> None:
    allowed = (f"{scheme}://{host}",)
    assert may_call(allowed, f"{scheme}://{other}", None) is (other == host)
    assert may_call(allowed, None, f"{scheme}://{other}/{path}") is (other == host)


@given(text=st.text(max_size=30) | st.text(max_size=30).map("https://".__add__))
def test_normal_origin_of_any_text_is_none_or_its_own_normal_origin(text: str) -> None:
    normal = normal_origin(text)
    assert normal is None or (normal.isascii() and normal_origin(normal) == normal)
    of_url = origin_of_url(text)
    assert of_url is None or normal_origin(of_url) == of_url


@given(text=st.text(st.characters(max_codepoint=127), max_size=30) | ports.map(":{}".format))
def test_origin_with_something_behind_it_is_refused_unless_that_is_its_own_port(text: str) -> None:
    same = re.fullmatch(r"(:0{0,2}443)?", text) is not None
    assert may_call(ALLOWED, f"https://pratikesnaf.com{text}", None) is same


@pytest.mark.parametrize(
    "origin",
    [
        "https://pratikesnaf.c\xbam",
        "https://pr\xaatikesnaf.com",
        "https://pratik\xadesnaf.com",
        "https://bücher.example",
    ],
)
def test_letters_that_browsers_never_send_open_nothing(origin: str) -> None:
    """IDNA turns `º` into `o` and drops soft hyphens: what is sent is not read that way."""
    allowed = ("https://pratikesnaf.com", "https://xn--bcher-kva.example")
    assert not may_call(allowed, origin, None)
    assert not may_call(allowed, None, f"{origin}/sayfa")


def test_long_origins_and_referers_are_not_kept() -> None:
    """A key is public: whoever has one could otherwise fill the memory."""
    before = normal_origin.cache_info().currsize
    for number in range(50):
        assert not may_call(("https://a.example",), f"https://{number}{'x' * 31_000}.example", None)
        assert may_call(("https://a.example",), None, f"https://a.example/{number}{'x' * 31_000}")
    assert normal_origin.cache_info().currsize <= before + 1
