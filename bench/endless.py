"""Memory of `cozum mock` over very many requests: what it keeps beside the state has an end."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from bench.cost import init, poll
from bench.limits import Verdict
from bench.load import Client
from bench.scene import started
from bench.servers import Server
from bench.startup import MIB

MOCK = [sys.executable, "-m", "cozum", "mock"]
REQUESTS, QUICK = 1_000_000, 100_000
FILLING = 20_000
"""Requests after which the journal is full."""
GROWTH_MIB = 8.0
"""By how much the memory may grow from then on."""
PART = 10_000


@dataclass(frozen=True, slots=True)
class Growth:
    """RSS in bytes after FILLING requests and after all of them."""

    requests: int
    before: int
    after: int


def measure(requests: int, connections: int) -> Growth:
    """Ask what changes no state, so that all that grows is the mock's own."""
    with Server("cozum mock", [*MOCK, "--quiet"]) as server:
        with Client(server, 1) as client:
            scene = started(client)
        part = init(scene, PART // 2) + poll(scene, PART // 2)
        with Client(server, connections) as client:
            for _ in range(FILLING // PART):
                client.run(part)
            before, _ = server.memory()
            for _ in range((requests - FILLING) // PART):
                client.run(part)
            after, _ = server.memory()
        return Growth(requests, before, after)


def verdicts(growth: Growth) -> list[Verdict]:
    """The growth against its limit."""
    grown = (growth.after - growth.before) / MIB
    what = f"cozum mock: RSS from {FILLING:,} to {growth.requests:,} requests"
    return [Verdict(what, grown, GROWTH_MIB, "MiB")]
