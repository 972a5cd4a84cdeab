"""Which addresses a webhook may have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.webhook_urls import is_allowed, is_http, is_public_address, is_public_https


@pytest.mark.parametrize(
    "url",
    [
        "https://yalniz.example.com/webhook",
        "https://yalniz.example.com",
        "https://yalniz.example.com:8443/a?b=c#d",
        "https://yalniz.example.com:/a",
        "https://yalniz.example.com./a",
        "HTTPS://YALNIZ.EXAMPLE.COM/webhook",
        "https://çınar.example/webhook",
        "https://a_b.example.com/",
        "https://localhost.example.com/",
        "https://internal.example.com/",
        "https://my.localx/",
        "https://1.1.1.1/",
        "https://1.1.1.1./",
        "https://1.1.1.1:65535/",
        "https://1.example/",
        "https://[2606:4700:4700::1111]/",
        "https://[2606:4700:4700::1111]:8443/",
        "https://[3fff:1000::1]/",
        "https://[::ffff:1.1.1.1]/",
        "https://[64:ff9b::1.1.1.1]/",
        "https://[2002:101:101::1]/",
    ],
)
def test_public_https_is_taken(url: str) -> None:
    assert is_public_https(url)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "api.localhost",
        "printer.local",
        "db.internal",
        "router.home.arpa",
        "intranet",
        "",
        ".",
        "a..example.com",
        ".example.com",
        "-a.example.com",
        "a" * 64 + ".example.com",
        "a." * 130 + "com",
        "a%2eexample.com",
        "a!b.example.com",
        "user@example.com",
        "user:pass@example.com",
        "@example.com",
        "example.com:0",
        "example.com:65536",
        "example.com:999999",
        "example.com:80a",
        "example.com:-1",
        "example.com:１",
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "0.0.0.0",
        "0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "2130706433",
        "16843009",
        "0x7f000001",
        "0x7f.0.0.1",
        "0x7f.1",
        "0x",
        "0177.0.0.1",
        "01.1.1.1",
        "1.1.1.0x1",
        "1.1.1.1.1",
        "256.1.1.1",
        "a.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "①②⑦.0.0.1",
        "ｌｏｃａｌｈｏｓｔ",
        "[::]",
        "[::1]",
        "[::127.0.0.1]",
        "[::1.1.1.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::a00:1]",
        "[64:ff9b:1::1.1.1.1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[3fff:fff::1]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[2606:4700:4700::1111%25eth0]",
        "[2606:4700:4700::1111%eth0]",
        "[fc00::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[ff0e::1]",
        "[::1",
        "::1",
        "[1.1.1.1]",
        "[v1.a]",
        "[2606:4700:4700::1111]evil.com",
        "evil.com[2606:4700:4700::1111]",
    ],
)
def test_host_that_is_not_public_is_refused(host: str) -> None:
    assert not is_public_https(f"https://{host}/webhook")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://yalniz.example.com/",
        "ftp://yalniz.example.com/",
        "yalniz.example.com",
        "//yalniz.example.com/",
        "https:/yalniz.example.com/",
        "https:yalniz.example.com",
        "https://",
        "https:///a",
        "https://?a",
        "https://yalniz.example.com\\@localhost/",
        "https://yaln\tiz.example.com/",
        "https://yalniz.example.com/a b",
        "https://yalniz.example.com/\n",
        " https://yalniz.example.com/",
        "https://yalniz.example.com\x00/",
    ],
)
def test_what_is_not_https_or_not_readable_alike_by_all_is_refused(url: str) -> None:
    assert not is_public_https(url)


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    assert is_public_https(f"https://{text}") in (True, False)


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="127.0.0.0/8"))
def test_private_address_is_refused_in_every_spelling(address: object) -> None:
    number = int.from_bytes(address.packed)  # type: ignore[attr-defined]
    a, b, c, d = number.to_bytes(4)
    spellings = [
        f"{address}",
        f"{number}",
        f"{number:#x}",
        f"0{number:o}",
        f"{a}.{b}.{c * 256 + d}",
        f"0{a:o}.{b}.{c}.{d}",
    ]
    spellings += [f"[::ffff:{address}]", f"[64:ff9b::{address}]", f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1]"]
    assert not [spelling for spelling in spellings if is_public_https(f"https://{spelling}/")]


# For development


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:3000/hook",
        "https://127.0.0.1/",
        "http://[::1]:8080/a",
        "http://intranet",
        "https://a.example/",
    ],
)
def test_anywhere_allows_http_and_this_machine(url: str) -> None:
    assert is_http(url)
    assert is_allowed(url, anywhere=True)
    assert is_allowed(url, anywhere=False) == is_public_https(url)


@pytest.mark.parametrize(
    "url", ["", "ftp://localhost/", "http://", "http://user@localhost/", "http://localhost:0/", "http://local\nhost/"]
)
def test_anywhere_allows_only_http_and_no_userinfo(url: str) -> None:
    assert not is_allowed(url, anywhere=True)


# Addresses, as they are connected to


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "64:ff9b::1.1.1.1"])
def test_public_address_may_be_connected_to(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.1.2.3", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1%2", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:a00:1::1", "ff02::1"),
        *("", "localhost", "/run/socket"),
    ],
)
def test_address_that_is_not_public_may_not(address: str) -> None:
    assert not is_public_address(address)
