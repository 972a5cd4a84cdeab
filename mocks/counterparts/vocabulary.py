"""The words of scripts: what can happen, what can be done then, and the places in texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mocks.counterparts.script import Kind
from mocks.counterparts.sides import Side

WHENS: Final[Mapping[Side, tuple[Kind, ...]]] = {
    "operator": ("start", "waiting", "handed", "accepted", "first", "message", "idle", "ticket", "every"),
    "visitor": ("start", "every", "handed", "accepted", "first", "message", "idle", "closed", "ticket"),
}
TAKES_WORDS: Final[frozenset[Kind]] = frozenset({"waiting", "handed", "accepted", "first", "message", "ticket"})
TAKES_PAUSE: Final[frozenset[Kind]] = frozenset({"idle", "every"})

_TALK: Final = ("reply", "canned", "file", "transfer", "close")
_CHAT: Final = ("reply", "file", "page", "close", "rate")
_VISIT: Final = ("profile", "page", "open", "ticket", "reply", "file", "close", "rate")

CAN: Final[Mapping[Side, Mapping[Kind, tuple[str, ...]]]] = {
    "operator": {
        "start": ("status",),
        "every": ("status",),
        "waiting": ("accept", *_TALK),
        "handed": _TALK,
        "accepted": _TALK,
        "first": _TALK,
        "message": _TALK,
        "idle": _TALK,
        "ticket": ("reply", "solve"),
    },
    "visitor": {
        "start": _VISIT,
        "every": _VISIT,
        "handed": _CHAT,
        "accepted": _CHAT,
        "first": _CHAT,
        "message": _CHAT,
        "idle": _CHAT,
        "closed": ("rate", "page", "ticket"),
        "ticket": ("reply", "page"),
    },
}
"""Which acts do something then."""

VISITOR_ID: Final = r"[A-Za-z0-9_@:+-][A-Za-z0-9._@:+-]{0,127}"
"""The contract's `VisitorId`."""
PROFILE: Final = ("ad", "soyad", "email", "telefon", "paket", "kontor", "trial_bitis", "trial_kalan_gun", "ekstra")
"""What the contract's `CustomerInfoRequest` has beside the visitor's id and the signature."""

STATUSES: Final = ("cevrimici", "mesgul", "cevrimdisi")
PRIORITIES: Final = ("dusuk", "normal", "yuksek", "acil")
FILES: Final = ("pdf", "png", "txt", "csv")
"""Ends of names of files that can be sent: a small one is made."""
PLACES: Final = ("ad", "operator", "firma", "konu", "meslektas")
"""In texts: the visitor's first name, the operator's, the tenant's name, what it is about, the colleague's name."""
