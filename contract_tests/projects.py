"""A project of our own at the portal, where checks may do what they want: opened once, for the operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from contract_tests.checks import Judge
from contract_tests.client import Answer
from contract_tests.findings import NotJudged
from contract_tests.portal import Portal
from contract_tests.target import Tenant

DAY: Final = 86_400
_KEPT: Final = "project"


@dataclass(frozen=True)
class Project:
    """A project of the operator's, who is its sahip."""

    id: int
    tenant: Tenant
    browser: Portal
    """Signed in, and working on it."""
    opened: Any
    """The `data` of the answer that opened it."""
    at: int
    """Of the server's clock, Unix seconds: when it was opened."""
    listed: Answer
    """Their projects, asked right after it."""
    tabs: Answer
    """The operator's tenants, asked right after it."""


def project(judge: Judge) -> Project:
    """The project; another one where its trial is over. Raises NotJudged where none can be opened today, Broken."""
    client = judge.client
    kept: Project | None = client.lasting.get(_KEPT)
    if kept is not None and _KEPT in client.kept:  # its browser is signed in
        return kept
    browser = Portal(client)
    with passing_browser(judge):
        browser.sign_in(judge.target.operator).succeeded()
        client.at_the_end.append(browser.sign_out)
        if kept is None or _is_over(browser, kept.id):
            kept = opened_project(judge, browser)
        else:
            browser.choose(kept.id).succeeded()
            kept = replace(kept, browser=browser)
    client.lasting[_KEPT] = client.kept[_KEPT] = kept
    return kept


def opened_project(judge: Judge, browser: Portal) -> Project:
    """A new one. Raises NotJudged where the user has opened all that they may, and time cannot pass."""
    answer = browser.create(firma_adi="Çınar Kırtasiye")
    if answer.status == 429 and judge.target.clock:
        judge.advance(DAY)
        browser.sign_in(judge.target.operator).succeeded()
        answer = browser.create(firma_adi="Çınar Kırtasiye")
    elif answer.code == "proje_siniri":
        raise NotJudged("the operator has opened all projects that they may open today")
    opened = answer.data
    at, listed = judge.client.now(), browser.call("GET", "projelerim")
    tabs = judge.client.operator("GET", "tenants")
    tenant = Tenant(opened["api_key"], opened["api_secret"])
    return Project(int(opened["musteri"]["id"]), tenant, browser, opened, at, listed, tabs)


def _is_over(browser: Portal, tenant_id: int) -> bool:
    return any(one["deneme_bitti"] for one in browser.mine()["musteriler"] if one["id"] == tenant_id)


@contextmanager
def passing_browser(judge: Judge) -> Iterator[Portal]:
    """A browser of the operator's; whatever it chose or opened, the operator's primary project is what it was."""
    login, browser = judge.target.operator, Portal(judge.client)
    before = browser.sign_in(login).data["aktif_musteri_id"]
    try:
        yield browser
    finally:
        with judge.client.restoring():
            browser.sign_in(login)  # time may have passed
            if before is not None:
                browser.choose(before)
            browser.sign_out()
