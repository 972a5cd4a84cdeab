"""SHA-256 and HMAC-SHA256, against the standard library and the published vectors."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.rules.hashing import digest, hmac_sha256

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=150)


@given(secret=texts)
def test_digest_is_the_sha256_of_the_utf8_bytes(secret: str) -> None:
    assert digest(secret) == hashlib.sha256(secret.encode("utf-8")).digest()


def test_digest_of_a_published_text() -> None:
    """FIPS 180-2, appendix B.1."""
    assert digest("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_hmac_of_a_published_text() -> None:
    """RFC 4231, test case 2."""
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac_sha256("Jefe", "what do ya want for nothing?") == expected


@given(key=texts, message=texts)
def test_hmac_is_the_standard_librarys(key: str, message: str) -> None:
    assert hmac_sha256(key, message) == hmac.new(key.encode(), message.encode(), "sha256").hexdigest()


@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 200])
def test_key_is_padded_up_to_64_bytes_and_hashed_from_65(length: int) -> None:
    """RFC 2104, 2."""
    key = "k" * length
    assert hmac_sha256(key, "mesaj") == hmac.new(key.encode(), b"mesaj", "sha256").hexdigest()


def test_same_key_signs_again_alike() -> None:
    """The hash states of a key are kept; what is signed with them leaves them as they were."""
    first = [hmac_sha256("anahtar", text) for text in ("bir", "iki", "bir")]
    assert first[0] == first[2] != first[1]
