"""The scene a server is measured in: open chats to write to, open chats of 20 messages to read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench import requests
from bench.by_hand import CHATS
from bench.load import BadAnswerError, Client
from bench.requests import BenchChat, visitor_name

HISTORY = 20
"""Messages in each chat that is read."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Chats of one server; those in `reading` hold exactly `HISTORY` messages and are never written to."""

    writing: Sequence[BenchChat]
    reading: Sequence[BenchChat]


Stage = Callable[[Client], Scene]
"""Makes the scene of one server over HTTP."""


def imagined(_client: Client) -> Scene:
    """For the bare server, which knows no chats."""
    return _halves([BenchChat(visitor_name(number), number) for number in range(1, CHATS + 1)])


def prepared(client: Client) -> Scene:
    """For servers with the store of `by_hand`, which is born with open chats."""
    return _furnished(client, imagined(client))


def started(client: Client) -> Scene:
    """For our server: each chat opened through chat/start."""
    visitors = [visitor_name(number) for number in range(1, CHATS + 1)]
    chats = [BenchChat(visitor, _data(client, requests.start_chat(visitor))["oturum"]["id"]) for visitor in visitors]
    return _furnished(client, _halves(chats))


STAGES: dict[str, Stage] = {
    "bare": imagined,
    "cozum": started,
    "fastapi": prepared,
    "connexion": prepared,
}


def _halves(chats: Sequence[BenchChat]) -> Scene:
    middle = len(chats) // 2
    return Scene(chats[:middle], chats[middle:])


def _furnished(client: Client, scene: Scene) -> Scene:
    for chat in scene.reading:
        first = requests.message(chat)
        if client.ask(first).body != client.ask(first).body:
            raise BadAnswerError(f"{chat}: the same istemci_mesaj_id is not answered with the first message")
        for _ in range(HISTORY - 1):
            client.ask(requests.message(chat))
    _prove(client, scene)
    return scene


def _prove(client: Client, scene: Scene) -> None:
    """The server does the work that is measured: gapless `sira`, deduplication, the message as written."""
    for chat in scene.reading:
        page = _data(client, requests.poll(chat, 0, 100))["mesajlar"]
        if [message["sira"] for message in page] != list(range(1, HISTORY + 1)):
            raise BadAnswerError(f"chat {chat} holds {page}, not {HISTORY} messages numbered from 1")
        last = _data(client, requests.poll(chat, HISTORY - 1))["mesajlar"]
        if last != page[-1:] or last[0]["mesaj"] != requests.TEXT:
            raise BadAnswerError(f"chat {chat}: {last} is not the last message")


def _data(client: Client, request: bytes) -> Any:
    return json.loads(client.ask(request).body)["data"]
