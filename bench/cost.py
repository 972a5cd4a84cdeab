"""CPU per request, operation by operation, server beside server, in interleaved rounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from bench import requests
from bench.limits import Verdict
from bench.load import Client
from bench.requests import spread
from bench.scene import HISTORY, STAGES, Scene
from bench.servers import COMMANDS, Server

WARM_UP = 500
BARE, OURS = "bare", "cozum"
LIMITS = {"bare": 2.0, "fastapi": 0.5, "connexion": 0.25}
"""Server -> how many times its CPU per request ours may take at most."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A request that is measured: on which servers, and how `count` of them are built for a scene."""

    name: str
    servers: frozenset[str]
    build: Callable[[Scene, int], list[bytes]]
    limited: bool = True


@dataclass(frozen=True, slots=True)
class Sample:
    """One round of one operation on one server."""

    microseconds: float
    """CPU per request, user and system."""
    size: float
    """Bytes per answer, head and body."""


Samples = dict[tuple[str, str], list[Sample]]
"""(operation, server) -> one sample a round."""


def init(scene: Scene, count: int) -> list[bytes]:
    """A widget starts, of a visitor with an open chat."""
    return [requests.init(chat.visitor) for chat in spread(scene.reading, count)]


def _customer_info(scene: Scene, count: int) -> list[bytes]:
    now = int(time.time())
    return [requests.customer_info(chat.visitor, now) for chat in spread(scene.reading, count)]


def message(scene: Scene, count: int) -> list[bytes]:
    """A visitor writes."""
    return [requests.message(chat) for chat in spread(scene.writing, count)]


def poll(scene: Scene, count: int) -> list[bytes]:
    """A visitor asks for what is new: one message."""
    return [requests.poll(chat, HISTORY - 1) for chat in spread(scene.reading, count)]


def _ticket(scene: Scene, count: int) -> list[bytes]:
    return [requests.create_ticket(chat.visitor) for chat in spread(scene.writing, count)]


def _page(scene: Scene, count: int) -> list[bytes]:
    return [requests.poll(chat, 0, HISTORY) for chat in spread(scene.reading, count)]


OURS_AND_BARE = frozenset({BARE, OURS})
ALL = frozenset(COMMANDS)
OPERATIONS = (
    Operation("POST widget/init", OURS_AND_BARE, init),
    Operation("POST customer-info, signed", OURS_AND_BARE, _customer_info),
    Operation("POST chat/message", ALL, message),
    Operation("POST ticket/create", OURS_AND_BARE, _ticket),
    Operation("GET chat/messages, 1 new", ALL, poll),
    Operation("GET chat/messages, page of 20", ALL, _page, limited=False),
)


@dataclass(frozen=True, slots=True)
class Stand:
    """A running server with its scene, and how many connections it is asked over."""

    server: Server
    scene: Scene
    connections: int

    def sample(self, operation: Operation, count: int) -> Sample:
        """CPU of the server over `count` requests.

        They are built, and every connection has been answered once, before the clock is read.
        """
        wanted = operation.build(self.scene, count + self.connections)
        with Client(self.server, self.connections) as client:
            client.run(wanted[: self.connections])
            before = self.server.cpu_ns()
            received = client.run(wanted[self.connections :])
            return Sample((self.server.cpu_ns() - before) / 1000 / count, received / count)


def measure(names: Sequence[str], connections: int, rounds: int, count: int) -> Samples:
    """Start the named servers, warm them up, and take `rounds` samples of `count` requests of everything."""
    samples: Samples = {}
    with ExitStack() as running:
        stands = []
        for name in names:
            server = running.enter_context(Server(name, COMMANDS[name]))
            with Client(server, 1) as client:
                stands.append(Stand(server, STAGES[name](client), connections))
        for operation, stand in _turns(stands, 0):
            stand.sample(operation, WARM_UP)
        for number in range(rounds):
            for operation, stand in _turns(stands, number):
                taken = stand.sample(operation, count)
                samples.setdefault((operation.name, stand.server.name), []).append(taken)
    return samples


def _turns(stands: Sequence[Stand], number: int) -> Iterator[tuple[Operation, Stand]]:
    """Every operation on every server that has it, server after server, another one first in each round."""
    first = number % len(stands)
    order = [*stands[first:], *stands[:first]]
    for operation in OPERATIONS:
        for stand in order:
            if stand.server.name in operation.servers:
                yield operation, stand


def ratio(samples: Samples, operation: str, server: str, base: str) -> float:
    """The median over the rounds of server / base, each pair from one round: slow drift cancels out."""
    pairs = zip(samples[operation, server], samples[operation, base], strict=True)
    return median(one.microseconds / other.microseconds for one, other in pairs)


def verdicts(samples: Samples) -> list[Verdict]:
    """Ours against each limit, as far as both servers were measured."""
    return [
        Verdict(f"{operation.name}: cozum / {base}", ratio(samples, operation.name, OURS, base), limit, "×")
        for operation in OPERATIONS
        if operation.limited and (operation.name, OURS) in samples
        for base, limit in LIMITS.items()
        if (operation.name, base) in samples
    ]
