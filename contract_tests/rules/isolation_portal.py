"""No portal user reaches another's project."""

from __future__ import annotations

from typing import Any, Final

from contract_tests.checks import Judge, check
from contract_tests.findings import NotJudged
from contract_tests.isolation.house import FAR, Ids
from contract_tests.isolation.requests import Request
from contract_tests.isolation.strangers import Send, house_of, is_refused, named
from contract_tests.portal import Portal, signed_in

NEVER_LISTED: Final = "https://hic-yok.example.com"


HOOK: Final = "https://alici.example.com/contract-test"


def _stranger(judge: Judge) -> Portal:
    return signed_in(judge.client, named(judge.target.outsider))


def _sending(portal: Portal) -> Send:
    return lambda request: request.send(portal.client, headers=portal.headers())


def _delivery(portal: Portal) -> int:
    """The id of a delivery of the project's. Raises NotJudged."""
    known = _deliveries(portal)
    if not known:
        _make_one(portal)
        known = _deliveries(portal)
    if not known:
        raise NotJudged("no event led to a delivery")
    return int(known[0]["id"])


def _deliveries(portal: Portal) -> list[Any]:
    return list(portal.webhook().data["teslimatlar"])


def _make_one(portal: Portal) -> None:
    """An event while there is an endpoint, which then is as it was, or disabled."""
    before = portal.webhook().data["webhook"] or {"url": HOOK, "etkin": False, "olaylar": ["yeni_chat"]}
    portal.set_webhook(before["url"], "yeni_chat", etkin=True).succeeded()
    try:
        portal.client.chat(portal.client.visitor())
    finally:
        with portal.client.restoring():
            portal.set_webhook(before["url"], *before["olaylar"], etkin=before["etkin"])


@check("isolation.project")
def project_of_another(judge: Judge) -> None:
    stranger = _stranger(judge)
    before = stranger.active()
    with house_of(judge, judge.target.tenant) as house:

        def build(tenant_id: int) -> Request:
            return Request("POST", f"/portal/projeler/sec/{tenant_id}")

        is_refused(judge, house, lambda ids: build(ids.tenant_id), _sending(stranger))
        answer = stranger.call("GET", "projeler")
        seen = answer.data["aktif_musteri_id"]
        judge.must(seen == before, f"to work on {before} still", answer, seen)


@check("isolation.origin")
def origin_of_another(judge: Judge) -> None:
    client, listed, stranger = judge.client, named(judge.target.listed), _stranger(judge)
    settings = stranger.call("GET", "widget")
    if settings.status == 409:
        raise NotJudged("the outsider works on no project")
    if listed.origin in settings.data["izinli_originler"]:
        raise NotJudged("the outsider's project lists the same origin")
    with house_of(judge, judge.target.tenant) as house:

        def build(ids: Ids) -> Request:
            origin = listed.origin if ids is house else NEVER_LISTED
            return Request("DELETE", "/portal/widget/originler", query={"origin": origin})

        is_refused(judge, house, build, _sending(stranger))
    visitor = client.visitor()
    judge.expect(client.init(visitor, listed), 200)
    judge.expect(client.init(visitor, listed, Origin=NEVER_LISTED), 403, "origin_izinsiz")


@check("isolation.delivery")
def delivery_of_another(judge: Judge) -> None:
    delivery = _delivery(signed_in(judge.client, named(judge.target.manager)))
    with house_of(judge, judge.target.tenant) as house:

        def build(number: int) -> Request:
            return Request("POST", f"/portal/webhook/teslimatlar/{number}/yeniden")

        is_refused(
            judge, house, lambda ids: build(delivery if ids is house else delivery + FAR), _sending(_stranger(judge))
        )
