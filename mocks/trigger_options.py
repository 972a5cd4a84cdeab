"""Which events can be triggered, and what each lets one choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

VISITOR: Final = ("musteri", "ziyaretci", "ad")
TICKET: Final = (*VISITOR, "konu", "mesaj", "oncelik")


class Trigger(NamedTuple):
    """An event, what it is, and the options that fit it."""

    about: str
    options: tuple[str, ...]
    of_new: tuple[str, ...] = ()
    """Those that say how a chat or ticket is made; not together with the one that names an old one."""
    operator: str = ""
    """What the operator does in it."""

    def tell(self, option: str) -> str:
        """What an option means to this event."""
        return f"the operator, by email, who {self.operator}" if option == "operator" else OPTIONS[option]


TRIGGERS: Final[Mapping[str, Trigger]] = {
    "yeni_chat": Trigger("a visitor opens a chat", (*VISITOR, "mesaj")),
    "yeni_ticket": Trigger("a visitor opens a ticket", TICKET),
    "chat_kapandi": Trigger(
        "an open chat is closed",
        ("oturum", "kapatan", "operator", *VISITOR, "mesaj"),
        (*VISITOR, "mesaj"),
        "takes the chat before it is closed",
    ),
    "ticket_cozuldu": Trigger(
        "an operator solves a ticket", ("ticket", "operator", *TICKET), TICKET, "solves the ticket"
    ),
    "memnuniyet_puan": Trigger(
        "a visitor rates a closed chat",
        ("oturum", "puan", "yorum", "operator", *VISITOR, "mesaj"),
        (*VISITOR, "mesaj"),
        "takes the chat before it is closed",
    ),
    "operator_cevrimdisi": Trigger("an operator goes offline", ("operator", "neden"), operator="goes offline"),
}

OPTIONS: Final[Mapping[str, str]] = {
    "oturum": "the chat, by id; without it one is opened",
    "ticket": "the ticket, by id; without it one is opened",
    "operator": "the operator, by email, who takes the chat before it is closed, solves the ticket or goes offline",
    "musteri": "the tenant, by API key; the first one without it",
    "ziyaretci": "the visitor's id; a new visitor without it",
    "ad": "the visitor's name",
    "mesaj": "what the visitor writes",
    "konu": "the ticket's subject",
    "oncelik": "the ticket's priority: dusuk, normal, yuksek, acil",
    "kapatan": "who closes the chat: ziyaretci or operator",
    "puan": "the rating, 1 to 5",
    "yorum": "the rating's comment",
    "neden": "why the operator is offline: manuel or cikis",
}
