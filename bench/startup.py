"""First answer and idle memory of `cozum mock`."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from statistics import median

from bench import requests
from bench.limits import Verdict
from bench.load import BadAnswerError, receive
from bench.servers import Server

MOCK = [sys.executable, "-m", "cozum", "mock"]
FIRST_ANSWER_SECONDS = 1.2
IDLE_MIB = 80.0
IDLE_AFTER_SECONDS = 2.0
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds from the command to the first 200, and the memory two seconds later in bytes."""

    seconds: float
    rss: int
    pss: int


def start_once() -> Start:
    """Start the mock server, ask widget/init as soon as it accepts (tried every 5 ms), then let it idle."""
    server = Server("cozum mock", MOCK)
    begin = time.perf_counter()
    try:
        server.launch()
        with server.connect(timeout=60) as connection:
            connection.sendall(requests.init("abc123", requests.DEMO_KEY, None))
            answer = receive(connection)
            seconds = time.perf_counter() - begin
        if answer.status != 200:
            raise BadAnswerError(f"cozum mock answered {answer.status}: {answer.body.decode(errors='replace')}")
        time.sleep(IDLE_AFTER_SECONDS)
        return Start(seconds, *server.memory())
    finally:
        server.stop()


def measure(times: int) -> list[Start]:
    """`times` starts, one after another."""
    return [start_once() for _ in range(times)]


def verdicts(starts: list[Start]) -> list[Verdict]:
    """The medians of the starts against their limits."""
    return [
        Verdict("cozum mock: first answer", median(one.seconds for one in starts), FIRST_ANSWER_SECONDS, "s"),
        Verdict("cozum mock: idle RSS", median(one.rss for one in starts) / MIB, IDLE_MIB, "MiB"),
    ]
