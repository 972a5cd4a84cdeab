"""What every operation asks first: who calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.checks import Judge, check
from contract_tests.client import Answer
from contract_tests.document import Document, Operation
from contract_tests.portal import COOKIE, SAME_SITE, Portal, signed_in

CODES: Final = {
    "widgetKey": "anahtar_gecersiz",
    "operatorToken": "token_gecersiz",
    "portalSession": "portal_oturumu_gerekli",
    "portalManager": "portal_oturumu_gerekli",
}
DOUBLED: Final = "cift_baslik"
Headers = dict[str, str]


def scheme_of(operation: Operation) -> str | None:
    """The security scheme that the operation names, if any."""
    return next((name for one in operation.node.get("security") or [] for name in one), None)


def secured(document: Document) -> list[str]:
    """The operations that ask who calls."""
    return [operation.id for operation in document.operations if scheme_of(operation)]


@dataclass(frozen=True)
class Credentials:
    """What some caller could show."""

    right: str
    """The operation's own kind, and good."""
    ended: str
    """The same kind, signed out; none where that cannot be."""
    key: str
    token: str
    session: str


@check("auth.every_operation", parts=secured)
def nobody_is_let_in(judge: Judge) -> None:
    operation = next(one for one in judge.document.operations if one.id == judge.part)
    scheme = scheme_of(operation) or ""
    with _credentials(judge, operation.id, scheme) as shown:
        for headers in _wrong(scheme, shown):
            answer = _ask(judge, operation, headers)
            judge.expect(answer, 401, CODES.get(scheme))
            judge.must("www-authenticate" in answer.headers, "WWW-Authenticate", answer, answer.headers)
        for headers in _doubled(scheme, shown.right):
            answer = _ask(judge, operation, headers)
            kept = answer.status == 401 or (answer.status == 400 and answer.code == DOUBLED)
            judge.must(kept, f"400 {DOUBLED}, or 401", answer)


def _ask(judge: Judge, operation: Operation, headers: Headers) -> Answer:
    """A request in which everything else is wrong too: ids, parameters, body, and sometimes where it comes from."""
    path = re.sub(r"{[^/}]+}", "999999999", operation.path)
    options: dict[str, Any] = {"query": {"limit": "x", "musteri_id": "x"}}
    for kind in judge.document.resolved(operation.node.get("requestBody", {})).get("content", {}):
        boundary = "; boundary=x" if kind.startswith("multipart") else ""
        headers = {"Content-Type": kind + boundary, **headers}
        options["raw"] = b"{"
        break
    proof = judge.random.choice([{}, SAME_SITE, {"Origin": "https://evil.example"}])
    return judge.client.call(operation.method, path, headers={**proof, **headers}, **options)


@contextmanager
def _credentials(judge: Judge, operation: str, scheme: str) -> Iterator[Credentials]:
    """A right one is of its own where a wrong server could end it."""
    client, login = judge.client, judge.target.operator
    key, token, portal = judge.target.tenant.key, client.token(), Portal(client)
    if judge.document.operation("POST", "/portal/giris"):
        portal = signed_in(client, login)
    if operation == "logout":
        token = client.login(login).data["token"]
    if operation == "portal_sign_out":
        portal = Portal(client)
        portal.sign_in(login).succeeded()
    session = portal.cookie or "yok"
    right = {"widgetKey": key, "operatorToken": token}.get(scheme, session)
    yield Credentials(right, _ended(judge, scheme), key, token, session)
    if operation == "logout":
        judge.expect(client.call("POST", "/api/v1/auth/logout", token=token), 200)
    if operation == "portal_sign_out":
        portal.sign_out().succeeded()


def _ended(judge: Judge, scheme: str) -> str:
    client, login = judge.client, judge.target.operator
    if scheme == "widgetKey":
        return ""
    kept = f"ended {CODES.get(scheme)}"
    if kept not in client.kept:
        if scheme == "operatorToken":
            ended = str(client.login(login).data["token"])
            client.call("POST", "/api/v1/auth/logout", token=ended).succeeded()
        else:
            portal = Portal(client)
            portal.sign_in(login).succeeded()
            ended = portal.cookie or ""
            portal.sign_out().succeeded()
        client.kept[kept] = ended
    return str(client.kept[kept])


def _wrong(scheme: str, shown: Credentials) -> Iterator[Headers]:
    right = shown.right
    changed = right[:-1] + ("A" if right[-1] != "A" else "B")
    yield {}
    if scheme == "widgetKey":
        for key in (changed, right.lower(), right + "X", "CM_", "x", f"Bearer {right}"):
            yield {"X-API-Key": key}
        yield {"Authorization": f"Bearer {right}"}
        yield {"Authorization": f"Bearer {shown.token}", "Cookie": f"{COOKIE}={shown.session}"}
    elif scheme == "operatorToken":
        number, _, secret = right.partition("|")
        for text in (f"Bearer {changed}", f"Basic {right}", right, "Bearer", f"Bearer {number}|", f"Bearer {secret}"):
            yield {"Authorization": text}
        for other in (f"999999999|{secret}", shown.ended, shown.session):
            yield {"Authorization": f"Bearer {other}"}
        yield {"X-API-Key": shown.key, "Cookie": f"{COOKIE}={shown.session}"}
    else:
        for value in (changed, shown.ended, shown.token, "", "x"):
            yield {"Cookie": f"{COOKIE}={value}"}
        for cookie in (f"x{COOKIE}={right}", right):
            yield {"Cookie": cookie}
        yield {"X-API-Key": shown.key, "Authorization": f"Bearer {shown.token}"}


def _doubled(scheme: str, right: str) -> Iterator[Headers]:
    """Two of them, one right and one wrong: two readers would see two callers."""
    if scheme == "widgetKey":
        yield {"X-API-Key": right, "x-api-key": "CM_YOK_2026"}
        yield {"X-API-Key": "CM_YOK_2026", "x-api-key": right}
    elif scheme == "operatorToken":
        yield {"Authorization": f"Bearer {right}", "authorization": "Bearer 999999999|x"}
        yield {"Authorization": "Bearer 999999999|x", "authorization": f"Bearer {right}"}
    else:
        yield {"Cookie": f"{COOKIE}={right}; {COOKIE}=x"}
        yield {"Cookie": f"{COOKIE}=x; {COOKIE}={right}"}
