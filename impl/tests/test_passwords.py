"""Passwords: Argon2id in the PHC format, right, wrong, and no hash at all."""

from __future__ import annotations

import asyncio
from typing import Final

import pytest

from impl.passwords import MOST_WAITING, NOBODY, Busy, Passwords

PASSWORDS: Final = Passwords()
HASH: Final = PASSWORDS.hash("sifre123")


def check(password: str, password_hash: str | None) -> bool:
    return asyncio.run(PASSWORDS.check(password, password_hash))


def test_right_password_is_right() -> None:
    assert check("sifre123", HASH) is True


@pytest.mark.parametrize("password", ["sifre124", "Sifre123", "sifre123 ", "", "şifre123"])
def test_wrong_password_is_wrong(password: str) -> None:
    assert check(password, HASH) is False


@pytest.mark.parametrize("password", ["sifre123", ""])
def test_no_hash_is_always_wrong(password: str) -> None:
    assert check(password, None) is False


def test_no_hash_costs_as_much_as_a_real_one() -> None:
    """The same algorithm, memory, passes and lanes, so that the time does not tell who exists."""
    assert NOBODY.split("$")[:4] == HASH.split("$")[:4] == ["", "argon2id", "v=19", "m=19456,t=2,p=1"]


def test_hash_that_stands_in_is_nobodys_even_when_it_is_met(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should somebody find the password of the stand-in, it still signs nobody in."""
    monkeypatch.setattr("impl.passwords.NOBODY", HASH)
    assert check("sifre123", None) is False


def test_same_password_hashes_with_another_salt() -> None:
    other = PASSWORDS.hash("sifre123")
    assert other != HASH
    assert check("sifre123", other) is True


def test_password_of_any_letters_is_checked_as_a_whole() -> None:
    """No cut at 72 bytes, as bcrypt makes."""
    long = "ş🔑" * 100
    hashed = PASSWORDS.hash(long)
    assert check(long, hashed) is True
    assert check(long[:-1], hashed) is False


def test_checks_leave_the_event_loop_free() -> None:
    """While passwords are checked, the loop goes on turning."""

    async def turns_during_a_check() -> int:
        checking = asyncio.ensure_future(PASSWORDS.check("sifre123", HASH))
        turns = 0
        while not checking.done():
            turns += 1
            await asyncio.sleep(0)
        assert await checking is True
        return turns

    assert asyncio.run(turns_during_a_check()) > 2


def test_too_many_at_once_are_told_so_and_the_others_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Passwords, "_check", lambda *_: True)
    passwords = Passwords()

    async def all_at_once() -> list[object]:
        checks = [passwords.check("x", HASH) for _ in range(MOST_WAITING + 5)]
        return await asyncio.gather(*checks, return_exceptions=True)

    found = asyncio.run(all_at_once())
    assert found.count(True) == MOST_WAITING
    assert sum(isinstance(one, Busy) for one in found) == 5
    assert asyncio.run(passwords.check("x", HASH))
