"""Lists that never end are told, and left."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from contract_tests.client import Answer, Client
from contract_tests.document import Document
from contract_tests.findings import Broken
from contract_tests.target import Target

PATH = Path(__file__).parents[2] / "openapi.yaml"


@pytest.mark.parametrize(
    ("chats", "cursors", "seen"),
    [
        ([{"id": 1}], iter(lambda: "ayni", None), "known from another page"),
        ([], map(str, count()), "without chats"),
    ],
)
def test_queue_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch, chats: Any, cursors: Any, seen: str) -> None:
    client = Client(Target("http://127.0.0.1:1"), Document(PATH))
    asked: list[Any] = []

    def operator(*given: Any, query: Any) -> Answer:
        asked.append(query)
        assert len(asked) < 10
        body = {"data": {"oturumlar": chats, "sonraki_imlec": next(cursors)}}
        return Answer(200, {}, json.dumps(body).encode(), "curl …", "list_chats", 0.0)

    monkeypatch.setattr(client, "operator", operator)
    with pytest.raises(Broken, match=seen) as broken:
        client.queue()
    assert broken.value.finding.rule == "list.pages"
