"""People in a mock whose clock stands still: they write, and time is moved on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from impl.model import Chat, Message, Ticket
from impl.store.memory import MemoryTx
from mocks.counterparts.reader import script_of
from mocks.counterparts.sides import Side
from mocks.tests.whole import Whole, whole_mock


class People:
    """Visitors of the demo tenant, operators in its panel, and who is simulated."""

    def __init__(self, mock: Whole, sandbox: str = "") -> None:
        self.mock = mock
        self.headers = {"x_mock_sandbox": sandbox} if sandbox else {}
        mock.control("POST", "/clock", {"hiz": 0}, **self.headers)

    @property
    def tables(self) -> MemoryTx:
        found = self.mock.mock.sandboxes.known(self.headers.get("x_mock_sandbox", ""))
        assert found is not None
        return found.store.tables

    def follow(self, side: Side, script: Any = None) -> None:
        """Simulate that side, by the default script or by this."""
        wire = "operator" if side == "operator" else "ziyaretci"
        self.mock.control("PUT", "/counterparts", {wire: script or "auto"}, **self.headers)

    def pass_time(self, time: float | str) -> int:
        """Answers how much fell due."""
        told = self.mock.control("POST", "/clock", {"ilerlet": time}, **self.headers)
        return int(told["yapilan"])

    def opens(self, visitor: str = "abc123", text: str | None = None, key: str = "CM_DEMO_2026", **more: Any) -> int:
        """The visitor's chat."""
        body = {"ziyaretci_id": visitor, **({} if text is None else {"mesaj": text}), **more}
        answer = self.mock.widget("chat/start", body, x_api_key=key, **self.headers)
        assert answer.status in (200, 201), answer.body.decode()
        return int(answer.json["data"]["oturum"]["id"])

    def says(self, chat_id: int, text: str) -> None:
        body = {"ziyaretci_id": self.chat(chat_id).visitor_id, "oturum_id": chat_id, "mesaj": text}
        key = self.tables.tenants[self.chat(chat_id).tenant_id].api_key
        assert self.mock.widget("chat/message", body, x_api_key=key, **self.headers).status == 201

    def panel(self, method: str, path: str, body: Any = None, email: str = "destek@example.com") -> Any:
        """What a person at the operator panel does."""
        headers = self.mock.signed_in(email, **self.headers)
        answer = self.mock.ask(method, f"/api/v1/operator/{path}", body, **headers)
        assert answer.status < 300, answer.body.decode()
        return answer.json["data"]

    def chat(self, chat_id: int) -> Chat:
        return self.tables.chats[chat_id]

    def ticket(self, ticket_id: int) -> Ticket:
        return self.tables.tickets[ticket_id]

    def messages(self, chat_id: int, sender: str = "operator") -> list[Message]:
        return [message for message in self.tables.messages[chat_id] if message.sender == sender]

    def texts(self, chat_id: int, sender: str = "operator") -> list[str]:
        return [
            message.text or f"[{message.file.name if message.file else ''}]"
            for message in self.messages(chat_id, sender)
        ]


@contextmanager
def people() -> Iterator[People]:
    """In a mock as it is at its start, whose clock stands still."""
    with whole_mock() as mock:
        yield People(mock)


def rules(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A script of operators who are online and accept after a second, and of these rules."""
    first = [{"when": "start", "do": {"status": "cevrimici"}}, {"when": "waiting", "after": 1, "do": "accept"}]
    script = {"rules": [*first, *rules], **more}
    script_of("operator", script)
    return script
