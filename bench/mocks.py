"""CPU per request of `cozum mock` beside itself without journal, `cozum serve`, and the mock servers of others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from bench.cost import WARM_UP, Operation, Samples, Stand, init, message, poll, ratio
from bench.limits import Verdict
from bench.load import Client
from bench.npm import LeftOut, mockoon_command, prism_command
from bench.scene import imagined, started
from bench.servers import COMMANDS, Server

SERVE, BASE, OURS = "serve", "no journal", "mock"
OURS_ONLY = frozenset({SERVE, BASE, OURS})
LIMITS = {"prism": 0.6, "mockoon": 0.2}
"""Server -> how many times its CPU per request `cozum mock` may take at most."""
ON_TOP = 1.6
"""The same of itself with `--no-journal`: what the journal and the check of every answer may cost."""
ALL = OURS_ONLY | frozenset(LIMITS)

OPERATIONS = (
    Operation("POST widget/init", ALL, init),
    Operation("POST chat/message", ALL, message),
    Operation("GET chat/messages, 1 new", ALL, poll),
)

MOCK = [sys.executable, "-m", "cozum", "mock"]
OURS_COMMANDS = {SERVE: COMMANDS["cozum"], BASE: [*MOCK, "--no-journal"], OURS: MOCK}
OTHERS: dict[str, Callable[[], list[str]]] = {"prism": prism_command, "mockoon": mockoon_command}


def measure(connections: int, rounds: int, count: int, *, others: int) -> tuple[Samples, list[str]]:
    """Samples of `count` requests (`others`: of those that are slower), and why somebody was left out."""
    samples: Samples = {}
    left_out: list[str] = []
    with ExitStack() as running:
        stands = [_ours(running, name, connections) for name in OURS_COMMANDS]
        for name, command in OTHERS.items():
            try:
                server = running.enter_context(Server(name, command()))
            except LeftOut as reason:
                left_out.append(str(reason))
                continue
            with Client(server, 1) as client:
                stands.append(Stand(server, imagined(client), connections))
        for operation in OPERATIONS:
            for stand in stands:
                stand.sample(operation, WARM_UP)
        for number in range(rounds):
            for operation in OPERATIONS:
                for stand in _turns(stands, number):
                    taken = stand.sample(operation, count if stand.server.name in OURS_COMMANDS else others)
                    samples.setdefault((operation.name, stand.server.name), []).append(taken)
    return samples, left_out


def _ours(running: ExitStack, name: str, connections: int) -> Stand:
    server = running.enter_context(Server(name, OURS_COMMANDS[name]))
    with Client(server, 1) as client:
        return Stand(server, started(client), connections)


def _turns(stands: Sequence[Stand], number: int) -> list[Stand]:
    first = number % len(stands)
    return [*stands[first:], *stands[:first]]


def verdicts(samples: Samples) -> list[Verdict]:
    """Ours against each limit, as far as both servers were measured."""
    held = []
    for operation in OPERATIONS:
        for base, limit in {BASE: ON_TOP, **LIMITS}.items():
            if (operation.name, base) in samples:
                found = ratio(samples, operation.name, OURS, base)
                held.append(Verdict(f"{operation.name}: mock / {base}", found, limit, "×"))
    return held
