"""What one visitor of a tenant owns, how its owners see it, and what must not be told of it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, Final, Protocol
from urllib.parse import quote, urlsplit

from contract_tests.client import Answer, Client, form
from contract_tests.findings import NotJudged
from contract_tests.target import Tenant

FAR: Final = 1_000_000_007
"""So far from an id there is no other yet."""
RECORDS: Final = ("oturum", "aktif_oturum", "ticket")


class Ids(Protocol):
    """What requests name."""

    @property
    def chat(self) -> int: ...
    @property
    def ticket(self) -> int: ...
    @property
    def file(self) -> str: ...
    @property
    def operators_file(self) -> str: ...
    @property
    def tenant_id(self) -> int: ...
    @property
    def owner(self) -> str: ...
    @property
    def receiver(self) -> int: ...
    @property
    def muted(self) -> bool: ...


class House:
    """A visitor with a profile and, as soon as one is asked for, a chat, a ticket and a file.

    `GIZLI…` stands in all of it. What both sides read is compared as long as nobody had a right to change it.
    """

    def __init__(self, client: Client, tenant: Tenant, *, seen_by_operator: bool = True) -> None:
        """Without an operator who sees it, its owner proves their browser, and theirs is the only side.

        Raises Broken where a call that must succeed does not.
        """
        self.client = client
        self.tenant = tenant
        self.owner = client.visitor()
        self.secret = f"GIZLI{secrets.token_hex(6)}"
        self.headers: dict[str, str] = {}
        self.never = Never(self)
        self.spent = False
        """Whether an owner did what leaves others nothing to try."""
        self._operated = seen_by_operator
        self._known: dict[str, Any] = {}
        if not seen_by_operator:
            self.headers["X-Ziyaretci-Token"] = str(self._post("widget/init").data["ziyaretci_token"])
        self._post("context/customer-info", ad=self.secret, email=f"{self.secret}@example.com").succeeded()

    @cached_property
    def _started(self) -> Any:
        answer = self._post("widget/chat/start", ad=self.secret, mesaj=self.secret)
        self.client.opened(answer, self.owner, self.tenant, self.headers)
        self.touched()
        return answer.data["oturum"]

    @property
    def chat(self) -> int:
        """The chat's id."""
        return int(self._started["id"])

    @property
    def tenant_id(self) -> int:
        """The tenant's id, as its chats tell."""
        return int(self._started["musteri_id"])

    @cached_property
    def ticket(self) -> int:
        """The ticket's id."""
        return self.write_ticket()

    def furnish(self) -> None:
        """Have a chat and a ticket, where the server has such."""
        for part in ("chat", "ticket"):
            with suppress(NotJudged):
                getattr(self, part)

    def write_ticket(self) -> int:
        """One ticket more; its id."""
        answer = self._post("widget/ticket/create", ad=self.secret, konu=self.secret, mesaj=self.secret)
        self.touched()
        return int(answer.data["ticket"]["id"])

    @cached_property
    def _file(self) -> Any:
        raw, headers = form({"ziyaretci_id": self.owner}, f"{self.secret}.txt", self.secret.encode())
        path = "/api/v1/widget/upload"
        answer = self.client.call("POST", path, raw=raw, headers=headers | self.headers, tenant=self.tenant)
        self.touched()
        return answer.data["dosya"]

    @property
    def file(self) -> str:
        """The id of a file that the visitor sent."""
        return str(self._file["dosya_id"])

    @cached_property
    def operators_file(self) -> str:
        """The id of a file that the tenant's operator sent."""
        raw, headers = form({"musteri_id": str(self.tenant_id)}, f"{self.secret}.txt", self.secret.encode())
        answer = self.client.operator("POST", "upload", raw=raw, headers=headers)
        return str(answer.data["dosya"]["dosya_id"])

    @property
    def receiver(self) -> int:
        """An operator of the tenant, to whom the chat can go."""
        target = self.client.target
        return self.client.operator_id(target.colleague or target.operator)

    @property
    def muted(self) -> bool:
        """Whether the operator has silenced the tenant's tab."""
        tabs = self.client.operator("GET", "tenants").data["musteriler"]
        return bool(next(tab["sessize_alindi"] for tab in tabs if tab["id"] == self.tenant_id))

    def _post(self, path: str, **body: Any) -> Answer:
        content = {"ziyaretci_id": self.owner, **body}
        return self.client.call("POST", f"/api/v1/{path}", body=content, tenant=self.tenant, headers=self.headers)

    def _get(self, path: str, **query: Any) -> Any:
        asked = {"ziyaretci_id": self.owner, **query}
        answer = self.client.call("GET", f"/api/v1/{path}", query=asked, tenant=self.tenant, headers=self.headers)
        return answer.data

    def take(self) -> None:
        """The operator takes the chat."""
        self.client.accept(self.chat).succeeded()
        self.touched()

    def end(self) -> None:
        """The owner closes the chat."""
        self._post("widget/chat/end", oturum_id=self.chat).succeeded()
        self.touched()

    # What both sides see

    def touched(self) -> None:
        """An owner changed something."""
        self._known = {}

    def look(self) -> None:
        """Remember what both sides read now, unless it is known."""
        self._known = self._known or self._seen()

    def changes(self) -> str | None:
        """What became of it since, in words; None: nothing."""
        before, self._known = self._known, self._seen()
        for name, value in before.items():
            if self._known.get(name) != value:
                return f"{name} changed: {_short(value)} became {_short(self._known.get(name))}"
        return None

    def _seen(self) -> dict[str, Any]:
        return {name: read() for name, read in self._readers()}

    def _readers(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        made = vars(self)
        if "_started" in made:
            yield "the chat", lambda: self._get("widget/chat/messages", oturum_id=self.chat)
        if "ticket" in made:
            yield "the ticket", lambda: self._get(f"widget/ticket/{self.ticket}")
        if "_file" in made:
            path = urlsplit(self._file["url"]).path
            yield "the file", lambda: self.client.call("GET", path).body.decode("utf-8", "replace")
        if self._operated:
            query = {"musteri_id": self.tenant_id}
            path = f"context/{quote(self.owner, safe='')}"
            yield "what the operator sees", lambda: self.client.operator("GET", path, query=query).data

    # What nobody else may see

    def told_in(self, answer: Answer) -> str | None:
        """What of the house stands in a stranger's answer, if anything does."""
        text = answer.body.decode("utf-8", "replace") + repr(sorted(answer.headers.items()))
        made = vars(self)
        words = [self.secret, *([self.file] if "_file" in made else []), made.get("operators_file") or self.secret]
        found = next((word for word in words if word in text), None)
        if found is not None:
            return found
        mine = {("oturum", made["_started"]["id"])} if "_started" in made else set()
        mine |= {("ticket", self.ticket)} if "ticket" in made else set()
        return next((f"{noun} {number}" for noun, number in records(answer.value) if (noun, number) in mine), None)


class Never:
    """Ids that never were, beside those of a house."""

    def __init__(self, house: House) -> None:
        self._house = house

    @cached_property
    def owner(self) -> str:
        return self._house.client.visitor()

    @property
    def chat(self) -> int:
        return self._house.chat + FAR

    @property
    def ticket(self) -> int:
        return self._house.ticket + FAR

    @property
    def tenant_id(self) -> int:
        return self._house.tenant_id + FAR

    @property
    def file(self) -> str:
        return another_file(self._house.file)

    @property
    def operators_file(self) -> str:
        return another_file(self._house.operators_file)

    @property
    def receiver(self) -> int:
        return self._house.receiver

    @property
    def muted(self) -> bool:
        return self._house.muted


def another_file(file_id: str) -> str:
    """An id of the same shape: its last four letters and digits are others."""
    left, letters = 4, list(file_id)
    for position in range(len(letters) - 1, -1, -1):
        if left and letters[position].isalnum():
            left -= 1
            letters[position] = _another(letters[position])
    return "".join(letters)


def _another(letter: str) -> str:
    first, second = ("0", "1") if letter.isdigit() else ("a", "b") if letter.islower() else ("A", "B")
    return second if letter == first else first


def records(value: Any) -> Iterator[tuple[str, Any]]:
    """The chats, tickets and tenants that JSON names: `("oturum", 42)`."""
    if isinstance(value, list):
        for item in value:
            yield from records(item)
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if name in ("oturum_id", "ticket_id", "musteri_id"):
            yield name.removesuffix("_id"), inner
        for one in inner if isinstance(inner, list) else [inner]:
            noun = re.sub("l[ae]r$", "", name)
            if noun in (*RECORDS, "musteri") and isinstance(one, dict):
                yield noun.removeprefix("aktif_"), one.get("id")
        yield from records(inner)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:300] + "…"
