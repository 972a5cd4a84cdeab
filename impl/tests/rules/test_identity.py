"""The HMAC that vouches for a visitor, against a hand-made RFC 2104 HMAC and the reference's PHP formula."""

from __future__ import annotations

import hashlib
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.identity import sign, signed_text, verify

SECRET: Final = "demo_api_secret_2026"
NOW: Final = 1_775_993_400
BLOCK: Final = 64

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
emails = st.none() | texts | st.emails()
seconds = st.integers(0, 2**63 - 1)


def hmac_by_hand(secret: bytes, message: bytes) -> str:
    """RFC 2104, from SHA-256 alone."""
    key = (hashlib.sha256(secret).digest() if len(secret) > BLOCK else secret).ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).hexdigest()


def verdict(*, email: str | None = "ahmet@example.com", signature: str | None = None, now: int = NOW) -> str:
    """What is said of abc123, signed at NOW by the formula unless another signature is given."""
    right = hmac_by_hand(SECRET.encode(), f"abc123|{email or ''}|{NOW}".encode())
    return verify(SECRET, "abc123", email, NOW, right if signature is None else signature, now)


@given(secret=texts, visitor_id=texts, email=texts, timestamp=seconds)
def test_signature_is_the_php_formula_of_the_reference(
    secret: str, visitor_id: str, email: str, timestamp: int
) -> None:
    """`hash_hmac('sha256', "$ziyaretci_id|$email|$ts", $api_secret)`."""
    message = b"|".join((visitor_id.encode(), email.encode(), str(timestamp).encode()))
    assert sign(secret, visitor_id, email, timestamp) == hmac_by_hand(secret.encode(), message)


def test_known_signature_is_what_openssl_computes() -> None:
    """Computed with `openssl dgst -sha256 -hmac`."""
    assert signed_text("abc123", "ahmet@example.com", 1747320000) == "abc123|ahmet@example.com|1747320000"
    signature = sign(SECRET, "abc123", "ahmet@example.com", 1747320000)
    assert signature == "6f2b441ed31e63ac1885070083febe0e9fc6c557e3f06f12861c4f9bcd902028"


@given(secret=texts, visitor_id=texts, email=emails, timestamp=seconds)
def test_own_signature_is_valid_at_its_timestamp(
    secret: str, visitor_id: str, email: str | None, timestamp: int
) -> None:
    signature = sign(secret, visitor_id, email, timestamp)
    assert verify(secret, visitor_id, email, timestamp, signature, timestamp) == "valid"


@pytest.mark.parametrize("now", [NOW - 300, NOW + 300], ids=["in 300 seconds", "300 seconds ago"])
def test_300_seconds_away_is_valid(now: int) -> None:
    assert verdict(now=now) == "valid"


@pytest.mark.parametrize("now", [NOW - 301, NOW + 301], ids=["in 301 seconds", "301 seconds ago"])
def test_301_seconds_away_is_expired(now: int) -> None:
    assert verdict(now=now) == "expired"


@given(distance=st.integers(-1000, 1000))
def test_tolerance_is_the_same_on_both_sides(distance: int) -> None:
    assert verdict(now=NOW + distance) == ("valid" if -300 <= distance <= 300 else "expired")


@given(position=st.integers(0, 63), other=st.sampled_from("0123456789abcdef"))
def test_signature_with_one_changed_digit_is_wrong(position: int, other: str) -> None:
    right = hmac_by_hand(SECRET.encode(), f"abc123|ahmet@example.com|{NOW}".encode())
    changed = right[:position] + other + right[position + 1 :]
    assert verdict(signature=changed) == ("valid" if changed == right else "wrong")


@given(signature=texts)
def test_any_other_text_is_wrong_and_never_raises(signature: str) -> None:
    assert verdict(signature=signature) == "wrong"


def test_upper_case_hex_is_wrong() -> None:
    right = hmac_by_hand(SECRET.encode(), f"abc123|ahmet@example.com|{NOW}".encode())
    assert right != right.upper()
    assert verdict(signature=right.upper()) == "wrong"


@pytest.mark.parametrize("around", ["{} ", " {}", "{}\n", "sha256={}", "{}0"])
def test_signature_with_something_around_it_is_wrong(around: str) -> None:
    right = hmac_by_hand(SECRET.encode(), f"abc123|ahmet@example.com|{NOW}".encode())
    assert verdict(signature=around.format(right)) == "wrong"


def test_wrong_signature_is_told_before_its_age() -> None:
    assert verdict(signature="0" * 64, now=NOW + 10_000) == "wrong"


@pytest.mark.parametrize("email", [None, ""], ids=["null", "empty"])
def test_null_and_empty_email_sign_as_the_empty_string(email: str | None) -> None:
    signature = hmac_by_hand(SECRET.encode(), f"abc123||{NOW}".encode())
    assert sign(SECRET, "abc123", email, NOW) == signature
    assert verify(SECRET, "abc123", email, NOW, signature, NOW) == "valid"


@given(email=texts.filter(bool))
def test_email_is_signed_as_its_exact_utf8_bytes(email: str) -> None:
    """Not trimmed, not lowered, not normalised: `Ş` composed and decomposed are two emails."""
    signature = hmac_by_hand(SECRET.encode(), b"abc123|" + email.encode() + b"|" + str(NOW).encode())
    assert verdict(email=email, signature=signature) == "valid"


@pytest.mark.parametrize("email", ["Ahmet@example.com", "ahmet@example.com ", "ahmet@example.co", None])
def test_signature_for_another_email_is_wrong(email: str | None) -> None:
    signature = hmac_by_hand(SECRET.encode(), f"abc123|ahmet@example.com|{NOW}".encode())
    assert verdict(email=email, signature=signature) == "wrong"


def test_composed_and_decomposed_letters_are_two_emails() -> None:
    assert sign(SECRET, "abc123", "\u015f@example.com", NOW) != sign(SECRET, "abc123", "s\u0327@example.com", NOW)


@pytest.mark.parametrize(
    ("secret", "visitor_id", "timestamp"),
    [("other_secret", "abc123", NOW), (SECRET, "abc124", NOW), (SECRET, "abc123", NOW + 1)],
    ids=["secret", "visitor", "timestamp"],
)
def test_signature_holds_for_one_secret_visitor_and_timestamp(secret: str, visitor_id: str, timestamp: int) -> None:
    signature = sign(SECRET, "abc123", None, NOW)
    assert verify(secret, visitor_id, None, timestamp, signature, NOW) == "wrong"
