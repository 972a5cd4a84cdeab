"""What is asked of much: a search over ten thousand articles, the queue and the numbers over a hundred tenants.

Held against `widget/init` on the same server in the same rounds. Searches are asked again, as people do: 400 questions
in turn, whose answers the server keeps until an article changes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from bench import requests
from bench.cost import Sample, Samples
from bench.limits import Verdict
from bench.load import BadAnswerError, Client
from bench.requests import visitor_name
from bench.servers import Server
from bench.words import fresh_queries, queries

TENANTS, CHATS, ARTICLES = 100, 1_000, 10_000
WARM_UP = 200
PAGE = 20
SERVER = "cozum"
BASE = "POST widget/init"

Build = Callable[["Asker", int], list[bytes]]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: an operator of all tenants, and where their pages go on."""

    token: str
    cursors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A request, and how many times `widget/init` it may cost."""

    name: str
    build: Build
    limit: float | None


def _init(asker: Asker, count: int) -> list[bytes]:
    return [requests.init(visitor_name(1 + number % 50)) for number in range(count)]


def _search(asker: Asker, count: int) -> list[bytes]:
    return [requests.search(query) for query in queries(count)]


def _search_anew(asker: Asker, count: int) -> list[bytes]:
    return [requests.search(query) for query in fresh_queries(count)]


def _queue(asker: Asker, count: int) -> list[bytes]:
    return [requests.as_operator("/api/v1/operator/chats", asker.token)] * count


def _queue_behind(asker: Asker, count: int) -> list[bytes]:
    paths = [f"/api/v1/operator/chats?imlec={cursor}" for cursor in asker.cursors]
    return [requests.as_operator(paths[number % len(paths)], asker.token) for number in range(count)]


def _dashboard(asker: Asker, count: int) -> list[bytes]:
    return [requests.as_operator("/api/v1/operator/dashboard", asker.token)] * count


QUESTIONS = (
    Question(BASE, _init, None),
    Question(f"GET kb/search, {ARTICLES:,} articles", _search, 3.0),
    Question(f"GET operator/chats, {TENANTS} tenants × {CHATS:,}", _queue, 3.0),
    Question("GET operator/chats, behind a cursor", _queue_behind, 3.0),
    Question(f"GET operator/dashboard, {TENANTS} tenants", _dashboard, 5.0),
)


ANEW = Question("GET kb/search, never asked before", _search_anew, None)
"""Shown without a limit, and by itself: answers are kept, and so many new ones push out those that are asked again."""


def measure(connections: int, rounds: int, count: int) -> Samples:
    """`rounds` samples of `count` requests of each question, in turn."""
    samples: Samples = {}
    command = [
        *(sys.executable, "-m", "bench.loaded", "--chats", "50", "--articles", str(ARTICLES)),
        *("--tenants", str(TENANTS), "--chats-per-tenant", str(CHATS)),
    ]
    with ExitStack() as running:
        server = running.enter_context(Server(SERVER, command))
        with Client(server, 1) as client:
            asker = _prepared(client)
        for question in QUESTIONS:
            _sample(server, question, asker, connections, WARM_UP)
        for _ in range(rounds):
            for question in QUESTIONS:
                taken = _sample(server, question, asker, connections, count)
                samples.setdefault((question.name, SERVER), []).append(taken)
        samples[ANEW.name, SERVER] = [_sample(server, ANEW, asker, connections, count) for _ in range(rounds)]
    return samples


def _sample(server: Server, question: Question, asker: Asker, connections: int, count: int) -> Sample:
    wanted = question.build(asker, count + connections)
    with Client(server, connections) as client:
        client.run(wanted[:connections])
        before = server.cpu_ns()
        received = client.run(wanted[connections:])
        return Sample((server.cpu_ns() - before) / 1000 / count, received / count)


def _prepared(client: Client) -> Asker:
    """Sign in, walk through the queue, and see that what is measured is there."""
    token = json.loads(client.ask(requests.login(requests.OPERATOR)).body)["data"]["token"]
    cursors: list[str] = []
    path = "/api/v1/operator/chats"
    for _ in range(50):
        page = json.loads(client.ask(requests.as_operator(path, token)).body)["data"]
        if len(page["oturumlar"]) != PAGE:
            raise BadAnswerError(f"{path}: {len(page['oturumlar'])} chats, not {PAGE}")
        cursors.append(page["sonraki_imlec"])
        path = f"/api/v1/operator/chats?imlec={cursors[-1]}"
    numbers = json.loads(client.ask(requests.as_operator("/api/v1/operator/dashboard", token)).body)["data"]
    if len(numbers["musteriler"]) != TENANTS or numbers["toplam"]["bekleyen"] != TENANTS * CHATS // 5:
        raise BadAnswerError(f"the dashboard counts {numbers['toplam']}")
    found = [json.loads(client.ask(requests.search(query)).body)["data"]["makaleler"] for query in queries(40)]
    if not all(found) or sum(len(page) == PAGE for page in found) < len(found) // 2:
        raise BadAnswerError("the searches find too little")
    return Asker(token, tuple(cursors))


def verdicts(samples: Samples) -> list[Verdict]:
    """Each question against `widget/init`."""
    base = samples[BASE, SERVER]
    return [
        Verdict(
            f"{question.name}: × widget/init",
            median(
                one.microseconds / other.microseconds
                for one, other in zip(samples[question.name, SERVER], base, strict=True)
            ),
            question.limit,
            "×",
        )
        for question in QUESTIONS
        if question.limit is not None
    ]
