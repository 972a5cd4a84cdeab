"""Sandboxes: the memory of a mock with a thousand of them at once, and how long one takes to open.

In each a visitor starts the widget and a chat, writes, and polls. Run by itself: ``python -m bench.sandboxes``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from bench import report, requests
from bench.limits import Verdict
from bench.load import Client
from bench.requests import BenchChat
from bench.servers import Server

MOCK = [sys.executable, "-m", "cozum", "mock", "--quiet"]
COUNT = 1_000
"""As many as there can be at once."""
RSS_MIB = 300.0
OPEN_MILLISECONDS = 5.0
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Crowd:
    """A mock before and after that many sandboxes were opened and used."""

    count: int
    rss_before: int
    """Bytes."""
    rss: int
    opening: Sequence[float]
    """Seconds of the first request of each, widget/init, which opens it."""
    again: Sequence[float]
    """Seconds of the same request once it is open."""

    @property
    def kib_each(self) -> float:
        """What one costs, in KiB."""
        return (self.rss - self.rss_before) / self.count / 1024


def measure(count: int = COUNT, more: Sequence[str] = ()) -> Crowd:
    """Open that many in a mock started with these further arguments, one after the other, and use each."""
    with Server("cozum mock", [*MOCK, *more]) as server, Client(server, 1) as client:
        client.ask(requests.init("abc123", requests.DEMO_KEY, None))
        before, _ = server.memory()
        timed = [_use(client, f"bench-{number}") for number in range(count)]
        opening, again = zip(*timed, strict=True)
        rss, _ = server.memory()
    return Crowd(count, before, rss, opening, again)


def _use(client: Client, name: str) -> tuple[float, float]:
    """A few calls in the sandbox of that name; the seconds of the one that opens it, and of its repetition."""
    init = _inside(requests.init(name), name)
    begin = time.perf_counter()
    client.ask(init)
    opened = time.perf_counter()
    client.ask(init)
    repeated = time.perf_counter()
    started = client.ask(_inside(requests.start_chat(name), name))
    chat = BenchChat(name, json.loads(started.body)["data"]["oturum"]["id"])
    for request in _talk(chat):
        client.ask(_inside(request, name))
    return opened - begin, repeated - opened


def _talk(chat: BenchChat) -> Iterator[bytes]:
    yield requests.message(chat)
    yield requests.poll(chat, 0)


def _inside(request: bytes, name: str) -> bytes:
    """The request with the header that names the sandbox."""
    line, _, rest = request.partition(b"\r\n")
    return b"%s\r\nX-Mock-Sandbox: %s\r\n%s" % (line, name.encode(), rest)


def verdicts(crowd: Crowd) -> list[Verdict]:
    """Memory of the whole, and the median of what opening costs more than the same request afterwards."""
    opening = median(first - later for first, later in zip(crowd.opening, crowd.again, strict=True))
    return [
        Verdict(f"cozum mock: RSS with {crowd.count:,} sandboxes", crowd.rss / MIB, RSS_MIB, "MiB"),
        Verdict("cozum mock: opening a sandbox", 1_000 * opening, OPEN_MILLISECONDS, "ms"),
    ]


def main() -> int:
    """Measure once and print it; 1 when a limit is broken."""
    crowd = measure(more=sys.argv[1:])
    print(f"{crowd.kib_each:.0f} KiB a sandbox, {crowd.rss_before / MIB:.0f} MiB without")
    judged = verdicts(crowd)
    print(report.judged(judged))
    return 0 if all(one.holds for one in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
