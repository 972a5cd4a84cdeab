"""A portal user's browser: signs in, keeps the cookie, and says where its requests come from."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from contract_tests.client import Answer, Client
from contract_tests.target import Login

COOKIE: Final = "cozum_portal"
SAME_SITE: Final = {"Sec-Fetch-Site": "same-origin"}
"""What a browser sends from the portal's own pages (Fetch Metadata)."""


class Portal:
    """Calls the portal as a page of it does, in JSON."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.cookie: str | None = None

    def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> Answer:
        """One request of the browser's."""
        given = self.headers(headers)
        answer = self.client.call(method, f"/portal/{path}", headers=given, **options)
        cookie = cookie_in(answer)
        if cookie is not None:
            self.cookie = cookie or None
        return answer

    def headers(self, headers: dict[str, str] | None = None) -> dict[str, str]:
        """What the browser sends: the cookie and, unless `headers` say otherwise, the proof of the same site."""
        given = dict(SAME_SITE) if headers is None else dict(headers)
        if self.cookie is not None:
            given.setdefault("Cookie", f"{COOKIE}={self.cookie}")
        return given

    def sign_in(self, login: Login, **options: Any) -> Answer:
        """Who has the right password gets a session."""
        body = {"email": login.email, "sifre": login.password}
        return self.call("POST", "giris", body=body, **options)

    def sign_out(self) -> Answer:
        """The session ends."""
        return self.call("POST", "cikis")

    def with_cookie(self, cookie: str | None) -> Portal:
        """Another browser, with that cookie."""
        other = Portal(self.client)
        other.cookie = cookie
        return other

    def is_signed_in(self) -> bool:
        """Whether the session lives."""
        return self.call("GET", "projeler").status == 200

    def active(self) -> Any:
        """The id of the project that the session works on."""
        return self.call("GET", "projeler").data["aktif_musteri_id"]

    def choose(self, tenant_id: object) -> Answer:
        """Work on another project."""
        return self.call("POST", f"projeler/sec/{tenant_id}")

    def create(self, **body: Any) -> Answer:
        """Open a project; also a 429 is an answer."""
        return self.call("POST", "projelerim", body=body, patient=False)

    def mine(self) -> Any:
        """My projects; the `data`."""
        return self.call("GET", "projelerim").data

    def settings(self) -> Any:
        """The widget's settings; the `data`."""
        return self.call("GET", "widget").data

    def add_origin(self, origin: Any) -> Answer:
        """List one more origin."""
        return self.call("POST", "widget/originler", body={"origin": origin})

    def remove_origin(self, origin: str) -> Answer:
        """Take an origin off the list."""
        return self.call("DELETE", f"widget/originler?origin={quote(origin, safe='')}")

    def webhook(self, **query: Any) -> Answer:
        """The endpoint and a page of its deliveries."""
        return self.call("GET", "webhook", query=query)

    def set_webhook(self, url: Any, *events: str, **more: Any) -> Answer:
        """Set up the endpoint, or change it."""
        return self.call("PUT", "webhook", body={"url": url, "olaylar": list(events)} | more)

    def resend(self, delivery: object) -> Answer:
        """Send a finished delivery again."""
        return self.call("POST", f"webhook/teslimatlar/{delivery}/yeniden")


def cookie_line(answer: Answer) -> str | None:
    """The line with which an answer sets the session's cookie; whoever stands before a server may set others."""
    lines = answer.headers.get("set-cookie", "").split("\n")
    return next((line for line in reversed(lines) if line.startswith(f"{COOKIE}=")), None)


def cookie_in(answer: Answer) -> str | None:
    """The session's cookie that an answer sets; empty where it takes it away."""
    line = cookie_line(answer)
    return None if line is None else line.partition(";")[0].removeprefix(f"{COOKIE}=")


def signed_in(client: Client, login: Login) -> Portal:
    """The user's browser; signed in once. Raises Broken."""
    key = f"portal {login.email}"
    if key not in client.kept:
        portal = Portal(client)
        portal.sign_in(login).succeeded()
        client.at_the_end.append(portal.sign_out)
        client.kept[key] = portal
    browser: Portal = client.kept[key]
    return browser
