"""The matrix: nobody reaches another's records, whoever they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.document import Document
from contract_tests.findings import NotJudged
from contract_tests.isolation.house import House, records
from contract_tests.isolation.ids import taking_ids
from contract_tests.isolation.requests import BEFORE, MANAGED, NOBODYS, OPERATOR, OWN, SPENDING, WIDGET, Request
from contract_tests.isolation.strangers import Send, house_of, is_refused, named, tells_nothing
from contract_tests.target import Tenant

Build = TypeVar("Build")


def _reaching(scheme: str) -> Callable[[Document], list[str]]:
    """Parts: what reaches somebody's record, of callers who prove themselves so."""
    return lambda document: [operation for operation in taking_ids(document, scheme) if operation not in NOBODYS]


def _known(judge: Judge, requests: Mapping[str, Build]) -> Build:
    """How the operation is asked. Raises NotJudged."""
    if judge.part not in requests:
        raise NotJudged("the matrix does not know how to ask it")
    return requests[judge.part]


def _prepare(judge: Judge, house: House) -> None:
    if judge.part in BEFORE:
        BEFORE[judge.part](house)


def _owner_may(judge: Judge, house: House, answer: Answer) -> None:
    """Without it, the refusals would tell nothing."""
    answer.succeeded()
    house.touched()
    house.spent = judge.part in SPENDING


def _sender(judge: Judge, tenant: Tenant, headers: Mapping[str, str] | None = None) -> Send:
    """A visitor's browser on the tenant's site; a chat that it opens is closed at the end."""

    def send(request: Request) -> Answer:
        answer = request.send(judge.client, tenant=tenant, headers=headers)
        if judge.part == "start_chat":
            judge.client.opened(answer, request.body["ziyaretci_id"], tenant, headers)
        return answer

    return send


@check("isolation.visitor", parts=_reaching("widgetKey"))
def another_visitor_finds_nothing(judge: Judge) -> None:
    build, tenant, other = _known(judge, WIDGET), judge.target.tenant, judge.client.visitor()
    send = _sender(judge, tenant)
    with house_of(judge, tenant) as house:
        _prepare(judge, house)
        if judge.part in OWN:
            tells_nothing(judge, house, build(house, other), send)
        else:
            is_refused(judge, house, lambda ids: build(ids, other), send)
        _owner_may(judge, house, send(build(house, house.owner)))


@check("isolation.tenant", parts=_reaching("widgetKey"))
def another_tenant_finds_nothing(judge: Judge) -> None:
    build, tenant = _known(judge, WIDGET), judge.target.other or judge.target.listed
    if tenant is None:
        raise NotJudged("it needs a second tenant")
    send = _sender(judge, tenant)
    with house_of(judge, judge.target.tenant) as house:
        if judge.part in OWN:
            tells_nothing(judge, house, build(house, house.owner), send)
            return
        for visitor in (house.owner, judge.client.visitor()):
            is_refused(judge, house, lambda ids, visitor=visitor: build(ids, visitor), send)  # type: ignore[misc]


@check("isolation.secure", parts=_reaching("widgetKey"))
def another_browser_is_nobody(judge: Judge) -> None:
    build, tenant, other = _known(judge, WIDGET), named(judge.target.secure), judge.client.visitor()
    token = judge.client.init(other, tenant).data["ziyaretci_token"]
    nobody, others = _sender(judge, tenant), _sender(judge, tenant, {"X-Ziyaretci-Token": token})
    with house_of(judge, tenant, seen_by_operator=False) as house:
        _prepare(judge, house)
        for send in (nobody, others):
            if judge.part == "widget_init":  # where whoever was never seen is welcome
                judge.expect(send(build(house, house.owner)), 401, "ziyaretci_token_gerekli")
            else:
                is_refused(judge, house, lambda ids: build(ids, ids.owner), send, 401, "ziyaretci_token_gerekli")
        if judge.part not in OWN:
            is_refused(judge, house, lambda ids: build(ids, other), others)
        _owner_may(judge, house, _sender(judge, tenant, house.headers)(build(house, house.owner)))


@check("isolation.operator", parts=_reaching("operatorToken"))
def operator_of_another_tenant_finds_nothing(judge: Judge) -> None:
    build, client = _known(judge, OPERATOR), judge.client
    outsider = client.token(judge.target.outsider)
    login = judge.target.manager if judge.part in MANAGED else judge.target.operator
    with house_of(judge, judge.target.tenant) as house:
        _prepare(judge, house)
        is_refused(judge, house, build, lambda request: request.send(client, token=outsider))
        if login is not None:
            _owner_may(judge, house, build(house).send(client, token=client.token(login)))


@check("isolation.lists")
def lists_hold_only_ones_own(judge: Judge) -> None:
    client, outsider = judge.client, judge.client.token(judge.target.outsider)
    with house_of(judge, judge.target.tenant) as house:
        for path in ("chats", "tickets", "canned-responses", "tenants", "dashboard", f"context/{house.owner}"):
            request = Request("GET", f"/api/v1/operator/{path}")
            answer = tells_nothing(judge, house, request, lambda one: one.send(client, token=outsider))
            foreign = ("musteri", house.tenant_id) in list(records(answer.value))
            judge.must(not foreign, f"nothing of tenant {house.tenant_id}", answer)
