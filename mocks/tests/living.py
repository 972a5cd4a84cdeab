"""People who live in a mock: what they do is real calls, and fills every table that there is."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from impl.model import Visitor
from impl.rules.times import ISTANBUL
from impl.store.memory import MemoryTx
from impl.store.memory.words import WordIndex
from mocks.tests.whole import Answer, Whole

TINY_PNG: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
EMAIL: Final = "destek@example.com"
PORTAL: Final = {"accept": "application/json", "sec_fetch_site": "same-origin"}
Choose = Callable[[int], int]
"""A number below the given one."""


class Living:
    """Does things in a mock, by name; `choose` decides whom and what. What is refused is refused."""

    def __init__(self, mock: Whole, choose: Choose) -> None:
        self._mock = mock
        self._choose = choose
        self._operators: dict[str, dict[str, str]] = {}
        self._count = 0

    def do(self, names: Sequence[str]) -> None:
        """These things, one after the other."""
        for name in names:
            DEEDS[name](self)

    def new_text(self) -> str:
        self._count += 1
        return ("Merhaba 😀", "iki\nsatır: #1", " boşlukla ", "'tırnak\" ve \\", "- 1: null", "ğüşıöç")[
            self._choose(6)
        ] + (f" {self._count}")

    def visitor(self) -> str:
        return ("abc123", "yeni", "a@b:+-_", "42")[self._choose(4)]

    def widget(self, path: str, **body: Any) -> Answer:
        key = f"k{self._choose(3)}"
        more = {"idempotency_key": key} if self._choose(4) == 0 else {}
        return self._mock.widget(path, {"ziyaretci_id": self.visitor(), **body}, **more)

    def context(self, path: str, **body: Any) -> Answer:
        body = {"ziyaretci_id": self.visitor(), **body}
        return self._mock.ask("POST", f"/api/v1/context/{path}", body, x_api_key="CM_DEMO_2026")

    def operator(self, method: str, path: str, body: Any = None) -> Answer:
        email = (EMAIL, "operator@example.com")[self._choose(2)]
        if email not in self._operators:
            self._operators[email] = self._mock.signed_in(email)
        return self._mock.ask(method, f"/api/v1/operator/{path}", body, **self._operators[email])

    def portal(self, method: str, path: str, body: Any = None) -> Answer:
        signed_in = self._mock.ask("POST", "/portal/giris", {"email": EMAIL, "sifre": "sifre123"}, **PORTAL)
        cookie = signed_in.headers.get("set-cookie", "").partition(";")[0]
        return self._mock.ask(method, f"/portal/{path}", body, **PORTAL, cookie=cookie)

    def upload(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        lines = [
            *(
                f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
                for name, text in fields.items()
            ),
            '--b\r\nContent-Disposition: form-data; name="dosya"; filename="a.png"\r\n\r\n',
        ]
        body = "".join(lines).encode() + TINY_PNG + b"\r\n--b--\r\n"
        content_type = "multipart/form-data; boundary=b"
        return self._mock.ask("POST", f"/api/v1/{path}", body, **{"content_type": content_type, **headers})

    @property
    def tables(self) -> MemoryTx:
        return self._mock.mock.sandboxes.main.store.tables

    def chat(self) -> Any:
        chats = sorted(self.tables.chats.values(), key=lambda chat: chat.id)
        return chats[self._choose(len(chats))]

    # What they do

    def opens_chat(self) -> None:
        self.widget("chat/start", ad="Ayşe", mesaj=self.new_text())

    def starts_widget(self) -> None:
        self.widget("init")

    def writes(self) -> None:
        chat = self.chat()
        body = {"ziyaretci_id": chat.visitor_id, "oturum_id": chat.id, "mesaj": self.new_text()}
        self._mock.widget("chat/message", {**body, "istemci_mesaj_id": f"m{self._choose(3)}"})

    def sends_file(self) -> None:
        chat = self.chat()
        sent = self.upload("widget/upload", {"ziyaretci_id": chat.visitor_id}, x_api_key="CM_DEMO_2026")
        body = {
            "ziyaretci_id": chat.visitor_id,
            "oturum_id": chat.id,
            "dosya_id": sent.json["data"]["dosya"]["dosya_id"],
        }
        self._mock.widget("chat/message", body)

    def is_handed_a_file(self) -> None:
        self.operator("PUT", "status", {"durum": "cevrimici"})
        chat = self.chat()
        self.operator("POST", f"chat/{chat.id}/accept")
        headers = self._operators.get(EMAIL) or {}
        if headers:
            sent = self.upload("operator/upload", {"musteri_id": "1"}, **headers)
            body = {"dosya_id": sent.json["data"]["dosya"]["dosya_id"]}
            self._mock.ask("POST", f"/api/v1/operator/chat/{chat.id}/message", body, **headers)

    def is_answered(self) -> None:
        chat = self.chat()
        self.operator("POST", f"chat/{chat.id}/accept")
        self.operator("POST", f"chat/{chat.id}/message", {"mesaj": self.new_text(), "istemci_mesaj_id": "o1"})

    def is_transferred(self) -> None:
        self.operator("POST", f"chat/{self.chat().id}/transfer", {"operator_id": 7 + self._choose(2)})

    def is_closed(self) -> None:
        self.operator("POST", f"chat/{self.chat().id}/close")

    def ends_and_rates(self) -> None:
        chat = self.chat()
        body = {"ziyaretci_id": chat.visitor_id, "oturum_id": chat.id}
        self._mock.widget("chat/end", body)
        self._mock.widget("chat/rate", {**body, "puan": 1 + self._choose(5), "yorum": self.new_text()})

    def opens_ticket(self) -> None:
        self.widget("ticket/create", konu=self.new_text(), mesaj=self.new_text(), oncelik="acil")

    def is_replied(self) -> None:
        number = 1 + self._choose(3)
        self.operator("POST", f"ticket/{number}/reply", {"mesaj": self.new_text()})
        self.operator("PUT", f"ticket/{number}/status", {"durum": ("cozuldu", "kapali", "acik")[self._choose(3)]})

    def is_described(self) -> None:
        trial = ("2026-12-01", "2026-12-01T10:00", None)[self._choose(3)]
        extra = {"depolama_toplam_gb": 5.0, "not": self.new_text(), "derin": {"liste": [1, 2.5, None, True]}}
        self.context("customer-info", ad="Can", email="can@example.com", trial_bitis=trial, kontor=0, ekstra=extra)

    def looks_around(self) -> None:
        self.context("page-info", sayfa_url="https://firma.example/a", sayfa_basligi=self.new_text())
        self.context("error-log", mesaj=self.new_text(), satir=0)
        self.context("screenshot", goruntu=f"data:image/png;base64,{base64.b64encode(TINY_PNG).decode()}")

    def changes_tabs(self) -> None:
        self.operator("PUT", "tenants/1/sessize", {"sessize": bool(self._choose(2))})
        self.operator("PUT", "tenants/sira", {"order": [(1, 2), (2, 1)][self._choose(2)]})

    def changes_status(self) -> None:
        self.operator("PUT", "status", {"durum": ("cevrimici", "mesgul", "cevrimdisi")[self._choose(3)]})

    def mistypes(self) -> None:
        self._mock.ask("POST", "/api/v1/auth/login", {"email": EMAIL, "sifre": "yanlis"})

    def manages(self) -> None:
        self.portal("PUT", "webhook", {"url": "http://127.0.0.1:9/", "olaylar": ["yeni_chat", "memnuniyet_puan"]})
        self.portal("POST", "projelerim", {"firma_adi": self.new_text()})
        self.portal("POST", "projeler/sec/1")
        self.portal("POST", "widget/originler", {"origin": "https://firma.example"})
        self.portal("DELETE", "widget/originler?origin=https%3A%2F%2Ffirma.example")

    def is_forgotten(self) -> None:
        self.operator("DELETE", f"context/{self.visitor()}?musteri_id=1")

    def time_passes(self) -> None:
        self._mock.control("POST", "/clock", {"ilerlet": ("45s", "10m", "7h")[self._choose(3)]})


HELPERS: Final = {"do", "new_text", "visitor", "widget", "context", "operator", "portal", "upload", "tables", "chat"}
DEEDS: Final[dict[str, Callable[[Living], None]]] = {
    name: deed for name, deed in vars(Living).items() if name not in HELPERS and not name.startswith("_")
}


def tables_of(tables: MemoryTx) -> dict[str, Any]:
    """The store's tables and indexes as they can be compared: caches, and what is empty, are left out."""
    left_out = {"undo_log", "effects", "numbers_known", "knowledge_versions"}
    return {name: _compared(table) for name, table in vars(tables).items() if name not in left_out}


def _compared(value: Any) -> Any:
    match value:
        case dict():
            items = {key: _compared(item) for key, item in value.items()}
            return {key: item for key, item in items.items() if item not in (0, (), [], {}, frozenset(), (0,) * 5)}
        case list():
            return [_compared(item) for item in value]
        case WordIndex():
            list(value.search(["x"], None))  # whatever waits is sorted in
            return _compared(vars(value))
        case Visitor():  # a file tells its fraction in microseconds
            seen_at = datetime.fromtimestamp(value.last_seen_at, ISTANBUL)
            whole = replace(value, last_seen_at=0.0)
            return (seen_at, whole)
        case _:
            return value
