"""What requests speak of: visitors, chats, tickets and files that were made for them, and who asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from contract_tests.client import Client
from contract_tests.findings import NotJudged
from contract_tests.portal import Portal
from contract_tests.projects import project_named
from contract_tests.schema.examples import content
from contract_tests.target import Login

PROJECT: Final = "Sözleşme Denetimi"
"""The name of the project that portal calls may change: one that we opened."""
CLOSED: Final = 409
PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c4944415478da63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


class Scene:
    """Things at the server; each is made when it is first needed. Lives as long as its client."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.target = client.target
        self._known: dict[str, Any] = {}
        self._tokens: dict[str, str] = {}

    @classmethod
    def of(cls, client: Client) -> Scene:
        """The client's own."""
        scene: Scene = client.kept.setdefault("schema scene", cls(client))
        return scene

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]

    def now(self) -> int:
        """The server's clock, near enough to sign by: asked once."""
        told, at = self._once("now", lambda: (self.client.now(), time.monotonic()))
        return int(told + time.monotonic() - at)

    # The visitor's

    def visitor(self) -> str:
        """Whose chat, tickets and files these are: known to the server, with a token."""
        return str(self._once("visitor", self._new_visitor))

    def _new_visitor(self) -> str:
        visitor = self.client.visitor()
        token = self.client.init(visitor).data.get("ziyaretci_token")
        if token:
            self._tokens[visitor] = token
        return visitor

    def doomed(self, *, fresh: bool = True) -> str:
        """One of whom nothing else is needed: may be erased."""
        return str(self._new_visitor() if fresh else self._once("doomed", self._new_visitor))

    def token(self, visitor: str) -> str | None:
        """What proves the visitor's browser, if we were told it."""
        return self._tokens.get(visitor)

    def chat(self, *, fresh: bool = False) -> tuple[str, int]:
        """Visitor and id of an open chat that nobody took."""
        return self._new_chat() if fresh else self._kept("chat", self._new_chat)

    def _new_chat(self) -> tuple[str, int]:
        visitor = self.client.visitor()
        return visitor, self.client.chat(visitor)

    def _kept(self, name: str, make: Callable[[], tuple[str, int]]) -> tuple[str, int]:
        made: tuple[str, int] = self._once(name, make)
        return made

    def talk(self) -> tuple[str, int]:
        """An open chat of the visitor; its first message has a file."""
        return self._kept("talk", self._new_talk)

    def _new_talk(self) -> tuple[str, int]:
        visitor = self.visitor()
        chat = self.client.chat(visitor)
        self.client.say(visitor, chat, "Ekte.", **self._attached("dosya_id")).succeeded()
        return visitor, chat

    def taken(self) -> int:
        """The visitor's open chat, taken by the operator: anew each time, since whoever goes offline loses it."""
        chat = self.talk()[1]
        if self.client.accept(chat).status == CLOSED:  # along a link
            del self._known["talk"]
            chat = self.talk()[1]
            self.client.accept(chat).succeeded()
        return chat

    def closed(self, *, fresh: bool = False) -> tuple[str, int]:
        """A closed chat that is not rated."""
        return self._new_closed() if fresh else self._kept("closed", self._new_closed)

    def _new_closed(self) -> tuple[str, int]:
        visitor, chat = self._new_chat()
        self.client.end(visitor, chat).succeeded()
        self.client.leave(chat, is_open=False)
        return visitor, chat

    def ticket(self) -> tuple[str, int]:
        """Visitor and id of an open ticket with a file."""
        return self._kept("ticket", self.new_ticket)

    def new_ticket(self) -> tuple[str, int]:
        """Another one."""
        visitor = self.visitor()
        return visitor, self.client.ticket(visitor, **self._attached("dosyalar", list)).data["ticket"]["id"]

    def records(self) -> set[int]:
        """The ids of the visitor's chat and ticket, as far as they were made."""
        return {self._known[name][1] for name in ("talk", "ticket") if name in self._known}

    def status_ticket(self) -> int:
        """A ticket that nobody replies to: its state may change."""
        return self._kept("status ticket", self.new_ticket)[1]

    def _attached(self, name: str, of: Callable[[tuple[str]], Any] = lambda files: files[0]) -> dict[str, Any]:
        """A file, where files can be sent."""
        try:
            return {name: of((self.file(),))}
        except NotJudged:
            return {}

    def file(self) -> str:
        """A file of the visitor's. Raises NotJudged where none can be sent."""
        return str(self._once("file", self._new_file))

    def _new_file(self) -> str:
        return str(self.client.upload(self.visitor(), "nokta.png", PNG).data["dosya"]["dosya_id"])

    def slug(self) -> str:
        """A published article's. Raises NotJudged where there is none."""
        return str(self._once("slug", self._find_slug))

    def _find_slug(self) -> str:
        answer = self.client.call("GET", "/api/v1/widget/kb/categories", tenant=self.target.tenant)
        for category in answer.data["kategoriler"]:
            for article in category["makaleler"]:
                return str(article["slug"])
        raise NotJudged("the tenant has no published article")

    # The operator's

    def tenant_id(self) -> int:
        """The tenant whose site we are."""
        return int(self._once("tenant", self.client.tenant_id))

    def tabs(self) -> list[Any]:
        """The operator's tenants in their order."""
        return list(self.client.operator("GET", "tenants").data["musteriler"])

    def state(self) -> str:
        """The operator's; going offline, even again, would give their chats back."""
        told = str(self.client.operator("GET", "status").data["durum"])
        return "cevrimici" if told == "cevrimdisi" else told

    def operator_file(self) -> str:
        """A file of the operator's for the tenant whose site we are."""
        return str(self._once("operator file", self._new_operator_file))

    def _new_operator_file(self) -> str:
        media_type, raw = content("multipart/form-data", {"musteri_id": self.tenant_id(), "dosya": PNG})
        answer = self.client.operator("POST", "upload", raw=raw, headers={"Content-Type": media_type})
        return str(answer.data["dosya"]["dosya_id"])

    def fresh_token(self) -> str:
        """A token that may be revoked, while another one keeps the operator online."""
        self.client.token()
        return str(self.client.login(self.target.operator).data["token"])

    # Files of tenants

    def logo(self) -> int:
        """The id of a tenant with a logo. Raises NotJudged where none has one."""
        return int(self._once("logo", self._find_logo))

    def _find_logo(self) -> int:
        for tenant in (self.target.tenant, self.target.listed, self.target.other):
            url = self.client.init(self.client.visitor(), tenant).data["logo_url"] if tenant else None
            parts = urlsplit(url or "").path.split("/")
            if parts[1:3] == ["storage", "tenants"] and parts[3].isdigit():
                return int(parts[3])
        raise NotJudged("no tenant has a logo at /storage/tenants/")

    # The portal's

    def portal_user(self) -> Login:
        """Whose projects may be opened and changed: only on a server of our own. Raises NotJudged."""
        if not self.target.owned:
            raise NotJudged("it would change projects for everybody: it needs a server of our own (--owned)")
        if self.target.outsider is None:
            raise NotJudged("it needs an operator who is no member of the tenant, in whose name a project is opened")
        return self.target.outsider

    def portal_login(self) -> Login:
        """Who may sign in to the portal, which changes nothing."""
        return self.target.outsider if self.target.owned and self.target.outsider else self.target.operator

    def browser(self) -> Portal:
        """The portal user's, working on a project that we opened."""
        browser: Portal = self._once("browser", self._new_browser)
        return browser

    def reader(self) -> Portal:
        """A browser that changes nothing."""
        browser: Portal = self._once("reader", lambda: self.signed_in(self.portal_login(), stays=True))
        return browser

    def _new_browser(self) -> Portal:
        browser = self.signed_in(self.portal_user(), stays=True)
        browser.choose(self._project(browser)).succeeded()
        return browser

    def signed_in(self, login: Login, *, stays: bool = False) -> Portal:
        """A new session; signed out at the end if it stays until then."""
        browser = Portal(self.client)
        browser.sign_in(login).succeeded()
        if stays:
            self.client.at_the_end.append(browser.sign_out)
        return browser

    def choose_again(self) -> None:
        """Work on our own project, whatever was chosen."""
        self.browser().choose(self.project()).succeeded()

    def project(self) -> int:
        """The project that the browser works on."""
        self.browser()
        return int(self._known["project"])

    def _project(self, browser: Portal) -> int:
        """One that we opened, now or before: a user can open only three a day."""
        found = project_named(browser, PROJECT)
        if found is None:
            answer = browser.create(firma_adi=PROJECT)
            if answer.status == 429:
                raise NotJudged("the portal user has opened as many projects as a day allows")
            found = answer.data["musteri"]
        self._known["project"] = found["id"]
        return int(found["id"])

    def origin(self, *, fresh: bool) -> str:
        """One that the project lists, or has listed."""
        if fresh or "origin" not in self._known:
            origin = f"https://{self.client.visitor()}.example.com"
            self.browser().add_origin(origin).succeeded()
            self._known["origin"] = origin
        return str(self._known["origin"])
