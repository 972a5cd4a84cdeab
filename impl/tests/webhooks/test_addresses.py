"""Which addresses of a name may be connected to."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import pytest

from impl.tests.webhooks.test_http import dns, info
from impl.webhooks import addresses
from impl.webhooks.addresses import AddressInfo, Crowded, Lookups, NotPublic, Resolver, public_socket


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
        return len(await asyncio.gather(*(lookups(f"{number}.example", 443) for number in range(6))))

    assert (asyncio.run(scene()), most) == (6, 2)


class SlowNames:
    """In the system's place: `dead` names are answered when it is over, all others at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.over = threading.Event()
        monkeypatch.setattr(addresses, "_ask", self._ask)

    def _ask(self, host: str, port: int) -> Sequence[AddressInfo]:
        self.asked.append(host)
        if host.startswith("dead"):
            self.over.wait(10)
        return [info("1.1.1.1")]


async def abandoned(lookups: Lookups, *hosts: str) -> None:
    """Ask for them, and give all up soon."""
    for host in hosts:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await lookups(host, 443)


def test_name_that_is_being_asked_for_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "LOOKUPS_AT_ONCE", 2)
    names = SlowNames(monkeypatch)

    async def scene() -> None:
        lookups = Lookups()
        await abandoned(lookups, *["dead.example"] * 4)
        async with asyncio.timeout(5):
            assert await lookups("other.example", 443) == [info("1.1.1.1")]
        shared = [asyncio.create_task(lookups("dead.example", port)) for port in (443, 8443)]
        names.over.set()
        assert await asyncio.gather(*shared) == [[info("1.1.1.1")]] * 2
        await lookups("dead.example", 443)

    asyncio.run(scene())
    assert names.asked == ["dead.example", "other.example", "dead.example"]


def test_name_that_gets_no_turn_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "LOOKUPS_AT_ONCE", 1)
    monkeypatch.setattr(addresses, "PATIENCE", 0.05)
    names = SlowNames(monkeypatch)

    async def scene() -> None:
        lookups = Lookups()
        await abandoned(lookups, "dead.example")
        with pytest.raises(Crowded):
            await lookups("other.example", 443)
        names.over.set()
        async with asyncio.timeout(5):
            while len(names.asked) < 2:
                with suppress(Crowded):
                    await lookups("other.example", 443)

    asyncio.run(scene())


def test_thread_that_could_not_begin_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "LOOKUPS_AT_ONCE", 1)
    SlowNames(monkeypatch)

    def refused(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    async def scene() -> None:
        lookups = Lookups()
        with monkeypatch.context() as planted:
            planted.setattr(threading.Thread, "start", refused)
            with pytest.raises(Crowded):
                await lookups("one.example", 443)
        async with asyncio.timeout(5):
            await lookups("two.example", 443)

    asyncio.run(scene())
