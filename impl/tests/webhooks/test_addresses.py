"""Which addresses of a name may be connected to."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Sequence

import pytest

from impl.tests.webhooks.test_http import dns, info
from impl.webhooks import addresses
from impl.webhooks.addresses import AddressInfo, Lookups, NotPublic, Resolver, public_socket


def resolved(*known: str, anywhere: bool = False) -> list[str]:
    """What is left of these addresses."""
    found = asyncio.run(Resolver(dns(*known), anywhere=anywhere).resolve("hook.example", 443))
    return [one["host"] for one in found]


def test_only_public_addresses_of_a_name_are_left() -> None:
    assert resolved("10.0.0.1", "1.1.1.1", "::1", "2606:4700:4700::1111") == ["1.1.1.1", "2606:4700:4700::1111"]


def test_name_with_private_addresses_only_is_refused() -> None:
    with pytest.raises(NotPublic):
        resolved("10.0.0.1", "fe80::1")


def test_anywhere_leaves_all() -> None:
    assert resolved("10.0.0.1", "::1", anywhere=True) == ["10.0.0.1", "::1"]


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.1", "::1", "::ffff:10.0.0.1", "fe80::1"])
def test_no_socket_is_made_for_a_private_address(address: str) -> None:
    with pytest.raises(NotPublic):
        public_socket(info(address))


def test_socket_is_made_for_a_public_address() -> None:
    with public_socket(info("1.1.1.1")) as made:
        assert (made.family, made.type) == (socket.AF_INET, socket.SOCK_STREAM)


# The system's resolver


def test_system_knows_this_machine() -> None:
    found = asyncio.run(Lookups()("localhost", 80))
    assert {entry[4][0] for entry in found} & {"127.0.0.1", "::1"}


@pytest.mark.parametrize("name", [".", "a..b", "a" * 300, "ç" * 70, "a\x00b"])
def test_name_that_is_none_is_an_os_error(name: str) -> None:
    assert isinstance(addresses._ask(name, 80), OSError)


def test_lookup_that_hangs_keeps_nobody_when_the_loop_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hanging(host: str, port: int) -> Sequence[AddressInfo]:
        release.wait(10)
        return []

    monkeypatch.setattr(addresses, "_ask", hanging)

    async def scene() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await Lookups()("hook.example", 443)

    began = time.monotonic()
    asyncio.run(scene())
    assert time.monotonic() - began < 5
    release.set()


def test_lookups_at_once_are_bounded_and_places_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "LOOKUPS_AT_ONCE", 2)
    running, most, lock = 0, 0, threading.Lock()

    def counted(host: str, port: int) -> Sequence[AddressInfo]:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return [info("1.1.1.1")]

    monkeypatch.setattr(addresses, "_ask", counted)

    async def scene() -> int:
        lookups = Lookups()
        return len(await asyncio.gather(*(lookups("hook.example", 443) for _ in range(6))))

    assert (asyncio.run(scene()), most) == (6, 2)
