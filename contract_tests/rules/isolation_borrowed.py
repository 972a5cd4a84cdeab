"""What was made for one caller is worth nothing to another: a key that repeats a call, a cursor in a list."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.document import Document, Operation
from contract_tests.findings import NotJudged
from contract_tests.isolation.house import House, records
from contract_tests.isolation.requests import OWN, Request
from contract_tests.isolation.strangers import Send, house_of, tells_nothing
from contract_tests.target import Tenant

KEY: Final = "Idempotency-Key"
TICKETS: Final = "/api/v1/widget/ticket/list"
LIST: Final = "/api/v1/operator/tickets"


def _repeatable(document: Document) -> list[str]:
    """Of the widget's calls that anybody can make for themselves those that take a key."""
    return [
        operation.id for operation in document.operations if operation.id in OWN and _takes_a_key(document, operation)
    ]


def _takes_a_key(document: Document, operation: Operation) -> bool:
    return any(document.resolved(given)["name"] == KEY for given in operation.node.get("parameters", []))


@check("isolation.key", parts=_repeatable)
def key_of_another(judge: Judge) -> None:
    client, tenant, build = judge.client, judge.target.tenant, OWN[judge.part]
    elsewhere = judge.target.other or judge.target.listed
    with house_of(judge, tenant) as house:
        house.look()
        headers = {KEY: f"k-{house.owner}-{judge.part}"}
        first = build(house, house.owner).send(client, tenant=tenant, headers=headers)
        first.succeeded()
        house.touched()
        for visitor, where in ((client.visitor(), tenant), (house.owner, elsewhere)):
            if where is None:
                continue
            answer = tells_nothing(judge, house, build(house, visitor), _sender(judge, where, headers))
            judge.must(200 <= answer.status < 300, "that their own call is done", answer)
            judge.must(answer.data != first.data, "another result than the owner's", answer)
    if elsewhere is None:
        raise NotJudged("between tenants: it needs a second tenant")


def _sender(judge: Judge, tenant: Tenant, headers: dict[str, str]) -> Send:
    def send(request: Request) -> Answer:
        answer = request.send(judge.client, tenant=tenant, headers=headers)
        if judge.part == "start_chat":
            judge.client.opened(answer, request.body["ziyaretci_id"], tenant)
        return answer

    return send


@check("isolation.cursor")
def cursor_of_another(judge: Judge) -> None:
    client, tenant, outsider = judge.client, judge.target.tenant, judge.target.outsider
    with house_of(judge, tenant) as house:
        for _ in range(2):
            house.write_ticket()
        _follow(
            judge,
            house,
            Request("GET", TICKETS, query={"ziyaretci_id": house.owner, "limit": 1}),
            Request("GET", TICKETS, query={"ziyaretci_id": client.visitor(), "limit": 1}),
            (lambda request: request.send(client, tenant=tenant),) * 2,
        )
        if outsider is None:
            raise NotJudged("between operators: it needs an operator who is no member of the tenant")
        tokens = client.token(), client.token(outsider)
        mine, theirs = (lambda request, token=token: request.send(client, token=token) for token in tokens)
        _follow(
            judge,
            house,
            Request("GET", LIST, query={"musteri_id": house.tenant_id, "limit": 1}),
            Request("GET", LIST, query={"limit": 100}),
            (mine, theirs),
        )


def _follow(judge: Judge, house: House, own: Request, strange: Request, senders: tuple[Send, Send]) -> None:
    """The owner's cursor leads the owner on, and a stranger to nothing of the owner's."""
    first = senders[0](own)
    cursor = first.data["sonraki_imlec"]
    judge.must(bool(cursor), "a cursor behind the first of two tickets", first)
    following = senders[0](replace(own, query={**own.query, "imlec": cursor}))
    judge.must(("musteri", house.tenant_id) in list(records(following.value)), "the next ticket", following)
    answer = tells_nothing(judge, house, replace(strange, query={**strange.query, "imlec": cursor}), senders[1])
    if senders[0] is not senders[1]:
        foreign = ("musteri", house.tenant_id) in list(records(answer.value))
        judge.must(not foreign, f"nothing of tenant {house.tenant_id}", answer)
