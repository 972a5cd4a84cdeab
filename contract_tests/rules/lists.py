"""What all lists share: pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.document import Document, Operation
from contract_tests.portal import signed_in
from contract_tests.rules.credentials import scheme_of

MOST_PAGES: Final = 200
USUAL: Final = 20
Ask = Callable[[Mapping[str, Any]], Answer]
List = tuple[Ask, Callable[[Any], Sequence[Any]], Sequence[int], Callable[[], object]]
"""How to ask for a page, its records, the ids that must be on the pages in this order, and what comes meanwhile."""


def _tickets(judge: Judge, visitor: str, count: int) -> list[int]:
    return [int(judge.client.ticket(visitor).data["ticket"]["id"]) for _ in range(count)]


def _widget(judge: Judge, path: str, visitor: str) -> Ask:
    def ask(query: Mapping[str, Any]) -> Answer:
        asked = {"ziyaretci_id": visitor, **query}
        return judge.client.call("GET", f"/api/v1/widget/{path}", query=asked, tenant=judge.target.tenant)

    return ask


def _operator(judge: Judge, path: str, **more: Any) -> Ask:
    return lambda query: judge.client.operator("GET", path, query={**query, **more})


def _visitors_tickets(judge: Judge) -> List:
    visitor = judge.client.visitor()
    ids = _tickets(judge, visitor, 5)[::-1]
    return _widget(judge, "ticket/list", visitor), _records("ticketlar"), ids, lambda: judge.client.ticket(visitor)


def _operators_tickets(judge: Judge) -> List:
    tenant, visitor = judge.client.tenant_id(), judge.client.visitor()
    ids = _tickets(judge, visitor, 5)[::-1]
    ask = _operator(judge, "tickets", musteri_id=tenant)
    return ask, _records("ticketlar"), ids, lambda: judge.client.ticket(visitor)


def _replies(judge: Judge, ask: Callable[[int, str], Ask]) -> List:
    visitor = judge.client.visitor()
    (ticket,) = _tickets(judge, visitor, 1)

    def reply() -> int:
        said = judge.client.widget(f"ticket/{ticket}/reply", visitor, mesaj="a")
        return int(said.data["yanit"]["id"])

    ids = [reply() for _ in range(5)]
    return ask(ticket, visitor), lambda data: list(data["ticket"]["yanitlar"]), ids, reply


def _visitors_replies(judge: Judge) -> List:
    return _replies(judge, lambda ticket, visitor: _widget(judge, f"ticket/{ticket}", visitor))


def _operators_replies(judge: Judge) -> List:
    return _replies(judge, lambda ticket, visitor: _operator(judge, f"ticket/{ticket}"))


def _queue(judge: Judge) -> List:
    client, tenant = judge.client, judge.client.tenant_id()
    ids = [client.chat(client.visitor()) for _ in range(5)]
    ask = _operator(judge, "chats", musteri_id=tenant)
    return ask, _records("oturumlar"), ids, lambda: client.chat(client.visitor())


def _whole(judge: Judge, ask: Ask, name: str) -> List:
    """A list to which nobody adds: what it has on one page."""
    ids = [one["id"] for one in ask({"limit": 100}).data[name]]
    return ask, _records(name), ids, lambda: None


def _members(judge: Judge) -> List:
    return _whole(judge, _operator(judge, f"tenants/{judge.client.tenant_id()}/operators"), "operatorler")


def _canned(judge: Judge) -> List:
    return _whole(judge, _operator(judge, "canned-responses"), "hazir_yanitlar")


def _records(name: str) -> Callable[[Any], Sequence[Any]]:
    return lambda data: list(data[name])


LISTS: Final[dict[str, Callable[[Judge], List]]] = {
    "list_tickets": _visitors_tickets,
    "list_operator_tickets": _operators_tickets,
    "get_ticket": _visitors_replies,
    "get_operator_ticket": _operators_replies,
    "list_chats": _queue,
    "list_tenant_operators": _members,
    "list_canned_responses": _canned,
}


@check("list.pages", parts=lambda document: list(LISTS))
def pages_have_each_record_once(judge: Judge) -> None:
    ask, records, expected, meanwhile = LISTS[judge.part](judge)
    limit = judge.random.randint(1, max(1, len(expected) // 2))
    whole = ask({"limit": 100})
    order = [one["id"] for one in records(whole.data) if one["id"] in expected]
    judge.must(sorted(order) == sorted(expected), f"{expected} on one page", whole, order)
    seen: list[int] = []
    cursor = None
    for _ in range(MOST_PAGES):
        answer = ask({"limit": limit} | ({"imlec": cursor} if cursor else {}))
        page = [one["id"] for one in records(answer.data)]
        judge.must(len(page) <= limit, f"{limit} records at most", answer, page)
        seen += page
        cursor = answer.data["sonraki_imlec"]
        judge.must(cursor is None or len(page) == limit, f"{limit} records, for more come", answer, page)
        if cursor is None or set(expected) <= set(seen):
            break
        meanwhile()
    judge.must(len(set(seen)) == len(seen), "each record once", answer, seen)
    own = [one for one in seen if one in expected]
    judge.must(own == order, f"{order} in this order", answer, own)


@check("list.default")
def page_has_twenty_records(judge: Judge) -> None:
    visitor = judge.client.visitor()
    _tickets(judge, visitor, USUAL + 1)
    ask = _widget(judge, "ticket/list", visitor)
    first = ask({})
    judge.must(len(first.data["ticketlar"]) == USUAL, f"{USUAL} tickets", first, len(first.data["ticketlar"]))
    last = ask({"imlec": first.data["sonraki_imlec"]})
    judge.must(len(last.data["ticketlar"]) == 1, "one ticket more", last, len(last.data["ticketlar"]))
    judge.must(last.data["sonraki_imlec"] is None, "imlec null", last)


def parameters(document: Document, operation: Operation) -> set[str]:
    """The names of the operation's parameters."""
    return {document.resolved(one)["name"] for one in operation.node.get("parameters", [])}


def paged(document: Document) -> list[str]:
    """The operations that take a limit."""
    return [one.id for one in document.operations if "limit" in parameters(document, one)]


@check("list.limit", parts=paged)
def limits_have_limits(judge: Judge) -> None:
    client, target = judge.client, judge.target
    operation = next(one for one in judge.document.operations if one.id == judge.part)
    names = parameters(judge.document, operation)
    usual = {name: value for name, value in (("ziyaretci_id", "x"), ("oturum_id", 1), ("q", "a")) if name in names}
    who: dict[str, Any] = {"tenant": target.tenant}
    if scheme_of(operation) == "operatorToken":
        who = {"token": client.token()}
    elif scheme_of(operation) != "widgetKey":
        portal = signed_in(client, target.manager or target.operator)
        who = {"headers": {"Cookie": f"cozum_portal={portal.cookie}"}}
    path = re.sub(r"{[^/}]+}", "1", operation.path)
    wrong: list[dict[str, Any]] = [{"limit": text} for text in (0, 101, -1, "x")]
    wrong += [{"imlec": text} for text in ("x", "' OR 1=1") if "imlec" in names]
    for query in wrong:
        answer = client.call(operation.method, path, query={**usual, **query}, **who)
        judge.expect(answer, 422, "alan_hatasi")
        fields = [error["alan"] for error in answer.value["hatalar"]]
        judge.must(fields == [f"/{name}" for name in query], f"/{next(iter(query))}", answer, fields)
