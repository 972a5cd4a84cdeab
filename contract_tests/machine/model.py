"""What the contract says of chats and tickets, as plain Python: what is answered, and how they are afterwards.

Each verb answers what the server must: a refusal, or what it did. A refusal changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from contract_tests.machine.cast import Staff, Visitor


class Refusal(NamedTuple):
    """A status and a `kod`."""

    status: int
    code: str


NOT_THERE: Final = Refusal(404, "bulunamadi")
CLOSED: Final = Refusal(409, "oturum_kapali")
TAKEN: Final = Refusal(409, "oturum_baskasinda")
NOT_YOURS: Final = Refusal(409, "oturum_sizde_degil")
STILL_OPEN: Final = Refusal(409, "oturum_acik")
RATED: Final = Refusal(409, "zaten_puanlandi")
TICKET_CLOSED: Final = Refusal(409, "ticket_kapali")
CANNOT_PUT: Final = Refusal(422, "alan_hatasi")
OTHER_BODY: Final = Refusal(422, "anahtar_cakismasi")

Sayer = Visitor | Staff


@dataclass(frozen=True)
class Said:
    """A message; of those of `sistem` the contract says neither name nor text."""

    sequence: int
    sender: str
    name: str | None = None
    text: str | None = None
    file: str | None = None

    def faults(self, message: Any) -> list[str]:
        """What of a message on the wire is not so."""
        file = message["dosya"] and message["dosya"]["dosya_id"]
        pairs = [("sira", self.sequence, message["sira"]), ("gonderen", self.sender, message["gonderen"])]
        if self.sender != "sistem":
            pairs += [("mesaj", self.text, message["mesaj"]), ("dosya_id", self.file, file)]
            if self.name is not None:
                pairs.append(("gonderen_adi", self.name, message["gonderen_adi"]))
        return [f"{name} {expected!r}" for name, expected, seen in pairs if expected != seen]


class Reply(NamedTuple):
    """What became of a message: it, and whether it is new."""

    said: Said
    new: bool


class Attempts:
    """Idempotency keys, each of one caller and operation, with the body that it came with first and its answer."""

    def __init__(self) -> None:
        self._first: dict[tuple[Sayer, str, str], tuple[object, Any]] = {}

    def known(self, who: Sayer, operation: str, key: str | None, body: object) -> Any:
        """The first answer's data, a refusal of another body, or None for a first time."""
        first = self._first.get((who, operation, key)) if key else None
        if first is None:
            return None
        return first[1] if first[0] == body else OTHER_BODY

    def keep(self, who: Sayer, operation: str, key: str | None, body: object, data: Any) -> None:
        """It succeeded."""
        if key:
            self._first[who, operation, key] = body, data


@dataclass
class Chat:
    """A chat from its opening on."""

    number: int
    id: int
    visitor: Visitor
    state: str = "bekliyor"
    owner: Staff | None = None
    said: list[Said] = field(default_factory=list)
    known: dict[tuple[object, str], Said] = field(default_factory=dict)
    """By sender and their own id of it."""
    rating: int | None = None
    comment: str | None = None

    def reached_by(self, who: Sayer) -> bool:
        """Whether it is there for them."""
        return self.visitor == who if isinstance(who, Visitor) else self.visitor.site.id in who.tenants

    def say(self, who: Sayer, text: str | None, client_id: str | None, file: str | None = None) -> Reply | Refusal:
        """A message of the visitor or of an operator."""
        if not self.reached_by(who):
            return NOT_THERE
        known = self.known.get((who, client_id)) if client_id else None
        if known:
            return Reply(known, new=False)
        if self.state == "kapandi":
            return CLOSED
        if isinstance(who, Staff) and who != self.owner:
            return NOT_YOURS
        said = Said(len(self.said) + 1, "operator" if isinstance(who, Staff) else "ziyaretci", who.name, text, file)
        self.said.append(said)
        if client_id:
            self.known[who, client_id] = said
        return Reply(said, new=True)

    def accept(self, staff: Staff) -> Refusal | None:
        """An operator takes it."""
        if not self.reached_by(staff):
            return NOT_THERE
        if self.state == "kapandi":
            return CLOSED
        if self.owner not in (None, staff):
            return TAKEN
        self.state, self.owner = "aktif", staff
        return None

    def transfer(self, staff: Staff, to: Staff) -> Refusal | None:
        """Any member hands it to an operator of its tenant."""
        if not self.reached_by(staff) or not self.reached_by(to):
            return NOT_THERE
        if self.state == "kapandi":
            return CLOSED
        self.state, self.owner = "aktif", to
        return None

    def close(self, who: Sayer) -> Refusal | None:
        """The visitor or any member closes it: `sistem` has the last word."""
        if not self.reached_by(who):
            return NOT_THERE
        if self.state == "kapandi":
            return CLOSED
        self.said.append(Said(len(self.said) + 1, "sistem"))
        self.state = "kapandi"
        return None

    def rate(self, who: Visitor, rating: int, comment: str | None) -> Refusal | None:
        """Once, after it closed."""
        if not self.reached_by(who):
            return NOT_THERE
        if self.state != "kapandi":
            return STILL_OPEN
        if self.rating is not None:
            return RATED
        self.rating, self.comment = rating, comment
        return None

    def lose(self, staff: Staff) -> None:
        """Its operator goes offline: it waits again."""
        if self.state == "aktif" and self.owner == staff:
            self.state, self.owner = "bekliyor", None

    def faults(self, shown: Any) -> list[str]:
        """What of `oturum`, as visitors or operators see it, is not so."""
        expected: dict[str, Any] = {
            "id": self.id,
            "musteri_id": self.visitor.site.id,
            "durum": self.state,
            "ziyaretci_id": self.visitor.id,
            "ziyaretci_adi": self.visitor.name,
            "puan": self.rating,
        }
        if self.owner is None or self.owner.name is not None:
            expected["operator_adi"] = self.owner and self.owner.name
        if "operator_id" in shown:
            expected["operator_id"] = self.owner and self.owner.id
            expected["mesaj_sayisi"] = len(self.said)
            expected["yorum"] = self.comment
        return _faults(expected, shown, {"bitis": self.state == "kapandi"})


