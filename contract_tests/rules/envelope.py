"""What every refusal looks like, which comes first, and what input is refused."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta

from hypothesis import strategies as st

from contract_tests.checks import Judge, check


@check("operation.there")
def every_operation_is_there(judge: Judge) -> None:
    for operation in judge.document.operations:
        if not judge.order.operations or operation.id in judge.order.operations:
            judge.client.is_there(operation)


@check("envelope.path")
def unknown_paths_and_methods(judge: Judge) -> None:
    client = judge.client
    for path in ("/api/v1/yok", "/api/v1/widget/yok", "/api/v2/widget/init", "/api/v1/widget/init/"):
        judge.expect(client.call("GET", path, nowhere=True), 404, "yol_bulunamadi")
    methods: dict[str, set[str]] = defaultdict(set)
    for operation in judge.document.operations:
        if operation.path.startswith("/api/") and "{" not in operation.path:
            methods[operation.path].add(operation.method)
    for path, allowed in methods.items():
        others = {one for one in ("GET", "POST", "PUT", "DELETE") if not judge.document.operation(one, path)}
        method = judge.random.choice(sorted(others))
        answer = judge.expect(client.call(method, path, nowhere=True), 405, "yontem_desteklenmiyor")
        told = {one.strip() for one in answer.headers.get("allow", "").split(",")}
        judge.must(allowed <= told, f"Allow with {', '.join(sorted(allowed))}", answer, f"Allow: {told}")


@check("envelope.body")
def unreadable_bodies(judge: Judge) -> None:
    for raw in (b"", b"{", b"{'a': 1}", b"\xff\xfe", b'{"ziyaretci_id": "x"', b"nul", b'{"ziyaretci_id": NaN}'):
        answer = judge.client.call("POST", "/api/v1/widget/init", raw=raw, tenant=judge.target.tenant)
        judge.expect(answer, 400, "gecersiz_json")
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        answer = judge.client.call(
            "POST", "/api/v1/widget/init", raw=b"a=b", tenant=judge.target.tenant, headers=headers
        )
        judge.expect(answer, 415)


@check("envelope.fields")
def field_errors_point_to_the_field(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    cases = [
        (client.widget("init", visitor, ziyaretci_id=None), "/ziyaretci_id"),
        (client.call("POST", "/api/v1/widget/init", body={}, tenant=judge.target.tenant), "/ziyaretci_id"),
        (client.widget("chat/message", visitor, oturum_id="x", mesaj="a"), "/oturum_id"),
        (client.customer_info(visitor, kontor="çok"), "/kontor"),
        (client.customer_info(visitor, email="değil"), "/email"),
    ]
    for answer, pointer in cases:
        judge.expect(answer, 422, "alan_hatasi")
        pointers = [error["alan"] for error in answer.value.get("hatalar", [])]
        judge.must(pointer in pointers, f"alan {pointer}", answer, pointers)


@check("envelope.precedence")
def which_refusal_comes_first(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    path = "/api/v1/widget/chat/message"
    judge.expect(client.call("POST", path, body={"ziyaretci_id": "|"}, headers={"X-API-Key": "x"}), 401)
    judge.expect(client.call("POST", path, raw=b"{", headers={"X-API-Key": "x"}), 401)
    judge.expect(client.widget("chat/message", visitor, oturum_id=999_999_999, mesaj=""), 422)
    judge.expect(client.say(visitor, 999_999_999, "a"), 404, "bulunamadi")
    closed = client.closed_chat(client.visitor())
    judge.expect(client.say(visitor, closed, "a"), 404, "bulunamadi")
    if judge.document.operation("POST", "/api/v1/operator/chat/999999999/message"):
        judge.expect(client.call("POST", "/api/v1/operator/chat/999999999/message", body={}), 401)
        judge.expect(client.operator("POST", "chat/999999999/message", body={"mesaj": 1}), 422)


@check("envelope.language")
def texts_follow_accept_language(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    turkish = client.init(visitor, **{"X-API-Key": "x"})
    english = client.init(visitor, **{"X-API-Key": "x", "Accept-Language": "en-GB,en;q=0.9,tr;q=0.5"})
    again = client.init(visitor, **{"X-API-Key": "x", "Accept-Language": "tr-TR,tr;q=0.9,en;q=0.8"})
    told = [(answer.value["title"], answer.value["detail"]) for answer in (turkish, english, again)]
    judge.must(told[0] == told[2], f"Turkish: {told[0]}", again, told[2])
    judge.must(told[0] != told[1], f"English, not {told[0]}", english, told[1])
    for answer, language in ((turkish, "tr"), (english, "en"), (again, "tr")):
        seen = answer.headers.get("content-language", language)
        judge.must(seen == language, f"Content-Language: {language}, if any", answer, seen)


@check("envelope.times")
def times_are_istanbuls(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    answer = client.start_chat(visitor, mesaj="a")
    told = [answer.data["oturum"]["baslangic"], answer.data["mesaj"]["zaman"]]
    for text in told:
        form = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+03:00", text)
        judge.must(bool(form), "2026-04-12T14:30:00+03:00", answer, text)
        away = abs(
            datetime.fromisoformat(text) - datetime.fromtimestamp(client.now(), tz=datetime.fromisoformat(text).tzinfo)
        )
        judge.must(away < timedelta(seconds=60), "the server's time", answer, text)


@check("input.visitor_id")
def visitor_ids_have_a_form(judge: Judge) -> None:
    bad = ["a|b", "|", "../x", ".x", "a/b", "a b", "", "a" * 129, "ş", "a\x00", "a%2f", 5, ["a"], {"a": 1}]
    for visitor in bad:
        judge.expect(judge.client.widget("init", "x", ziyaretci_id=visitor), 422, "alan_hatasi")
    surrogate = judge.client.widget("init", "\ud800")
    judge.must(surrogate.status in (400, 422), "400 or 422 for a lone surrogate", surrogate)
    good = st.from_regex(r"[A-Za-z0-9_@:+-][A-Za-z0-9._@:+-]{0,90}", fullmatch=True)
    for ending in judge.draw(good, 0.2):
        judge.expect(judge.client.init(judge.client.visitor() + ending), 200)


@check("input.nul")
def blank_texts_are_refused(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    chat = client.chat(visitor)
    for text in ("", " ", "\n\t ", "a\x00b", "\x00"):
        judge.expect(client.say(visitor, chat, text), 422, "alan_hatasi")
    for text in ("\ud800", "a\udfff"):
        answer = client.say(visitor, chat, text)
        judge.must(answer.status in (400, 422), "400 or 422 for a lone surrogate", answer)
    judge.must(not client.read(visitor, chat).data["mesajlar"], "no message", client.read(visitor, chat))
