"""Usual mistakes of a signature are recognised by what they give."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from typing import Final

import pytest

from impl.model import Tenant
from impl.rules.identity import sign
from mocks.signatures import Signed, find_mistake

SECRET: Final = "sir"
TENANT: Final = Tenant(1, "Bir", "CM_BIR_2026", SECRET, None, "#000000")
OTHER: Final = Tenant(2, "İki", "CM_IKI_2026", "baska", None, "#000000")
ID, EMAIL, AT = "abc123", "Ahmet@Example.com", 1_775_993_400
RIGHT: Final = f"{ID}|{EMAIL}|{AT}"


def _mac(text: str, key: str = SECRET, name: str = "sha256") -> str:
    return hmac.new(key.encode(), text.encode(), name).hexdigest()


def _mistake(signature: str) -> str | None:
    found = find_mistake(TENANT, [TENANT, OTHER], Signed(ID, EMAIL, AT, signature))
    return found.en if found else None


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        (_mac(RIGHT).upper(), "Upper-case hex"),
        (_mac(RIGHT) + "\n", "before or after"),
        ("sha256=" + _mac(RIGHT), "before or after"),
        (_mac(RIGHT + "\n"), "ends with a newline"),
        (_mac(f"{ID}:{EMAIL}:{AT}"), "separator"),
        (_mac(f"{ID}{EMAIL}{AT}"), "separator"),
        (_mac(f"{ID}|{AT}|{EMAIL}"), "order"),
        (_mac(f"{ID}|{AT}"), "part is missing"),
        (_mac(f"{ID}||{AT}"), "email is not the one sent"),
        (_mac(f"{ID}|{EMAIL.lower()}|{AT}"), "email is not the one sent"),
        (_mac(f"{ID}|{EMAIL}|{AT}000"), "another unit"),
        (_mac(f"{ID}|{EMAIL}|{AT}.0"), "another unit"),
        (b64encode(hmac.digest(SECRET.encode(), RIGHT.encode(), "sha256")).decode(), "base64"),
        (_mac(RIGHT, TENANT.api_key), "API key"),
        (_mac(SECRET, RIGHT), "changed places"),
        (hashlib.sha256((RIGHT + SECRET).encode()).hexdigest(), "plain SHA-256"),
        (_mac(RIGHT, name="sha1"), "HMAC-SHA1"),
        (sign(OTHER.api_secret, ID, EMAIL, AT), "secret of `İki`"),
    ],
)
def test_a_usual_mistake_is_named(signature: str, said: str) -> None:
    found = _mistake(signature)
    assert found is not None
    assert said in found
    assert SECRET not in found.replace("secret", "")


@pytest.mark.parametrize("signature", ["", "0" * 64, _mac(RIGHT)[:-1] + "x", "ş" * 4096])
def test_what_nobody_knows_is_not_guessed(signature: str) -> None:
    assert _mistake(signature) is None
