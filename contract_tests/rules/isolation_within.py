"""Another's ids cannot be used inside what is one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contract_tests.checks import Judge, check
from contract_tests.client import form
from contract_tests.document import Document
from contract_tests.findings import NotJudged
from contract_tests.isolation.house import FAR, Ids
from contract_tests.isolation.requests import Request
from contract_tests.isolation.strangers import Send, house_of, is_refused
from contract_tests.target import Login, Tenant

WithFile = Callable[[str], Request]
"""Sends this file."""


def _taking_files(document: Document) -> list[str]:
    """Which can send a file: those of the document of whom it is known how."""
    return [operation.id for operation in document.operations if operation.id in {**BY_VISITOR, **BY_OPERATOR}]


def _in_a_chat(judge: Judge, visitor: str) -> WithFile:
    body = {"ziyaretci_id": visitor, "oturum_id": judge.client.chat(visitor)}
    return lambda file: Request("POST", "/api/v1/widget/chat/message", {**body, "dosya_id": file})


def _in_a_ticket(judge: Judge, visitor: str) -> WithFile:
    body = {"ziyaretci_id": visitor, "konu": "x", "mesaj": "x"}
    return lambda file: Request("POST", "/api/v1/widget/ticket/create", {**body, "dosyalar": [file]})


def _in_a_reply(judge: Judge, visitor: str) -> WithFile:
    ticket = judge.client.ticket(visitor).data["ticket"]["id"]
    body = {"ziyaretci_id": visitor, "mesaj": "x"}
    return lambda file: Request("POST", f"/api/v1/widget/ticket/{ticket}/reply", {**body, "dosyalar": [file]})


BY_VISITOR = {"send_visitor_message": _in_a_chat, "create_ticket": _in_a_ticket, "reply_ticket": _in_a_reply}


def _in_an_operators_chat(judge: Judge, tenant: Tenant, login: Login) -> WithFile:
    client = judge.client
    chat = client.chat(client.visitor(), tenant)
    if client.accept(chat, login).status == 404:
        raise NotJudged("the outsider is no member of `other`")
    return lambda file: Request("POST", f"/api/v1/operator/chat/{chat}/message", {"dosya_id": file})


def _in_an_operators_reply(judge: Judge, tenant: Tenant, login: Login) -> WithFile:
    answer = judge.client.widget("ticket/create", judge.client.visitor(), tenant, ad="x", konu="x", mesaj="x")
    ticket = answer.data["ticket"]["id"]
    return lambda file: Request("POST", f"/api/v1/operator/ticket/{ticket}/reply", {"mesaj": "x", "dosyalar": [file]})


BY_OPERATOR = {"send_operator_message": _in_an_operators_chat, "reply_operator_ticket": _in_an_operators_reply}


@check("isolation.file", parts=_taking_files)
def file_of_another(judge: Judge) -> None:
    if judge.part in BY_VISITOR:
        _by_a_visitor(judge)
    else:
        _by_an_operator(judge)


def _by_a_visitor(judge: Judge) -> None:
    client, tenant, visitor = judge.client, judge.target.tenant, judge.client.visitor()
    build = BY_VISITOR[judge.part](judge, visitor)
    own = client.upload(visitor, "not.txt", b"bir not").data["dosya"]["dosya_id"]
    _refuses_others(judge, build, lambda request: request.send(client, tenant=tenant), own)


def _by_an_operator(judge: Judge) -> None:
    client, tenant, login = judge.client, judge.target.other, judge.target.outsider
    if tenant is None or login is None:
        raise NotJudged("it needs a tenant of which the operator is no member, and its own operator")
    build = BY_OPERATOR[judge.part](judge, tenant, login)
    raw, headers = form({"musteri_id": str(client.tenant_id(tenant))}, "not.txt", b"bir not")
    own = client.operator("POST", "upload", login, raw=raw, headers=headers).data["dosya"]["dosya_id"]
    _refuses_others(judge, build, lambda request: request.send(client, token=client.token(login)), own)


def _refuses_others(judge: Judge, build: WithFile, send: Send, own: str) -> None:
    """What is refused for its file alone."""
    with house_of(judge, judge.target.tenant) as house:
        for pick in (lambda ids: ids.file, lambda ids: ids.operators_file):
            is_refused(judge, house, lambda ids, pick=pick: build(pick(ids)), send)  # type: ignore[misc]
    send(build(own)).succeeded()


@check("isolation.receiver")
def receiver_of_another_tenant(judge: Judge) -> None:
    client = judge.client
    stranger, token = client.operator_id(judge.target.outsider), client.token()
    with house_of(judge, judge.target.tenant) as house:

        def build(ids: Ids) -> Request:
            body: dict[str, Any] = {"operator_id": stranger if ids is house else stranger + FAR}
            return Request("POST", f"/api/v1/operator/chat/{house.chat}/transfer", body)

        is_refused(judge, house, build, lambda request: request.send(client, token=token))
