"""What all creating calls share: Idempotency-Key. And what all paths share: methods."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer, form
from contract_tests.document import Document
from contract_tests.rules.files import PNG
from contract_tests.rules.lists import parameters

KEY: Final = "Idempotency-Key"
Send = Callable[[str, str], Answer]
"""Sends a request that says this text, with this key."""


def creating(document: Document) -> list[str]:
    """The operations that take an Idempotency-Key."""
    return [one.id for one in document.operations if KEY in parameters(document, one)]


def _start(judge: Judge, visitor: str) -> Send:
    return lambda text, key: judge.client.start_chat(visitor, mesaj=text, headers={KEY: key})


def _say(judge: Judge, visitor: str) -> Send:
    chat = judge.client.chat(visitor)
    return lambda text, key: judge.client.say(visitor, chat, text, headers={KEY: key})


def _answer(judge: Judge, visitor: str) -> Send:
    chat = judge.client.chat(visitor)
    judge.client.accept(chat).succeeded()
    path = f"chat/{chat}/message"
    return lambda text, key: judge.client.operator("POST", path, body={"mesaj": text}, headers={KEY: key})


def _ticket(judge: Judge, visitor: str) -> Send:
    return lambda text, key: judge.client.ticket(visitor, mesaj=text, headers={KEY: key})


def _reply(judge: Judge, visitor: str) -> Send:
    path = f"ticket/{judge.client.ticket(visitor).data['ticket']['id']}/reply"
    return lambda text, key: judge.client.widget(path, visitor, mesaj=text, headers={KEY: key})


def _operators_reply(judge: Judge, visitor: str) -> Send:
    path = f"ticket/{judge.client.ticket(visitor).data['ticket']['id']}/reply"
    return lambda text, key: judge.client.operator("POST", path, body={"mesaj": text}, headers={KEY: key})


def _upload(judge: Judge, visitor: str) -> Send:
    def send(text: str, key: str) -> Answer:
        raw, headers = form({"ziyaretci_id": visitor}, "not.txt", text.encode())
        where, tenant = "/api/v1/widget/upload", judge.target.tenant
        return judge.client.call("POST", where, raw=raw, headers={**headers, KEY: key}, tenant=tenant)

    return send


def _operators_upload(judge: Judge, visitor: str) -> Send:
    tenant = str(judge.client.tenant_id())

    def send(text: str, key: str) -> Answer:
        raw, headers = form({"musteri_id": tenant}, "not.txt", text.encode())
        return judge.client.operator("POST", "upload", raw=raw, headers={**headers, KEY: key})

    return send


def _context(path: str, body: Callable[[str], dict[str, Any]]) -> Callable[[Judge, str], Send]:
    def sender(judge: Judge, visitor: str) -> Send:
        def send(text: str, key: str) -> Answer:
            told = {"ziyaretci_id": visitor, **body(text)}
            where, tenant = f"/api/v1/context/{path}", judge.target.tenant
            return judge.client.call("POST", where, body=told, headers={KEY: key}, tenant=tenant)

        return send

    return sender


def _picture(text: str) -> dict[str, Any]:
    return {"goruntu": f"data:image/png;base64,{b64encode(PNG + text.encode()).decode()}"}


SENDERS: Final[dict[str, Callable[[Judge, str], Send]]] = {
    "start_chat": _start,
    "send_visitor_message": _say,
    "send_operator_message": _answer,
    "create_ticket": _ticket,
    "reply_ticket": _reply,
    "reply_operator_ticket": _operators_reply,
    "upload_file": _upload,
    "upload_operator_file": _operators_upload,
    "add_page_view": _context("page-info", lambda text: {"sayfa_url": "https://x.example/", "baslik": text}),
    "add_error_log": _context("error-log", lambda text: {"mesaj": text}),
    "add_screenshot": _context("screenshot", _picture),
}


@check("idempotency.every_operation", parts=creating)
def key_answers_the_first_result(judge: Judge) -> None:
    visitor, key = judge.client.visitor(), f"anahtar-{judge.client.visitor()}"
    send = SENDERS[judge.part](judge, visitor)
    first = judge.expect(send("Bir", key), 201)
    again = send("Bir", key)
    kept = (again.status, again.value) == (first.status, first.value)
    judge.must(kept, f"{first.status} {first.value}", again)
    judge.expect(send("İki", key), 422, "anahtar_cakismasi")
    other = send("Bir", f"{key}-2")
    other.succeeded()
    judge.must(other.value != first.value, "another result", other)


@check("idempotency.caller")
def key_is_the_callers_own(judge: Judge) -> None:
    client, key = judge.client, {KEY: judge.client.visitor()}
    one, other = client.visitor(), client.visitor()
    first = judge.expect(client.ticket(one, headers=key), 201)
    second = judge.expect(client.ticket(other, headers=key), 201)
    ids = [answer.data["ticket"]["id"] for answer in (first, second)]
    judge.must(ids[0] != ids[1], "a ticket of the other visitor's own", second, ids)
    judge.expect(client.start_chat(one, headers=key), 201)
    if judge.target.listed:
        judge.expect(client.start_chat(one, judge.target.listed, headers=key), 201)


@check("envelope.methods")
def paths_know_their_methods(judge: Judge) -> None:
    known: dict[str, set[str]] = {}
    for operation in judge.document.operations:
        known.setdefault(operation.path, set()).add(operation.method)
    for template, methods in known.items():
        path = re.sub(r"{[^/}]+}", "1", template)
        for method in sorted({"GET", "POST", "PUT", "DELETE", "PATCH"} - methods):
            if judge.document.operation(method, path):
                continue
            answer = judge.client.call(method, path, nowhere=True)
            judge.expect(answer, 405, "yontem_desteklenmiyor")
            allowed = {text.strip() for text in answer.headers.get("allow", "").split(",")}
            kept = methods <= allowed <= methods | {"HEAD", "OPTIONS"}
            judge.must(kept, f"Allow: {', '.join(sorted(methods))}", answer, f"Allow: {answer.headers.get('allow')}")
