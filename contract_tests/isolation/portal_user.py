"""A portal user's session, and what it may see of deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contract_tests.client import Answer, Client
from contract_tests.findings import NotJudged
from contract_tests.isolation.strangers import Send
from contract_tests.target import Login

SAME_SITE: Final = {"Sec-Fetch-Site": "same-origin"}
"""What browsers send from the portal's own pages (Fetch Metadata)."""
HOOK: Final = "https://alici.example.com/contract-test"


class PortalUser:
    """Calls the portal as its pages do."""

    def __init__(self, client: Client, login: Login) -> None:
        """Signs in. Raises Broken."""
        self._client = client
        body = {"email": login.email, "sifre": login.password}
        answer = client.call("POST", "/portal/giris", body=body, headers=SAME_SITE)
        answer.succeeded()
        self._headers = SAME_SITE | {"Cookie": answer.headers.get("set-cookie", "").partition(";")[0]}

    def call(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Answer:
        """One request with the session's cookie."""
        return self._client.call(method, f"/portal/{path}", query=query, body=body, headers=self._headers)

    @property
    def send(self) -> Send:
        """How a request is sent in this session."""
        return lambda request: request.send(self._client, headers=self._headers)

    def active(self) -> Any:
        """The id of the project that the session works on, or None."""
        return self.call("GET", "projeler").data["aktif_musteri_id"]

    def delivery(self) -> int:
        """The id of a delivery of the project's. Raises NotJudged."""
        known = self._deliveries()
        if not known:
            self._make_one()
            known = self._deliveries()
        if not known:
            raise NotJudged("no event led to a delivery")
        return int(known[0]["id"])

    def _deliveries(self) -> list[Any]:
        return list(self.call("GET", "webhook").data["teslimatlar"])

    def _make_one(self) -> None:
        """An event while there is an endpoint, which then is as it was, or disabled."""
        before = self.call("GET", "webhook").data["webhook"] or {"url": HOOK, "etkin": False}
        body = {"url": before["url"], "olaylar": ["yeni_chat"], "etkin": True}
        self.call("PUT", "webhook", body=body).succeeded()
        try:
            self._client.chat(self._client.visitor())
        finally:
            self.call(
                "PUT",
                "webhook",
                body=body | {"olaylar": before.get("olaylar", body["olaylar"]), "etkin": before["etkin"]},
            )


def portal_user(client: Client, login: Login) -> PortalUser:
    """The user's session; signed in once. Raises Broken."""
    key = f"portal user {login.email}"
    user = client.kept.get(key)
    if not isinstance(user, PortalUser):
        user = client.kept[key] = PortalUser(client, login)
    return user
