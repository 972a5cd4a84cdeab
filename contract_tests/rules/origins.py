"""Keys, origins, and what browsers of other origins may read."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from contract_tests.caller import BROWSER, PARAMETER
from contract_tests.checks import Judge, check
from contract_tests.findings import NotJudged
from contract_tests.target import Tenant


def _listed(judge: Judge) -> tuple[Tenant, str, str, str]:
    """The tenant with a list, its origin, and that origin's scheme and host."""
    tenant = judge.target.listed
    if tenant is None or tenant.origin is None:
        raise NotJudged("no tenant with an origin")
    parts = urlsplit(tenant.origin)
    return replace(tenant, origin=None), tenant.origin, parts.scheme, parts.netloc


@check("key.required")
def unknown_key_is_401(judge: Judge) -> None:
    visitor = judge.client.visitor()
    keys = ["", "CM_YOK_" + visitor.upper().replace("-", "")[-8:], "x"]
    for key in keys + ([judge.target.tenant.key.lower()] if judge.whole else []):
        answer = judge.client.init(visitor, **{"X-API-Key": key})
        judge.refused(answer, 401, "anahtar_gecersiz")
        if judge.whole:
            judge.must("www-authenticate" in answer.headers, "WWW-Authenticate", answer, answer.headers)


@check("origin.exact")
def look_alikes_are_refused(judge: Judge) -> None:
    tenant, origin, scheme, host = _listed(judge)
    other = "http" if scheme == "https" else "https"
    name = host.partition(":")[0]
    alike = [
        f"{other}://{host}",
        f"{origin}.evil.example",
        f"{scheme}://evil{host}",
        f"{scheme}://www.{host}",
        f"{scheme}://x.{host}",
        f"{scheme}://{host}@evil.example",
        f"{scheme}://evil.example/{host}",
        f"{scheme}://evil.example?{origin}",
        f"{scheme}://evil.example#{origin}",
        f"{origin}x",
        origin[:-1],
        f"{scheme}://{host.replace('.', 'x', 1)}",
        f"{scheme}://{judge.random.choice('abcdefgh')}{host}",
    ]
    if judge.whole:  # the reference speaks of scheme and host only
        alike += [f"{scheme}://{name}:{judge.random.randint(1024, 65_535)}", host]
        alike += [f"{origin} {origin}", f"{origin},https://evil.example"]
    visitor = judge.client.visitor()
    for text in alike:
        if text != origin:
            judge.expect(judge.client.init(visitor, tenant, Origin=text), 403, "origin_izinsiz")
    for url in (f"https://evil.example/{origin}/", f"{origin}.evil.example/", f"https://evil.example/?u={origin}"):
        judge.expect(judge.client.init(visitor, tenant, Referer=url), 403, "origin_izinsiz")
    if judge.whole:
        answer = judge.client.init(visitor, tenant, Origin="https://evil.example", Referer=f"{origin}/")
        judge.expect(answer, 403, "origin_izinsiz")


@check("origin.accepted")
def listed_origin_is_accepted(judge: Judge) -> None:
    tenant, origin, scheme, host = _listed(judge)
    visitor = judge.client.visitor()
    same = [origin, f"{scheme}://{host.upper()}"] if judge.whole else [origin]
    if judge.whole and ":" not in host:
        same.append(f"{origin}:{443 if scheme == 'https' else 80}")
    for text in same:
        judge.expect(judge.client.init(visitor, tenant, Origin=text), 200)
    for path in ("", "/", "/sayfa?a=b#c"):
        judge.expect(judge.client.init(visitor, tenant, Referer=origin + path), 200)


@check("origin.absent")
def no_origin_is_refused(judge: Judge) -> None:
    tenant, origin, _, _ = _listed(judge)
    visitor = judge.client.visitor()
    judge.expect(judge.client.init(visitor, tenant), 403, "origin_izinsiz")
    judge.expect(judge.client.init(visitor, tenant, Origin="null"), 403, "origin_izinsiz")
    judge.expect(judge.client.init(visitor, tenant, Origin="null", Referer=f"{origin}/"), 403, "origin_izinsiz")


@check("origin.open")
def empty_list_accepts_all(judge: Judge) -> None:
    visitor = judge.client.visitor()
    senders: list[dict[str, str]] = [{}, {"Origin": "null"}, {"Origin": "https://herhangi.example"}]
    for headers in (*senders, {"Referer": "http://x.example/y"}):
        judge.expect(judge.client.init(visitor, **headers), 200)


@check("cors.readable")
def pages_can_read_answers(judge: Judge) -> None:
    client, visitor = judge.client, judge.client.visitor()
    page = {"Origin": "https://herhangi.example"}
    known, told = page | {"X-API-Key": judge.target.tenant.key}, "/api/v1/context/customer-info"
    answers = [
        client.init(visitor, **page),
        client.init("kötü|id", **page),
        client.call("POST", "/api/v1/widget/init", raw=b"{", headers=known),
        client.call("GET", "/api/v1/widget/init", headers=page, nowhere=True),
        client.call("GET", "/api/v1/widget/yok", headers=page, nowhere=True),
        client.call("POST", told, body={"ziyaretci_id": visitor, "ad": "Ada"}, headers=known),
        client.call("POST", told, body={"ziyaretci_id": visitor, "timestamp": 1}, headers=known),
    ]
    for operation in judge.document.operations:
        if operation.path.startswith(BROWSER):
            path = PARAMETER.sub("0", operation.path)
            answers.append(client.call(operation.method, path, headers=page | {"X-API-Key": "x"}))
    for answer in answers:
        allowed = answer.headers.get("access-control-allow-origin")
        judge.must(allowed == "*", "Access-Control-Allow-Origin: *", answer, f"{answer.status} with {allowed}")
        judge.must("access-control-allow-credentials" not in answer.headers, "no credentials", answer, answer.headers)
        exposed = answer.headers.get("access-control-expose-headers", "").lower()
        judge.must("x-request-id" in exposed and "retry-after" in exposed, "exposed headers", answer, exposed)


@check("cors.preflight")
def preflight_needs_no_key(judge: Judge) -> None:
    headers = {
        "Origin": "https://herhangi.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-api-key,x-ziyaretci-token,idempotency-key",
    }
    for path in ("widget/init", "widget/chat/start", "context/customer-info"):
        answer = judge.client.call("OPTIONS", f"/api/v1/{path}", headers=headers, nowhere=True)
        judge.must(answer.status in (200, 204), "200 or 204", answer)
        judge.must(answer.headers.get("access-control-allow-origin") == "*", "Allow-Origin: *", answer, answer.headers)
        allowed = answer.headers.get("access-control-allow-headers", "").lower()  # POST needs no leave
        asked = ("content-type", "x-api-key", "x-ziyaretci-token", "idempotency-key")
        judge.must(allowed == "*" or all(name in allowed for name in asked), ", ".join(asked), answer, allowed)


@check("cors.operator")
def operator_calls_have_no_cors(judge: Judge) -> None:
    page = {"Origin": "https://herhangi.example"}
    for answer in (
        judge.client.operator("GET", "chats", headers=page),
        judge.client.call("GET", "/api/v1/operator/chats", headers=page),
        judge.client.call("OPTIONS", "/api/v1/operator/chats", headers=page, nowhere=True),
    ):
        found = [name for name in answer.headers if name.startswith("access-control-")]
        judge.must(not found, "no Access-Control headers", answer, found)
