"""Growth: what a message and a poll cost with a thousand messages stored, and with a million.

The larger store has both more chats and longer ones. On either server the same number of chats is used,
spread over all. Polls are measured first, with exactly that many messages stored; each message adds to it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from bench import requests
from bench.cost import Operation, Sample, Samples, Stand
from bench.limits import Verdict
from bench.load import Client
from bench.requests import BenchChat, spread, visitor_name
from bench.scene import Scene
from bench.servers import Server

LIMIT_PERCENT = 10.0
USED = 50
WARM_UP = 200


@dataclass(frozen=True, slots=True)
class Size:
    """How much a server has stored before it is measured."""

    chats: int
    messages_per_chat: int

    @property
    def messages(self) -> int:
        """All messages stored."""
        return self.chats * self.messages_per_chat

    @property
    def name(self) -> str:
        """The server's name in tables."""
        return f"{self.messages:,} stored"


SMALL = Size(50, 20)
LARGE = Size(1_000, 1_000)
LARGE_QUICK = Size(1_000, 100)


def _poll_of(size: Size) -> Operation:
    def build(scene: Scene, count: int) -> list[bytes]:
        return [requests.poll(chat, size.messages_per_chat - 1) for chat in spread(scene.reading, count)]

    return Operation("GET chat/messages, 1 new", frozenset(), build)


def _message(scene: Scene, count: int) -> list[bytes]:
    return [requests.message(chat) for chat in spread(scene.writing, count)]


MESSAGE = Operation("POST chat/message", frozenset(), _message)


def measure(sizes: Sequence[Size], connections: int, rounds: int, count: int) -> Samples:
    """`rounds` samples of `count` polls, then of `count` messages, the servers in turn."""
    samples: Samples = {}
    with ExitStack() as running:
        stands = [(size, _stand(running, size, connections)) for size in sizes]
        for operations in ({size: _poll_of(size) for size in sizes}, dict.fromkeys(sizes, MESSAGE)):
            for size, stand in stands:
                stand.sample(operations[size], WARM_UP)
            for number in range(rounds):
                for size, stand in reversed(stands) if number % 2 else stands:
                    taken: Sample = stand.sample(operations[size], count)
                    samples.setdefault((operations[size].name, size.name), []).append(taken)
    return samples


def verdicts(samples: Samples, small: Size, large: Size) -> list[Verdict]:
    """By how many percent a request grows from the small store to the large one, per operation."""
    return [
        Verdict(
            f"growth of {operation}, {small.messages:,} to {large.messages:,} messages",
            100 * (median(_ratios(samples, operation, small, large)) - 1),
            LIMIT_PERCENT,
            "%",
        )
        for operation in dict.fromkeys(operation for operation, _ in samples)
    ]


def _ratios(samples: Samples, operation: str, small: Size, large: Size) -> list[float]:
    pairs = zip(samples[operation, large.name], samples[operation, small.name], strict=True)
    return [many.microseconds / few.microseconds for many, few in pairs]


def _stand(running: ExitStack, size: Size, connections: int) -> Stand:
    command = [
        *(sys.executable, "-m", "bench.loaded"),
        *("--chats", str(size.chats), "--messages-per-chat", str(size.messages_per_chat)),
    ]
    server = running.enter_context(Server(size.name, command))
    step = size.chats // USED
    with Client(server, 1) as client:
        chats = [_find(client, visitor_name(number)) for number in range(1, step * USED + 1, step)]
    return Stand(server, Scene(writing=chats, reading=chats), connections)


def _find(client: Client, visitor: str) -> BenchChat:
    """The chat this visitor has open; widget/init tells."""
    answer = json.loads(client.ask(requests.init(visitor)).body)
    return BenchChat(visitor, answer["data"]["aktif_oturum"]["id"])