@dataclass
class Ticket:
    """A ticket from its creation on."""

    number: int
    id: int
    visitor: Visitor
    text: str
    subject: str
    priority: str
    state: str = "acik"
    by: Staff | None = None
    """Who of the operators replied or put its state last."""
    solved: bool = False
    replies: list[Said] = field(default_factory=list)

    def reached_by(self, who: Sayer) -> bool:
        """Whether it is there for them."""
        return self.visitor == who if isinstance(who, Visitor) else self.visitor.site.id in who.tenants

    def reply(self, who: Sayer, text: str) -> Said | Refusal:
        """The visitor's opens it again, an operator's answers it."""
        if not self.reached_by(who):
            return NOT_THERE
        if self.state == "kapali":
            return TICKET_CLOSED
        is_staff = isinstance(who, Staff)
        said = Said(len(self.replies) + 1, "operator" if is_staff else "ziyaretci", who.name, text)
        self.replies.append(said)
        self.state, self.solved = "yanitlandi" if is_staff else "acik", False
        if isinstance(who, Staff):
            self.by = who
        return said

    def put(self, staff: Staff, state: str) -> Refusal | None:
        """Any member sets any state but `yanitlandi`; the same again changes nothing."""
        if state == "yanitlandi":
            return CANNOT_PUT
        if not self.reached_by(staff):
            return NOT_THERE
        if state != self.state:
            self.solved = state == "cozuldu" or (self.solved and state == "kapali")
            self.state, self.by = state, staff
        return None

    def faults(self, shown: Any) -> list[str]:
        """What of `ticket`, whole or in a list, as visitors or operators see it, is not so."""
        expected: dict[str, Any] = {
            "id": self.id,
            "musteri_id": self.visitor.site.id,
            "durum": self.state,
            "oncelik": self.priority,
            "konu": self.subject,
            "ziyaretci_id": self.visitor.id,
            "ziyaretci_adi": self.visitor.name,
            "yanit_sayisi": len(self.replies),
        }
        there = {}
        if "operator_id" in shown:
            expected["operator_id"] = self.by and self.by.id
            there["cozum"] = self.solved
        if "yanitlar" in shown:
            expected["mesaj"] = self.text
        return _faults(expected, shown, there) + self._reply_faults(shown)

    def _reply_faults(self, shown: Any) -> list[str]:
        if "yanitlar" not in shown:
            return []
        seen = [(reply["gonderen"], reply["mesaj"]) for reply in shown["yanitlar"]]
        expected = [(said.sender, said.text) for said in self.replies]
        return [] if seen == expected else [f"yanitlar {expected}"]


def _faults(expected: dict[str, Any], shown: Any, there: dict[str, bool]) -> list[str]:
    """`there`: whether a field says something at all."""
    faults = [f"{name} {value!r}" for name, value in expected.items() if shown[name] != value]
    absent = [name for name, is_there in there.items() if (shown[name] is not None) != is_there]
    return faults + [f"{name} {'a time' if there[name] else None}" for name in absent]
