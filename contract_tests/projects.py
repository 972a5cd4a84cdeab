"""A project of our own at the portal, where checks may do what they want: the operator's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from contract_tests.checks import Judge
from contract_tests.client import Answer
from contract_tests.findings import NotJudged
from contract_tests.portal import Portal
from contract_tests.target import Tenant

DAY: Final = 86_400
_KEPT: Final = "project"


NAME: Final = "Çınar Kırtasiye"
"""By which a project that was opened before is found again."""


@dataclass(frozen=True)
class Project:
    """A project of the operator's, who is its sahip."""

    id: int
    tenant: Tenant
    """Its secret is only known to who opened it, else empty."""
    browser: Portal
    """Signed in, and working on it."""


@dataclass(frozen=True)
class Opened(Project):
    """One that was opened just now."""

    opened: Any
    """The `data` of the answer that opened it."""
    at: int
    """Of the server's clock, Unix seconds: when it was opened."""
    listed: Answer
    """Their projects, asked right after it."""
    tabs: Answer
    """The operator's tenants, asked right after it."""


def project(judge: Judge) -> Project:
    """The project: one that was opened before, since a user can open only three a day. Raises as `new_project`."""
    return _project(judge, Project, _found_or_opened)


def new_project(judge: Judge) -> Opened:
    """One that was opened just now. Raises NotJudged where none can be opened today, Broken."""
    return _project(judge, Opened, opened_project)


Some = TypeVar("Some", bound=Project)


def _project(judge: Judge, kind: type[Some], make: Callable[[Judge, Portal], Some]) -> Some:
    """The one that is kept, if it is of that kind; another one where its trial is over."""
    client = judge.client
    kept: Project | None = client.lasting.get(_KEPT)
    if isinstance(kept, kind) and _KEPT in client.kept:  # its browser is signed in
        return kept
    browser = Portal(client)
    with passing_browser(judge):
        browser.sign_in(judge.target.operator).succeeded()
        client.at_the_end.append(browser.sign_out)
        if isinstance(kept, kind) and not _is_over(browser, kept.id):
            browser.choose(kept.id).succeeded()
            made = replace(kept, browser=browser)
        else:
            made = make(judge, browser)
    client.lasting[_KEPT] = client.kept[_KEPT] = made
    return made


def _found_or_opened(judge: Judge, browser: Portal) -> Project:
    found = project_named(browser, NAME)
    if found is None:
        return opened_project(judge, browser)
    browser.choose(found["id"]).succeeded()
    return Project(int(found["id"]), Tenant(found["api_key"], ""), browser)


def project_named(browser: Portal, name: str) -> Any:
    """The user's own project of that name whose trial is not over, as the portal lists it, or None."""
    mine = browser.mine()["musteriler"]
    fitting = (one for one in mine if one["firma_adi"] == name and one["rol"] == "sahip" and not one["deneme_bitti"])
    return next(fitting, None)


def opened_project(judge: Judge, browser: Portal) -> Opened:
    """A new one. Raises NotJudged where the user has opened all that they may, and time cannot pass."""
    answer = browser.create(firma_adi=NAME)
    if answer.status == 429 and judge.target.clock:
        judge.advance(DAY)
        browser.sign_in(judge.target.operator).succeeded()
        answer = browser.create(firma_adi=NAME)
    elif answer.code == "proje_siniri":
        raise NotJudged("the operator has opened all projects that they may open today")
    opened = answer.data
    at, listed = judge.client.now(), browser.call("GET", "projelerim")
    tabs = judge.client.operator("GET", "tenants")
    tenant = Tenant(opened["api_key"], opened["api_secret"])
    return Opened(int(opened["musteri"]["id"]), tenant, browser, opened, at, listed, tabs)


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
