"""No portal user reaches another's project."""

from __future__ import annotations

from typing import Final

from contract_tests.checks import Judge, check
from contract_tests.findings import NotJudged
from contract_tests.isolation.house import FAR, Ids
from contract_tests.isolation.portal_user import PortalUser, portal_user
from contract_tests.isolation.requests import Request
from contract_tests.isolation.strangers import house_of, is_refused, named

NEVER_LISTED: Final = "https://hic-yok.example.com"


def _stranger(judge: Judge) -> PortalUser:
    return portal_user(judge.client, named(judge.target.outsider))


@check("isolation.project")
def project_of_another(judge: Judge) -> None:
    stranger = _stranger(judge)
    before = stranger.active()
    with house_of(judge, judge.target.tenant) as house:

        def build(tenant_id: int) -> Request:
            return Request("POST", f"/portal/projeler/sec/{tenant_id}")

        is_refused(judge, house, lambda ids: build(ids.tenant_id), stranger.send)
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

        is_refused(judge, house, build, stranger.send)
    visitor = client.visitor()
    judge.expect(client.init(visitor, listed), 200)
    judge.expect(client.init(visitor, listed, Origin=NEVER_LISTED), 403, "origin_izinsiz")


@check("isolation.delivery")
def delivery_of_another(judge: Judge) -> None:
    delivery = portal_user(judge.client, named(judge.target.manager)).delivery()
    with house_of(judge, judge.target.tenant) as house:

        def build(number: int) -> Request:
            return Request("POST", f"/portal/webhook/teslimatlar/{number}/yeniden")

        is_refused(judge, house, lambda ids: build(delivery if ids is house else delivery + FAR), _stranger(judge).send)
